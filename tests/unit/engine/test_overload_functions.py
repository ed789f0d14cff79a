"""The named functions of queues, caches, retries, budgets and expiries: their figures, refusals and explanations."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from simulations.engine.functions import FUNCTIONS, overload, queues

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("erlang_b", (5, 3), 0.110054, 6),
    ("erlang_c", (2, 1), 0.333333, 6),
    ("erlang_c", (10, 8), 0.409180, 6),
    ("utilisation", (1_900, 40, 20), 0.95, 9),
    ("queue_wait_ms", (0.8, 1, 1_000), 4_000, 6),
    ("queue_response_ms", (6.4, 8, 1_000), 1_286.028, 3),
    ("queue_response_ms", (1_900, 40, 20), 26.64, 2),
    ("queue_quantile_ms", (0.99, 1_900, 40, 20), 102.24, 2),
    ("queue_quantile_ms", (0.5, 1_950, 40, 20), 29.87, 2),
    ("queue_loss", (2_000, 40, 20, 400), 0.00245, 5),
    ("queue_loss", (2_500, 40, 20, 400), 0.2, 5),
    ("general_wait_ms", (0.8, 1_000, 0), 2_000, 6),
    ("shared_response_ms", (0.75, 1_000, 3_000), 12_000, 6),
    ("varied_wait_ms", (0.8, 1, 1_000, 1, 0), 2_000, 6),
    ("database_load", (5_000, 0.5), 2_500, 6),
    ("database_load", (5_000, 0.95), 250, 6),
    ("database_load", (10_000, 0.79), 2_100, 6),
    ("database_load", (12_000, 0.8796296296296297, 0.1), 2_500, 6),
    ("hit_rate_needed", (10_000, 2_000), 0.8, 9),
    ("hit_rate_needed", (12_000, 2_500, 0.1), 0.8796, 4),
    ("hit_rate_needed", (12_000, 2_500), 0.792, 3),
    ("hit_rate_needed", (12_000, 2_000, 0.1), 0.926, 3),
    ("hit_rate_needed", (1_000, 2_000), 0, 9),
    ("hit_rate_needed", (1_000, 2_000, 1), 0, 9),
    ("traffic_ceiling", (2_000, 0.5), 4_000, 6),
    ("traffic_ceiling", (2_000, 0.95), 40_000, 6),
    ("traffic_ceiling", (2_000, 0), 2_000, 6),
    ("uniform_mixture_ms", (0.99, 0), 29.8, 1),
    ("uniform_mixture_ms", (0.99, 0.5), 29.6, 1),
    ("uniform_mixture_ms", (0.99, 0.8), 29.0, 1),
    ("uniform_mixture_ms", (0.99, 0.9), 28.0, 1),
    ("uniform_mixture_ms", (0.99, 0.95), 26.0, 1),
    ("uniform_mixture_ms", (0.99, 0.98), 20.0, 1),
    ("uniform_mixture_ms", (0.99, 0.99), 7.0, 1),
    ("refill_overload_s", (10_000, 2_000, 1e6), 400, 6),
    ("refill_overload_s", (1_000, 2_000, 1e6), 0, 6),
    ("refill_rest_s", (10_000, 1e6, 0.8, 0.95), 138.6, 1),
    ("pool_capacity", (200, 1, 5, 500), 400, 6),
    ("pool_capacity", (200, 2, 5, 500), 792, 0),
    ("pool_capacity", (200, 3, 5, 500), 1_176.47, 2),
    ("pool_capacity", (200, 4, 5, 500), 1_553, 0),
    ("pool_capacity", (200, 5, 5, 500), 1_923, 0),
    ("pool_capacity", (200, 8, 5, 500), 2_991, 0),
    ("pool_capacity", (200, 10, 5, 500), 3_670, 0),
    ("pool_capacity", (200, 3, 5, 50), 10_000, 6),
    ("pool_capacity", (200, 3, 5, 5), 40_000, 6),
    ("layered_attempts", (3, 3), 27, 9),
    ("retry_failure_share", (1_500, 1_176.47, 2), 0.600, 3),
    ("retry_failure_share", (2_000, 1_176.47, 2), 0.744, 3),
    ("retry_failure_share", (4_000, 1_176.47, 2), 0.890, 3),
    ("retry_failure_share", (1_000, 1_176.47, 2), 0, 9),
    ("retry_attempts", (1_500, 1_176.47, 2), 2_939, 0),
    ("retry_attempts", (2_000, 1_176.47, 2), 4_595, 0),
    ("retry_attempts", (4_000, 1_176.47, 2), 10_733, 0),
    ("retry_attempts", (4_000, 2_000, 2), 9_695, 0),
    ("retry_goodput", (1_500, 1_176.47, 2), 1_176, 0),
    ("retry_goodput", (1_000, 2_000, 2), 1_000, 9),
    ("backlog_recovery_s", (40_000, 4_000, 6_000, 0, 1), 17, 6),
    ("backlog_recovery_s", (500_000, 1_900, 6_000, 2, 1), 1_646.7, 1),
    ("backlog_recovery_s", (100, 1_900, 6_000, 2, 1), 0, 6),
    ("budget_minutes", (0.999,), 43.2, 6),
    ("budget_minutes", (0.9999, 365), 52.56, 6),
    ("budget_minutes", (0.999, 7), 10.08, 6),
    ("burn_rate", (0.0144, 0.999), 14.4, 6),
    ("burn_rate", (1, 0.999), 1_000, 6),
    ("budget_lasts_days", (0.001, 0.999), 30, 6),
    ("budget_lasts_days", (0.01, 0.999), 3, 6),
    ("alert_threshold", (0.02, 1), 14.4, 6),
    ("alert_threshold", (0.05, 6), 6, 6),
    ("alert_threshold", (0.1, 24), 3, 6),
    ("alert_threshold", (0.1, 72), 1, 6),
    ("minutes_to_alert", (14.4, 60, 1, 0.999), 0.864, 6),
    ("failed_deploys_affordable", (43.2, 0.05, 30), 28.8, 6),
    ("stampede_recomputes", (1_000, 0.5), 501, 6),
    ("early_share", (1, 0.5), 0.1353, 4),
    ("first_early_mode_s", (1_000, 0.5), 3.1, 1),
    ("first_early_median_s", (1_000, 0.5), 3.29, 2),
    ("first_early_mean_s", (1_000, 0.5), 3.40, 2),
    ("expiries_spread", (6_000, 60), 100, 6),
]

REFUSED = [
    ("erlang_c", (2, 2), "offered must lie below the 2 servers; you gave 2."),
    ("queue_wait_ms", (2_000, 40, 20), "arrivals must lie below the capacity of 2,000 a second; you gave 2000."),
    (
        "hit_rate_needed",
        (1_000, 100, 0.5),
        "write_share must leave the writes within the capacity of 100; you gave",
    ),
    ("traffic_ceiling", (2_000, 1), "hit_rate must leave something to the database; you gave 1."),
    ("refill_rest_s", (10_000, 1e6, 0.9, 0.8), "end must not lie below start; you gave 0.8."),
    ("backlog_recovery_s", (1, 2_000, 6_000, 2, 1), "arrivals must lie below 2,000 to recover; you gave 2000."),
    ("minutes_to_alert", (14.4, 60, 0.001, 0.999), "threshold must not exceed the burn rate of 1; you gave 14.4."),
]


def call(name, *arguments):
    return FUNCTIONS[name].call(*arguments)


class TestFigures:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapters_say(self, name, arguments, value, digits):
        assert call(name, *arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-12)

    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_explains_itself_in_one_short_line(self, name, arguments, value, digits):
        line = FUNCTIONS[name].explain(*arguments)
        assert "\n" not in line
        assert len(line) < 200
        assert "{" not in line

    def test_every_function_is_held_to_a_figure(self):
        listed = {function.name for module in (overload, queues) for function in module.FUNCTIONS}
        assert {name for name, *_ in FIGURES} == listed


class TestRefusals:
    @pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
    def test_says_which_argument_and_what_it_was(self, name, arguments, message):
        with pytest.raises(ValueError, match=message):
            call(name, *arguments)


class TestExplain:
    @pytest.mark.parametrize(
        ("name", "arguments", "line"),
        [
            ("database_load", (5_000, 0.95), "5000 * (0 + (1 - 0) * (1 - 0.95)) = 250"),
            ("queue_wait_ms", (1_900, 40, 20), "C(40, 38) = 0.6636; 1000 * 0.6636 / (2,000 - 1900) = 6.636"),
            ("general_wait_ms", (40, 20, 1), "u = 40 * 20 / 1000; u * 20 * (1 + 1) / (2 * (1 - u)) = 80"),
            ("pool_capacity", (200, 3, 5, 500), "1000 * 200 / (((3 - 1) * 5 + 500) / 3) = 1,176.5"),
            (
                "retry_goodput",
                (1_500, 1_000, 2),
                "p = 1 - 1000 / (1500 * sum of p ** i for i up to 2): p = 0.6934, 3,261.2 attempts a second; 1,000",
            ),
        ],
    )
    def test_shows_the_derivation(self, name, arguments, line):
        assert FUNCTIONS[name].explain(*arguments) == line


class TestRetries:
    @given(st.floats(1.001, 50.0), st.integers(0, 20))
    def test_share_that_fails_is_the_fixed_point(self, load, retries):
        found = call("retry_failure_share", load, 1.0, retries)
        attempts = call("retry_attempts", load, 1.0, retries)
        assert found == pytest.approx(1.0 - 1.0 / attempts, rel=1e-6, abs=1e-9)

    @given(st.floats(1.001, 50.0), st.integers(0, 20))
    def test_overloaded_goodput_is_what_the_attempts_leave(self, load, retries):
        failing = call("retry_failure_share", load, 1.0, retries)
        assert call("retry_goodput", load, 1.0, retries) == pytest.approx(
            load * (1 - failing ** (retries + 1)), rel=1e-6
        )

    def test_agrees_with_a_root_finder(self):
        root = optimize.brentq(lambda p: 4_000 * (1 + p + p * p) * (1 - p) - 2_000, 0.0, 1.0 - 1e-9)
        assert call("retry_failure_share", 4_000, 2_000, 2) == pytest.approx(root, abs=1e-9)


class TestFirstEarlyRecompute:
    def test_mode_median_and_mean_are_those_of_a_gumbel_time(self):
        scale, place = 0.5, 0.5 * math.log(500.0)
        from scipy.stats import gumbel_r

        law = gumbel_r(place, scale)
        assert call("first_early_median_s", 1_000, 0.5) == pytest.approx(law.median())
        assert call("first_early_mean_s", 1_000, 0.5) == pytest.approx(law.mean())

    def test_never_comes_before_a_quiet_key_expires(self):
        assert call("first_early_mode_s", 0.1, 0.5) == 0.0
        assert call("first_early_median_s", 0.1, 0.5) == 0.0
