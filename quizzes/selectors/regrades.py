"""What learners are told of corrections: how their mark changed and why, and their answer as it is judged now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering
from quizzes.kinds import MalformedAnswer, grade
from quizzes.models import Regrade, Variant
from quizzes.policy import to_share
from quizzes.selectors.questions import drawn_again, version_of
from quizzes.selectors.words import percent

MOST_TOLD: Final = 5

# A change of what is not posted yet waits until it is.
_TOLD: Final = Q(attempt__sitting=None) | Q(attempt__sitting__assignment__posted_at__isnull=False)


@dataclass(frozen=True, slots=True)
class RegradeNotice:
    """A learner's mark before and after a correction, and what was wrong."""

    id: int
    attempt_id: UUID
    offering: str
    item: str
    title: str
    before: Decimal
    after: Decimal
    reason: str
    is_seen: bool

    @property
    def words(self) -> str:
        """The change in a sentence."""
        return (
            f"The question was corrected, and your mark went from {percent(self.before)} to {percent(self.after)}. "
            f"{self.reason}"
        )


def regrades_on_cards(enrolment: Enrolment, item_ids: Iterable[UUID]) -> dict[UUID, RegradeNotice]:
    """Return the last change of each attempt at the items; one query, none where nothing was corrected."""
    if enrolment.offering.amended_at is None:
        return {}
    rows = _changes().filter(_TOLD, attempt__enrolment=enrolment, attempt__item__in=list(item_ids)).order_by("pk")
    return {row.attempt_id: _notice(row) for row in rows}


def unseen_regrades(person: Person) -> tuple[RegradeNotice, ...]:
    """Return the newest changes of a person's marks that they have not seen yet; one query."""
    rows = _changes().filter(_TOLD, attempt__enrolment__person=person, seen_at=None).order_by("-pk")
    return tuple(_notice(row) for row in rows[:MOST_TOLD])


def judge_anew(offering: Offering, variants: Iterable[Variant]) -> None:
    """Give variants the key that stands in their offering, and their steps what they come to by it; nothing is stored.

    So a card shows the corrected solution beside an answer that was judged before. Nothing happens, and no query is
    made, where nothing was corrected.
    """
    if offering.amended_at is None:
        return
    for variant in variants:
        variant.version = version_of(variant.version_id)
        drawn = drawn_again(offering, variant)
        if (drawn.rendered, drawn.key) == (variant.rendered, variant.key):
            continue
        variant.rendered, variant.key = drawn.rendered, drawn.key
        if not hasattr(variant, "step"):
            continue
        step = variant.step
        try:
            graded = grade(drawn.rendered["kind"], drawn.rendered, drawn.key, step.answer)
        except MalformedAnswer:
            continue
        step.outcome, step.misconception, step.feedback = graded.outcome, graded.misconception, graded.feedback
        step.fraction = to_share(graded.fraction)


def _changes() -> QuerySet[Regrade]:
    return Regrade.objects.exclude(before=F("after")).select_related(
        "correction__version__item", "correction__offering"
    )


def _notice(row: Regrade) -> RegradeNotice:
    correction = row.correction
    return RegradeNotice(
        id=row.pk,
        attempt_id=row.attempt_id,
        offering=correction.offering.slug,
        item=correction.version.item.key,
        title=correction.version.title,
        before=row.before,
        after=row.after,
        reason=correction.reason,
        is_seen=row.seen_at is not None,
    )
