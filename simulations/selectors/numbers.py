"""Write numbers as the pages do; `frontend/src/numbers.js` says the same in the browser."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from simulations.engine.words import range_with_unit, with_unit

__all__ = ["NONE", "chosen", "in_table", "range_with_unit", "with_unit", "written"]

NONE: Final = "none"

_NOISE: Final = 1e-9
"""What a sum of floats may lack of a hundred without meaning it."""


def written(value: float) -> str:
    """Return a value as the pages write it: about three figures, thousands set apart.

    A share close to 100 keeps what sets it apart from 100: 99.95, not 100.
    """
    return f"{value:,.{_decimals(value)}f}"


def in_table(value: object) -> str:
    """Return a cell of a table: two decimals or more of a number, since it stands beside others that differ little."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return str(value)
    if abs(value) < _NOISE:
        return "0"
    most = 2 if abs(value) >= 100.0 else max(_decimals(value), 2)
    text = f"{value:,.{most}f}"
    return text.rstrip("0").rstrip(".")


def chosen(field: Mapping[str, Any], text: str) -> str:
    """Return an input's canonical text in words: a number with its unit, a share in percent, an option by its label.

    `field` is a row of `engine.parameters.describe`; ValueError where a number's text is none.
    """
    if field["kind"] == "choice":
        labels = {option["value"]: option["label"] for option in field["options"]}
        return str(labels.get(text, text))
    if field["kind"] != "number":
        return text
    unit = field["unit"] or ""
    if field["scale"] == "logit" and not unit:
        return with_unit(in_table(100.0 * float(text)), "%")
    return with_unit(in_table(float(text)), unit)


def _decimals(value: float) -> int:
    size = abs(value)
    if size < _NOISE or size >= 100.0 or value == int(value) or 100.0 - size < _NOISE:
        return 0
    if size > 99.0:
        return max(1, -math.floor(math.log10(100.0 - size) + 1e-9))
    if size >= 10.0:
        return 1
    return 2 if size >= 1.0 else min(8, 1 - math.floor(math.log10(size)))
