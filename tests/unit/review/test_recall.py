"""Predicted against observed recall: ranges, intervals and what may be said."""

from __future__ import annotations

import pytest

from lessons.review.policy.recall import FEWEST_REVIEWS, recall_table


class TestRecallTable:
    def test_is_empty_without_reviews(self) -> None:
        table = recall_table({})
        assert (table.rows, table.total, table.reviews) == ((), None, 0)

    def test_sums_its_rows(self) -> None:
        table = recall_table({4: (10, 8, 9.2), 1: (5, 1, 3.75)})
        assert [(row.low, row.high) for row in table.rows] == [(0.7, 0.8), (0.9, 0.95)]
        assert table.rows[0].predicted == pytest.approx(0.75)
        assert table.total is not None
        assert (table.total.recalled.held, table.reviews) == (9, 15)
        assert table.total.predicted == pytest.approx(12.95 / 15)

    @pytest.mark.parametrize(
        ("reviews", "recalled", "says"),
        [
            (FEWEST_REVIEWS - 1, 0, "Not enough"),
            (40, 20, "less often"),
            (40, 36, "As predicted"),
            (400, 399, "more often"),
        ],
    )
    def test_concludes_what_the_interval_allows(self, reviews: int, recalled: int, says: str) -> None:
        (row,) = recall_table({4: (reviews, recalled, 0.92 * reviews)}).rows
        assert says in row.conclusion
