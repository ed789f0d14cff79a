"""The page that waits for many calls: its exact figures, its draws, and what a fault would look like."""

import json
import math
import tracemalloc

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from simulations.engine import evidence, parameters
from simulations.engine.histogram import Histogram
from simulations.engine.models import tail_latency
from simulations.engine.models.tail_latency import MODEL, Parameters
from simulations.engine.sampling import generator_for, plan

DRAWS = 60_000
SEEDS = (1, 2, 3)

SETTINGS = {
    "one call": {"calls": 1},
    "twenty calls": {},
    "hundred calls": {"calls": 100},
    "hedged": {"hedge": True},
    "hedged early": {"calls": 50, "hedge": True, "hedge_percentile": 50},
    "replicas slow together": {"calls": 10, "hedge": True, "replica_correlation": 0.6},
    "replicas always alike": {"calls": 100, "hedge": True, "hedge_percentile": 50, "replica_correlation": 1},
    "shared cause": {"call_correlation": 0.3},
    "strongly shared cause": {"calls": 100, "call_correlation": 0.8},
    "one cause for all": {"call_correlation": 1},
    "shared cause, hedged": {"call_correlation": 0.3, "hedge": True, "replica_correlation": 0.2},
    "half of the calls slow": {"calls": 3, "slow_share": 0.5, "slow_mean": 10_000, "fast_mean": 0.1},
}

settings_in_range = st.builds(
    Parameters,
    calls=st.integers(1, 100),
    slow_share=st.floats(0.0001, 0.5),
    slow_mean=st.floats(1.0, 10_000.0),
    hedge=st.booleans(),
    hedge_percentile=st.floats(50.0, 99.9),
    fast_floor=st.floats(0.1, 1_000.0),
    fast_mean=st.floats(0.1, 1_000.0),
    call_correlation=st.one_of(st.just(0.0), st.floats(0.0, 1.0), st.just(1.0)),
    replica_correlation=st.floats(0.0, 1.0),
)


def chosen(**changes):
    return parameters.parse(Parameters, changes)


def figures(**changes):
    return {figure.name: figure.value for figure in tail_latency.evaluate(chosen(**changes)).figures}


def gap_over_band(histogram, settings_):
    gap = evidence.largest_gap(histogram, tail_latency.page(settings_).tail)
    return gap / evidence.band_half_width(histogram.count, level=1e-6)


class TestAnchors:
    @pytest.mark.parametrize(
        ("calls", "median", "p95", "p99", "p99_9"),
        [
            (1, 13.5, 26.0, 46.3, 1_161.3),
            (5, 20.6, 45.1, 812.7, 1_965.8),
            (10, 24.3, 345.1, 1_159.0, 2_312.4),
            (20, 28.5, 691.0, 1_505.5, 2_658.9),
            (50, 37.2, 1_148.8, 1_963.6, 3_117.1),
            (100, 195.0, 1_495.2, 2_310.1, 3_463.6),
        ],
    )
    def test_percentiles_by_fan_out(self, calls, median, p95, p99, p99_9):
        found = figures(calls=calls)
        assert [round(found[name], 1) for name in ("median", "p95", "p99", "p99_9")] == [median, p95, p99, p99_9]

    @pytest.mark.parametrize(("calls", "mean"), [(1, 19.95), (5, 45.6), (10, 72.2), (20, 120.2)])
    def test_means(self, calls, mean):
        assert figures(calls=calls)["mean"] == pytest.approx(mean, abs=0.05)

    @pytest.mark.parametrize(
        ("after", "calls", "median", "p99", "p99_9"),
        [
            (95, 1, 13.5, 37.5, 47.9),
            (95, 10, 24.3, 47.8, 67.5),
            (95, 100, 39.0, 67.4, 598.5),
            (99, 1, 13.5, 46.3, 67.6),
            (99, 10, 24.3, 67.6, 86.7),
            (99, 100, 57.7, 86.6, 608.7),
            (90, 1, 13.5, 34.6, 44.2),
        ],
    )
    def test_hedged(self, after, calls, median, p99, p99_9):
        found = figures(calls=calls, hedge=True, hedge_percentile=after)
        assert [round(found[name], 1) for name in ("median", "p99", "p99_9")] == [median, p99, p99_9]
        assert found["extra_load"] == pytest.approx(100 - after)

    def test_straggler_share_is_the_share_of_pages_with_a_slow_call(self):
        assert figures()["straggler_share"] == pytest.approx(100 * (1 - 0.99**20))
        assert figures(calls=7, slow_share=0.3)["straggler_share"] == pytest.approx(100 * (1 - 0.7**7))

    def test_p99_of_fifty_calls_is_the_backends_p99_98(self):
        assert round(figures(calls=50)["backend_percentile"], 3) == 99.980


