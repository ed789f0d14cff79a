"""Sitting an assignment: starting the server's clock, handing in, and ending what ran out of time."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction

from accounts.models import Person, Role
from accounts.selectors import membership_of
from lessons.catalogue.models import Enrolment
from lessons.catalogue.services import enrolment_for_write
from quizzes import policy
from quizzes.errors import AssignmentNotFound, CannotStart, LearnersOnly
from quizzes.models import Assignment, Sitting
from quizzes.selectors.allowances import standing_allowances
from quizzes.selectors.questions import questions_of
from quizzes.services.answers import finish_sitting
from quizzes.services.attempts import open_sitting

logger = structlog.get_logger(__name__)
MOST_ENDED_AT_ONCE: Final = 200


@transaction.atomic
def start_sitting(*, assignment_id: UUID, actor: Person, now: datetime) -> Sitting:
    """Start a learner's clock and draw their questions, or return the sitting that they have: two tabs start one.

    A question that the course's revision has no more is left out.
    Raises AssignmentNotFound, LearnersOnly to anybody of the cohort who does not learn in it, and CannotStart before
    the opening, after the cut-off and to somebody excused.
    """
    assignments = Assignment.objects.visible_to(actor).select_related("offering__cohort", "offering__revision")
    assignment = assignments.filter(pk=assignment_id).first()
    if assignment is None or assignment.offering.cohort is None:
        raise AssignmentNotFound
    membership = membership_of(person=actor, cohort=assignment.offering.cohort)
    if membership is None or membership.role != Role.LEARNER:
        raise LearnersOnly(assignment.offering.cohort.name)
    enrolment = enrolment_for_write(person=actor, offering=assignment.offering, now=now)
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    enrolment.offering = assignment.offering
    known = Sitting.objects.filter(assignment=assignment, enrolment=enrolment).first()
    if known is not None:
        return known
    _hold_times(assignment)
    allowance = standing_allowances(assignments=[assignment.pk], enrolments=[enrolment.pk]).get(
        (assignment.pk, enrolment.pk)
    )
    times = policy.times_of(assignment, enrolment, allowance)
    _refuse_to_start(assignment, times, zone=enrolment.time_zone, now=now)
    sitting = Sitting.objects.create(
        assignment=assignment,
        enrolment=enrolment,
        started_at=now,
        ends_at=policy.end_of_sitting(assignment=assignment, enrolment=enrolment, times=times, started_at=now),
    )
    keys = tuple(assignment.questions.order_by("position").values_list("item__key", flat=True))
    open_sitting(sitting, questions_of(assignment.offering.revision, keys).values(), now=now)
    return sitting


def hand_in(*, assignment_id: UUID, actor: Person, now: datetime) -> Sitting:
    """End a learner's own sitting for good; what is typed and not checked is submitted.

    Handing in again changes nothing. Raises AssignmentNotFound where the actor has not started.
    """
    sitting = Sitting.objects.filter(assignment=assignment_id, enrolment__person=actor).first()
    if sitting is None:
        raise AssignmentNotFound
    return finish_sitting(sitting_id=sitting.pk, ending=Sitting.Ending.HANDED_IN, now=now)


def end_sittings(*, now: datetime, assignment_id: UUID | None = None, person_id: UUID | None = None) -> int:
    """End the sittings whose time, with the grace for slow lines, is over; return how many were found.

    Each in a transaction of its own, and whether it still runs is asked again under its lock: run twice, or again after
    a worker died half-way, it does the same once.
    """
    over = Sitting.objects.filter(ended_at__isnull=True, ends_at__lt=now - policy.GRACE)
    if assignment_id is not None:
        over = over.filter(assignment=assignment_id)
    if person_id is not None:
        over = over.filter(enrolment__person=person_id)
    sitting_ids = list(over.order_by("ends_at").values_list("pk", flat=True)[:MOST_ENDED_AT_ONCE])
    for sitting_id in sitting_ids:
        try:
            finish_sitting(sitting_id=sitting_id, ending=Sitting.Ending.DEADLINE, now=now)
        except Exception:  # one sitting's fault must not keep everybody else's from ending
            logger.exception("sitting not ended", sitting=str(sitting_id))
    return len(sitting_ids)


def _hold_times(assignment: Assignment) -> None:
    """Keep anybody from changing the assignment's times until the transaction ends, and read them as they are now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM quizzes_assignment WHERE id = %s FOR SHARE", [assignment.pk])
    assignment.refresh_from_db(fields=["opens_at", "due_at", "cut_off_at", "time_limit_minutes"])


def _refuse_to_start(assignment: Assignment, times: policy.Times, *, zone: str, now: datetime) -> None:
    if times.is_excused:
        raise CannotStart(f"You are excused from “{assignment.title}”: you need not do it, and it does not count.")
    if now < times.opens_at:
        raise CannotStart(
            f"“{assignment.title}” opens {policy.spoken(times.opens_at, zone)}. Come back then; nothing has started."
        )
    if now >= times.cut_off_at:
        raise CannotStart(
            f"“{assignment.title}” took work until {policy.spoken(times.cut_off_at, zone)}, which is over. "
            "Ask your instructor for an extension if you had a reason."
        )
