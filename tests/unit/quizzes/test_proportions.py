"""A counted share and its interval, held to SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from quizzes.policy import proportion

COUNTS = st.integers(1, 5_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


class TestProportion:
    @given(COUNTS)
    def test_has_the_interval_of_wilson(self, counts: tuple[int, int]) -> None:
        held, total = counts
        expected = binomtest(held, total).proportion_ci(0.95, method="wilson")

        found = proportion(held, total)

        assert found.low == pytest.approx(expected.low, abs=1e-12)
        assert found.high == pytest.approx(expected.high, abs=1e-12)
        assert found.low <= found.share <= found.high

    def test_of_nothing_says_nothing(self) -> None:
        assert (proportion(0, 0).low, proportion(0, 0).high, proportion(0, 0).share) == (0.0, 1.0, 0.0)

    @pytest.mark.parametrize(("held", "total"), [(3, 2), (-1, 2), (0, -1)])
    def test_refuses_what_is_no_share(self, held: int, total: int) -> None:
        with pytest.raises(ValueError, match="is no share"):
            proportion(held, total)
