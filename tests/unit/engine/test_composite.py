"""Pages drawn without their calls, held to the closed form and to the draws call by call."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine.backends import Backend, draw_pages
from simulations.engine.composite import CompositeSampler, draw_counts
from simulations.engine.distributions import Hedged, Hyperexponential, Lognormal, Pareto
from simulations.engine.evidence import band_half_width, largest_gap
from simulations.engine.histogram import LARGEST, RELATIVE_ERROR
from simulations.engine.pages import Page

TWO_PATHS = Hyperexponential(10.0, (0.99, 0.01), (5.0, 500.0))
CALLS = {
    "two paths": TWO_PATHS,
    "one path": Hyperexponential(10.0, (0.5, 0.5), (5.0, 5.0)),
    "hedged": Hedged(TWO_PATHS, 26.0, 0.3),
    "lognormal": Lognormal(20.0, 1.2),
    "heavy": Pareto(5.0, 1.1),
    "sharp bend": Hyperexponential(0.1, (0.9999, 0.0001), (1.0, 10_000.0)),
}
FAN_OUTS = (1, 5, 20, 100, 100_000)
SEEDS = range(4)
DRAWS = 200_000
# One honest family of cases leaves bands of this level once in ten thousand runs of the whole suite.
LEVEL = 1e-6


def by_draws(call, calls, generator, pages):
    return CompositeSampler(call, calls).draw(generator, pages)


def by_counts(call, calls, generator, pages):
    return draw_counts(Page(call, calls, 0.0), generator, pages)


@pytest.mark.parametrize("sampler", [by_draws, by_counts])
class TestBoth:
    @pytest.mark.parametrize("calls", FAN_OUTS)
    @pytest.mark.parametrize("name", CALLS)
    def test_stay_inside_the_band(self, sampler, name, calls):
        page = Page(CALLS[name], calls, 0.0)
        for seed in SEEDS:
            drawn = sampler(CALLS[name], calls, np.random.default_rng(seed), DRAWS)
            assert drawn.count == DRAWS
            assert largest_gap(drawn, page.tail) < band_half_width(DRAWS, LEVEL)

    def test_agree_with_draws_call_by_call(self, sampler):
        pages = 100_000
        apart = draw_pages(Backend(10.0, 5.0, 500.0, 0.01), np.random.default_rng(1), pages=pages, calls=20)
        whole = sampler(TWO_PATHS, 20, np.random.default_rng(2), pages)
        for share in (0.1, 0.5, 0.8, 0.9, 0.99):
            spread = math.sqrt(share * (1.0 - share) / pages)
            below = apart.quantile(share - 6.0 * spread), apart.quantile(share + 6.0 * spread)
            assert below[0] * (1.0 - 2.0 * RELATIVE_ERROR) < whole.quantile(share)
            assert whole.quantile(share) < below[1] * (1.0 + 2.0 * RELATIVE_ERROR)

    @pytest.mark.parametrize("name", ["two paths", "one path", "hedged", "lognormal"])
    def test_mean_agrees(self, sampler, name):
        page = Page(CALLS[name], 20, 0.0)
        means = [sampler(CALLS[name], 20, np.random.default_rng(seed), 20_000).mean for seed in range(25)]
        assert abs(np.mean(means) - page.mean) < 6.0 * np.std(means, ddof=1) / 5.0

    @pytest.mark.parametrize("name", ["two paths", "lognormal"])
    def test_ends_are_those_of_so_many_draws(self, sampler, name):
        """The page's tail at the smallest and at the largest of n draws is uniform to the power 1/n."""
        page, pages = Page(CALLS[name], 5, 0.0), 1_000
        levels = []
        for seed in range(400):
            drawn = sampler(CALLS[name], 5, np.random.default_rng(seed), pages)
            tails = page.tail(np.array([drawn.minimum, drawn.maximum]))
            levels.append((tails[0] ** pages, (1.0 - tails[1]) ** pages))
        for level in np.transpose(levels):
            steps = np.arange(1, 401) / 400
            assert np.max(np.abs(np.sort(level) - steps)) < band_half_width(400, LEVEL) + 1.0 / 400

    @given(st.integers(1, 200), st.integers(1, 50), st.integers(0, 2**32))
    @settings(max_examples=40, deadline=None)
    def test_same_seed_same_bytes_and_no_page_faster_than_a_call_can_be(self, sampler, calls, pages, seed):
        first, second = (sampler(TWO_PATHS, calls, np.random.default_rng(seed), pages) for _ in range(2))
        assert first.to_bytes() == second.to_bytes()
        assert first.count == pages
        assert TWO_PATHS.origin <= first.minimum <= first.mean * (1.0 + 1e-6)
        assert first.mean <= first.maximum * (1.0 + 1e-6)


class TestCompositeSampler:
    @pytest.mark.parametrize("calls", FAN_OUTS)
    @pytest.mark.parametrize("name", CALLS)
    def test_reads_the_quantile_function_to_a_tenth_of_a_bucket(self, name, calls):
        call = CALLS[name]
        draws = np.concatenate([np.geomspace(1e-12, 30.0, 20_001), [2.0**-24, 0.0]])
        exact = call.upper_quantile(-np.expm1(-np.maximum(draws, 2.0**-60) / calls))
        np.testing.assert_allclose(CompositeSampler(call, calls).times(draws), exact, rtol=5e-4)

    @given(st.lists(st.floats(1e-15, 36.0), min_size=2, max_size=40))
    @settings(max_examples=60, deadline=None)
    def test_larger_draws_are_faster_pages(self, draws):
        ordered = np.sort(draws)
        times = CompositeSampler(TWO_PATHS, 20).times(ordered)
        assert np.all(np.diff(times) <= 1e-9 * times[:-1])

    def test_memory_does_not_grow_with_the_draws(self):
        sampler = CompositeSampler(TWO_PATHS, 20)
        sampler.draw(np.random.default_rng(1), 100)
        tracemalloc.start()
        sampler.draw(np.random.default_rng(1), 2_000_000)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4e6


class TestDrawCounts:
    @pytest.mark.parametrize("correlation", [0.3, 1.0])
    def test_serves_calls_that_share_a_cause(self, correlation):
        page = Page(TWO_PATHS, 20, correlation)
        drawn = draw_counts(page, np.random.default_rng(5), DRAWS)
        assert largest_gap(drawn, page.tail) < band_half_width(DRAWS, LEVEL)

    def test_counts_a_million_billion_as_easily(self):
        page = Page(TWO_PATHS, 20, 0.0)
        drawn = draw_counts(page, np.random.default_rng(6), 10**15)
        assert drawn.count == 10**15
        assert drawn.mean == pytest.approx(page.mean, rel=1e-5)
        assert drawn.quantile(0.99) == pytest.approx(1_505.5, rel=RELATIVE_ERROR)

    def test_leaves_out_what_no_histogram_counts(self):
        drawn = draw_counts(Page(Pareto(1e9, 0.6), 1, 0.0), np.random.default_rng(7), 10_000)
        assert drawn.count == 10_000
        assert drawn.maximum <= LARGEST

    def test_one_page_is_its_own_smallest_and_largest(self):
        drawn = draw_counts(Page(TWO_PATHS, 20, 0.0), np.random.default_rng(8), 1)
        assert drawn.minimum == drawn.maximum
