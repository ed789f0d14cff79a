"""Recompute grades from what is stored, and say where the ledger or a step differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db import connection

from quizzes.kinds import grade
from quizzes.models import BY_ENGINE, Attempt, Correction, GradeEntry, Regrade, Step
from quizzes.policy import mark_of, to_share
from quizzes.selectors.replay import GRADED, Tried, tried

ATTEMPTS_AT_ONCE = 500

Row = TypeVar("Row", GradeEntry, Regrade)


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

    Marks are replayed through the corrections applied since, and less what being late costs by the times that hold now.
    Reads attempts in batches, so that memory stays bounded.
    """
    applied = frozenset(Correction.objects.filter(state=Correction.State.APPLIED).values_list("pk", flat=True))
    attempts = Attempt.objects.select_related("enrolment__offering", "item", "sitting__assignment").order_by("pk")
    last = None
    while batch := list((attempts if last is None else attempts.filter(pk__gt=last))[:ATTEMPTS_AT_ONCE]):
        entries = _by_attempt(GradeEntry.objects.filter(attempt__in=batch, kind__in=BY_ENGINE).order_by("pk"))
        regrades = _by_attempt(Regrade.objects.filter(attempt__in=batch).select_related("correction"))
        for one in tried(batch):
            pk = one.attempt.pk
            for message in _differences(one, entries.get(pk, []), regrades.get(pk, []), applied):
                yield Difference(pk, message)
        last = batch[-1].pk


def _by_attempt(rows: Iterable[Row]) -> dict[UUID | None, list[Row]]:
    found: dict[UUID | None, list[Row]] = {}
    for row in rows:
        found.setdefault(row.attempt_id, []).append(row)
    return found


def _differences(
    one: Tried, entries: Sequence[GradeEntry], regrades: Sequence[Regrade], applied: frozenset[UUID]
) -> Iterator[str]:
    attempt = one.attempt
    fractions = [_fraction_of(step) for step in one.steps]
    for step, fraction in zip(one.steps, fractions, strict=True):
        if step.fraction != fraction:
            yield f"try {step.number} is kept as {step.fraction}, its answer comes to {fraction}"
    if attempt.state == Attempt.State.OPEN or attempt.purpose not in GRADED:
        if entries:
            yield (
                "it is graded, but still open" if attempt.state == Attempt.State.OPEN else "it is graded, but a review"
            )
        return
    own = [entry for entry in entries if entry.kind == GradeEntry.Kind.GRADED]
    if len(own) != 1:
        yield f"it is finished with {len(own)} grades; there should be one"
        return
    if one.late is None:
        mark = mark_of(fractions, penalty=attempt.penalty)
        if own[0].fraction != mark:
            yield f"its grade is kept as {own[0].fraction}, its tries come to {mark}"
    yield from _replay_differences(one, entries, {regrade.correction_id: regrade for regrade in regrades}, applied)


def _replay_differences(
    one: Tried, entries: Sequence[GradeEntry], regrades: Mapping[UUID, Regrade], applied: frozenset[UUID]
) -> Iterator[str]:
    """Yield where marks after corrections, or for being late, are not what replaying the tries comes to."""
    corrections = one.corrections
    done = [corrected for corrected in corrections if corrected.correction_id in regrades]
    for number, corrected in enumerate(corrections, 1):
        if one.steps and corrected not in done and corrected.correction_id in applied:
            yield f"correction {number} of its question is applied, and its mark is not regraded"
    if len(done) < len(corrections) and one.steps:
        return
    mark = one.mark(corrections)
    if entries[-1].fraction != mark:
        found = f"correction {len(corrections)}" if corrections else "its times"
        yield f"its mark stands at {entries[-1].fraction}, by {found} its tries come to {mark}"
    if one.late is None:
        for number, corrected in enumerate(done, 1):
            after, regrade = one.mark(done[:number]), regrades[corrected.correction_id]
            if regrade.after != after:
                yield f"correction {number} made {regrade.after} of its mark, its tries come to {after}"


def _fraction_of(step: Step) -> Decimal:
    variant = step.variant
    return to_share(grade(variant.rendered["kind"], variant.rendered, variant.key, step.answer).fraction)
