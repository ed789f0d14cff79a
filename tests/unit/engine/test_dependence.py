"""The slowest of n calls that share a factor, held against adaptive quadrature and draws."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from simulations.engine.dependence import call_tail, page_tail

CORRELATIONS = (1e-9, 0.1, 0.3, 0.5, 0.5000001, 0.7, 0.95, 0.999999)


def by_quadrature(tail, calls, correlation):
    """Integrate over the factor, split where the integrand turns."""
    score = stats.norm.isf(tail)
    shared, own = math.sqrt(correlation), math.sqrt(1.0 - correlation)

    def integrand(z):
        below = stats.norm.logcdf((score - shared * z) / own)
        return -np.expm1(calls * below) * stats.norm.pdf(z)

    turn = (score - own * stats.norm.isf(0.5 / calls)) / shared
    width = own / shared
    turns = [turn + width * steps for steps in (-9, -1, 0, 1, 9)]
    points = sorted({-12.0, 12.0, *np.clip(turns, -12.0, 12.0)})
    return math.fsum(
        integrate.quad(integrand, low, high, limit=300, epsabs=1e-15, epsrel=1e-12)[0]
        for low, high in itertools.pairwise(points)
    )


class TestPageTail:
    @pytest.mark.parametrize("correlation", CORRELATIONS)
    @pytest.mark.parametrize("calls", [2, 20, 100])
    def test_agrees_with_adaptive_quadrature(self, correlation, calls):
        tails = np.array([0.9, 0.5, 0.1, 0.01, 1e-4, 1e-8])
        expected = [by_quadrature(tail, calls, correlation) for tail in tails]
        np.testing.assert_allclose(page_tail(tails, calls, correlation), expected, rtol=1e-9, atol=1e-13)

    def test_independent_calls_multiply(self):
        assert float(page_tail(0.01, 20, 0.0)) == pytest.approx(1 - 0.99**20, rel=1e-13)

    def test_keeps_its_digits_far_out(self):
        assert float(page_tail(1e-18, 1_000, 0.0)) == pytest.approx(1e-15, rel=1e-12)

    def test_fully_correlated_calls_are_one_call(self):
        tails = np.linspace(0.0, 1.0, 11)
        np.testing.assert_array_equal(page_tail(tails, 50, 1.0), tails)

    def test_nearly_fully_correlated_calls_nearly_are(self):
        assert float(page_tail(0.01, 50, 1 - 1e-10)) == pytest.approx(0.01, rel=1e-3)

    def test_nearly_independent_calls_nearly_multiply(self):
        assert float(page_tail(0.01, 20, 1e-12)) == pytest.approx(1 - 0.99**20, rel=1e-8)

    @pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8, 1.0])
    def test_certain_and_impossible_stay_so(self, correlation):
        assert page_tail(np.array([0.0, 1.0]), 20, correlation).tolist() == [0.0, 1.0]

    @given(st.floats(1e-9, 0.999), st.floats(0.0, 1.0))
    def test_one_call_is_itself(self, tail, correlation):
        assert float(page_tail(tail, 1, correlation)) == pytest.approx(tail, rel=1e-9)

    @settings(deadline=None)
    @given(st.floats(1e-6, 0.99), st.floats(0.0, 1.0))
    def test_never_falls_as_calls_are_added(self, tail, correlation):
        tails = page_tail(tail, np.arange(1.0, 101.0), correlation)
        assert np.all(np.diff(tails) >= -1e-12)

    @settings(deadline=None)
    @given(st.floats(1e-6, 0.5), st.integers(2, 100))
    def test_never_rises_with_correlation(self, tail, calls):
        tails = [float(page_tail(tail, calls, correlation)) for correlation in np.linspace(0.0, 1.0, 9)]
        assert np.all(np.diff(tails) <= 1e-12)

    @pytest.mark.parametrize(("correlation", "seed"), [(0.1, 1), (0.3, 2), (0.7, 3)])
    def test_agrees_with_multivariate_normal_draws(self, correlation, seed):
        draws, calls = 40_000, 8
        covariance = np.full((calls, calls), correlation) + (1.0 - correlation) * np.eye(calls)
        scores = np.random.default_rng(seed).multivariate_normal(np.zeros(calls), covariance, draws)
        share = float(np.mean(scores.max(axis=1) > stats.norm.isf(0.05)))
        expected = float(page_tail(0.05, calls, correlation))
        assert abs(share - expected) < 4.0 * math.sqrt(expected * (1 - expected) / draws)


class TestCallTail:
    @pytest.mark.parametrize("correlation", [0.0, *CORRELATIONS, 1.0])
    def test_inverts_the_page_tail(self, correlation):
        tails = np.array([0.995, 0.5, 0.05, 0.01, 1e-3, 1e-4, 1e-7])[:, None]
        calls = np.array([1, 2, 20, 100])
        found = page_tail(call_tail(tails, calls, correlation), calls, correlation)
        np.testing.assert_allclose(found, np.broadcast_to(tails, found.shape), rtol=1e-9)

    def test_broadcasts(self):
        assert call_tail(np.full((3, 1), 0.01), np.arange(1, 6), 0.3).shape == (3, 5)
        assert call_tail(0.01, 20, 0.3).shape == ()
