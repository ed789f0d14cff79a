"""The design lab: its anchors, the backend at rest as a mixture, and the event step by step."""

import json

import numpy as np
import pytest
import simpy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize

from simulations.engine import parameters
from simulations.engine.models import design_lab
from simulations.engine.models.design_lab_parameters import EVENTS, Parameters
from simulations.engine.models.design_lab_strip import EVENT_AT_S, refill, run, shop
from simulations.engine.queueing import ManyServers
from simulations.engine.serving import refill_s

settings_in_range = st.builds(
    Parameters,
    traffic=st.floats(10.0, 50_000.0),
    hit_rate=st.just(100.0) | st.floats(0.0, 100.0),
    capacity=st.floats(100.0, 20_000.0),
    workers=st.integers(1, 400),
    write_share=st.just(0.0) | st.floats(0.0, 60.0),
    queue_limit=st.integers(0, 1_000),
    timeout=st.floats(0.05, 10.0),
    retries=st.integers(0, 5),
    target=st.floats(5.0, 2_000.0),
    availability=st.floats(90.0, 99.999),
    event=st.sampled_from([name for name, _ in EVENTS]),
    event_seconds=st.floats(0.0, 300.0),
    event_factor=st.floats(1.0, 100.0),
    keys=st.floats(10_000.0, 10_000_000.0),
    consumers=st.floats(10.0, 20_000.0),
)


def chosen(**changes):
    return parameters.parse(Parameters, changes)


def figures(**changes):
    return {figure.name: figure.value for figure in design_lab.evaluate(chosen(**changes)).figures}


class TestAnchors:
    @pytest.mark.parametrize(
        ("traffic", "hits", "p99", "within"),
        [
            (1_000, 90, 48.05, 0.005),
            (1_000, 0, 94.10, 0.005),
            (5_000, 65, 74.6, 0.05),
            (5_000, 95, 34.19, 0.005),
            (10_000, 84, 57.80, 0.006),
            (10_000, 81, 70.81, 0.005),
            (10_000, 80.5, 92.40, 0.006),
            (10_000, 99, 6.99, 0.005),
        ],
    )
    def test_p99(self, traffic, hits, p99, within):
        assert figures(traffic=traffic, hit_rate=hits, queue_limit=1_000)["p99"] == pytest.approx(p99, abs=within)

    @pytest.mark.parametrize(
        ("load", "loss", "within"),
        [(1_900, 0.0, 1e-9), (2_000, 0.00245, 5e-6), (2_100, 0.04762, 5e-6), (2_500, 0.2, 5e-6)],
    )
    def test_errors_without_a_cache_are_the_loss(self, load, loss, within):
        assert figures(traffic=load, hit_rate=0)["errors"] == pytest.approx(100 * loss, abs=100 * within)

    def test_cliff(self):
        found = figures(traffic=5_000, hit_rate=50)
        assert [found["load"], found["utilisation"], found["ceiling"]] == pytest.approx([2_500, 125.0, 4_000])
        assert found["errors"] == pytest.approx(10.0, abs=1e-3)
        found = figures(traffic=5_000, hit_rate=95)
        assert [found["load"], found["utilisation"], found["ceiling"]] == pytest.approx([250, 12.5, 40_000])

    def test_boundary(self):
        below, above = figures(traffic=10_000, hit_rate=79), figures(traffic=10_000, hit_rate=81)
        assert [below["utilisation"], above["utilisation"]] == pytest.approx([105.0, 95.0])
        assert below["errors"] == pytest.approx(1.0, abs=0.01)
        assert below["hits_needed"] == pytest.approx(80.0)
        assert figures(traffic=10_000, hit_rate=84)["utilisation"] == pytest.approx(80.0)

    def test_writes_count_too(self):
        found = figures(traffic=12_000, capacity=2_500, write_share=10)
        assert found["hits_needed"] == pytest.approx(87.96, abs=0.005)
        assert "hits_needed" not in figures(traffic=12_000, capacity=2_500, write_share=60)

    def test_defaults_hardly_load_the_database(self):
        assert figures()["utilisation"] == pytest.approx(5.0)
        assert figures(hit_rate=0)["utilisation"] == pytest.approx(50.0)

    def test_flush(self):
        found = figures(**next(preset for preset in design_lab.PRESETS if preset.name == "flush").parameters)
        assert [found["refill"], found["refill_rest"]] == pytest.approx([400.0, 138.6], abs=0.05)
        assert found["overloaded"] == pytest.approx(400.0, rel=0.02)


