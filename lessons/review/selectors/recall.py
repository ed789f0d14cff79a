"""Predicted against observed recall, and what is forgotten most, counted in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from lessons.catalogue.models import Enrolment, Offering
from lessons.review.models import Review
from lessons.review.policy.recall import BOUNDS, RecallTable, recall_table
from lessons.review.selectors.syllabus import Subject, Syllabus, syllabus_of
from quizzes.policy import Proportion, proportion

FEWEST_LEARNERS: Final = 5
"""Below this nothing is told of a cohort, nor of a card in it: it would be told of somebody."""

MOST_FORGOTTEN: Final = 10


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Something that a cohort met again, how many learners did, and the share of their meetings that forgot it."""

    subject: Subject
    learners: int
    forgotten: Proportion


@dataclass(frozen=True, slots=True)
class CohortRecall:
    """How a cohort's recall compares with what was predicted, and what it forgets most, in that order.

    `learners` met something again; with fewer than FEWEST_LEARNERS there is no table and nothing is named.
    """

    learners: int
    table: RecallTable | None
    most_forgotten: tuple[Forgotten, ...]

    @property
    def fewest_learners(self) -> int:
        """How many learners it takes before anything is told."""
        return FEWEST_LEARNERS


def recall_of(enrolment: Enrolment) -> RecallTable:
    """Return how one learner's predicted recall compares with what they recalled; one query."""
    return _recall(_met_again(Review.objects.filter(enrolment=enrolment)))


def cohort_recall(offering: Offering, *, learners: Sequence[UUID]) -> CohortRecall:
    """Return the same of the people who learn in an offering, in three queries. Who may see it the caller checks.

    Only ranges and cards that FEWEST_LEARNERS of them met again are counted. What is forgotten most is in the order of
    the least share that its interval allows, so that one meeting that went wrong does not lead.
    """
    own = Review.objects.filter(enrolment__offering=offering, enrolment__person__in=learners)
    reviews = _met_again(own)
    met = reviews.aggregate(learners=Count("enrolment", distinct=True))["learners"]
    if met < FEWEST_LEARNERS:
        return CohortRecall(met, None, ())
    return CohortRecall(
        learners=met,
        table=_recall(reviews, fewest_learners=FEWEST_LEARNERS),
        most_forgotten=_most_forgotten(reviews, syllabus_of(offering.revision)),
    )


def _met_again(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Keep the meetings whose recall was predicted: a first one has no prediction, and nothing to be forgotten."""
    return reviews.filter(predicted__isnull=False)


def _recall(reviews: QuerySet[Review], *, fewest_learners: int = 1) -> RecallTable:
    """Count reviews by the range of their prediction; a range that fewer learners have met is left out."""
    whens = [When(predicted__lt=high, then=Value(index)) for index, high in enumerate(BOUNDS[1:-1])]
    band = Case(*whens, default=Value(len(BOUNDS) - 2), output_field=IntegerField())
    rows = (
        reviews.annotate(band=band)
        .values("band")
        .annotate(
            total=Count("pk"),
            recalled=Count("pk", filter=Q(is_recalled=True)),
            predictions=Sum("predicted"),
            learners=Count("enrolment", distinct=True),
        )
        .filter(learners__gte=fewest_learners)
    )
    return recall_table({row["band"]: (row["total"], row["recalled"], row["predictions"]) for row in rows})


def _most_forgotten(reviews: QuerySet[Review], syllabus: Syllabus) -> tuple[Forgotten, ...]:
    counted = (
        reviews.order_by()
        .values("item")
        .annotate(
            total=Count("pk"),
            missed=Count("pk", filter=Q(is_recalled=False)),
            learners=Count("enrolment", distinct=True),
        )
        .filter(learners__gte=FEWEST_LEARNERS, missed__gte=1)
    )
    found = [
        Forgotten(syllabus.subjects[row["item"]], row["learners"], proportion(row["missed"], row["total"]))
        for row in counted
        if row["item"] in syllabus.subjects
    ]
    found.sort(key=lambda row: (-row.forgotten.low, -row.forgotten.share, row.subject.place))
    return tuple(found[:MOST_FORGOTTEN])
