"""Statistics of questions against SciPy, which computes them its own way, and against cases done by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quizzes.policy import item_statistics
from quizzes.policy.item_statistics import (
    Table,
    chi_square_beyond,
    correlation,
    difference,
    exact_difference,
    holm,
    homogeneity,
    share,
)

COUNTS = st.tuples(st.integers(1, 200), st.integers(0, 200)).map(lambda pair: (min(pair), max(pair)))


class TestShare:
    @given(COUNTS)
    def test_is_wilsons(self, counts: tuple[int, int]) -> None:
        right, total = counts
        if total == 0:
            return
        found = share(right, total)
        expected = stats.binomtest(right, total).proportion_ci(method="wilson")

        assert found is not None
        assert found.low == pytest.approx(expected.low, abs=1e-12)
        assert found.high == pytest.approx(expected.high, abs=1e-12)

    def test_by_hand(self) -> None:
        found = share(8, 10)

        assert found is not None
        assert (round(found.value, 3), round(found.low, 3), round(found.high, 3)) == (0.8, 0.490, 0.943)

    def test_says_nothing_of_nobody(self) -> None:
        assert share(0, 0) is None

    @pytest.mark.parametrize("right", [0, 1_000_000])
    def test_holds_its_share_at_either_end(self, right: int) -> None:
        found = share(right, 1_000_000)

        assert found is not None
        assert 0 <= found.low <= found.value <= found.high <= 1


class TestCorrelation:
    @pytest.mark.parametrize(("r", "n"), [(0.3, 30), (-0.7, 12), (0.0, 5), (0.999, 1_000_000)])
    def test_is_fishers(self, r: float, n: int) -> None:
        reach = stats.norm.ppf(0.975) / math.sqrt(n - 3)
        found = correlation(r, n)

        assert found is not None
        assert found.low == pytest.approx(math.tanh(math.atanh(r) - reach))
        assert found.high == pytest.approx(math.tanh(math.atanh(r) + reach))

    def test_by_hand(self) -> None:
        found = correlation(0.5, 28)

        assert found is not None
        assert (round(found.low, 2), round(found.high, 2)) == (0.16, 0.74)

    @pytest.mark.parametrize(("r", "n"), [(0.5, 3), (math.nan, 50)])
    def test_says_nothing_of_too_few(self, r: float, n: int) -> None:
        assert correlation(r, n) is None

    def test_of_a_line_has_no_width(self) -> None:
        found = correlation(1.0000000002, 20)

        assert found is not None
        assert (found.low, found.value, found.high) == (1, 1, 1)


class TestChiSquare:
    @given(st.floats(0, 500), st.integers(1, 200))
    def test_is_scipys(self, statistic: float, degrees: int) -> None:
        assert chi_square_beyond(statistic, degrees) == pytest.approx(
            stats.chi2.sf(statistic, degrees), rel=1e-9, abs=1e-13
        )

    def test_by_hand(self) -> None:
        assert chi_square_beyond(3.841458820694124, 1) == pytest.approx(0.05)
        assert chi_square_beyond(2 * math.log(100), 2) == pytest.approx(0.01)

    @given(st.lists(COUNTS.filter(lambda pair: pair[1] > 0), min_size=2, max_size=12))
    def test_homogeneity_is_scipys(self, groups: list[tuple[int, int]]) -> None:
        right, total = sum(pair[0] for pair in groups), sum(pair[1] for pair in groups)
        found = homogeneity([Table(*pair) for pair in groups])
        if right in {0, total}:
            assert found is None
            return
        table = [[pair[0] for pair in groups], [pair[1] - pair[0] for pair in groups]]
        assert found == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-8, abs=1e-12)

    def test_one_group_says_nothing(self) -> None:
        assert homogeneity([Table(3, 9)]) is None


class TestExact:
    @given(COUNTS, COUNTS)
    def test_is_scipys(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        table = [[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]]

        assert exact_difference(*one, *other) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6, abs=1e-12)

    def test_the_lady_tasting_tea(self) -> None:
        assert exact_difference(3, 4, 1, 4) == pytest.approx(34 / 70)

    def test_goes_over_to_chi_square_for_many(self) -> None:
        one, other = Table(600, 1_000), Table(550, 1_001)
        exact = exact_difference(600, 1_000, 550, 1_001)

        assert difference(one, other) == pytest.approx(exact, rel=0.15)
        assert difference(one, other) != exact
        assert item_statistics.LARGEST_EXACT == 2_000

    def test_nobody_differs_from_anybody(self) -> None:
        assert difference(Table(0, 0), Table(3, 9)) == 1
        assert difference(Table(9_000, 9_000), Table(9_000, 9_000)) == 1


class TestHolm:
    def test_by_hand(self) -> None:
        assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])

    @given(st.lists(st.floats(0, 1), max_size=20))
    def test_never_lowers_and_keeps_the_order(self, p_values: list[float]) -> None:
        adjusted = holm(p_values)

        assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
        order = sorted(range(len(p_values)), key=lambda index: p_values[index])
        assert [adjusted[i] for i in order] == sorted(adjusted)
