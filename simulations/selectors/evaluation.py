"""Results of single states, computed once and kept in the cache."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from simulations import engine
from simulations.policy import State, check_evaluation_cost


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure as a page without script writes it."""

    name: str
    label: str
    text: str
    unit: str
    meaning: str


def evaluated(state: State) -> bytes:
    """Return the JSON document of a state: model, engine version, canonical parameters, result, experiments it shows.

    A state asked for before comes from the cache and never reaches the engine. Raises TooCostly before anything
    is computed.
    """
    key = f"evaluate:{state.digest}"
    known: bytes | None = cache.get(key)
    if known is not None:
        return known
    check_evaluation_cost(state)
    result = state.model.evaluate(state.parameters)
    document = json.dumps(
        {
            "model": state.model.name,
            "engine_version": engine.VERSION,
            "parameters": state.canonical,
            "result": result.to_json(),
            "shown": [
                experiment.name for experiment in state.model.experiments if experiment.holds(state.parameters, result)
            ],
        },
        allow_nan=False,
        separators=(",", ":"),
    ).encode()
    cache.set(key, document)
    return document


def result_of(state: State) -> dict[str, Any]:
    """Return the result of a state as JSON values; raises TooCostly."""
    result: dict[str, Any] = json.loads(evaluated(state))["result"]
    return result


def shown_figures(result: Mapping[str, Any]) -> tuple[ShownFigure, ...]:
    """Return a result's figures with their values written as the pages write them."""
    return tuple(
        ShownFigure(row["name"], row["label"], written(row["value"]), row["unit"], row["meaning"])
        for row in result["figures"]
    )


def written(value: float) -> str:
    """Return a value as the pages write it: about three figures, thousands set apart.

    A share close to 100 keeps what sets it apart from 100: 99.95, not 100.
    """
    return f"{value:,.{_decimals(value)}f}"


def duration(seconds: float) -> str:
    """Return an estimated time in words."""
    return "under a second" if seconds < 1.0 else f"about {seconds:,.0f} s"


_NOISE = 1e-9
"""What a sum of floats may lack of a hundred without meaning it."""


def _decimals(value: float) -> int:
    size = abs(value)
    if size >= 100.0 or value == int(value) or 100.0 - size < _NOISE:
        return 0
    if size > 99.0:
        return max(1, -math.floor(math.log10(100.0 - size) + 1e-9))
    if size >= 10.0:
        return 1
    return 2 if size >= 1.0 else min(8, 1 - math.floor(math.log10(size)))
