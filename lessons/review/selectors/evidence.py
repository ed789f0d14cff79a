"""What is known of somebody's unaided work: the first answer of every attempt, as it is judged today."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from lessons.catalogue.models import Enrolment
from lessons.review.models import HELD_BACK
from lessons.review.policy.mastery import Answer
from quizzes.models import Attempt, Regrade, Step

TOLD = Q(attempt__sitting__isnull=True) | Q(attempt__sitting__assignment__posted_at__isnull=False)
"""What of a learner's work they know the outcome of: graded work counts once its marks are posted."""


def unaided_answers(enrolment: Enrolment) -> tuple[Answer, ...]:
    """Return a learner's unaided answers in their order, one a try, each as the last correction of its key judges it.

    One query.
    """
    anew = Regrade.objects.filter(attempt=OuterRef("attempt")).order_by("-pk").values("first_fraction")[:1]
    told = Attempt.objects.filter(enrolment=enrolment).exclude(HELD_BACK)
    rows = (
        Step.objects.filter(TOLD, attempt__in=told, number=1)
        .annotate(worth=Coalesce(Subquery(anew), F("fraction")))
        .order_by("submitted_at", "pk")
        .values_list("attempt__item_id", "attempt_id", "attempt__purpose", "worth", "submitted_at")
    )
    return tuple(
        Answer(item_id, attempt_id, purpose, worth == 1, at) for item_id, attempt_id, purpose, worth, at in rows
    )
