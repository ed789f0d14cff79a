"""What writes the ledger: an attempt's mark, and what staff decide by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Item, Verb
from lessons.catalogue.services import record_event
from quizzes import policy
from quizzes.errors import InvalidGrade, InvalidIdempotencyKey, NotFound
from quizzes.models import AssignmentQuestion, GradeEntry

LONGEST_IDEMPOTENCY_KEY: Final = 80
LONGEST_REASON: Final = 500


@transaction.atomic
def override_grade(
    *,
    enrolment_id: UUID,
    item_key: str,
    fraction: Decimal,
    reason: str,
    actor: Person,
    now: datetime,
    idempotency_key: str,
    assignment_id: UUID | None = None,
) -> GradeEntry:
    """Set a grade by hand, with a reason; it stands above what the engine finds.

    With an assignment it is the mark there, otherwise that of the chapter's check. Raises NotFound where the actor does
    not teach the enrolment's cohort, InvalidGrade where the fraction is no share of one or the reason is missing.
    """
    if not (fraction.is_finite() and 0 <= fraction <= 1):
        raise InvalidGrade(f"A grade is a share from 0 to 1; you gave {fraction}.")
    entry, is_new = _decide(
        GradeEntry.Kind.OVERRIDDEN,
        enrolment_id=enrolment_id,
        item_key=item_key,
        fraction=policy.to_share(fraction),
        reason=reason,
        actor=actor,
        now=now,
        assignment_id=assignment_id,
        idempotency_key=idempotency_key,
    )
    if is_new:
        record_grade(entry)
    return entry


@transaction.atomic
def excuse_grade(
    *,
    enrolment_id: UUID,
    item_key: str,
    reason: str,
    actor: Person,
    now: datetime,
    idempotency_key: str,
    assignment_id: UUID | None = None,
) -> GradeEntry:
    """Take a question out of a learner's grade, with a reason; raises as `override_grade`."""
    entry, is_new = _decide(
        GradeEntry.Kind.EXCUSED,
        enrolment_id=enrolment_id,
        item_key=item_key,
        fraction=None,
        reason=reason,
        actor=actor,
        now=now,
        assignment_id=assignment_id,
        idempotency_key=idempotency_key,
    )
    if is_new:
        record_grade(entry)
    return entry


def record_grade(entry: GradeEntry) -> None:
    """Tell progress of a mark, or of an excuse; what counts in an assignment is no progress in a chapter."""
    if entry.assignment_id is not None:
        return
    record_event(
        enrolment=entry.enrolment,
        verb=Verb.GRADED,
        item=entry.item,
        now=entry.at,
        idempotency_key=f"grade:{entry.pk}",
        data={"fraction": None if entry.fraction is None else str(entry.fraction)},
    )


def _decide(
    kind: GradeEntry.Kind,
    *,
    enrolment_id: UUID,
    item_key: str,
    reason: str,
    actor: Person,
    idempotency_key: str,
    now: datetime,
    fraction: Decimal | None,
    assignment_id: UUID | None,
) -> tuple[GradeEntry, bool]:
    """Return the entry of a decision by staff, and whether it is new: a repeated key changes nothing."""
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise InvalidGrade(
            f"A grade set by hand needs a reason of 1 to {LONGEST_REASON} characters; the learner reads it."
        )
    if not 0 < len(idempotency_key) <= LONGEST_IDEMPOTENCY_KEY:
        raise InvalidIdempotencyKey(idempotency_key, LONGEST_IDEMPOTENCY_KEY)
    enrolment = Enrolment.objects.select_related("offering").filter(pk=enrolment_id).first()
    if enrolment is None or not policy.may_grade(actor, enrolment):
        raise NotFound
    item = Item.objects.filter(course=enrolment.offering.course_id, key=item_key).first()
    if item is None:
        raise NotFound
    if assignment_id is not None and not _is_set(assignment_id, enrolment, item):
        raise NotFound
    fields: dict[str, Any] = {
        "item": item,
        "assignment_id": assignment_id,
        "revision_id": enrolment.offering.revision_id,
        "kind": kind,
        "fraction": fraction,
        "reason": reason.strip(),
        "actor": actor,
        "at": now,
    }
    return GradeEntry.objects.get_or_create(
        enrolment=enrolment, idempotency_key=f"decision:{idempotency_key}", defaults=fields
    )


def _is_set(assignment_id: UUID, enrolment: Enrolment, item: Item) -> bool:
    """Return whether the assignment is of the enrolment's offering and holds the question."""
    return AssignmentQuestion.objects.filter(
        assignment=assignment_id, assignment__offering=enrolment.offering_id, item=item
    ).exists()
