"""Allowances: more time for one learner, or none of it asked, and what that makes of work and marks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quizzes import services
from quizzes.errors import AssignmentNotFound, InvalidAssignment
from quizzes.models import GradeEntry
from quizzes.services import AllowanceTerms, SetQuestion
from tests.factories.accounts import LoginFactory
from tests.integration.quizzes.week import CUT_OFF, DAY, DUE, HOUR, MINUTE, OPENS, SECOND, Classroom, classroom

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_agrees")]


@pytest.fixture
def room() -> Classroom:
    return classroom()


class TestAllowances:
    def test_an_extension_after_the_fact_raises_the_mark(self, room):
        assignment = room.set()
        room.answer(room.start(assignment), 0, now=DUE + DAY + HOUR)
        assert room.mark(assignment, 0) == Decimal("0.8")

        room.allow(assignment, now=CUT_OFF + DAY, due_at=DUE + 2 * DAY)

        assert room.mark(assignment, 0) == Decimal(1)
        entry = GradeEntry.objects.order_by("-id").first()
        assert (entry.kind, entry.reason, entry.actor) == ("extended", "Ill.", room.instructor)

    def test_a_repeated_key_has_one_effect(self, room):
        assignment = room.set()
        room.answer(room.start(assignment), 0, now=DUE + HOUR)

        for _ in range(2):
            room.allow(assignment, due_at=DUE + DAY)

        assert assignment.allowances.count() == 1
        assert GradeEntry.objects.filter(kind="extended").count() == 1

    def test_the_last_one_stands(self, room):
        assignment = room.set()
        room.answer(room.start(assignment), 0, now=DUE + HOUR)
        room.allow(assignment, key="a", due_at=DUE + DAY)

        room.allow(assignment, key="b", reason="Given by mistake.")

        assert room.mark(assignment, 0) == Decimal("0.9")

    def test_gives_running_work_the_new_end(self, room):
        assignment = room.set()
        sitting = room.start(assignment)

        room.allow(assignment, due_at=DUE + DAY, cut_off_at=CUT_OFF + DAY)

        sitting.refresh_from_db()
        assert sitting.ends_at == CUT_OFF + DAY

    def test_lets_somebody_start_after_everybodys_cut_off(self, room):
        assignment = room.set()
        room.allow(assignment, now=CUT_OFF + HOUR, due_at=CUT_OFF + 2 * DAY)

        sitting = room.start(assignment, now=CUT_OFF + DAY)
        room.answer(sitting, 0, now=CUT_OFF + 2 * DAY)

        assert room.mark(assignment, 0) == Decimal(1)

    def test_touches_nobody_else(self, room):
        assignment, other = room.set(), room.join()
        room.answer(room.start(assignment, enrolment=other), 0, now=DUE + HOUR)

        room.allow(assignment, due_at=DUE + DAY)

        assert room.mark(assignment, 0, other) == Decimal("0.9")

    def test_gives_a_running_clock_its_extra_time(self, room):
        assignment = room.set(time_limit_minutes=30)
        sitting = room.start(assignment)

        services.set_extra_time(
            offering=room.offering,
            person_id=room.learner.pk,
            percent=100,
            actor=room.instructor,
            now=OPENS + 20 * MINUTE,
        )

        sitting.refresh_from_db()
        assert sitting.ends_at == OPENS + 60 * MINUTE

    @pytest.mark.parametrize(
        ("terms", "field", "words"),
        [
            ({"reason": " "}, "reason", "This one has 0"),
            ({"reason": "x" * 501}, "reason", "This one has 501"),
            ({"due_at": DUE - SECOND}, "due_at", "only ever gives more time"),
            ({"cut_off_at": CUT_OFF - SECOND}, "cut_off_at", "taken anyway"),
            ({"due_at": CUT_OFF + DAY, "cut_off_at": CUT_OFF + HOUR}, "cut_off_at", "Give a later time"),
        ],
    )
    def test_refuse_what_cannot_be(self, room, terms, field, words):
        assignment = room.set()
        with pytest.raises(InvalidAssignment) as refused:
            room.allow(assignment, **terms)

        found = {fault.field: fault.message for fault in refused.value.faults}
        assert words in found[field]
        assert not assignment.allowances.exists()

    @pytest.mark.parametrize("percent", [-1, 301])
    def test_refuse_extra_time_beyond_bounds(self, room, percent):
        with pytest.raises(InvalidAssignment, match=f"you gave {percent}%"):
            services.set_extra_time(
                offering=room.offering, person_id=room.learner.pk, percent=percent, actor=room.instructor, now=OPENS
            )

    def test_are_staffs_to_give_to_learners_of_the_cohort(self, room):
        assignment, stranger = room.set(), LoginFactory().person
        for actor, person in (
            (room.learner, room.learner),
            (room.instructor, stranger),
            (room.instructor, room.instructor),
        ):
            with pytest.raises(AssignmentNotFound):
                services.grant_allowance(
                    assignment_id=assignment.pk,
                    person_id=person.pk,
                    terms=AllowanceTerms("Ill."),
                    actor=actor,
                    now=OPENS,
                    idempotency_key="a",
                )
        with pytest.raises(AssignmentNotFound):
            services.set_extra_time(
                offering=room.offering, person_id=room.learner.pk, percent=50, actor=room.learner, now=OPENS
            )

    def test_points_changed_afterwards_keep_sums_right(self, room):
        assignment = room.set()
        room.answer(room.start(assignment), 0, now=OPENS + HOUR)

        room.change(assignment, questions=(SetQuestion(room.keys[1]), SetQuestion(room.keys[0], Decimal(9))))
