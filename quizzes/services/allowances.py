"""What single learners are given: an extension, an excuse, extra time. Each with a reason, and none ever erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import Person, Role
from accounts.selectors import people_in
from lessons.catalogue import services as catalogue
from lessons.catalogue.models import Enrolment, Offering
from quizzes import policy
from quizzes.errors import AssignmentNotFound, Fault, InvalidAssignment, InvalidIdempotencyKey
from quizzes.models import Allowance, Assignment, Sitting
from quizzes.services.assignments import locked_assignment
from quizzes.services.grades import LONGEST_IDEMPOTENCY_KEY, LONGEST_REASON
from quizzes.services.remarking import apply_times, hold_work

MOST_EXTRA_TIME_PERCENT: Final = 300


@dataclass(frozen=True, slots=True)
class AllowanceTerms:
    """What a learner is given for an assignment; times that are absent are everybody's."""

    reason: str
    due_at: datetime | None = None
    cut_off_at: datetime | None = None
    is_excused: bool = False


@transaction.atomic
def grant_allowance(
    *,
    assignment_id: UUID,
    person_id: UUID,
    terms: AllowanceTerms,
    actor: Person,
    now: datetime,
    idempotency_key: str,
) -> Allowance:
    """Give a learner an extension or an excuse, in the place of what they were given before.

    A repeated key adds nothing. A sitting that runs gets the new end, and marks of late work are reckoned anew. Raises
    AssignmentNotFound where the actor is not staff of the cohort or the person does not learn in it, InvalidAssignment
    with every fault of the terms.
    """
    if not 0 < len(idempotency_key) <= LONGEST_IDEMPOTENCY_KEY:
        raise InvalidIdempotencyKey(idempotency_key, LONGEST_IDEMPOTENCY_KEY)
    hold_work(assignment_id=assignment_id, person_id=person_id)
    assignment = locked_assignment(assignment_id, actor)
    enrolment = enrolment_of_learner(assignment.offering, person_id, now=now)
    faults = _faults(terms, assignment)
    if faults:
        raise InvalidAssignment(faults)
    allowance, is_new = Allowance.objects.get_or_create(
        assignment=assignment,
        enrolment=enrolment,
        idempotency_key=idempotency_key,
        defaults={
            "due_at": None if terms.is_excused else terms.due_at,
            "cut_off_at": None if terms.is_excused else terms.cut_off_at,
            "is_excused": terms.is_excused,
            "reason": terms.reason.strip(),
            "actor": actor,
            "at": now,
        },
    )
    if is_new:
        apply_times(
            assignment=assignment,
            enrolment_ids=[enrolment.pk],
            actor=actor,
            now=now,
            reason=allowance.reason,
            key=f"allowance:{allowance.pk}",
        )
    return allowance


@transaction.atomic
def set_extra_time(*, offering: Offering, person_id: UUID, percent: int, actor: Person, now: datetime) -> Enrolment:
    """Give a learner a share more time in everything of an offering that is timed, sittings that run included.

    Raises AssignmentNotFound where the actor is not staff of the cohort or the person does not learn in it,
    InvalidAssignment where the share is not 0 to 300%.
    """
    if not policy.may_teach(actor, offering):
        raise AssignmentNotFound
    if not 0 <= percent <= MOST_EXTRA_TIME_PERCENT:
        raise InvalidAssignment(
            [
                Fault(
                    "extra_time_percent",
                    percent,
                    f"Extra time is 0% to {MOST_EXTRA_TIME_PERCENT}% of the time limit; you gave {percent}%.",
                )
            ]
        )
    enrolment = enrolment_of_learner(offering, person_id, now=now)
    enrolment = catalogue.set_extra_time(enrolment=enrolment, percent=percent)
    running = Sitting.objects.filter(enrolment=enrolment, ended_at__isnull=True)
    for sitting in running.select_related("assignment").order_by("assignment_id"):
        hold_work(assignment_id=sitting.assignment_id, person_id=person_id)
        apply_times(
            assignment=sitting.assignment,
            enrolment_ids=[enrolment.pk],
            actor=actor,
            now=now,
            reason=f"Extra time of {percent}%",
            key=f"extra-time:{now.isoformat()}",
        )
    return enrolment


def enrolment_of_learner(offering: Offering, person_id: UUID, *, now: datetime) -> Enrolment:
    """Return the enrolment of a learner of the offering's cohort, made where they have begun nothing yet."""
    assert offering.cohort is not None, "only a cohort has assignments"
    learner = next((one for one in people_in(offering.cohort, roles=[Role.LEARNER]) if one.id == person_id), None)
    if learner is None:
        raise AssignmentNotFound
    person = Person.objects.get(pk=person_id)
    return catalogue.enrolment_for_write(person=person, offering=offering, now=now)


def _faults(terms: AllowanceTerms, assignment: Assignment) -> list[Fault]:
    faults = []
    reason = terms.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        faults.append(
            Fault(
                "reason",
                reason[:60],
                f"Give a reason of 1 to {LONGEST_REASON} characters; the learner reads it. This one has {len(reason)}.",
            )
        )
    if terms.is_excused:
        return faults
    zone = assignment.offering.cohort.time_zone if assignment.offering.cohort else "UTC"
    due_at, cut_off_at = terms.due_at or assignment.due_at, terms.cut_off_at or assignment.cut_off_at
    if terms.due_at is not None and terms.due_at < assignment.due_at:
        faults.append(
            Fault(
                "due_at",
                terms.due_at,
                f"{policy.spoken(terms.due_at, zone)} is before everybody's due time, "
                f"{policy.spoken(assignment.due_at, zone)}. An extension only ever gives more time.",
            )
        )
    if terms.cut_off_at is not None and cut_off_at < max(due_at, assignment.cut_off_at):
        faults.append(
            Fault(
                "cut_off_at",
                terms.cut_off_at,
                f"{policy.spoken(cut_off_at, zone)} is before "
                f"{policy.spoken(max(due_at, assignment.cut_off_at), zone)}, until when their work is taken anyway. "
                "Give a later time, or leave it empty.",
            )
        )
    return faults
