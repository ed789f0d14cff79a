"""What staff decide in the gradebook about a learner's assignment, or about one question of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from lessons.catalogue.errors import NotEnrolled
from lessons.catalogue.models import Offering
from lessons.catalogue.services import enrolment_for_write
from quizzes.errors import NotFound
from quizzes.models import AssignmentQuestion, GradeEntry
from quizzes.services.grades import excuse_grade, override_grade


@transaction.atomic
def decide_mark(
    *,
    offering: Offering,
    learner: Person,
    assignment_id: UUID,
    fraction: Decimal | None,
    reason: str,
    actor: Person,
    now: datetime,
    idempotency_key: str,
    item_key: str | None = None,
) -> int:
    """Set a share for a question of an assignment, or for all of them, or excuse from them (None), with a reason.

    Setting a whole assignment leaves questions that are excused as they are, unless all are. Returns how many entries
    of the ledger say so; a repeated key adds none. Raises NotFound where the actor does not teach the learner in this
    offering or the offering sets no such question, InvalidGrade where share or reason cannot be taken.
    """
    questions = AssignmentQuestion.objects.filter(assignment=assignment_id, assignment__offering=offering)
    if item_key is not None:
        questions = questions.filter(item__key=item_key)
    items = dict(questions.order_by("position").values_list("item_id", "item__key"))
    if not items:
        raise NotFound
    try:
        enrolment = enrolment_for_write(person=learner, offering=offering, now=now)
    except NotEnrolled:
        raise NotFound from None
    if fraction is not None and item_key is None:
        standing = GradeEntry.objects.filter(enrolment=enrolment, assignment=assignment_id).current()
        excused = {entry.item_id for entry in standing if entry.kind == GradeEntry.Kind.EXCUSED}
        items = {pk: key for pk, key in items.items() if pk not in excused} or items
    for pk, key in items.items():
        common: dict[str, Any] = {
            "enrolment_id": enrolment.pk,
            "item_key": key,
            "reason": reason,
            "actor": actor,
            "now": now,
            "idempotency_key": f"{idempotency_key}:{pk.hex}" if idempotency_key else "",
            "assignment_id": assignment_id,
        }
        if fraction is None:
            excuse_grade(**common)
        else:
            override_grade(fraction=fraction, **common)
    return len(items)
