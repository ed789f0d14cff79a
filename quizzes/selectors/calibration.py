"""How well people judge their own answers: of those that they were sure of, how many were right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from lessons.catalogue.models import Enrolment, Offering
from quizzes.models import Attempt, Step
from quizzes.policy import Proportion, proportion
from quizzes.selectors import words

FEWEST_ANSWERS: Final = 6
"""Below this nothing is concluded."""

MEANT: Final = {
    Step.Confidence.SURE: (0.9, 1.0),
    Step.Confidence.FAIRLY: (0.6, 0.9),
    Step.Confidence.GUESS: (0.0, 0.6),
}
"""The share of right answers that each word is taken to promise: nine of ten and more, six to nine of ten, less."""


@dataclass(frozen=True, slots=True)
class ConfidenceRow:
    """The answers given with one confidence, and how many of them were right."""

    name: str
    promised_low: float
    promised_high: float
    right: Proportion

    @property
    def conclusion(self) -> str:
        """What the interval allows to say, in words."""
        if self.right.total < FEWEST_ANSWERS:
            return f"Not enough answers to say: {FEWEST_ANSWERS} are needed."
        if self.right.high < self.promised_low:
            return "Right less often than the words promise."
        if self.right.low > self.promised_high:
            return "Right more often than the words promise."
        return "As the words promise, as far as these answers can tell."


@dataclass(frozen=True, slots=True)
class ConfidenceCalibration:
    """The rows from sure to guess; `answers` counts questions, since each counts by its first answer alone."""

    rows: tuple[ConfidenceRow, ...]

    @property
    def answers(self) -> int:
        """How many first answers there are."""
        return sum(row.right.total for row in self.rows)


def calibration_of(enrolment: Enrolment) -> ConfidenceCalibration:
    """Return how one learner's confidence compares with what was right; one query."""
    return _calibration(Step.objects.filter(attempt__enrolment=enrolment))


def cohort_calibration(offering: Offering) -> ConfidenceCalibration:
    """Return the same for everybody in an offering; one query. Who may see it is the caller's to check."""
    return _calibration(Step.objects.filter(attempt__enrolment__offering=offering))


def _calibration(steps: QuerySet[Step]) -> ConfidenceCalibration:
    """Count first exposures: the first answer to each question, where its learner may know how it went."""
    told = Q(attempt__sitting__isnull=True) | Q(attempt__sitting__assignment__posted_at__isnull=False)
    place = ("attempt__enrolment_id", "attempt__item_id")
    first = (
        steps.filter(told, confidence__in=Step.Confidence.values)
        .exclude(attempt__purpose=Attempt.Purpose.REVIEW)
        .order_by(*place, "submitted_at", "number")
        .distinct(*place)
        .values("pk")
    )
    counted = (
        Step.objects.filter(pk__in=first)
        .values("confidence")
        .annotate(total=Count("pk"), right=Count("pk", filter=Q(outcome=Step.Outcome.CORRECT)))
    )
    counts = {row["confidence"]: (row["right"], row["total"]) for row in counted}
    return ConfidenceCalibration(
        tuple(
            ConfidenceRow(name, *MEANT[confidence], proportion(*counts.get(confidence, (0, 0))))
            for confidence, name in words.CONFIDENCES
        )
    )
