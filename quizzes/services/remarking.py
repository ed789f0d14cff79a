"""Changed times: what they make of the sittings that run, and of the marks that being late has cost.

Whoever submits or ends a sitting holds that sitting, then its attempts, then shares the assignment, whose marks their
ledger entry is summed into. Whoever changes times takes them in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from quizzes import policy
from quizzes.models import BY_ENGINE, Assignment, Attempt, GradeEntry, Sitting
from quizzes.selectors.allowances import standing_allowances
from quizzes.selectors.replay import tried

ATTEMPTS_AT_ONCE = 500


def hold_work(*, assignment_id: UUID, person_id: UUID | None = None) -> None:
    """Hold the sittings and attempts of an assignment until the transaction ends, everybody's or one person's.

    A submit that is under way is waited for, and then meets the new times or is marked by them.
    """
    sittings = Sitting.objects.filter(assignment=assignment_id)
    if person_id is not None:
        sittings = sittings.filter(enrolment__person=person_id)
    held = list(sittings.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    attempts = Attempt.objects.filter(sitting__in=held)
    list(attempts.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def apply_times(
    *,
    assignment: Assignment,
    actor: Person,
    now: datetime,
    reason: str,
    key: str,
    enrolment_ids: Iterable[UUID] | None = None,
) -> int:
    """Give sittings the end, and finished work the mark, that the times in force now come to; return how many marks.

    The caller holds the work. `key` makes a repeat harmless; a mark that stays the same gets no entry. Without
    `enrolment_ids` everybody's.
    """
    sittings = Sitting.objects.filter(assignment=assignment)
    if enrolment_ids is not None:
        sittings = sittings.filter(enrolment__in=list(enrolment_ids))
    held = list(sittings.select_related("enrolment"))
    allowances = standing_allowances(assignments=[assignment.pk], enrolments=[row.enrolment_id for row in held])
    running = [sitting for sitting in held if sitting.ended_at is None]
    for sitting in running:
        allowance = allowances.get((assignment.pk, sitting.enrolment_id))
        sitting.ends_at = policy.end_of_sitting(
            assignment=assignment,
            enrolment=sitting.enrolment,
            times=policy.times_of(assignment, sitting.enrolment, allowance),
            started_at=sitting.started_at,
        )
    Sitting.objects.bulk_update(running, ["ends_at"], batch_size=ATTEMPTS_AT_ONCE)
    finished = Attempt.objects.filter(sitting__in=held, state=Attempt.State.FINISHED)
    attempt_ids = list(finished.order_by("pk").values_list("pk", flat=True))
    batches = (attempt_ids[start : start + ATTEMPTS_AT_ONCE] for start in range(0, len(attempt_ids), ATTEMPTS_AT_ONCE))
    return sum(_remark(batch, actor=actor, now=now, reason=reason, key=key) for batch in batches)


def _remark(attempt_ids: list[UUID], *, actor: Person, now: datetime, reason: str, key: str) -> int:
    """Enter the marks of a batch of finished attempts that their steps come to by now, where they are others."""
    attempts = Attempt.objects.filter(pk__in=attempt_ids).select_related("enrolment__offering", "sitting__assignment")
    entries = GradeEntry.objects.filter(attempt__in=attempt_ids, kind__in=BY_ENGINE).order_by("id")
    found = {entry.attempt_id: entry for entry in entries}
    fresh = []
    for one in tried(attempts):
        entry, mark = found.get(one.attempt.pk), one.mark(one.corrections)
        if entry is None or entry.fraction == mark:
            continue
        fresh.append(
            GradeEntry(
                enrolment_id=entry.enrolment_id,
                item_id=entry.item_id,
                attempt=one.attempt,
                assignment_id=entry.assignment_id,
                revision_id=entry.revision_id,
                kind=GradeEntry.Kind.EXTENDED,
                fraction=mark,
                reason=reason,
                actor=actor,
                at=now,
                idempotency_key=f"{key}:{one.attempt.pk}",
            )
        )
    GradeEntry.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
