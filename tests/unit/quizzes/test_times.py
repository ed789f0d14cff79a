"""When an assignment is due for somebody, and what being late costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lessons.catalogue.models import Enrolment
from quizzes.models import Allowance, Assignment
from quizzes.policy import Times, days_late, end_of_sitting, late_share, mark_of, times_of

OPENS = datetime(2026, 9, 7, 8, tzinfo=UTC)
DUE = datetime(2026, 9, 11, 16, tzinfo=UTC)
CUT_OFF = datetime(2026, 9, 14, 16, tzinfo=UTC)
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def assignment(limit: int | None = None) -> Assignment:
    return Assignment(opens_at=OPENS, due_at=DUE, cut_off_at=CUT_OFF, time_limit_minutes=limit)


def enrolment(joined: datetime = OPENS - DAY, extra: int = 0) -> Enrolment:
    return Enrolment(created_at=joined, extra_time_percent=extra)


class TestTimesOf:
    def test_are_the_assignments_for_somebody_there_from_the_start(self) -> None:
        assert times_of(assignment(), enrolment(), None) == Times(OPENS, DUE, CUT_OFF)

    def test_give_a_late_joiner_as_long_as_everybody_had(self) -> None:
        assert times_of(assignment(), enrolment(OPENS + 2 * DAY), None) == Times(
            OPENS, DUE + 2 * DAY, CUT_OFF + 2 * DAY
        )

    def test_are_set_by_an_extension(self) -> None:
        times = times_of(assignment(), enrolment(OPENS + DAY), Allowance(due_at=DUE + HOUR))

        assert times == Times(OPENS, DUE + HOUR, CUT_OFF + DAY, is_extended=True)

    def test_never_cut_off_before_what_is_due(self) -> None:
        times = times_of(assignment(), enrolment(), Allowance(due_at=CUT_OFF + DAY))

        assert times.cut_off_at == CUT_OFF + DAY

    def test_say_that_somebody_is_excused(self) -> None:
        assert times_of(assignment(), enrolment(), Allowance(is_excused=True)).is_excused


class TestEndOfSitting:
    @pytest.mark.parametrize(
        ("limit", "extra", "started", "ends"),
        [
            (None, 50, OPENS, CUT_OFF),
            (30, 0, OPENS, OPENS + timedelta(minutes=30)),
            (30, 50, OPENS, OPENS + timedelta(minutes=45)),
            (30, 0, CUT_OFF - timedelta(minutes=5), CUT_OFF),
        ],
    )
    def test_is_the_cut_off_or_the_time_allowed(
        self, limit: int | None, extra: int, started: datetime, ends: datetime
    ) -> None:
        sat, by = assignment(limit), enrolment(extra=extra)

        found = end_of_sitting(assignment=sat, enrolment=by, times=times_of(sat, by, None), started_at=started)

        assert found == ends


class TestDaysLate:
    @pytest.mark.parametrize(
        ("after", "days"), [(-DAY, 0), (timedelta(0), 0), (SECOND, 1), (DAY, 1), (DAY + SECOND, 2), (10 * DAY, 10)]
    )
    def test_counts_each_day_begun(self, after: timedelta, days: int) -> None:
        assert days_late(DUE + after, DUE) == days


class TestLateShare:
    def test_takes_a_share_a_day_and_never_more_than_all(self) -> None:
        assert late_share(DUE + 2 * DAY, due_at=DUE, deduction=Decimal("0.1")) == Decimal("0.2")
        assert late_share(DUE + 20 * DAY, due_at=DUE, deduction=Decimal("0.1")) == 1

    def test_lowers_the_try_that_was_late_alone(self) -> None:
        tries = [Decimal("0.5"), Decimal(1)]

        assert mark_of(tries, penalty=Decimal("0.25"), late=[Decimal(0), Decimal("0.5")]) == Decimal("0.5")
        assert mark_of(tries, penalty=Decimal("0.25"), late=[Decimal(0), Decimal("0.2")]) == Decimal("0.6")
