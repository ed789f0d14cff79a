"""What somebody was sure of and got wrong comes back to be met again, after one day and after seven."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import Person
from lessons.catalogue.models import Offering
from quizzes.errors import NotFound
from quizzes.kinds import Outcome
from quizzes.models import Assignment, Attempt, Comeback, Step
from quizzes.services.attempts import opened
from quizzes.services.work import Work

AFTER: Final = {1: timedelta(days=1), 2: timedelta(days=7)}
"""How long after the answer each stage is due."""


@transaction.atomic
def start_review(*, offering: Offering, comeback_id: int, actor: Person, now: datetime) -> Comeback:
    """Open the attempt in which a question is met again, on a fresh variant; the same one however often it is asked.

    Raises NotFound where it is not the actor's in that offering, is not due yet, or is done.
    """
    mine = Comeback.objects.filter(enrolment__person=actor, enrolment__offering=offering)
    locked = (
        mine.filter(due_at__lte=now, done_at__isnull=True)
        .select_for_update(no_key=True, of=("self",))
        .select_related("enrolment", "item")
    )
    comeback = locked.filter(pk=comeback_id).first()
    if comeback is None:
        raise NotFound
    if comeback.attempt_id is None:
        work = opened(enrolment=comeback.enrolment, item_key=comeback.item.key, now=now, purpose=Attempt.Purpose.REVIEW)
        comeback.attempt = work.attempt
        comeback.save(update_fields=["attempt"])
    return comeback


def bring_back(work: Work, step: Step) -> None:
    """Note that a question comes back where somebody was sure and not right, unless it is waiting already.

    Where nothing is told before an assignment's end, it comes back after that end, so that it tells nothing either.
    """
    if step.confidence != Step.Confidence.SURE or step.outcome == Outcome.CORRECT:
        return
    attempt = work.attempt
    waiting = Comeback.objects.filter(enrolment=attempt.enrolment_id, item=attempt.item_id, done_at__isnull=True)
    if waiting.exists():
        return
    Comeback.objects.create(
        enrolment=attempt.enrolment,
        item=attempt.item,
        step=step,
        stage=1,
        due_at=_told_at(attempt, step) + AFTER[1],
    )


def met_again(work: Work, *, now: datetime) -> None:
    """Close the comeback whose review has ended, and note the next stage."""
    if work.attempt.purpose != Attempt.Purpose.REVIEW:
        return
    comeback = Comeback.objects.select_related("step").filter(attempt=work.attempt, done_at__isnull=True).first()
    if comeback is None:
        return
    comeback.done_at = now
    comeback.save(update_fields=["done_at"])
    following = comeback.stage + 1
    if following in AFTER:
        due_at = max(comeback.step.submitted_at + AFTER[following], now + AFTER[1])
        Comeback.objects.get_or_create(
            step=comeback.step,
            stage=following,
            defaults={"enrolment_id": comeback.enrolment_id, "item_id": comeback.item_id, "due_at": due_at},
        )


def _told_at(attempt: Attempt, step: Step) -> datetime:
    """Return from when on the learner may know how the answer went."""
    sitting = attempt.sitting
    if sitting is None or sitting.assignment.feedback == Assignment.Feedback.AT_ONCE:
        return step.submitted_at
    return max(step.submitted_at, sitting.ends_at, sitting.assignment.cut_off_at)
