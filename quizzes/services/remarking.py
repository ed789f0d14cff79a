"""Changed times: what they make of the sittings that run, and of the marks that being late has cost.

Whoever submits or ends a sitting holds that sitting, then its attempts, then shares the assignment, whose marks their
ledger entry is summed into. Whoever changes times takes them in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from quizzes import policy
from quizzes.models import Assignment, Attempt, GradeEntry, Sitting
from quizzes.selectors.allowances import standing_allowances

ENGINE_KINDS = (GradeEntry.Kind.GRADED, GradeEntry.Kind.EXTENDED, GradeEntry.Kind.REGRADED)
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
    times = {}
    for sitting in held:
        allowance = allowances.get((assignment.pk, sitting.enrolment_id))
        times[sitting.pk] = policy.times_of(assignment, sitting.enrolment, allowance)
        if sitting.ended_at is None:
            sitting.ends_at = policy.end_of_sitting(
                assignment=assignment,
                enrolment=sitting.enrolment,
                times=times[sitting.pk],
                started_at=sitting.started_at,
            )
    Sitting.objects.bulk_update([row for row in held if row.ended_at is None], ["ends_at"], batch_size=ATTEMPTS_AT_ONCE)
    finished = Attempt.objects.filter(sitting__in=held, state=Attempt.State.FINISHED)
    attempt_ids = list(finished.values_list("pk", flat=True))
    changed = 0
    for start in range(0, len(attempt_ids), ATTEMPTS_AT_ONCE):
        batch = attempt_ids[start : start + ATTEMPTS_AT_ONCE]
        changed += _remark(batch, assignment, times, actor=actor, now=now, reason=reason, key=key)
    return changed


def _remark(
    attempt_ids: list[UUID],
    assignment: Assignment,
    times: dict[UUID, policy.Times],
    *,
    actor: Person,
    now: datetime,
    reason: str,
    key: str,
) -> int:
    attempts = Attempt.objects.filter(pk__in=attempt_ids).prefetch_related("steps")
    entries = GradeEntry.objects.filter(attempt__in=attempt_ids, kind__in=ENGINE_KINDS).order_by("id")
    found = {entry.attempt_id: entry for entry in entries}
    fresh = []
    for attempt in attempts:
        entry = found.get(attempt.pk)
        assert attempt.sitting_id is not None, "only work in sittings is late"
        mark = _mark(attempt, assignment, times[attempt.sitting_id])
        if entry is None or entry.fraction == mark:
            continue
        fresh.append(
            GradeEntry(
                enrolment_id=attempt.enrolment_id,
                item_id=attempt.item_id,
                attempt=attempt,
                assignment=assignment,
                revision_id=entry.revision_id,
                kind=GradeEntry.Kind.EXTENDED,
                fraction=mark,
                reason=reason,
                actor=actor,
                at=now,
                idempotency_key=f"{key}:{attempt.pk}",
            )
        )
    GradeEntry.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _mark(attempt: Attempt, assignment: Assignment, times: policy.Times) -> Decimal:
    steps = sorted(attempt.steps.all(), key=lambda step: step.number)
    late = [
        policy.late_share(step.submitted_at, due_at=times.due_at, deduction=assignment.late_deduction) for step in steps
    ]
    return policy.mark_of([step.fraction for step in steps], penalty=attempt.penalty, late=late)
