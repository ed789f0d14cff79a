"""Recompute grades from what is stored, and say where the ledger or a step differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from quizzes.kinds import grade
from quizzes.models import Attempt, GradeEntry, Step
from quizzes.policy import mark_of, to_share

ATTEMPTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """An attempt whose stored grade is not what its steps come to."""

    attempt_id: UUID
    message: str


@dataclass(frozen=True, slots=True)
class MarkDifference:
    """A kept mark of a learner's assignment that is not what the ledger comes to; None where there is no row."""

    enrolment_id: UUID
    assignment_id: UUID
    kept: str | None
    expected: str | None


DIFFERING_MARKS = """
    WITH kept AS (
        SELECT enrolment_id, assignment_id,
            ROW(earned, marked, excused, is_overridden, is_regraded, submitted_at) AS fold
        FROM quizzes_assignmentmark
    ), expected AS (
        SELECT enrolment_id, assignment_id,
            ROW(earned, marked, excused, is_overridden, is_regraded, submitted_at) AS fold
        FROM quizzes_assignmentmarkfold
    )
    SELECT enrolment_id, assignment_id, kept.fold::text, expected.fold::text
    FROM kept FULL JOIN expected USING (enrolment_id, assignment_id)
    WHERE kept.fold IS DISTINCT FROM expected.fold
    ORDER BY enrolment_id, assignment_id
"""


def differing_marks() -> Iterator[MarkDifference]:
    """Yield every kept mark of an assignment that is not what the ledger comes to; one query."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERING_MARKS)
        for row in cursor:
            yield MarkDifference(*row)


def differing_grades() -> Iterator[Difference]:
    """Yield every difference between stored grades and the grades recomputed from variants, keys and answers.

    Reads attempts in batches, so that memory stays bounded.
    """
    attempts = Attempt.objects.order_by("pk").prefetch_related("steps__variant", "grade_entries")
    for attempt in attempts.iterator(chunk_size=ATTEMPTS_AT_ONCE):
        for message in _differences(attempt):
            yield Difference(attempt.pk, message)


def _differences(attempt: Attempt) -> Iterator[str]:
    steps = sorted(attempt.steps.all(), key=lambda step: step.number)
    fractions = [_fraction_of(step) for step in steps]
    for step, fraction in zip(steps, fractions, strict=True):
        if step.fraction != fraction:
            yield f"try {step.number} is kept as {step.fraction}, its answer comes to {fraction}"
    entries = [entry for entry in attempt.grade_entries.all() if entry.kind == GradeEntry.Kind.GRADED]
    if attempt.state == Attempt.State.OPEN:
        if entries:
            yield "it is graded, but still open"
        return
    mark = mark_of(fractions, penalty=attempt.penalty)
    if len(entries) != 1:
        yield f"it is finished with {len(entries)} grades; there should be one"
    elif entries[0].fraction != mark:
        yield f"its grade is kept as {entries[0].fraction}, its tries come to {mark}"


def _fraction_of(step: Step) -> Decimal:
    variant = step.variant
    return to_share(grade(variant.rendered["kind"], variant.rendered, variant.key, step.answer).fraction)