class TestAtRest:
    @settings(max_examples=25, deadline=None)
    @given(settings_in_range, st.sampled_from([0.5, 0.9, 0.99, 0.999]))
    def test_quantile_is_where_the_mixture_says(self, inputs, level):
        backend = shop(inputs)
        (found,) = backend.quantiles((level,))
        tail = backend._answered(np.array([backend.hit_rate]), np.array([backend.failing[1]]))
        around = tail(np.array([found * (1.0 - 1e-3), found * (1.0 + 1e-3) + 1e-9]))[:, 0]
        assert around[1] <= (1.0 - level) * (1.0 + 1e-6) + 1e-9
        assert around[0] >= (1.0 - level) * (1.0 - 1e-6) - 1e-9

    def test_mixture_agrees_with_quadrature(self):
        backend = shop(chosen(traffic=10_000, hit_rate=81, queue_limit=1_000, write_share=0))
        database = ManyServers(40, 1.9, 0.05)

        def tail(t):
            hit = min(max((7.0 - t) / 5.0, 0.0), 1.0)
            return 0.81 * hit + 0.19 * float(database.response_tail(np.array(max(t - 2.0, 0.0)))) - 0.01

        assert backend.quantiles((0.99,))[0] == pytest.approx(optimize.brentq(tail, 0.0, 500.0), abs=1e-3)
        assert integrate.quad(lambda t: tail(t) + 0.01, 0.0, 2_000.0, limit=300)[0] == pytest.approx(
            0.81 * 4.5 + 0.19 * (2.0 + database.response), rel=1e-6
        )

    @given(st.floats(10.0, 50_000.0), st.floats(100.0, 20_000.0), st.floats(0.0, 100.0))
    def test_load_is_within_capacity_exactly_from_the_hits_needed(self, traffic, capacity, hits):
        backend = shop(chosen(traffic=traffic, capacity=capacity, hit_rate=hits))
        needed = backend.hit_rate_needed
        assume(abs(needed - hits / 100.0) > 1e-9)
        assert (backend.utilisation <= 1.0) == (hits / 100.0 > needed)

    def test_nothing_asks_the_database_where_all_reads_hit(self):
        found = figures(hit_rate=100)
        assert [found["load"], found["errors"]] == [0.0, 0.0]
        assert found["p99"] == pytest.approx(6.95, abs=1e-3)
        assert "ceiling" not in found

    def test_pooling_never_slows(self):
        waits = [
            shop(chosen(traffic=900 * size, hit_rate=0, capacity=1_000 * size, workers=20 * size)).quantiles((0.99,))[0]
            for size in (1, 2, 4, 8)
        ]
        assert waits == sorted(waits, reverse=True)

    @settings(max_examples=15, deadline=None)
    @given(st.floats(0.0, 99.0), st.floats(0.1, 0.99), st.floats(0.01, 1.0))
    def test_more_traffic_never_lowers_p99(self, hits, utilisation, part):
        busy_at_a_thousand = shop(chosen(traffic=1_000, hit_rate=hits)).utilisation
        most = min(1_000 * utilisation / busy_at_a_thousand, 5e4)
        less, greater = (
            shop(chosen(traffic=rate, hit_rate=hits)).quantiles((0.99,))[0] for rate in (max(10.0, part * most), most)
        )
        assert less <= greater * (1.0 + 1e-6)

    @pytest.mark.parametrize("retries", [1, 3])
    def test_retries_settle_where_attempts_and_failures_agree(self, retries):
        backend = shop(chosen(traffic=5_000, hit_rate=50, retries=retries))
        failing, attempts = backend.failing
        assert attempts == pytest.approx(2_500 * sum(failing**number for number in range(retries + 1)))
        assert attempts * (1.0 - failing) == pytest.approx(2_000, rel=1e-3)
        assert backend.errors == pytest.approx(0.1, abs=1e-3)

    def test_waiting_past_the_timeout_is_an_error(self):
        patient, hasty = figures(traffic=2_100, hit_rate=0), figures(traffic=2_100, hit_rate=0, timeout=0.1)
        assert patient["errors"] == pytest.approx(4.76, abs=0.01)
        assert hasty["errors"] > 95.0


