"""What a cache answers: Che's approximation beside caches that were played request by request."""

from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from simulations.engine import parameters
from simulations.engine.functions import FUNCTIONS
from simulations.engine.models import cache_size
from simulations.engine.models.cache_size import Parameters
from simulations.engine.popularity import cached, filled, zipf


def figures(**changes):
    result = cache_size.evaluate(parameters.parse(Parameters, changes))
    return {figure.name: figure.value for figure in result.figures}


def every_item(items, exponent):
    weights = np.arange(1.0, items + 1.0) ** -exponent
    return weights / weights.sum()


def played(items, size, exponent, eviction, passing, generator, requests=60_000):
    """Return the hit rate of a cache that is asked, after as many requests to fill it."""
    asked = generator.choice(items, 2 * requests, p=every_item(items, exponent))
    once = generator.random(2 * requests) < passing
    victims = generator.integers(0, size, 2 * requests)
    kept, places, hits = OrderedDict(), [], 0
    for number in range(2 * requests):
        key = -number - 1 if once[number] else int(asked[number])
        if key in kept:
            hits += number >= requests
            if eviction == "lru":
                kept.move_to_end(key)
        elif eviction == "lru":
            kept[key] = None
            if len(kept) > size:
                kept.popitem(last=False)
        elif len(places) < size:
            kept[key] = None
            places.append(key)
        else:
            del kept[places[victims[number]]]
            places[victims[number]] = key
            kept[key] = None
    return hits / requests


class TestAnchors:
    def test_a_tenth_of_ten_thousand_items(self):
        found = figures()
        assert found["hit_rate"] == pytest.approx(67.56, abs=0.01)
        assert found["most_popular"] == pytest.approx(100.0 / sum(1.0 / i for i in range(1, 10_001)), rel=1e-6)
        assert found["misses"] == pytest.approx(10_000 * (1.0 - found["hit_rate"] / 100.0))
        assert FUNCTIONS["lru_hit_rate"].call(10_000, 1_000) == pytest.approx(found["hit_rate"] / 100.0)

    def test_what_fits_is_answered(self):
        found = figures(items=500, size=500)
        assert found["hit_rate"] == 100.0
        assert "lifetime" not in found

    def test_what_fits_beside_hardly_any_passers_by_is_answered(self):
        found = figures(items=500, size=501, passing=1e-300)
        assert found["hit_rate"] == pytest.approx(100.0)
        assert "lifetime" not in found

    def test_all_items_alike_are_hit_by_the_share_kept(self):
        assert figures(exponent=0, eviction="random")["hit_rate"] == pytest.approx(10.0)
        assert figures(exponent=0)["hit_rate"] == pytest.approx(10.0)

    @pytest.mark.parametrize(("items", "exponent"), [(10_000, 1.0), (50_000, 0.7), (300, 2.0), (70_000, 0.0)])
    def test_grouped_ranks_stand_for_every_one(self, items, exponent):
        each = every_item(items, exponent)
        size = items // 10
        lifetime = optimize.brentq(lambda t: (-np.expm1(-each * t)).sum() - size, size, 1e4 * items)
        found = cached(zipf(items, exponent), size, "lru")
        assert found.lifetime == pytest.approx(lifetime, rel=1e-4)
        assert found.hit_rate == pytest.approx((each * -np.expm1(-each * lifetime)).sum(), abs=1e-5)


class TestAgainstPlayedCaches:
    @pytest.mark.parametrize(
        ("items", "size", "exponent", "eviction", "passing"),
        [(2_000, 200, 1.0, "lru", 0.0), (2_000, 100, 0.7, "lru", 0.3), (1_000, 200, 1.2, "random", 0.1)],
    )
    def test_hit_rate_within_a_point(self, items, size, exponent, eviction, passing):
        hits = played(items, size, exponent, eviction, passing, np.random.default_rng(5))
        assert cached(zipf(items, exponent), size, eviction, passing).hit_rate == pytest.approx(hits, abs=0.01)

    def test_forgetting_the_places_that_passers_by_take_is_caught(self):
        hits = played(2_000, 100, 0.7, "lru", 0.3, np.random.default_rng(5))
        assert abs(0.7 * cached(zipf(2_000, 0.7), 100, "lru").hit_rate - hits) > 0.02


class TestInvariants:
    @settings(max_examples=60, deadline=None)
    @given(
        st.integers(2, 10_000_000),
        st.floats(0.0, 2.0),
        st.floats(1e-6, 0.9999),
        st.sampled_from(["lru", "random"]),
        st.just(0.0) | st.floats(0.0, 0.9),
    )
    def test_fills_the_cache_and_is_never_better_than_the_best(self, items, exponent, share, eviction, passing):
        popularity = zipf(items, exponent)
        size = min(max(1, round(share * items)), items - 1)
        found = cached(popularity, size, eviction, passing)
        assert filled(popularity, found.lifetime, eviction, passing) == pytest.approx(size, rel=1e-8)
        assert 0.0 < found.hit_rate <= cached(popularity, size, "popular", passing).hit_rate * (1.0 + 1e-6)
        if eviction == "lru":
            assert found.hit_rate >= cached(popularity, size, "random", passing).hit_rate * (1.0 - 1e-9)

    def test_popularity_sums_to_one(self):
        for items, exponent in ((1, 1.0), (199, 0.5), (201, 1.0), (10_000_000, 0.9)):
            popularity = zipf(items, exponent)
            assert popularity.items == items
            assert popularity.top_share(items) == pytest.approx(1.0)


class TestWords:
    def test_narrative_says_what_passers_by_cost(self):
        result = cache_size.evaluate(parameters.parse(Parameters, {"passing": 50}))
        assert "Without the 50.0% asked for once it would be 67.6%" in result.narrative

    def test_functions_explain_themselves(self):
        assert "0.6756" in FUNCTIONS["lru_hit_rate"].explain(10_000, 1_000)
        assert "0.1 of the requests" in FUNCTIONS["lru_hit_rate"].explain(10_000, 1_000, 1, 0.1)
        with pytest.raises(ValueError, match="passing must lie between 0 and 0.99; you gave 1"):
            FUNCTIONS["lru_hit_rate"].call(10, 1, 1, 1)