class TestClosedForm:
    @pytest.mark.parametrize("name", SETTINGS)
    def test_mean_is_the_integral_of_the_tail(self, name):
        page = tail_latency.page(chosen(**SETTINGS[name]))
        points = [*page.call.knots, 30.0, 60.0, 200.0, 1_000.0, 5_000.0, 1e5, 4e5]
        expected = math.fsum(
            integrate.quad(lambda t: float(page.tail(np.array(t))), low, high, limit=300, epsabs=1e-10)[0]
            for low, high in zip([0.0, *points], points, strict=False)
        )
        assert page.mean == pytest.approx(expected, rel=1e-8)

    @settings(max_examples=40, deadline=None)
    @given(settings_in_range)
    def test_percentiles_are_in_order(self, inputs):
        found = tail_latency.evaluate(inputs)
        values = [found.figure(name).value for name in ("median", "p95", "p99", "p99_9")]
        assert values == sorted(values)
        assert inputs.fast_floor <= values[0]
        assert inputs.fast_floor <= found.figure("mean").value

    @settings(max_examples=25, deadline=None)
    @given(settings_in_range)
    def test_every_input_in_range_gives_json_and_a_narrative(self, inputs):
        found = tail_latency.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert found.narrative.endswith(".")

    @settings(max_examples=15, deadline=None)
    @given(settings_in_range, st.integers(1, 99))
    def test_more_calls_are_never_faster(self, inputs, fewer):
        call = tail_latency.page(inputs).call
        tails = np.array([0.5, 0.01])
        few, many = (
            tail_latency.Page(call, calls, inputs.call_correlation).upper_quantile(tails) for calls in (fewer, 100)
        )
        assert np.all(few <= many * (1 + 1e-9))

    @pytest.mark.parametrize("hedge", [False, True])
    def test_one_call_is_the_backend_itself(self, hedge):
        assert figures(calls=1, hedge=hedge, call_correlation=0.5) == pytest.approx(figures(calls=1, hedge=hedge))

    def test_calls_that_are_all_alike_are_one_call(self):
        assert figures(calls=100, call_correlation=1) == pytest.approx(figures(calls=1))

    def test_hedging_gains_nothing_in_the_tail_from_replicas_that_are_slow_together(self):
        assert figures(hedge=True, replica_correlation=1)["p99"] == pytest.approx(figures()["p99"], rel=1e-6)


