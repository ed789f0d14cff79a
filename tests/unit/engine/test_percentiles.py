"""The percentile explorer: families, samples, merged servers."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulations.engine import parameters
from simulations.engine.models import percentiles
from simulations.engine.models.percentiles import Parameters

FAMILIES = ("lognormal", "exponential", "pareto", "two_mode")

settings_in_range = st.builds(
    Parameters,
    family=st.sampled_from(FAMILIES),
    median=st.floats(1.0, 200.0),
    sigma=st.floats(0.1, 2.0),
    samples=st.integers(100, 2_000),
    calls=st.integers(1, 100),
    call_correlation=st.one_of(st.just(0.0), st.floats(0.0, 1.0), st.just(1.0)),
    other_median=st.floats(1.0, 2_000.0),
    other_share=st.floats(0.0, 1.0),
    seed=st.integers(0, 999_999),
)


def evaluate(**changes):
    return percentiles.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


class TestAnchors:
    def test_one_call(self):
        found = figures()
        assert round(found["mean"], 2) == 19.16
        assert round(found["mean_percentile"], 1) == 63.7
        assert [round(found[name], 1) for name in ("p95", "p99", "p99_9")] == [47.4, 76.4, 130.5]

    @pytest.mark.parametrize(
        ("calls", "median", "p99"),
        [(5, 33.1, 112.4), (10, 42.8, 130.4), (20, 53.8, 150.0), (50, 70.2, 178.6), (100, 84.1, 202.4)],
    )
    def test_fan_out(self, calls, median, p99):
        found = figures(calls=calls)
        assert [round(found["median"], 1), round(found["p99"], 1)] == [median, p99]

    @pytest.mark.parametrize(("sigma", "one", "hundred"), [(1.0, 153.6, 617.6), (0.3, 30.1, 45.8)])
    def test_tail_weight(self, sigma, one, hundred):
        assert round(figures(sigma=sigma)["p99"], 1) == one
        assert round(figures(sigma=sigma, calls=100)["p99"], 1) == hundred

    def test_interval_of_a_thousand_measurements(self):
        found = figures()
        assert [round(found["p99_low"]), round(found["p99_high"])] == [66, 96]

    @pytest.mark.parametrize(("share", "merged"), [(0.5, 424.7), (0.1, 250.0), (0.01, 59.3)])
    def test_merged_servers(self, share, merged):
        preset = next(preset for preset in percentiles.PRESETS if preset.name == "two_servers")
        found = figures(**{**preset.parameters, "other_share": share})
        assert [round(found["first_p99"], 6), round(found["other_p99"], 6)] == [50.0, 500.0]
        assert round(found["merged_p99"], 1) == merged

    def test_averaging_says_275(self):
        assert figures(**percentiles.PRESETS[-1].parameters)["average_p99"] == pytest.approx(275.0)

    def test_two_paths_are_those_of_the_tail_latency_model(self):
        own_median = float(percentiles._TWO_MODE.upper_quantile(np.array(0.5)))
        found = figures(family="two_mode", median=own_median, calls=20)
        assert [round(found["median"], 1), round(found["p99"], 1)] == [28.5, 1505.5]


class TestFamilies:
    @pytest.mark.parametrize("family", FAMILIES)
    def test_all_have_the_median_asked_for(self, family):
        assert figures(family=family, median=33)["median"] == pytest.approx(33.0)

    @pytest.mark.parametrize("family", ["lognormal", "pareto"])
    def test_sigma_is_the_deviation_of_the_logarithm(self, family):
        call = percentiles.distribution(Parameters(family=family, sigma=0.8), 15.0)
        tails = (np.arange(200_000) + 0.5) / 200_000
        assert np.std(np.log(call.upper_quantile(tails))) == pytest.approx(0.8, rel=1e-3)

    def test_a_tail_too_heavy_for_a_mean_says_so(self):
        found = evaluate(family="pareto", sigma=1)
        assert "mean" not in {figure.name for figure in found.figures}
        assert "has no mean" in found.narrative
        assert figures(family="pareto", sigma=0.5)["mean"] == pytest.approx(15.0 * 2**-0.5 * 2)

    @settings(max_examples=40, deadline=None)
    @given(settings_in_range)
    def test_every_input_in_range_gives_ordered_json(self, inputs):
        found = percentiles.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        values = [found.figure(name).value for name in ("median", "p95", "p99", "p99_9")]
        assert values == sorted(values)
        sampled = [found.figure(f"sample_{name}").value for name in ("median", "p99", "p99_9", "maximum")]
        assert sampled == sorted(sampled)
        low, high = sorted(found.figure(name).value for name in ("first_p99", "other_p99"))
        assert low * (1 - 1e-9) <= found.figure("merged_p99").value <= high * (1 + 1e-9)


class TestSample:
    @pytest.mark.parametrize(
        "changes", [{}, {"calls": 30}, {"calls": 30, "call_correlation": 0.4}, {"family": "pareto"}]
    )
    def test_comes_from_the_exact_distribution(self, changes):
        inputs = parameters.parse(Parameters, {"samples": 20_000, **changes})
        page = percentiles.Page(percentiles.distribution(inputs, inputs.median), inputs.calls, inputs.call_correlation)
        sample = percentiles._sample(inputs, page)
        assert stats.kstest(sample, lambda t: 1.0 - page.tail(t)).pvalue > 1e-4

    def test_same_seed_same_sample(self):
        assert evaluate(seed=7).to_json() == evaluate(seed=7).to_json()
        assert figures(seed=7)["sample_p99"] != figures(seed=8)["sample_p99"]

    def test_interval_covers_the_true_p99_about_as_often_as_promised(self):
        true_p99 = 15.0 * float(np.exp(0.7 * stats.norm.ppf(0.99)))
        covered = 0
        for seed in range(300):
            inputs = Parameters(seed=seed)
            page = percentiles.Page(percentiles.distribution(inputs, 15.0), 1, 0.0)
            sample = percentiles._sample(inputs, page)
            covered += sample[983 - 1] <= true_p99 <= sample[996 - 1]
        assert 0.90 <= covered / 300 <= 0.99

    def test_a_hundred_measurements_leave_p99_open_above(self):
        found = evaluate(samples=100)
        assert "p99_high" not in {figure.name for figure in found.figures}
        assert "leave it open above" in found.narrative
        (table,) = found.tables
        assert table.rows[-1][4] is None


class TestCost:
    def test_grows_with_the_sample_and_the_shared_cause(self):
        plain = percentiles.cost(Parameters()).evaluate_ms
        assert percentiles.cost(Parameters(samples=100_000)).evaluate_ms > plain
        assert percentiles.cost(Parameters(call_correlation=0.5)).evaluate_ms > plain

    def test_words_name_the_page(self):
        assert "waits for one call" in evaluate().narrative
        assert "the slowest of 50 calls" in evaluate(calls=50).narrative
