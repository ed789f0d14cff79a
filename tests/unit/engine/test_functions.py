"""Named functions: every figure of the chapter, every refusal, and how each explains itself."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from simulations.engine.functions import FUNCTIONS, EngineFunction, fan_out, measuring, services

CHECKOUT = [30, 20, 50, 40, 80, 60]
WE_5 = [10, 100, 5000], [95, 4, 1]
DRILL = [12, 15, 11, 14, 800, 13, 12, 16, 11, 13], [1] * 10

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("total_of", WE_5, 6350, 0),
    ("mean_of", WE_5, 63.5, 1),
    ("deviation_of", WE_5, 496, 0),
    ("nearest_rank", (*WE_5, 50), 10, 0),
    ("nearest_rank", (*WE_5, 95), 10, 0),
    ("nearest_rank", (*WE_5, 99), 100, 0),
    ("nearest_rank", (*WE_5, 99.9), 5000, 0),
    ("interpolated", (*WE_5, 50), 10, 0),
    ("interpolated", (*WE_5, 95), 14.5, 1),
    ("interpolated", (*WE_5, 99), 149, 0),
    ("interpolated", (*WE_5, 99.9), 4515, 0),
    ("nearest_rank", (*DRILL, 90), 16, 0),
    ("nearest_rank", (*DRILL, 99), 800, 0),
    ("nearest_rank", (*DRILL, 0), 11, 0),
    ("interpolated", (*DRILL, 90), 94.4, 1),
    ("interpolated", (*DRILL, 95), 447.2, 1),
    ("interpolated", (*DRILL, 99), 729.44, 2),
    ("interpolated", (*DRILL, 100), 800, 0),
    ("mean_of", DRILL, 91.7, 1),
    ("any_beyond", (0.95, 20), 0.642, 3),
    ("any_beyond", (0.99, 100), 0.634, 3),
    ("all_below", (0.99, 5), 0.951, 3),
    ("all_below", (0.99, 6), 0.941, 3),
    ("all_below", (0.99, 8), 0.923, 3),
    ("all_below", (0.99, 10), 0.904, 3),
    ("all_below", (0.99, 20), 0.818, 3),
    ("all_below", (0.99, 50), 0.605, 3),
    ("all_below", (0.99, 100), 0.366, 3),
    ("backend_percentile", (0.99, 10), 99.90, 2),
    ("backend_percentile", (0.99, 20), 99.95, 2),
    ("backend_percentile", (0.99, 50), 99.980, 3),
    ("backend_percentile", (0.5, 50), 98.6, 1),
    ("backend_level", (0.5, 50), 0.986, 3),
    ("any_beyond", (0.99, 6), 0.0585, 4),
    ("any_beyond", (0.99, 5), 0.0490, 4),
    ("slow_share_needed", (0.01, 8), 0.00126, 5),
    ("slowest_exponential_ms", (CHECKOUT, 0.5), 23.6, 1),
    ("slowest_exponential_ms", (CHECKOUT, 0.95), 58.8, 1),
    ("slowest_exponential_ms", (CHECKOUT, 0.99), 84.0, 1),
    ("summed_exponential_ms", (CHECKOUT, 0.99), 142, 0),
    ("merged_exponential_ms", (50, 500, 0.5, 0.99), 424.7, 1),
    ("merged_exponential_ms", (50, 500, 0.9, 0.99), 250.0, 1),
    ("merged_exponential_ms", (50, 500, 0.99, 0.99), 59.3, 1),
    ("tail_latency_ms", (0.99, 10), 1159.0, 1),
    ("tail_latency_ms", (0.999, 20), 2658.9, 1),
    ("tail_mean_ms", (), 19.95, 2),
    ("tail_expected_maximum_ms", (5,), 45.6, 1),
    ("tail_expected_maximum_ms", (10,), 72.2, 1),
    ("tail_expected_maximum_ms", (20,), 120.2, 1),
    ("hedged_ms", (0.99, 10, 0.95), 47.8, 1),
    ("hedged_ms", (0.999, 100, 0.99), 608.7, 1),
    ("hedged_ms", (0.999, 1, 0.9), 44.2, 1),
    ("hedge_extra_load", (0.95,), 0.05, 2),
    ("correlated_ms", (0.99, 20, 0), 1505.5, 1),
    ("correlated_ms", (0.99, 20, 1), 46.3, 1),
    ("any_beyond_correlated", (0.99, 20, 0.3), 0.138, 3),
    ("lognormal_ms", (15, 0.7, 0.99), 76.4, 1),
    ("lognormal_ms", (15, 0.7, 0.99, 100), 202.4, 1),
    ("lognormal_mean_ms", (15, 0.7), 19.16, 2),
    ("lognormal_mean_level", (0.7,), 0.637, 3),
    ("rank_of", (1000, 0.999), 999, 0),
    ("rank_low", (1000, 0.99), 983, 0),
    ("rank_high", (1000, 0.99), 996, 0),
    ("observations_for_tail", (0.999, 10), 10_000, 0),
    ("expected_beyond", (0.99, 1000), 10, 0),
    ("error_budget_requests", (0.995, 4_000_000), 20_000, 0),
    ("standard_error", (0.5, 100), 0.05, 2),
    ("stalled_requests_closed", (100, 0.01), 9_999, 0),
    ("stall_closed_mean_ms", (), 11.0, 1),
    ("stall_closed_ms", (0.9999,), 1, 0),
    ("stall_closed_ms", (1.0,), 100_001, 0),
    ("stall_open_mean_ms", (), 25_003.5, 1),
    ("stall_open_ms", (0.49,), 1, 0),
    ("stall_open_ms", (0.75,), 50_001, 0),
    ("stall_open_ms", (0.9,), 80_001, 0),
    ("stall_open_ms", (0.99,), 98_001, 0),
    ("stall_open_mean_ms", (9, 1), 51.5, 1),
    ("stall_open_ms", (0.9, 9, 1), 1, 0),
    ("stall_open_ms", (0.95, 9, 1), 501, 0),
    ("stall_open_ms", (0.99, 9, 1), 901, 0),
    ("stall_open_ms", (0.999, 9, 1), 991, 0),
    ("stall_closed_mean_ms", (9, 1), 2.1, 1),
    ("stall_closed_ms", (0.99, 9, 1), 1, 0),
    ("stall_closed_ms", (0.999, 9, 1), 1_001, 0),
    ("stall_quantile_s", (100, 200, 0.99), 98, 0),
    ("stall_quantile_s", (1, 10, 0.5), 0, 0),
    ("response_time_ms", (8, 30, 12), 50, 0),
    ("exponential_ms", (50, 0.99), 50, 9),
    ("exponential_quantile", (5, 0.5), 3.4657, 4),
]

BANDS = [
    (1, 0.5, 13.4, 13.6),
    (1, 0.99, 40, 91),
    (1, 0.999, 897, 1_403),
    (5, 0.99, 730, 894),
    (5, 0.999, 1_702, 2_207),
    (10, 0.5, 24.1, 24.4),
    (10, 0.999, 2_048, 2_554),
    (20, 0.5, 28.3, 28.7),
    (20, 0.99, 1_422, 1_586),
    (20, 0.999, 2_395, 2_900),
]

REFUSED = [
    ("all_below", (1.2, 20), "q must lie between 0 and 1; you gave 1.2."),
    ("all_below", (True, 20), "q must lie between 0 and 1; you gave true."),
    ("all_below", (math.nan, 20), "q must lie between 0 and 1; you gave nan."),
    ("all_below", ("0.9", 20), "q must lie between 0 and 1; you gave 0.9."),
    ("any_beyond", (0.99, 0), "calls must lie between 1 and 100000; you gave 0."),
    (
        "any_beyond",
        (0.99, 10**400),
        "calls must lie .*; you gave a whole number of about 401 digits.",
    ),
    ("any_beyond", (0.99, 2.5), "calls must be a whole number; you gave 2.5."),
    ("backend_level", (1, 20), "q must lie between 0 and 1 and be neither; you gave 1."),
    ("correlated_ms", (0.99, 101, 0.3), "calls must lie between 1 and 100; you gave 101."),
    ("exponential_ms", (0, 0.5), "p99 must be more than 0; you gave 0."),
    ("mean_of", ([], []), "values must be a list of 1 to 100 numbers; you gave a list of 0."),
    ("mean_of", ("12", [1, 1]), "values must be a list of 1 to 100 numbers; you gave 12."),
    ("mean_of", ([1, 2], [1]), "values and counts must be equally long; you gave 2 and 1."),
    ("mean_of", ([1, 2], [0, 0]), "counts must add up to at least 1; you gave 0."),
    ("mean_of", ([1, "x"], [1, 1]), r"values\[1\] must lie between .*; you gave x."),
    ("mean_of", ([1] * 101, [1] * 101), "values must be a list of 1 to 100 numbers; you gave a list of 101."),
    ("stalled_requests_closed", (1, 0.3), "a whole number of times"),
    ("stalled_requests_closed", (1e9, 1e-9), "a whole number of times"),
    ("stall_quantile_s", (20, 10, 0.5), "stall must lie between 0 and 10; you gave 20."),
    ("summed_exponential_ms", ([1], 0.999999), "q must lie between 0.0001 and 0.9999"),
]


def call(name, *arguments, **keywords):
    return FUNCTIONS[name].call(*arguments, **keywords)


class TestFigures:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert call(name, *arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-12)

    @pytest.mark.parametrize(("calls", "q", "low", "high"), BANDS)
    def test_bands_of_ten_thousand_trials(self, calls, q, low, high):
        ends = [call("measured_tail_ms", q, calls, 10_000, level) for level in (0.05, 0.95)]
        assert ends == pytest.approx([low, high], abs=0.5 if high > 40 else 0.05)

    def test_takes_whole_numbers_written_as_floats(self):
        assert call("any_beyond", 0.99, 20.0) == call("any_beyond", 0.99, 20)

    def test_takes_another_backend(self):
        assert call("tail_latency_ms", 0.99, 1, slow_share=0.0, fast_floor=0.0) == pytest.approx(5 * math.log(100))

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} | {"measured_tail_ms"} == {
            function.name for module in (fan_out, measuring, services) for function in module.FUNCTIONS
        }


class TestRefusals:
    @pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
    def test_says_which_argument_and_what_it_was(self, name, arguments, message):
        with pytest.raises(ValueError, match=message):
            call(name, *arguments)

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_answers_nonsense_with_value_error_alone(self, name):
        parameters = inspect.signature(FUNCTIONS[name].call).parameters.values()
        for nonsense in (-1, math.nan, math.inf, 10**400, "x", None, [], [[1]], True):
            keywords = {each.name: nonsense for each in parameters}
            if keywords:
                with pytest.raises(ValueError, match="you gave"):
                    call(name, **keywords)


class TestExplain:
    @pytest.mark.parametrize(
        ("name", "arguments", "line"),
        [
            ("all_below", (0.99, 20), "0.99 ** 20 = 0.8179"),
            ("any_beyond", (0.99, 5), "1 - 0.99 ** 5 = 0.04901"),
            ("backend_percentile", (0.99, 50), "100 * 0.99 ** (1 / 50) = 99.9799"),
            ("mean_of", WE_5, "(95 * 10 + 4 * 100 + 1 * 5000) / 100 = 63.5"),
            ("nearest_rank", (*WE_5, 99), "rank ceil(99 / 100 * 100) = 99 of 100 holds 100"),
            ("interpolated", (*WE_5, 95), "place 95 / 100 * (100 - 1) + 1 = 95.05 of 100 holds 14.5"),
            ("error_budget_requests", (0.995, 4_000_000), "(1 - 0.995) * 4000000 = 20,000"),
            ("lognormal_ms", (15, 0.7, 0.99), "15 * exp(0.7 * z(0.99)) = 76.44, z = 2.3263"),
            ("lognormal_ms", (15, 0.7, 0.99, 5), "15 * exp(0.7 * z(0.99 ** (1 / 5))) = 112.4, z = 2.8769"),
            ("tail_mean_ms", (), "10 + (1 - 0.01) * 5 + 0.01 * 500 = 19.95"),
        ],
    )
    def test_shows_the_derivation(self, name, arguments, line):
        assert FUNCTIONS[name].explain(*arguments) == line

    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_names_the_result_in_one_short_line(self, name, arguments, value, digits):
        line = FUNCTIONS[name].explain(*arguments)
        assert "\n" not in line
        assert len(line) < 200
        assert "{" not in line

    def test_takes_keywords(self):
        assert "for 0.02 of the calls" in FUNCTIONS["tail_latency_ms"].explain(0.99, calls=20, slow_share=0.02)

    def test_says_that_replicas_are_slow_together(self):
        assert "slow together 0.5" in FUNCTIONS["hedged_ms"].explain(0.99, 10, 0.95, replica_correlation=0.5)

    def test_refuses_where_the_call_does(self):
        with pytest.raises(ValueError, match="you gave 2"):
            FUNCTIONS["all_below"].explain(2, 20)


class TestFunctions:
    def test_are_found_by_their_own_names(self):
        for name, function in FUNCTIONS.items():
            assert isinstance(function, EngineFunction)
            assert function.name == name == function.call.__name__
            assert function.summary.endswith(".")


p99s = st.lists(st.floats(1.0, 1_000.0), min_size=1, max_size=8)


class TestServices:
    @settings(max_examples=30, deadline=None)
    @given(p99s, st.floats(0.05, 0.999))
    def test_waiting_in_parallel_never_takes_longer_than_in_turn(self, p99s, q):
        parallel, serial = call("slowest_exponential_ms", p99s, q), call("summed_exponential_ms", p99s, q)
        assert call("exponential_ms", max(p99s), q) <= parallel * (1 + 1e-6)
        assert parallel <= serial * (1 + 1e-6)

    @pytest.mark.parametrize("count", [1, 2, 6, 20])
    def test_equal_calls_in_turn_are_an_erlang_time(self, count):
        for q in (0.05, 0.5, 0.99, 0.9999):
            expected = stats.gamma(count, scale=30.0 / math.log(100.0)).ppf(q)
            assert call("summed_exponential_ms", [30.0] * count, q) == pytest.approx(expected, rel=1e-5)

    def test_calls_in_turn_agree_with_draws(self):
        means = np.array(CHECKOUT) / math.log(100.0)
        totals = np.random.default_rng(4).exponential(means, (100_000, 6)).sum(axis=1)
        share = float(np.mean(totals > call("summed_exponential_ms", CHECKOUT, 0.99)))
        assert abs(share - 0.01) < 4 * call("standard_error", 0.01, 100_000)

    def test_slowest_agrees_with_the_product(self):
        found = call("slowest_exponential_ms", CHECKOUT, 0.95)
        assert math.prod(1 - 0.01 ** (found / p99) for p99 in CHECKOUT) == pytest.approx(0.95, rel=1e-12)

    @given(st.floats(0.0, 1.0), st.floats(0.01, 0.999))
    def test_merged_percentile_lies_between(self, share, q):
        ends = [call("exponential_ms", p99, q) for p99 in (50.0, 500.0)]
        assert ends[0] * (1 - 1e-9) <= call("merged_exponential_ms", 50, 500, share, q) <= ends[1] * (1 + 1e-9)


class TestGroups:
    @given(
        st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 6)), min_size=1, max_size=8),
        st.integers(0, 1000).map(lambda permille: permille / 10),
    )
    def test_agree_with_numpy_on_the_observations_written_out(self, groups, percentile):
        values, counts = zip(*groups, strict=True)
        written_out = np.repeat(values, counts)
        arguments = list(values), list(counts)
        assert call("mean_of", *arguments) == pytest.approx(written_out.mean(), abs=1e-6)
        assert call("deviation_of", *arguments) == pytest.approx(written_out.std(), abs=1e-3)
        expected = np.percentile(written_out, percentile, method="linear")
        assert call("interpolated", *arguments, percentile) == pytest.approx(expected, abs=1e-6)
        if percentile * len(written_out) % 100 != 0:
            expected = np.percentile(written_out, percentile, method="inverted_cdf")
            assert call("nearest_rank", *arguments, percentile) == expected


class TestStalls:
    stalls = st.tuples(st.integers(1, 200), st.integers(0, 200), st.sampled_from([0.01, 0.1, 1.0]))

    def written_out(self, normal, stall, interval):
        """Time every request of both tools one by one."""
        due = [round(interval * (number + 1), 9) for number in range(round((normal + stall) / interval))]
        until = normal + stall
        scheduled = [1.0 + (1_000.0 * (until - at) if at >= normal else 0.0) for at in due]
        waiting, clock = [], 0.0
        while clock < normal:
            clock = round(clock + interval, 9)
            waiting.append(1.0 + (1_000.0 * stall if clock >= normal else 0.0))
        return scheduled, waiting

    @settings(max_examples=30, deadline=None)
    @given(stalls, st.sampled_from([0.0, 0.5, 0.9, 0.99, 0.999, 1.0]))
    def test_agree_with_requests_timed_one_by_one(self, stall, q):
        for name, times in zip(("stall_open", "stall_closed"), self.written_out(*stall), strict=True):
            expected = sorted(times)[int(call("rank_of", len(times), q)) - 1]
            assert call(f"{name}_ms", q, *stall) == pytest.approx(expected, abs=1e-3)
            assert call(f"{name}_mean_ms", *stall) == pytest.approx(math.fsum(times) / len(times), abs=1e-3)

    @given(st.integers(2, 200), st.integers(1, 200), st.floats(0.0, 0.98))
    def test_waiting_never_reports_more_than_the_schedule_does(self, normal, stall, q):
        assert call("stall_closed_ms", q, normal, stall) <= call("stall_open_ms", q, normal, stall)

    @given(st.integers(1, 200), st.floats(0.0, 1.0))
    def test_without_a_stall_both_agree(self, normal, q):
        assert call("stall_closed_ms", q, normal, 0) == call("stall_open_ms", q, normal, 0) == 1.0

    def test_closed_form_is_the_schedule_to_one_interval(self):
        for q in (0.6, 0.9, 0.99):
            exact = 1_000.0 * call("stall_quantile_s", 100, 200, q)
            assert call("stall_open_ms", q) == pytest.approx(exact, abs=11.0)


class TestCorrelated:
    @pytest.mark.parametrize("correlation", [0.2, 0.6])
    def test_agrees_with_quadrature(self, correlation):
        score = stats.norm.ppf(0.99)

        def all_fine(z):
            return stats.norm.cdf((score - math.sqrt(correlation) * z) / math.sqrt(1 - correlation)) ** 20

        expected = 1 - integrate.quad(lambda z: all_fine(z) * stats.norm.pdf(z), -10, 10, limit=200)[0]
        assert call("any_beyond_correlated", 0.99, 20, correlation) == pytest.approx(expected, abs=1e-9)
