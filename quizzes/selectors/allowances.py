"""Extensions and excuses: which one stands for whom, and what coming late costs by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from quizzes.models import Allowance, Attempt, Sitting, Step
from quizzes.policy import Times, late_share, times_of

Standing = dict[tuple[UUID, UUID], Allowance]
"""The allowance that stands, by assignment and enrolment, where there is one."""


def standing_allowances(
    *, assignments: Iterable[UUID], enrolments: Iterable[UUID], at: datetime | None = None
) -> Standing:
    """Return the last allowances that were given, by `at` where it is told; one query, none without assignments."""
    assignments, enrolments = list(assignments), list(enrolments)
    if not assignments or not enrolments:
        return {}
    rows = Allowance.objects.filter(assignment__in=assignments, enrolment__in=enrolments)
    if at is not None:
        rows = rows.filter(at__lte=at)
    last = rows.order_by("assignment_id", "enrolment_id", "-id").distinct("assignment_id", "enrolment_id")
    return {(row.assignment_id, row.enrolment_id): row for row in last}


def times_in(sitting: Sitting) -> Times:
    """Return the times that hold for whoever sits, their last allowance counted in; one query."""
    standing = standing_allowances(assignments=[sitting.assignment_id], enrolments=[sitting.enrolment_id])
    place = sitting.assignment_id, sitting.enrolment_id
    return times_of(sitting.assignment, sitting.enrolment, standing.get(place))


def late_shares(attempt: Attempt, steps: Iterable[Step], standing: Standing) -> tuple[Decimal, ...] | None:
    """Return what each step loses for being late in an assignment, None outside of one."""
    if attempt.sitting is None:
        return None
    assignment = attempt.sitting.assignment
    times = times_of(assignment, attempt.enrolment, standing.get((assignment.pk, attempt.enrolment_id)))
    return tuple(
        late_share(step.submitted_at, due_at=times.due_at, deduction=assignment.late_deduction) for step in steps
    )
