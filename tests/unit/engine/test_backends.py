"""Calls drawn one by one: which are slow, and that every chunk is as the one before."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.backends import Backend, Hedge, draw_pages, slow_positions

WORKLOAD = Backend(10.0, 5.0, 500.0, 0.01)


class TestSlowPositions:
    @given(st.floats(1e-4, 0.5), st.integers(1, 3_000), st.integers(0, 2**32))
    @settings(max_examples=200, deadline=None)
    def test_are_places_in_the_row_each_once_and_ascending(self, share, size, seed):
        positions = slow_positions(np.random.default_rng(seed), share, size)
        assert np.all(np.diff(positions) > 0)
        assert positions.size == 0 or (positions[0] >= 0 and positions[-1] < size)

    @pytest.mark.parametrize("share", [0.001, 0.01, 0.2, 0.21, 0.5])
    def test_every_place_is_slow_as_often_as_the_share_says(self, share):
        generator, size, rounds = np.random.default_rng(3), 50, 40_000
        counts = np.zeros(size)
        for _ in range(rounds):
            counts[slow_positions(generator, share, size)] += 1
        # chi-squared over the places: mean 50, standard deviation 10
        expected = rounds * share
        assert np.sum((counts - expected) ** 2) / (expected * (1.0 - share)) < 50.0 + 6.0 * 10.0

    def test_number_of_slow_calls_is_binomial(self):
        generator, size, share = np.random.default_rng(4), 10_000, 0.01
        found = np.array([slow_positions(generator, share, size).size for _ in range(3_000)])
        variance = size * share * (1.0 - share)
        assert found.mean() == pytest.approx(size * share, abs=5.0 * math.sqrt(variance / 3_000))
        assert found.var() == pytest.approx(variance, rel=0.15)

    def test_goes_on_where_the_first_gaps_fall_short(self):
        class Hasty:
            """A generator whose every call is slow, so that the gaps drawn first never reach the end."""

            def geometric(self, share, size):
                return np.ones(size, dtype=np.int64)

        np.testing.assert_array_equal(slow_positions(Hasty(), 0.01, 100), np.arange(100))


class TestDrawPages:
    def test_counts_every_page_over_many_chunks(self):
        drawn = draw_pages(WORKLOAD, np.random.default_rng(1), pages=200_001, calls=3)
        assert drawn.count == 200_001
        assert drawn.minimum >= WORKLOAD.floor

    def test_a_hedge_that_waits_for_ever_changes_nothing(self):
        plain = draw_pages(WORKLOAD, np.random.default_rng(1), pages=1_000, calls=2)
        hedged = draw_pages(
            WORKLOAD, np.random.default_rng(1), pages=1_000, calls=2, hedge=Hedge(delay=1e9, correlation=0.0)
        )
        assert plain == hedged

    def test_a_hedge_at_once_halves_the_time_beyond_the_floor(self):
        single = Backend(10.0, 5.0, 5.0, 0.5)
        drawn = draw_pages(
            single, np.random.default_rng(1), pages=200_000, calls=1, hedge=Hedge(delay=0.0, correlation=0.0)
        )
        assert drawn.mean == pytest.approx(12.5, abs=0.05)
