"""Strategies for the inputs of a model: any state of it, its corners often, and what is no value at all."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from simulations.engine import parameters as inputs
from simulations.engine.model import Model

NONSENSE = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "NaN", "inf", "-0", "1e999", "0x10", "９", "on", "true", "\x00", "9" * 400, "1,5", " 1"]),
    st.floats(allow_nan=False).map(repr),
    st.integers().map(str),
)


def states_of(model: Model) -> st.SearchStrategy[dict[str, object]]:
    """Return all inputs together, each in its range; values between fields need not go together."""
    return st.fixed_dictionaries({str(field["name"]): _values(field) for field in inputs.describe(model.parameters)})


def queries_of(model: Model) -> st.SearchStrategy[dict[str, str]]:
    """Return some inputs as a query, in range or not values at all, and now and then one that there is not."""
    known = {
        str(field["name"]): st.one_of(_values(field).map(_written), NONSENSE)
        for field in inputs.describe(model.parameters)
    }
    return st.fixed_dictionaries({}, optional=known | {"no_such_input": NONSENSE})


def _values(field: dict[str, Any]) -> st.SearchStrategy[object]:
    if field["kind"] == "flag":
        return st.booleans()
    if field["kind"] == "choice":
        return st.sampled_from([option["value"] for option in field["options"]])
    low, high = field["minimum"], field["maximum"]
    ends = st.sampled_from([low, field["default"], high])
    if field["integer"]:
        return st.one_of(ends, st.integers(int(low), int(high)))
    between = st.floats(low, high)
    if field["scale"] == "log":
        between = st.floats(math.log(low), math.log(high)).map(lambda place: min(max(math.exp(place), low), high))
    return st.one_of(ends, between)


def _written(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
