"""The hash ring beside a plain one that is walked key by key, and its balance beside the exact law of spacings."""

import bisect
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from simulations.engine import parameters, rings
from simulations.engine.functions import FUNCTIONS
from simulations.engine.models import sharding_ring
from simulations.engine.models.sharding_ring import Parameters


def figures(**changes):
    result = sharding_ring.evaluate(parameters.parse(Parameters, changes))
    return {figure.name: figure.value for figure in result.figures}


def walked(nodes, points, seed, keys):
    """Return the owner of each key on a ring kept as a sorted list."""
    placed = rings.scattered(np.arange(nodes * points, dtype=np.uint64), seed).tolist()
    ring = sorted((place, number // points) for number, place in enumerate(placed))
    places = [place for place, _ in ring]
    return [ring[bisect.bisect_left(places, key) % len(ring)][1] for key in keys]


class TestAnchors:
    @pytest.mark.parametrize("nodes", [1, 2, 8, 100])
    def test_one_point_each_gives_the_harmonic_number(self, nodes):
        harmonic = math.fsum(1.0 / number for number in range(1, nodes + 1))
        assert rings.expected_heaviest(nodes, 1) == pytest.approx(harmonic, rel=1e-4)
        assert FUNCTIONS["ring_heaviest"].call(nodes) == pytest.approx(harmonic, rel=1e-4)

    def test_what_moves_when_a_ninth_is_added(self):
        found = figures()
        assert found["expected_moved"] == pytest.approx(100 / 9)
        assert found["moved_by_remainder"] == pytest.approx(800 / 9)
        assert FUNCTIONS["moved_on_a_ring"].call(8) == pytest.approx(1 / 9)
        assert FUNCTIONS["moved_by_remainder"].call(8) == pytest.approx(8 / 9)

    def test_the_hottest_of_many_keys(self):
        harmonic = math.fsum(1.0 / number for number in range(1, 10_001))
        assert figures(exponent=1)["hottest"] == pytest.approx(100.0 / harmonic)
        assert FUNCTIONS["hottest_share"].call(10_000) == pytest.approx(1.0 / harmonic, rel=1e-6)
        assert FUNCTIONS["top_share"].call(10_000, 10_000) == pytest.approx(1.0)

    def test_a_key_kept_everywhere_is_shared(self):
        assert figures(keys=1, exponent=1)["busiest"] == 8.0
        assert figures(keys=1, exponent=1, spread=1)["busiest"] == pytest.approx(1.0)


class TestAgainstAPlainRing:
    @settings(max_examples=25, deadline=None)
    @given(st.integers(1, 12), st.integers(1, 20), st.integers(1, 1_000))
    def test_keys_belong_to_the_same_nodes_and_move_only_to_the_new_one(self, nodes, points, seed):
        keys = rings.keys(200, seed)
        before = rings.ring(nodes, points, seed).owner_of(keys).tolist()
        after = rings.ring(nodes + 1, points, seed).owner_of(keys).tolist()
        assert before == walked(nodes, points, seed, keys.tolist())
        assert {new for old, new in zip(before, after, strict=True) if old != new} <= {nodes}

    def test_shares_are_where_many_keys_go(self):
        ring = rings.ring(8, 16, 3)
        counted = np.bincount(ring.owner_of(rings.keys(200_000, 3)), minlength=8) / 200_000
        assert ring.shares().sum() == pytest.approx(1.0)
        assert np.abs(ring.shares() - counted).max() < 5.0 * math.sqrt(0.125 * 0.875 / 200_000)


class TestAgainstTheLawOfSpacings:
    @pytest.mark.parametrize(("nodes", "points"), [(2, 5), (8, 16), (50, 2), (100, 256)])
    def test_heaviest_is_the_largest_of_gamma_variables(self, nodes, points):
        law = stats.gamma(points)
        most = points + 20.0 * math.sqrt(points) + 60.0
        above, _ = integrate.quad(lambda x: 1.0 - law.cdf(x) ** nodes, 0.0, most, points=[points], limit=400)
        assert rings.expected_heaviest(nodes, points) == pytest.approx(above / points, rel=1e-4)

    def test_rings_are_drawn_as_that_law_has_it(self):
        shares = np.array([rings.ring(8, 4, seed).shares() for seed in range(600)])
        assert stats.kstest(shares[:, 0], stats.beta(4, 28).cdf).pvalue > 1e-3
        assert shares[:, 0].std() * 8 == pytest.approx(rings.relative_spread(8, 4), rel=0.12)
        largest = 8 * shares.max(axis=1)
        error = largest.std(ddof=1) / math.sqrt(len(largest))
        assert abs(largest.mean() - rings.expected_heaviest(8, 4)) < 4.0 * error

    def test_taking_the_points_for_one_is_caught(self):
        largest = np.array([8 * rings.ring(8, 4, seed).shares().max() for seed in range(300)])
        error = largest.std(ddof=1) / math.sqrt(len(largest))
        assert abs(largest.mean() - rings.expected_heaviest(8, 1)) > 4.0 * error


class TestWords:
    def test_narrative_names_what_is_kept_everywhere(self):
        result = sharding_ring.evaluate(parameters.parse(Parameters, {"exponent": 1, "spread": 100}))
        assert "the hottest 100 of them kept everywhere" in result.narrative

    @pytest.mark.parametrize(
        ("name", "arguments", "words"),
        [
            ("ring_heaviest", (8, 1), "2.718"),
            ("moved_on_a_ring", (8,), "1 / (8 + 1) = 0.1111"),
            ("moved_by_remainder", (8,), "8 / (8 + 1) = 0.8889"),
            ("hottest_share", (10_000,), "0.1022"),
            ("top_share", (10_000, 1_000), "0.7648"),
        ],
    )
    def test_functions_explain_themselves(self, name, arguments, words):
        assert words in FUNCTIONS[name].explain(*arguments)
