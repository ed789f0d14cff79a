"""The band, and what the comparison says when draws leave it."""

import math

import numpy as np
import pytest
from scipy import stats

from simulations.engine import evidence
from simulations.engine.distributions import Hyperexponential
from simulations.engine.evidence import Expectation
from simulations.engine.histogram import RELATIVE_ERROR, Histogram

CALL = Hyperexponential(0.0, (1.0,), (7.0,))
EXPECTED = Expectation(CALL.sf, CALL.upper_quantile, CALL.mean)


def drawn(seed, n=2_000, scale=7.0):
    histogram = Histogram()
    histogram.add(np.random.default_rng(seed).exponential(scale, n))
    return histogram


class TestBand:
    def test_is_that_of_massart(self):
        assert evidence.band_half_width(10_000, 0.05) == pytest.approx(math.sqrt(math.log(40) / 20_000))

    def test_honest_draws_leave_it_about_as_rarely_as_promised(self):
        left = sum(
            evidence.largest_gap(drawn(seed), CALL.sf) > evidence.band_half_width(2_000, 0.1) for seed in range(200)
        )
        assert left <= stats.binom(200, 0.1).ppf(0.9999)

    def test_is_not_so_wide_that_nothing_leaves_it(self):
        assert evidence.largest_gap(drawn(1, scale=8.0), CALL.sf) > evidence.band_half_width(2_000)


class TestAgainstClosedForm:
    def test_says_when_draws_leave_the_band(self):
        found = evidence.against_closed_form(drawn(1, scale=9.0), EXPECTED)
        assert "outside the band" in found.narrative
        assert found.figure("largest_gap").value > found.figure("band").value

    def test_band_of_a_quantile_holds_the_expected_one(self):
        (table,) = evidence.against_closed_form(drawn(2), EXPECTED).tables
        for name, expected, _, low, high in table.rows:
            if name != "mean":
                assert low < expected
                assert high is None or expected < high

    @pytest.mark.parametrize("seed", range(12))
    def test_true_draws_stay_in_the_band_of_every_quantile(self, seed):
        (table,) = evidence.against_closed_form(drawn(seed, n=2_000_000), EXPECTED).tables
        outside = [name for name, _, found, low, high in table.rows if low and high and not low <= found <= high]
        assert outside == []

    @pytest.mark.parametrize("seed", range(12))
    def test_draws_of_calls_that_are_two_per_cent_slower_leave_it(self, seed):
        (table,) = evidence.against_closed_form(drawn(seed, n=2_000_000, scale=7.0 * 1.02), EXPECTED).tables
        outside = {name for name, _, found, low, high in table.rows if low and high and not low <= found <= high}
        assert {"p50", "p90", "p95"} <= outside

    def test_band_of_a_quantile_is_wider_than_what_a_bucket_can_hide(self):
        (table,) = evidence.against_closed_form(drawn(2, n=2_000_000), EXPECTED).tables
        for _, expected, _, low, high in (row for row in table.rows if row[3] and row[4]):
            assert low < expected * (1.0 - RELATIVE_ERROR)
            assert high > expected * (1.0 + RELATIVE_ERROR)

    def test_has_no_upper_end_beyond_the_draws(self):
        (table,) = evidence.against_closed_form(drawn(2, n=100), EXPECTED).tables
        ends = {row[0]: row[4] for row in table.rows}
        assert ends["p50"] is not None
        assert ends["p99.9"] is None

    def test_leaves_out_a_mean_that_there_is_not(self):
        (table,) = evidence.against_closed_form(drawn(2), Expectation(CALL.sf, CALL.upper_quantile, None)).tables
        assert "mean" not in {row[0] for row in table.rows}

    def test_bars_add_up_to_all_pages(self):
        histogram_chart, _ = evidence.against_closed_form(drawn(3, n=50_000), EXPECTED).charts
        bars = next(series for series in histogram_chart.series if series.kind == "bars")
        assert sum(bars.y) == pytest.approx(100.0)
        assert len(bars.y) <= 120

    def test_one_value_is_enough(self):
        histogram = Histogram()
        histogram.add([7.0])
        assert evidence.against_closed_form(histogram, EXPECTED).figure("maximum").value == 7.0
