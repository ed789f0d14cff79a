"""Extensions and excuses: which one stands for whom, and all that somebody was given."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from quizzes.models import Allowance


def standing_allowances(
    *, assignments: Iterable[UUID], enrolments: Iterable[UUID]
) -> dict[tuple[UUID, UUID], Allowance]:
    """Return the allowance that stands, by assignment and enrolment, where there is one; one query."""
    rows = Allowance.objects.filter(assignment__in=list(assignments), enrolment__in=list(enrolments))
    last = rows.order_by("assignment_id", "enrolment_id", "-id").distinct("assignment_id", "enrolment_id")
    return {(row.assignment_id, row.enrolment_id): row for row in last}