class TestCharts:
    RESULT = tail_latency.evaluate(Parameters())

    def chart(self, name):
        return next(chart for chart in self.RESULT.charts if chart.name == name)

    def series(self, chart, name):
        return next(series for series in self.chart(chart).series if series.name == name)

    def test_dots_of_this_setting_lie_on_the_lines(self):
        here, median, p99 = (self.series("fan_out", name) for name in ("here", "median", "p99"))
        place = median.x.index(20.0)
        assert here.y == pytest.approx((median.y[place], p99.y[place]))

    def test_a_hundred_dots_stand_for_a_hundredth_each(self):
        backend, page = (self.series("quantile_dots", name) for name in ("backend", "page"))
        assert len(backend.x) == len(page.x) == 100
        assert sum(dot < 28.51 for dot in page.x) == 50
        assert list(backend.x) == sorted(backend.x)

    def test_distribution_reaches_from_almost_none_to_almost_all(self):
        for name in ("page", "backend"):
            answered = self.series("distribution", name).y
            assert answered[0] < 0.2
            assert answered[-1] > 99.9

    def test_logarithmic_axes_get_positive_numbers_only(self):
        for chart in self.RESULT.charts:
            for series in chart.series:
                assert chart.x.scale != "log" or min(series.x) > 0.0
                assert chart.y.scale != "log" or min(series.y) > 0.0

    def test_table_has_a_row_for_this_setting(self):
        (table,) = tail_latency.evaluate(chosen(calls=7)).tables
        assert [row[0] for row in table.rows] == [1, 5, 7, 10, 20, 50, 100]
        assert table.rows[2][3] == pytest.approx(figures(calls=7)["p99"])

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"calls": 1}, "waits for one call has a median of 13.5 ms"),
            ({}, "the slowest of 20 calls has a median of 28.5 ms and a p99 of 1,505 ms. 18.2% of pages"),
            ({"hedge": True}, "after the p95 of one call adds 5.0% of load"),
            ({"call_correlation": 0.3}, "share a cause"),
        ],
    )
    def test_narrative_says_it_in_words(self, changes, words):
        assert words in tail_latency.evaluate(chosen(**changes)).narrative


