"""Write figures as people read them, and values that are not to be trusted as they may be shown."""

from __future__ import annotations

import math
import re
from typing import Final

_SHOWN_CHARACTERS = 60
_PLAIN = re.compile(r"[A-Za-z0-9_.+-]+")
_HUGE = 10**_SHOWN_CHARACTERS

YES_NO: Final = "yes/no"
"""The unit of a figure that answers a question: 1 is yes, 0 is no."""

_PLURAL = re.compile(r"^(?!times|million)([A-Za-z ]{3,})s(?=/|$)")


def with_unit(number: str, unit: str) -> str:
    """Return a number that is written already with its unit: 94.4%, 300,000/s, 28.5 ms; money is named first.

    A unit counts in the plural; after exactly one it stands in the singular, as in "1 write/s". Under `YES_NO` the
    number is an answer, and is written as one. `frontend/src/numbers.js` says the same in the browser.
    """
    if unit == YES_NO:
        return "no" if number == "0" else "yes"
    if unit == "$":
        return f"${number}"
    unit = unit.removeprefix("1") if unit.startswith("1/") else unit
    if number == "1":
        unit = _PLURAL.sub(r"\1", unit)
    return f"{number}{unit}" if unit.startswith(("%", "/")) else f"{number} {unit}".rstrip()


def counted(value: float, many: str, one: str = "", *, form: str = ",.0f") -> str:
    """Return how many there are: "3 writes", "1 write"; `one` stands after one where the plural alone does not tell it.

    `form` is the format in which the number is written.
    """
    number = format(value, form)
    return f"{number} {one}" if one and number == "1" else with_unit(number, many)


def range_with_unit(low: str, high: str, unit: str) -> str:
    """Return an interval of two written numbers: 100 to 900 ms, $790 to $13,000."""
    return f"{with_unit(low, unit) if unit == '$' else low} to {with_unit(high, unit)}"


def milliseconds(value: float) -> str:
    """Return a time such as "28.5 ms" or "1,505 ms"."""
    return f"{value:,.0f} ms" if abs(value) >= 999.95 else f"{value:.1f} ms"


def percent(value: float) -> str:
    """Return a percentage such as "18.2%", with more digits close to 0 and to 100."""
    for digits in (1, 2, 3, 4):
        text = f"{value:.{digits}f}"
        if value in (0.0, 100.0) or float(text) not in (0.0, 100.0):
            break
    return f"{text}%"


def ordinal_percentile(q: float) -> str:
    """Return the name of the percentile at q in (0, 1), such as "p99.9"."""
    return f"p{float(f'{100.0 * q:.10g}'):.10g}"


def shown(value: object) -> str:
    """Return a value as people may be shown it: printable and at most 60 characters long."""
    if isinstance(value, str):
        plain = len(value) <= _SHOWN_CHARACTERS and _PLAIN.fullmatch(value)
        text = value if plain else repr(value[: _SHOWN_CHARACTERS + 1])
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _HUGE:
        text = f"a whole number of about {int(value.bit_length() * math.log10(2)) + 1} digits"
    elif value is None or isinstance(value, bool):
        text = "nothing" if value is None else str(value).lower()
    elif isinstance(value, (int, float)):
        text = str(value)
    elif isinstance(value, (list, tuple)):
        text = f"a list of {len(value)}"
    else:
        text = f"a {type(value).__name__}"
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
