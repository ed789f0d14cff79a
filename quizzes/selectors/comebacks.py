"""What comes back to somebody: what they were sure of and got wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering
from quizzes.errors import NotFound
from quizzes.models import Comeback
from quizzes.selectors.cards import QuestionCard, questions_on_page
from quizzes.selectors.questions import questions_of


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """A question that is due to be met again."""

    id: int
    title: str
    stage: int
    missed_at: datetime


@dataclass(frozen=True, slots=True)
class Reviews:
    """What is due now, the longest waiting first, and when the next comes if nothing is."""

    due: tuple[WaitingReview, ...]
    later: int
    next_at: datetime | None


def reviews_of(enrolment: Enrolment | None, *, now: datetime) -> Reviews:
    """Return what comes back to a learner; one query, and one for the titles of a revision not read yet."""
    if enrolment is None:
        return Reviews((), 0, None)
    waiting = Comeback.objects.filter(enrolment=enrolment, done_at__isnull=True).order_by("due_at", "pk")
    rows = list(waiting.values_list("pk", "item__key", "stage", "step__submitted_at", "due_at"))
    due = [row for row in rows if row[4] <= now]
    later = rows[len(due) :]
    titles = questions_of(enrolment.offering.revision, tuple(sorted({row[1] for row in due})))
    return Reviews(
        due=tuple(
            WaitingReview(pk, titles[key].title, stage, missed_at)
            for pk, key, stage, missed_at, _ in due
            if key in titles
        ),
        later=len(later),
        next_at=later[0][4] if later else None,
    )


def review_card(*, person: Person | None, offering: Offering, comeback_id: int) -> QuestionCard:
    """Return the card of a review that was begun by the person; raises NotFound. Four queries."""
    comeback = (
        Comeback.objects.filter(pk=comeback_id, enrolment__person=person, enrolment__offering=offering)
        .filter(attempt__isnull=False)
        .select_related("enrolment", "item")
        .first()
        if person is not None
        else None
    )
    if comeback is None:
        raise NotFound
    enrolment = comeback.enrolment
    enrolment.offering = offering
    cards = questions_on_page(
        enrolment=enrolment,
        revision=offering.revision,
        item_keys=[comeback.item.key],
        offering=offering,
        variant_id=_variant_of(comeback),
    )
    if comeback.item.key not in cards:
        raise NotFound
    return cards[comeback.item.key]


def _variant_of(comeback: Comeback) -> UUID:
    assert comeback.attempt is not None
    return comeback.attempt.variants.values_list("pk", flat=True).get()
