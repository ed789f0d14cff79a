"""The cascade model: the figures of its experiments, the pool behind a slow replica, and what a page is told."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.models import cascade
from simulations.engine.models.cascade_parameters import Parameters, pool_of

settings_in_range = st.builds(
    Parameters,
    arrivals=st.floats(10.0, 50_000.0),
    capacity=st.floats(10.0, 50_000.0),
    timeout=st.floats(0.05, 10.0),
    retries=st.integers(0, 5),
    backoff=st.floats(0.0, 10.0),
    jitter=st.booleans(),
    budget=st.booleans(),
    order=st.sampled_from(["fifo", "lifo", "drop"]),
    breaker=st.booleans(),
    trigger=st.sampled_from(["capacity", "slow_replica"]),
    trigger_capacity=st.floats(0.0, 50_000.0),
    trigger_seconds=st.floats(1.0, 60.0),
    cut_share=st.floats(0.0, 100.0),
    cut_seconds=st.floats(1.0, 45.0),
    replicas=st.integers(2, 20),
    slow_factor=st.floats(1.0, 1_000.0),
    threads=st.integers(20, 2_000),
    defence=st.sampled_from(["none", "timeout", "bulkhead", "ejection"]),
)


def chosen(**changes):
    return parameters.parse(Parameters, changes)


def figures(**changes):
    return {figure.name: figure.value for figure in cascade.evaluate(chosen(**changes)).figures}


def preset(name):
    return next(preset for preset in cascade.PRESETS if preset.name == name).parameters


class TestAnchors:
    def test_stuck(self):
        found = figures()
        assert [found["goodput"], found["attempts"], found["stuck_above"]] == pytest.approx([0.0, 12_000.0, 2_000.0])
        assert "resumes" not in found

    @pytest.mark.parametrize(
        ("changes", "seconds"), [({"retries": 0}, 18.0), ({"budget": True}, 28.0), ({"order": "drop"}, 0.0)], ids=str
    )
    def test_returns(self, changes, seconds):
        found = figures(**changes)
        assert found["resumes"] == pytest.approx(seconds, abs=0.3)
        assert found["goodput"] == pytest.approx(4_000)

    def test_half_a_minute_at_half_load_is_not_enough(self):
        found = figures(**preset("cut_too_little"))
        assert found["goodput"] == 0.0
        assert 4_000 * (1 - 0.525) == 1_900

    def test_a_longer_and_deeper_cut_is(self):
        assert figures(cut_share=100, cut_seconds=45)["goodput"] == pytest.approx(4_000)

    def test_small_load_never_fails(self):
        assert figures(**preset("small_load"))["succeeded"] == 100.0

    @pytest.mark.parametrize("budget", [False, True])
    def test_edge_of_the_stuck_state(self, budget):
        assert figures(budget=budget, retries=2)["stuck_above"] == pytest.approx(6_000 / (1.1 if budget else 3.0))
        assert figures(budget=budget, retries=0)["stuck_above"] == 6_000
        assert figures(budget=budget, breaker=True)["stuck_above"] == 6_000


class TestPool:
    @pytest.mark.parametrize(
        ("replicas", "capacity"), [(2, 792), (3, 1_176), (4, 1_553), (5, 1_923), (8, 2_991), (10, 3_670)]
    )
    def test_one_slow_replica(self, replicas, capacity):
        assert round(pool_of(chosen(trigger="slow_replica", replicas=replicas)).degraded) == capacity

    def test_fills_in_a_third_of_a_second(self):
        assert figures(trigger="slow_replica", arrivals=2_000)["fills"] == pytest.approx(0.29)
        assert "fills" not in figures(trigger="slow_replica", arrivals=1_000, slow_factor=10)

    def test_call_timeout_keeps_the_pool_and_fails_a_third(self):
        pool = pool_of(chosen(trigger="slow_replica", defence="timeout"))
        assert [pool.degraded, pool.failing] == pytest.approx([10_000, 1 / 3])
        assert pool_of(chosen(trigger="slow_replica", defence="timeout", slow_factor=5)).failing == 0.0

    def test_bulkhead_fails_what_the_slow_replica_cannot_take(self):
        pool = pool_of(chosen(trigger="slow_replica", defence="bulkhead", arrivals=2_000))
        assert pool.failing == pytest.approx((2_000 / 3 - 200 / 3 / 0.5) / 2_000)
        assert round(200 / 3 / 0.5) == 133
        assert pool_of(chosen(trigger="slow_replica", defence="bulkhead", arrivals=300)).failing == 0.0

    def test_ejection_restores_the_capacity(self):
        assert pool_of(chosen(trigger="slow_replica", defence="ejection")).degraded == pytest.approx(40_000)

    def test_table_compares_the_defences(self):
        (table,) = cascade.evaluate(chosen()).tables
        assert [round(row[1]) for row in table.rows] == [1_176, 10_000, 40_000, 40_000]


class TestEvaluate:
    @settings(max_examples=60, deadline=None)
    @given(settings_in_range)
    def test_every_input_in_range_gives_json_and_keeps_the_books(self, inputs):
        found = cascade.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        storm = cascade.run(inputs)
        arrived = storm.step * storm.arrivals.sum()
        ended = storm.step * (storm.goodput.sum() + storm.failed.sum())
        assert arrived == pytest.approx(ended + storm.in_flight, rel=1e-6, abs=1e-3)
        assert np.all(storm.goodput + storm.wasted <= storm.capacity * (1.0 + 1e-9) + 1e-3)
        assert storm.time.size <= 401

    def test_frames_split_the_work_beside_the_curves(self):
        found = cascade.evaluate(chosen())
        (goodput, _, arrivals) = (np.array(series.y) for series in found.charts[0].series)
        wasted, capacity = np.array(found.frames["wasted"]), np.array(found.frames["capacity"])
        assert wasted.size == capacity.size == arrivals.size
        assert (goodput + wasted <= capacity + 1e-6).all()
        assert set(capacity.tolist()) == {2_000.0, 6_000.0}
        assert wasted[-1] == pytest.approx(6_000.0)

    def test_step_divides_the_timeout(self):
        for timeout in (0.3, 1.0, 2.5, 10.0):
            storm = cascade.run(chosen(timeout=timeout))
            assert timeout / storm.step == pytest.approx(round(timeout / storm.step))

    def test_trace_tells_what_happened_in_order(self):
        events = [event["event"] for event in cascade.evaluate(chosen(retries=0)).trace]
        assert events == ["trigger", "goodput_lost", "trigger_ends", "goodput_returns"]
        events = [event["event"] for event in cascade.evaluate(chosen(**preset("cut_too_little"))).trace]
        assert events == ["trigger", "goodput_lost", "trigger_ends", "cut", "cut_ends"]
        events = [event["event"] for event in cascade.evaluate(chosen(cut_share=100, cut_seconds=45)).trace]
        assert events[-2:] == ["cut_ends", "goodput_returns"]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "A minute after it is over 0 requests a second succeed, of 12,000 attempts"),
            ({"retries": 0}, "Goodput returns 18.0 s after it is over"),
            ({"order": "drop"}, "Goodput is back as soon as the trigger ends"),
        ],
    )
    def test_narrative_says_it(self, changes, words):
        assert words in cascade.evaluate(chosen(**changes)).narrative

    def test_only_a_first_come_queue_shows_two_states(self):
        for order, edge in (("fifo", 2_000.0), ("drop", 0.0)):
            chart = next(chart for chart in cascade.evaluate(chosen(order=order)).charts if chart.name == "states")
            stuck = next(series for series in chart.series if series.name == "stuck")
            assert stuck.x[0] == edge

    def test_cost_is_a_few_milliseconds(self):
        assert cascade.cost(chosen()).evaluate_ms <= 10.0
