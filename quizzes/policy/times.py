"""When an assignment opens, is due and is cut off for one learner, and what being late costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from lessons.catalogue.models import Enrolment
from quizzes.models import Allowance, Assignment

GRACE: Final = timedelta(seconds=10)
"""How long after the end an answer is still taken: what was sent in time may arrive late over a slow line."""


@dataclass(frozen=True, slots=True)
class Times:
    """An assignment's times as they hold for one learner."""

    opens_at: datetime
    due_at: datetime
    cut_off_at: datetime
    is_excused: bool = False
    is_extended: bool = False


def times_of(assignment: Assignment, enrolment: Enrolment, allowance: Allowance | None) -> Times:
    """Return the times that hold for a learner, with the allowance that stands for them, if there is one.

    Somebody who joined after the assignment opened gets as long for it as everybody had: due time and cut-off move by
    how long after the opening they joined. An extension sets its times outright.
    """
    missed = max(timedelta(0), enrolment.created_at - assignment.opens_at)
    due_at, cut_off_at = assignment.due_at + missed, assignment.cut_off_at + missed
    if allowance is None:
        return Times(assignment.opens_at, due_at, cut_off_at)
    due_at = allowance.due_at or due_at
    cut_off_at = max(allowance.cut_off_at or cut_off_at, due_at)
    is_extended = allowance.due_at is not None or allowance.cut_off_at is not None
    return Times(assignment.opens_at, due_at, cut_off_at, allowance.is_excused, is_extended)


def end_of_sitting(*, assignment: Assignment, enrolment: Enrolment, times: Times, started_at: datetime) -> datetime:
    """Return when a sitting begun then ends: at the cut-off, or when the time allowed, with extra time, is over."""
    if assignment.time_limit_minutes is None:
        return times.cut_off_at
    allowed = timedelta(minutes=assignment.time_limit_minutes) * (100 + enrolment.extra_time_percent) / 100
    return min(times.cut_off_at, started_at + allowed)


def days_late(submitted_at: datetime, due_at: datetime) -> int:
    """Return how many days have begun between the due time and a submission after it."""
    return max(0, -((due_at - submitted_at) // timedelta(days=1)))


def late_share(submitted_at: datetime, *, due_at: datetime, deduction: Decimal) -> Decimal:
    """Return the share of the mark that a submission loses, `deduction` for each day begun, at most all of it."""
    return min(Decimal(1), deduction * days_late(submitted_at, due_at))