class TestSample:
    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("name", SETTINGS)
    def test_stays_inside_the_band(self, name, seed):
        inputs = chosen(**SETTINGS[name])
        drawn = tail_latency.sample(inputs, generator_for(seed, 0, 1), DRAWS)
        assert drawn.count == DRAWS
        assert gap_over_band(drawn, inputs) < 1.0

    @pytest.mark.parametrize("name", SETTINGS)
    def test_mean_agrees(self, name):
        inputs = chosen(**SETTINGS[name])
        drawn = [tail_latency.sample(inputs, generator_for(9, shard, 20), 5_000).mean for shard in range(20)]
        error = np.std(drawn, ddof=1) / math.sqrt(20)
        assert abs(np.mean(drawn) - tail_latency.page(inputs).mean) < 6.0 * error

    @pytest.mark.parametrize("name", SETTINGS)
    def test_same_seed_same_bytes_in_whatever_order_shards_arrive(self, name):
        inputs = chosen(**SETTINGS[name])
        sizes = plan(9_000, 4_000)
        shards = [
            tail_latency.sample(inputs, generator_for(5, shard, len(sizes)), size) for shard, size in enumerate(sizes)
        ]
        forward, backward = Histogram(), Histogram()
        for shard in shards:
            forward = forward.merge(shard)
        for shard, size in reversed(list(enumerate(sizes))):
            again = tail_latency.sample(inputs, generator_for(5, shard, len(sizes)), size)
            backward = backward.merge(again)
        assert forward.to_bytes() == backward.to_bytes()

    def test_another_seed_gives_other_bytes(self):
        first, second = (tail_latency.sample(Parameters(), generator_for(seed, 0, 1), 1_000) for seed in (1, 2))
        assert first != second

    @pytest.mark.parametrize("name", ["hundred calls", "hedged early", "strongly shared cause"])
    def test_memory_does_not_grow_with_the_draws(self, name):
        inputs = chosen(**SETTINGS[name])
        generator = generator_for(1, 0, 1)
        tail_latency.sample(inputs, generator, 100)
        tracemalloc.start()
        tail_latency.sample(inputs, generator, 60_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 16e6


class TestPlantedFaults:
    """The band must be narrow enough to notice what a wrong sampler would do."""

    def faulty(self, slowest, pages=DRAWS, calls=20):
        generator = generator_for(1, 0, 1)
        slow = generator.random((calls, pages)) < 0.01
        times = 10.0 + generator.standard_exponential((calls, pages)) * np.where(slow, 500.0, 5.0)
        histogram = Histogram()
        histogram.add(slowest(times))
        return gap_over_band(histogram, Parameters())

    def test_the_right_sampler_passes(self):
        assert self.faulty(lambda times: times.max(axis=0)) < 1.0

    @pytest.mark.parametrize(
        "slowest",
        [
            lambda times: times.mean(axis=0),
            lambda times: times.sum(axis=0),
            lambda times: times[:-1].max(axis=0),
            lambda times: times.max(axis=0) + 0.2,
            lambda times: np.sort(times, axis=0)[-2],
        ],
        ids=["mean", "sum", "one call forgotten", "a fifth of a millisecond", "second slowest"],
    )
    def test_a_wrong_one_is_caught(self, slowest):
        assert self.faulty(slowest) > 1.0

    def test_ignoring_the_shared_cause_is_caught(self):
        drawn = tail_latency.sample(chosen(call_correlation=0), generator_for(1, 0, 1), DRAWS)
        assert gap_over_band(drawn, chosen(call_correlation=0.3)) > 1.0

    def test_ignoring_that_replicas_are_slow_together_is_caught(self):
        drawn = tail_latency.sample(chosen(hedge=True), generator_for(1, 0, 1), DRAWS)
        assert gap_over_band(drawn, chosen(hedge=True, replica_correlation=0.6)) > 1.0


class TestAgainstSimulatedServers:
    """A page and its calls as processes on a clock, knowing nothing of formulas."""

    @pytest.mark.parametrize(("hedge", "seed"), [(False, 11), (True, 12)])
    def test_processes_on_a_clock_stay_inside_the_band(self, hedge, seed):
        inputs = chosen(calls=5, slow_share=0.05, hedge=hedge, hedge_percentile=90)
        delay = float(tail_latency.backend(inputs).upper_quantile(np.array(0.1)))
        generator = np.random.default_rng(seed)
        times = []

        def replica(environment):
            mean = 500.0 if generator.random() < 0.05 else 5.0
            yield environment.timeout(10.0 + generator.exponential(mean))

        def call(environment):
            first = environment.process(replica(environment))
            if hedge:
                yield first | environment.timeout(delay)
            if hedge and not first.processed:
                yield first | environment.process(replica(environment))
            elif not hedge:
                yield first

        def page(environment):
            start = environment.now
            yield environment.all_of([environment.process(call(environment)) for _ in range(5)])
            times.append(environment.now - start)

        for _ in range(4_000):
            environment = simpy.Environment()
            environment.process(page(environment))
            environment.run()
        histogram = Histogram()
        histogram.add(times)
        assert gap_over_band(histogram, inputs) < 1.0


class TestReference:
    def test_sets_draws_beside_the_closed_form(self):
        drawn = tail_latency.sample(Parameters(), generator_for(1, 0, 1), 50_000)
        found = tail_latency.reference(Parameters(), drawn)
        json.dumps(found.to_json(), allow_nan=False)
        assert found.figure("drawn").value == 50_000
        assert found.figure("largest_gap").value < found.figure("band").value
        assert "50,000 pages were drawn" in found.narrative
        assert "inside the band" in found.narrative


class TestCost:
    def test_is_known_from_the_parameters(self):
        few, many = (tail_latency.cost(chosen(requests=requests)) for requests in (1_000_000, 10_000_000))
        assert many.run_seconds == pytest.approx(10 * few.run_seconds)
        assert many.memory_mb == few.memory_mb

    @pytest.mark.parametrize("name", SETTINGS)
    def test_a_shard_is_about_a_second(self, name):
        inputs = chosen(**SETTINGS[name])
        size = MODEL.sampler.shard_size(inputs)
        whole = tail_latency.cost(chosen(**{**SETTINGS[name], "requests": size}))
        assert whole.run_seconds == pytest.approx(1.0, abs=0.01)

    def test_a_run_is_bounded(self):
        assert MODEL.sampler.maximum_requests(Parameters()) == tail_latency.MOST_PAGES
