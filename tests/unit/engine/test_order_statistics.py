"""Ranks and intervals, held against scipy's binomial and beta."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulations.engine.order_statistics import (
    binomial_quantile,
    nearest_rank,
    order_statistic_level,
    percentile_ranks,
)


class TestNearestRank:
    @pytest.mark.parametrize(
        ("count", "q", "rank"),
        [
            (1000, 0.999, 999),
            (100, 0.07, 7),
            (100, 0.28, 28),
            (1000, 0.99, 990),
            (100, 0.95, 95),
            (10, 0.0, 1),
            (10, 1.0, 10),
            (3, 0.5, 2),
        ],
    )
    def test_takes_q_as_the_decimal_it_is_written_as(self, count, q, rank):
        assert nearest_rank(count, q) == rank


class TestPercentileRanks:
    def test_p99_of_a_thousand_lies_between_983_and_996(self):
        assert percentile_ranks(1_000, 0.99) == (983, 996)

    def test_stays_among_the_ranks_there_are(self):
        assert percentile_ranks(100, 0.999) == (99, 100)
        assert percentile_ranks(2, 0.001)[0] == 1

    @settings(deadline=None)
    @given(st.integers(1, 20_000), st.floats(0.001, 0.999), st.sampled_from([0.025, 0.5, 0.975]))
    def test_binomial_quantile_is_that_of_scipy(self, trials, probability, q):
        found = binomial_quantile(trials, probability, q)
        binomial = stats.binom(trials, probability)
        assert binomial.cdf(found) >= q - 1e-9
        assert binomial.cdf(found - 1) < q + 1e-9

    @pytest.mark.parametrize(("trials", "probability"), [(10, 0.5), (1_000, 0.99), (1_000_000, 0.999), (100_000, 1e-5)])
    @pytest.mark.parametrize("q", [0.001, 0.025, 0.5, 0.975, 0.999])
    def test_binomial_quantile_is_scipys_exactly(self, trials, probability, q):
        assert binomial_quantile(trials, probability, q) == stats.binom(trials, probability).ppf(q)


class TestOrderStatisticLevel:
    @pytest.mark.parametrize(("count", "rank"), [(1, 1), (10, 3), (1_000, 3), (1_000, 990), (10_000, 9_990)])
    @pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
    def test_is_the_beta_quantile(self, count, rank, level):
        expected = stats.beta(rank, count + 1 - rank).ppf(level)
        assert order_statistic_level(count, rank, level) == pytest.approx(expected, abs=1e-11)
