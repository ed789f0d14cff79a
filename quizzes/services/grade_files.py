"""Taking in a grade file: kept when uploaded, applied once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.selectors import display_names
from lessons.catalogue.models import Offering
from lessons.catalogue.services import enrolment_for_write
from quizzes import policy
from quizzes.errors import GradeFileOvertaken, NotFound
from quizzes.models import AssignmentQuestion, GradeEntry, GradeFile
from quizzes.selectors.grade_imports import KEPT, Change, plan_of, without

ENTRIES_AT_ONCE: Final = 2_000
LONGEST_NAME: Final = 120


@transaction.atomic
def keep_grade_file(*, offering: Offering, name: str, content: bytes, actor: Person, now: datetime) -> GradeFile:
    """Keep a file to be looked over, and let go of the offering's that nobody applied within a day.

    Nothing of it reaches a mark. Raises InvalidGradeFile where it can't be read as a whole, NotFound where the actor
    is not staff of the offering's cohort.
    """
    if not policy.may_teach(actor, offering):
        raise NotFound
    plan_of(offering, content, actor=actor, now=now)
    GradeFile.objects.filter(offering=offering, applied_at=None, uploaded_at__lt=now - KEPT).delete()
    shown = "".join(sign for sign in name if sign.isprintable()).strip()[-LONGEST_NAME:]
    return GradeFile.objects.create(
        offering=offering, name=shown or "grades.csv", content=content, uploaded_by=actor, uploaded_at=now
    )


@transaction.atomic
def apply_grade_file(
    *, offering: Offering, file_id: UUID, digest: str, chosen: Iterable[str], actor: Person, now: datetime
) -> GradeFile:
    """Enter what a file changes as marks set by hand; a file that was applied before is returned as it is.

    `digest` names the changes that the actor looked over, `chosen` the conflicts in which the file's mark is taken.
    Raises GradeFileOvertaken where the file would do something else by now, NotFound where the actor is not staff.
    """
    if not policy.may_teach(actor, offering):
        raise NotFound
    found = GradeFile.objects.select_for_update(no_key=True).filter(pk=file_id, offering=offering).first()
    if found is None:
        raise NotFound
    if found.applied_at is not None:
        return found
    plan = plan_of(offering, bytes(found.content), actor=actor, now=now)
    if plan.digest != digest:
        raise GradeFileOvertaken
    changes = without(plan, conflicts_but=frozenset(chosen))
    reason = f"Imported from {found.name} by {display_names([actor.pk])[actor.pk]}"
    entries = list(_entries(offering, found, changes, reason=reason, actor=actor, now=now))
    for start in range(0, len(entries), ENTRIES_AT_ONCE):
        GradeEntry.objects.bulk_create(entries[start : start + ENTRIES_AT_ONCE])
    found.applied_at, found.applied_by, found.marks, found.content = now, actor, len(changes), b""
    found.save(update_fields=["applied_at", "applied_by", "marks", "content"])
    return found


def _entries(
    offering: Offering,
    found: GradeFile,
    changes: Iterable[Change],
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> Iterator[GradeEntry]:
    """Yield an entry for each question of each change: a whole assignment's share goes to all that are not excused."""
    items: dict[UUID, dict[str, UUID]] = {}
    rows = AssignmentQuestion.objects.filter(assignment__offering=offering).order_by("position")
    for assignment_id, key, item_id in rows.values_list("assignment_id", "item__key", "item_id"):
        items.setdefault(assignment_id, {})[key] = item_id
    changes = tuple(changes)
    excused = _excused(offering, {change.column.assignment_id for change in changes})
    enrolments: dict[UUID, UUID] = {}
    for change in changes:
        learner = change.learner
        enrolment_id = learner.enrolment_id or enrolments.get(learner.person_id)
        if enrolment_id is None:
            enrolment_id = enrolment_for_write(person=Person(pk=learner.person_id), offering=offering, now=now).pk
            enrolments[learner.person_id] = enrolment_id
        own = items[change.column.assignment_id]
        meant = [own[change.column.item_key]] if change.column.item_key else list(own.values())
        if not change.column.item_key and change.share is not None:
            out = excused.get((enrolment_id, change.column.assignment_id), frozenset())
            meant = [item_id for item_id in meant if item_id not in out] or meant
        for item_id in meant:
            yield GradeEntry(
                enrolment_id=enrolment_id,
                item_id=item_id,
                assignment_id=change.column.assignment_id,
                revision_id=offering.revision_id,
                kind=GradeEntry.Kind.EXCUSED if change.share is None else GradeEntry.Kind.OVERRIDDEN,
                fraction=change.share,
                reason=reason,
                actor=actor,
                at=now,
                idempotency_key=f"file:{found.pk.hex}:{change.column.assignment_id.hex[:12]}:{item_id.hex}",
            )


def _excused(offering: Offering, assignment_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], frozenset[UUID]]:
    """Return the questions that stand excused, by enrolment and assignment; one query."""
    # Only entries of kind excused are looked at first, so that a cohort's whole ledger need not be folded.
    places = GradeEntry.objects.filter(
        assignment__in=list(assignment_ids), enrolment__offering=offering, kind=GradeEntry.Kind.EXCUSED
    ).values_list("enrolment_id", flat=True)
    standing = GradeEntry.objects.filter(enrolment__in=places, assignment__in=list(assignment_ids)).current()
    found: dict[tuple[UUID, UUID], set[UUID]] = {}
    for entry in standing:
        if entry.kind == GradeEntry.Kind.EXCUSED and entry.assignment_id is not None:
            found.setdefault((entry.enrolment_id, entry.assignment_id), set()).add(entry.item_id)
    return {place: frozenset(items) for place, items in found.items()}
