"""How predicted recall compares with observed recall: shares with their intervals, by what was predicted; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from quizzes.policy import Proportion, proportion

BOUNDS: Final = (0.0, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
"""Where predictions are divided: cards are due at 0.9, so most fall around it."""

FEWEST_REVIEWS: Final = 6
"""Below this nothing is concluded."""


@dataclass(frozen=True, slots=True)
class RecallRow:
    """The reviews whose predicted recall lay in a range, the mean of the predictions, and what was recalled."""

    low: float
    high: float
    predicted: float
    recalled: Proportion

    @property
    def name(self) -> str:
        """The range in words."""
        if self.low == 0.0:
            return f"below {self.high:.0%}"
        return f"{self.low:.0%} to {self.high:.0%}"

    @property
    def conclusion(self) -> str:
        """What the interval allows to say, in words."""
        if self.recalled.total < FEWEST_REVIEWS:
            return f"Not enough reviews to say: {FEWEST_REVIEWS} are needed."
        if self.recalled.high < self.predicted:
            return "Recalled less often than predicted: these are planned too late."
        if self.recalled.low > self.predicted:
            return "Recalled more often than predicted: these could wait longer."
        return "As predicted, as far as these reviews can tell."


@dataclass(frozen=True, slots=True)
class RecallTable:
    """All reviews that had a prediction, by range, and together."""

    rows: tuple[RecallRow, ...]
    total: RecallRow | None

    @property
    def reviews(self) -> int:
        """How many reviews there are."""
        return self.total.recalled.total if self.total else 0


def recall_table(counts: Mapping[int, tuple[int, int, float]]) -> RecallTable:
    """Return the table for counts by range: reviews, those recalled, and the sum of their predictions."""
    rows = tuple(_row(BOUNDS[index], BOUNDS[index + 1], *counts[index]) for index in sorted(counts) if counts[index][0])
    total = [sum(column) for column in zip(*counts.values(), strict=True)]
    whole = _row(0.0, 1.0, int(total[0]), int(total[1]), total[2]) if total and total[0] else None
    return RecallTable(rows, whole)


def _row(low: float, high: float, reviews: int, recalled: int, predictions: float) -> RecallRow:
    return RecallRow(low, high, predictions / reviews, proportion(recalled, reviews))
