"""Any state of any model: whatever its inputs together, a finite result or a fault that names an input."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from simulations.engine import parameters as inputs
from simulations.engine.registry import MODELS
from simulations.policy import EVALUATE_LIMIT_MS
from tests.unit.engine.states import states_of

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(model, raw):
    """Return the state and no names, or None and the names of the inputs at fault."""
    try:
        return inputs.parse(model.parameters, raw), set()
    except inputs.InvalidParameters as error:
        return None, {fault.field for fault in error.faults}


@pytest.mark.parametrize("name", MODELS)
class TestEveryState:
    def test_gives_a_finite_result_or_names_the_input_at_fault(self, name):
        model = MODELS[name]
        fields = {field["name"] for field in inputs.describe(model.parameters)}

        @SETTINGS
        @given(states_of(model))
        def check(raw):
            state, faulty = read(model, raw)
            assert faulty <= fields
            if state is None:
                return
            cost = model.cost(state)
            assert cost.memory_mb < 200.0
            if cost.evaluate_ms <= EVALUATE_LIMIT_MS:
                json.dumps(model.evaluate(state).to_json(), allow_nan=False)

        check()

    def test_is_written_the_same_when_read_back(self, name):
        model = MODELS[name]

        @SETTINGS
        @given(states_of(model))
        def check(raw):
            state, _ = read(model, raw)
            if state is not None:
                assert read(model, inputs.canonical(state)) == (state, set())

        check()