class TestAgainstSimulatedBackend:
    def test_p99_and_errors_lie_within_five_standard_errors(self):
        inputs = chosen(traffic=400, hit_rate=60, capacity=150, workers=3, queue_limit=5, write_share=0)
        found = shop(inputs)
        p90, late, failed = found.quantiles((0.9,))[0], [], []
        for seed in range(8):
            times, refused = self.simulated(inputs, seed)
            late.append(np.mean(times > p90))
            failed.append(refused / 4_000)
        for values, expected in ((late, 0.1), (failed, found.errors)):
            error = np.std(values, ddof=1) / np.sqrt(len(values))
            assert abs(np.mean(values) - expected) < 5.0 * error
            assert error < 0.1 * expected

    def simulated(self, inputs, seed):
        """Return the times of answered requests in ms and how many were refused, of 4,000."""
        generator = np.random.default_rng(seed)
        environment = simpy.Environment()
        database = simpy.Resource(environment, inputs.workers)
        times, refused = [], [0]

        def request():
            start = environment.now
            if generator.random() < inputs.hit_rate / 100.0:
                yield environment.timeout(generator.uniform(2.0, 7.0))
            else:
                yield environment.timeout(2.0)
                if len(database.users) == inputs.workers and len(database.queue) >= inputs.queue_limit:
                    refused[0] += 1
                    return
                with database.request() as place:
                    yield place
                    yield environment.timeout(generator.exponential(1_000.0 * inputs.workers / inputs.capacity))
            times.append(environment.now - start)

        def source():
            for _ in range(4_000):
                yield environment.timeout(generator.exponential(1_000.0 / inputs.traffic))
                environment.process(request())

        environment.process(source())
        environment.run()
        return np.array(times), refused[0]


