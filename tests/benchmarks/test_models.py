"""How long each model's `evaluate` takes at its defaults and where it takes longest, which a page waits for."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from simulations.engine import parameters as inputs
from simulations.engine.model import Model
from simulations.engine.registry import MODELS
from simulations.policy import EVALUATE_LIMIT_MS
from tests.benchmarks.table import show

ROUNDS = 7
DEFAULT_GOAL_MS, WORST_GOAL_MS = 5.0, 50.0
STATES, PASSES = 120, 2


def milliseconds(model: Model, state: Any, rounds: int = 1) -> float:
    """Return the median of some rounds."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        model.evaluate(state)
        times.append((time.process_time() - started) * 1000.0)
    return statistics.median(times)


def choices(field: dict[str, Any]) -> list[object]:
    """Return what a field is tried at: both ends and the default, or each of its options."""
    if field["kind"] == "flag":
        return [False, True]
    if field["kind"] == "choice":
        return [option["value"] for option in field["options"]]
    return [field["minimum"], field["default"], field["maximum"]]


def consistent(model: Model, raw: dict[str, object]) -> Any | None:
    """Return the state, or None where values don't go together or a page would not wait for it."""
    try:
        state = inputs.parse(model.parameters, raw)
    except inputs.InvalidParameters:
        return None
    return state if model.cost(state).evaluate_ms <= EVALUATE_LIMIT_MS else None


def tried(model: Model) -> Iterator[dict[str, object]]:
    """Yield the presets, the questions, and random corners of the box that the inputs span."""
    generator = np.random.default_rng(1)
    fields = inputs.describe(model.parameters)
    yield from (dict(row.parameters) for row in (*model.presets, *model.predictions))
    for _ in range(STATES):
        yield {str(field["name"]): generator.choice(np.array(choices(field), dtype=object)) for field in fields}


def worst_state(model: Model) -> tuple[float, Any]:
    """Return the longest time found and its state: the best of the corners, improved one input at a time."""
    fields = inputs.describe(model.parameters)
    found = [(milliseconds(model, state), raw) for raw in tried(model) if (state := consistent(model, raw)) is not None]
    longest, worst = max(found, key=lambda pair: pair[0])
    for _, field in itertools.product(range(PASSES), fields):
        for value in choices(field):
            state = consistent(model, worst | {str(field["name"]): value})
            if state is not None and (taken := milliseconds(model, state)) > longest:
                longest, worst = taken, worst | {str(field["name"]): value}
    state = consistent(model, worst)
    return milliseconds(model, state, ROUNDS), state


class TestModels:
    def test_evaluate(self):
        rows = []
        for name, model in MODELS.items():
            model.evaluate(model.parameters())
            default = milliseconds(model, model.parameters(), ROUNDS)
            longest, state = worst_state(model)
            changed = {
                key: value
                for key, value in inputs.canonical(state).items()
                if value != inputs.canonical(model.parameters())[key]
            }
            over = " OVER" * (default > DEFAULT_GOAL_MS or longest > WORST_GOAL_MS)
            said = ", ".join(f"{key}={value}" for key, value in changed.items())
            rows.append((name, f"{default:6.1f} ms {longest:8.1f} ms{over}   {said[:110]}"))
        show(f"Evaluate: defaults (goal {DEFAULT_GOAL_MS:g} ms), worst found (goal {WORST_GOAL_MS:g} ms)", rows)
