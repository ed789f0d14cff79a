"""A surge on capacity that boots: the fluid's closed forms beside requests that are served one by one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.functions import FUNCTIONS
from simulations.engine.models import elastic_boot
from simulations.engine.models.elastic_boot import Parameters
from simulations.engine.surges import Surge


def figures(**changes):
    result = elastic_boot.evaluate(parameters.parse(Parameters, changes))
    return {figure.name: figure.value for figure in result.figures}


def served(surge, patience):
    """Return longest line, longest wait, the time at which the line is gone, and how many are late, one by one."""
    arrivals, time = [], 0.0
    end = surge.ready_s + surge.ramp_s + 200.0
    while time < end:
        risen = min(time / surge.ramp_s, 1.0) if surge.ramp_s else 1.0
        time += 1.0 / (surge.before + (surge.after - surge.before) * risen)
        arrivals.append(time)
    free, waits, begun = 0.0, [], []
    for arrival in arrivals:
        start = max(free, arrival)
        waits.append(start - arrival)
        begun.append(start)
        free = start + 1.0 / (surge.first if start < surge.ready_s else surge.later)
    line = np.arange(1, len(arrivals) + 1) - np.searchsorted(begun, arrivals, side="right")
    held_up = [place for place, wait in enumerate(waits) if wait > 0.05]
    gone = arrivals[held_up[-1]] if held_up else 0.0
    return line.max(), max(waits), gone, sum(wait > patience for wait in waits)


class TestAnchors:
    def test_five_more_machines_after_thirty_seconds(self):
        found = figures()
        assert found["at_ready"] == found["longest_line"] == pytest.approx(90_000.0)
        assert found["drain"] == pytest.approx(45.0)
        assert found["wait_at_ready"] == pytest.approx(9.0)
        assert found["longest_wait"] == pytest.approx(11.25)

    def test_functions_agree(self):
        backlog = FUNCTIONS["backlog_after_boot"].call(8_000, 5_000, 30)
        assert backlog == pytest.approx(figures()["at_ready"])
        assert FUNCTIONS["drain_s"].call(backlog, 8_000, 10_000) == pytest.approx(figures()["drain"])
        assert FUNCTIONS["longest_wait_s"].call(8_000, 5_000, 30) == pytest.approx(11.25)
        assert FUNCTIONS["longest_wait_s"].call(4_000, 5_000, 30) == 0.0
        assert "30 - 5000 * 30 / 8000 = 11.25" in FUNCTIONS["longest_wait_s"].explain(8_000, 5_000, 30)

    def test_too_few_for_ever(self):
        result = elastic_boot.evaluate(parameters.parse(Parameters, {"added": 2}))
        assert result.figure("growth").value == pytest.approx(1_000.0)
        assert "never ends" in result.narrative
        with pytest.raises(KeyError):
            result.figure("longest_wait")

    def test_enough_at_once_makes_no_line(self):
        assert figures(machines=8, added=2)["longest_line"] == 0.0
        assert "Nobody waits" in elastic_boot.evaluate(Parameters(machines=8)).narrative

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"after": 3_000}, "after must be at least the 4000 req/s before; you gave 3000"),
            ({"before": 6_000}, "before must not exceed the 5000 req/s that the machines serve; you gave 6000"),
        ],
    )
    def test_refuses_what_is_no_surge(self, changes, words):
        with pytest.raises(parameters.InvalidParameters, match=words):
            parameters.parse(Parameters, changes)


class TestAgainstRequestsOneByOne:
    @pytest.mark.parametrize(
        "surge",
        [
            Surge(400, 800, 0, 500, 1_000, 30),
            Surge(400, 800, 60, 500, 1_000, 30),
            Surge(300, 900, 40, 400, 1_000, 20),
            Surge(500, 900, 10, 500, 1_100, 5),
        ],
        ids=str,
    )
    def test_line_waits_and_end(self, surge):
        instants = surge.instants()
        line, wait, gone, late = served(surge, 1.0)
        assert surge.waiting(instants).max() == pytest.approx(line, rel=0.01, abs=2)
        assert surge.waits(instants).max() == pytest.approx(wait, rel=0.01, abs=0.01)
        assert surge.gone_s(instants) == pytest.approx(gone, abs=0.8)
        time = np.union1d(np.linspace(0.0, 200.0, 400), instants)
        assert elastic_boot._late(surge, time, 1.0) == pytest.approx(late, rel=0.01, abs=20)

    def test_taking_the_wait_at_ready_for_the_longest_is_caught(self):
        surge = Surge(400, 800, 0, 500, 1_000, 30)
        _, wait, _, _ = served(surge, 1.0)
        assert abs(wait - surge.waiting(np.array([0.0, 30.0]))[-1] / surge.later) > 1.0


@st.composite
def surges(draw):
    before = draw(st.floats(0.0, 1e4))
    first = before + draw(st.floats(0.1, 1e4))
    return Surge(
        before=before,
        after=before + draw(st.just(0.0) | st.floats(0.0, 1e5)),
        ramp_s=draw(st.just(0.0) | st.floats(0.001, 3_600.0)),
        first=first,
        later=first + draw(st.just(0.0) | st.floats(0.0, 1e5)),
        ready_s=draw(st.floats(0.1, 3_600.0)),
    )


class TestInvariants:
    @settings(max_examples=120, deadline=None)
    @given(surges())
    def test_no_grid_finds_a_longer_line_or_wait_than_the_instants(self, surge):
        instants = surge.instants()
        assert np.all(np.diff(instants) >= 0.0)
        end = float(instants[-1])
        time = np.union1d(np.linspace(0.0, end, 300), instants)
        line, waits = surge.waiting(time), surge.waits(time)
        assert line.min() >= 0.0
        assert waits.min() >= 0.0
        if surge.settles:
            scale = max(surge.arrived(np.array([end]))[0], 1.0)
            assert line.max() <= surge.waiting(instants).max() + 1e-9 * scale
            assert waits.max() <= surge.waits(instants).max() + 1e-6 * max(end, 1.0)
            assert math.isclose(surge.waiting(time)[-1], 0.0, abs_tol=1e-6 * scale)