class TestStrip:
    def test_flush_is_followed_as_the_closed_form_says(self):
        inputs = chosen(traffic=10_000, hit_rate=95, event="cache", event_seconds=0)
        strip = run(inputs)
        for time, hits in ((100.0, 0.2), (300.0, 0.6), (400.0, 0.8)):
            at = int((EVENT_AT_S + time) / strip.step)
            assert strip.hits[at] == pytest.approx(hits, abs=0.01)
        later = int((EVENT_AT_S + 470.0) / strip.step)
        assert strip.hits[later] == pytest.approx(1.0 - 0.2 * np.exp(-0.7), abs=0.01)

    def test_refill_agrees_with_a_solved_differential_equation(self):
        solved = integrate.solve_ivp(
            lambda _, keys: min(2_000.0, 10_000.0 * (1.0 - keys[0] / 1e6)), (0.0, 540.0), [0.0], max_step=0.5
        )
        overloaded, rest = refill_s(10_000.0, 2_000.0, 1e6, 0.95)
        assert np.interp(overloaded, solved.t, solved.y[0]) == pytest.approx(8e5, rel=1e-3)
        assert np.interp(overloaded + rest, solved.t, solved.y[0]) == pytest.approx(9.5e5, rel=1e-3)

    def test_refill_of_a_cache_that_is_never_needed_or_never_enough(self):
        assert refill_s(1_000.0, 2_000.0, 1e6, 0.9)[0] == 0.0
        assert refill_s(10_000.0, 2_000.0, 1e6, 0.5) == pytest.approx((250.0, 0.0))
        assert sum(refill(chosen(hit_rate=100))) < 1e5

    def test_outage_of_the_cache_multiplies_the_load_by_twenty(self):
        strip = run(chosen(traffic=5_000, hit_rate=95, event="cache", event_seconds=20))
        assert strip.load[0] == pytest.approx(250.0)
        assert strip.load.max() == pytest.approx(5_000.0)

    @pytest.mark.parametrize(("event", "least"), [("replica", 1_000.0), ("slow", 500.0), ("spike", 2_000.0)])
    def test_capacity_falls_only_where_the_database_is_hit(self, event, least):
        assert run(chosen(event=event)).capacity.min() == least

    def test_spike_multiplies_the_load(self):
        strip = run(chosen(hit_rate=0, event="spike", event_seconds=30))
        assert strip.load.max() == pytest.approx(4_000.0)
        during = (strip.time > 15) & (strip.time < 35)
        assert strip.errors[during].mean() == pytest.approx(0.5, abs=0.01)

    def test_orders_wait_while_the_consumer_is_down_and_drain_after(self):
        found = figures(write_share=20, event="consumer", event_seconds=60)
        assert found["lag"] == pytest.approx(200 * 60, rel=0.02)
        assert found["drain"] == pytest.approx(12_000 / 300, rel=0.02)
        assert "drain" not in figures(write_share=60, event="consumer")

    def test_writes_fail_while_the_queue_is_down(self):
        found = figures(write_share=20, event="queue", event_seconds=60)
        assert found["event_errors"] == pytest.approx(200 * 60, rel=0.02)
        assert found["lag"] == 0.0

    def test_slow_database_whose_queue_outlasts_the_timeout_answers_nobody(self):
        strip = run(chosen(traffic=1_000, hit_rate=0, event="slow", event_factor=10, event_seconds=60))
        assert strip.errors[(strip.time > 30) & (strip.time < 60)].min() == pytest.approx(1.0)

    def test_frames_hold_the_traffic_and_the_orders_step_by_step(self):
        found = design_lab.evaluate(chosen(event="spike", event_factor=4, event_seconds=20, write_share=60))
        (times,) = {series.x for chart in found.charts if chart.name == "load" for series in chart.series}
        traffic, lag = np.array(found.frames["traffic"]), np.array(found.frames["lag"])
        during = (np.array(times) >= EVENT_AT_S) & (np.array(times) < EVENT_AT_S + 20 - 0.5)
        assert traffic.size == lag.size == len(times)
        assert set(traffic.tolist()) == {1_000.0, 4_000.0}
        assert (traffic[during] == 4_000.0).all()
        assert lag.max() == found.figure("lag").value > 0.0

    def test_trace_is_in_order_and_empty_without_an_event(self):
        assert design_lab.evaluate(chosen()).trace == ()
        trace = design_lab.evaluate(chosen(traffic=10_000, hit_rate=95, event="cache")).trace
        assert [event["event"] for event in trace] == ["event", "overloaded", "event_ends", "relieved"]


class TestEvaluate:
    @settings(max_examples=60, deadline=None)
    @given(settings_in_range)
    def test_every_input_in_range_gives_json(self, inputs):
        found = design_lab.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert 0.0 <= found.figure("errors").value <= 100.0
        assert found.figure("median").value <= found.figure("p99").value
        for chart in found.charts:
            for series in chart.series:
                assert chart.y.scale != "log" or min(series.y) > 0.0

    @settings(max_examples=30, deadline=None)
    @given(settings_in_range)
    def test_strip_keeps_its_books(self, inputs):
        strip = run(inputs)
        assert np.all((strip.errors >= 0.0) & (strip.errors <= 1.0))
        assert np.all((strip.hits >= 0.0) & (strip.hits <= inputs.hit_rate / 100.0 + 1e-12))
        assert np.all(strip.lag >= 0.0)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "100 of 1,000 requests a second reach the database, 5.0% of its capacity"),
            ({"target": 20}, "beyond the target of 20 ms, and no request fails."),
            ({"traffic": 5_000, "hit_rate": 50}, "10.0% of requests fail."),
            ({"write_share": 20, "event": "consumer"}, "orders wait on the queue"),
        ],
    )
    def test_narrative_says_it(self, changes, words):
        assert words in design_lab.evaluate(chosen(**changes)).narrative

    def test_targets_are_counted(self):
        assert figures()["met"] == 2.0
        assert figures(target=25)["met"] == 1.0
        assert figures(traffic=5_000, hit_rate=50)["met"] == 0.0

    def test_cost_grows_with_workers_and_retries(self):
        plain = design_lab.cost(chosen()).evaluate_ms
        assert plain < design_lab.cost(chosen(workers=400)).evaluate_ms
        assert plain < design_lab.cost(chosen(retries=2)).evaluate_ms < 200.0
