"""Predicted against observed recall, counted in the database."""

from __future__ import annotations

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from lessons.catalogue.models import Enrolment
from lessons.review.models import Review
from lessons.review.policy.recall import BOUNDS, RecallTable, recall_table


def recall_of(enrolment: Enrolment) -> RecallTable:
    """Return how one learner's predicted recall compares with what they recalled; one query."""
    return _recall(Review.objects.filter(enrolment=enrolment))


def _recall(reviews: QuerySet[Review]) -> RecallTable:
    """Count reviews by the range of their prediction; a first meeting has none."""
    whens = [When(predicted__lt=high, then=Value(index)) for index, high in enumerate(BOUNDS[1:-1])]
    band = Case(*whens, default=Value(len(BOUNDS) - 2), output_field=IntegerField())
    rows = (
        reviews.filter(predicted__isnull=False)
        .annotate(band=band)
        .values("band")
        .annotate(total=Count("pk"), recalled=Count("pk", filter=Q(is_recalled=True)), predictions=Sum("predicted"))
    )
    return recall_table({row["band"]: (row["total"], row["recalled"], row["predictions"]) for row in rows})
