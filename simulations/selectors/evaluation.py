"""Results of single states, computed once and kept in the cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from simulations import engine
from simulations.policy import State, check_evaluation_cost
from simulations.selectors.numbers import written


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


def duration(seconds: float) -> str:
    """Return an estimated time in words."""
    return "under a second" if seconds < 1.0 else f"about {seconds:,.0f} s"
