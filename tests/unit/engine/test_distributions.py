"""Response times of single calls, held against scipy, quadrature and each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from simulations.engine.distributions import Hedged, Hyperexponential, Lognormal, Merged, Pareto, first_below
from simulations.engine.models import tail_latency

BACKEND = Hyperexponential(10.0, (0.99, 0.01), (5.0, 500.0))
TAILS = np.concatenate([np.logspace(-14, -1, 60), np.linspace(0.1, 1.0, 60)])


def hedged(after=0.95, correlation=0.0):
    return Hedged(BACKEND, float(BACKEND.upper_quantile(np.array(1.0 - after))), correlation)


ALL = {
    "exponential": Hyperexponential(0.0, (1.0,), (7.0,)),
    "backend": BACKEND,
    "hedged": hedged(),
    "hedged early": hedged(0.5, 0.3),
    "hedged in vain": hedged(0.99, 1.0),
    "lognormal": Lognormal(15.0, 0.7),
    "pareto": Pareto(3.0, 2.5),
    "merged": Merged(Lognormal(15.0, 0.7), Pareto(3.0, 2.5), 0.3),
}


@pytest.mark.parametrize("name", ALL)
class TestEveryDistribution:
    def test_quantile_inverts_the_tail(self, name):
        call = ALL[name]
        inner = TAILS[TAILS < 1.0]
        np.testing.assert_allclose(call.sf(call.upper_quantile(inner)), inner, rtol=1e-9)

    def test_tail_never_rises(self, name):
        times = np.concatenate([[0.0], np.geomspace(1e-3, 1e5, 2_000)])
        tail = ALL[name].sf(times)
        assert tail[0] == 1.0
        assert np.all(np.diff(tail) <= 0.0)

    def test_mean_is_the_integral_of_the_tail(self, name):
        call = ALL[name]
        points = [*call.knots, 30.0, 100.0, 1_000.0, 1e4, 1e6, 1e9]
        pieces = zip([0.0, *points], points, strict=False)
        expected = math.fsum(
            integrate.quad(lambda t: float(call.sf(np.array(t))), low, high, limit=400, epsabs=1e-12)[0]
            for low, high in pieces
        )
        assert call.mean == pytest.approx(expected, rel=1e-7)

    def test_starts_at_its_first_knot(self, name):
        call = ALL[name]
        assert float(call.sf(np.array(call.knots[0]))) == pytest.approx(1.0)


class TestHyperexponential:
    def test_is_the_exponential_of_scipy(self):
        times = np.linspace(0.0, 100.0, 101)
        np.testing.assert_allclose(ALL["exponential"].sf(times), stats.expon(scale=7.0).sf(times), rtol=1e-13)

    def test_certain_call_takes_its_origin(self):
        assert float(BACKEND.upper_quantile(np.array(1.0))) == 10.0

    def test_path_that_never_happens_changes_nothing(self):
        never = Hyperexponential(10.0, (1.0, 0.0), (5.0, 500.0))
        once = Hyperexponential(10.0, (1.0,), (5.0,))
        np.testing.assert_allclose(never.upper_quantile(TAILS), once.upper_quantile(TAILS), rtol=1e-12)

    @settings(max_examples=60, deadline=None)
    @given(
        share=st.floats(1e-4, 0.5),
        slow=st.floats(1.0, 1e4),
        fast=st.floats(0.1, 1e3),
        tail=st.floats(1e-14, 0.999),
    )
    def test_newton_reaches_the_root_everywhere_in_range(self, share, slow, fast, tail):
        call = Hyperexponential(1.0, (1.0 - share, share), (fast, slow))
        assert float(call.sf(call.upper_quantile(np.array(tail)))) == pytest.approx(tail, rel=1e-9)

    def test_a_tail_has_one_time_whatever_is_asked_beside_it(self):
        call = Hyperexponential(10.0, (0.99, 0.01), (5.0, 500.0))
        tails = 10.0 ** -np.linspace(0.0, 12.0, 997)

        together = call.upper_quantile(tails)

        assert together.tolist() == [float(call.upper_quantile(np.array(tail))) for tail in tails]
        assert call.upper_quantile(tails[:6].reshape(2, 3)).tolist() == together[:6].reshape(2, 3).tolist()


class TestHedged:
    @pytest.mark.parametrize("after", [0.5, 0.9, 0.95, 0.99])
    def test_independent_replicas_multiply_their_tails(self, after):
        call = hedged(after)
        t = np.linspace(0.0, 3_000.0, 6_001)
        expected = np.where(t <= call.delay, BACKEND.sf(t), BACKEND.sf(t) * BACKEND.sf(t - call.delay))
        np.testing.assert_allclose(call.sf(t), expected, rtol=1e-12)

    def test_replicas_that_are_always_slow_together_keep_the_slow_tail(self):
        call = hedged(0.95, 1.0)
        fast, slow = (Hyperexponential(10.0, (1.0,), (mean,)) for mean in (5.0, 500.0))
        t = np.linspace(40.0, 3_000.0, 2_001)
        np.testing.assert_allclose(
            call.sf(t), 0.01 * slow.sf(t) + 0.99 * fast.sf(t) * fast.sf(t - call.delay), rtol=1e-12
        )

    def test_sends_again_what_passes_the_percentile(self):
        assert hedged(0.95).extra_load == pytest.approx(0.05)

    @given(st.floats(0.5, 0.999), st.floats(0.0, 1.0))
    def test_is_never_slower_than_the_call_alone(self, after, correlation):
        t = np.geomspace(10.0, 1e4, 200)
        assert np.all(hedged(after, correlation).sf(t) <= BACKEND.sf(t) * (1 + 1e-12))

    @settings(max_examples=40, deadline=None)
    @given(
        share=st.floats(1e-4, 0.5),
        slow=st.floats(1.0, 1e4),
        fast=st.floats(0.1, 1e3),
        percentile=st.floats(50.0, 99.9),
        correlation=st.floats(0.0, 1.0),
    )
    def test_inverts_its_tail_in_every_corner(self, share, slow, fast, percentile, correlation):
        chosen = tail_latency.Parameters(
            slow_share=share,
            slow_mean=slow,
            fast_mean=fast,
            hedge=True,
            hedge_percentile=percentile,
            replica_correlation=correlation,
        )
        call = tail_latency.page(chosen).call
        tails = np.array([1e-12, 1e-6, 0.01, 0.3, 0.9])
        np.testing.assert_allclose(call.sf(call.upper_quantile(tails)), tails, rtol=1e-8)


class TestLognormal:
    def test_is_that_of_scipy(self):
        times = np.geomspace(0.01, 1e5, 400)
        expected = stats.lognorm(0.7, scale=15.0).sf(times)
        np.testing.assert_allclose(ALL["lognormal"].sf(times), expected, rtol=1e-11)

    def test_is_above_zero_always(self):
        assert ALL["lognormal"].sf(np.array([-1.0, 0.0])).tolist() == [1.0, 1.0]

    def test_small_sigma_puts_everything_at_the_median(self):
        times = Lognormal(15.0, 1e-9).upper_quantile(np.array([0.999, 0.5, 0.001]))
        np.testing.assert_allclose(times, 15.0, rtol=1e-7)


class TestPareto:
    def test_is_that_of_scipy(self):
        times = np.geomspace(3.0, 1e6, 400)
        np.testing.assert_allclose(ALL["pareto"].sf(times), stats.pareto(2.5, scale=3.0).sf(times), rtol=1e-12)

    def test_heavy_one_has_no_mean(self):
        assert Pareto(1.0, 1.0).mean == math.inf


class TestMerged:
    @given(st.floats(0.0, 1.0), st.floats(1e-6, 0.99))
    def test_percentile_lies_between_those_of_the_parts(self, share, tail):
        first, second = Hyperexponential(0.0, (1.0,), (5.0,)), Hyperexponential(0.0, (1.0,), (50.0,))
        low, both, high = (
            float(each.upper_quantile(np.array(tail))) for each in (first, Merged(first, second, share), second)
        )
        assert low * (1 - 1e-12) <= both <= high * (1 + 1e-12)

    def test_counts_requests_not_percentiles(self):
        generator = np.random.default_rng(3)
        first, second = generator.exponential(5.0, 90_000), generator.exponential(50.0, 10_000)
        both = Merged(Hyperexponential(0.0, (1.0,), (5.0,)), Hyperexponential(0.0, (1.0,), (50.0,)), 0.9)
        measured = np.quantile(np.concatenate([first, second]), 0.99)
        assert float(both.upper_quantile(np.array(0.01))) == pytest.approx(measured, rel=0.05)


class TestFirstBelow:
    def test_finds_the_start_of_a_flat_stretch(self):
        def steps(t):
            return np.where(t < 2.0, 1.0, np.where(t < 5.0, 0.5, 0.0))

        found = first_below(steps, np.array([0.7, 0.5, 0.2]), np.zeros(3), np.full(3, 10.0))
        np.testing.assert_allclose(found, [2.0, 2.0, 5.0], rtol=1e-12)


class TestHedgedWithNothingLeft:
    def test_a_second_copy_that_can_never_answer_first_changes_nothing(self):
        """The floor alone outlasts every call, so no digit is left of the tail behind the second copy."""
        primary = Hyperexponential(1_000.0, (0.96, 0.04), (0.1, 1.0))
        hedged = Hedged(primary, 1_000.5, 0.2)
        tails = np.array([0.9, 0.5, 0.01, 1e-9])
        np.testing.assert_allclose(hedged.upper_quantile(tails), primary.upper_quantile(tails))
        np.testing.assert_allclose(hedged.sf(np.array([1_000.1, 1_001.0])), primary.sf(np.array([1_000.1, 1_001.0])))
        assert hedged.mean == pytest.approx(primary.mean)
