"""Sitting an assignment: the server's clock, its end, and what counts as late."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from lessons.catalogue.models import Offering
from quizzes import services
from quizzes.errors import AssignmentNotFound, CannotStart, LearnersOnly, SittingOver
from quizzes.models import Attempt, GradeEntry, Sitting, Step
from quizzes.policy import GRACE
from quizzes.services import CategoryTerms, SetQuestion
from quizzes.services import sittings as sittings_service
from quizzes.tasks import end_sittings
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.week import CUT_OFF, DAY, DUE, HOUR, MINUTE, OPENS, SECOND, Classroom, classroom

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_agrees")]


@pytest.fixture
def room() -> Classroom:
    return classroom()


class TestStartSitting:
    def test_starts_the_clock_and_draws_the_questions(self, room):
        sitting = room.start(room.set(), now=OPENS + HOUR)

        assert (sitting.started_at, sitting.ends_at) == (OPENS + HOUR, CUT_OFF)
        attempts = sitting.attempts.all()
        assert {attempt.item.key for attempt in attempts} == set(room.keys[:2])
        assert {attempt.purpose for attempt in attempts} == {"assignment"}

    def test_draws_other_numbers_than_the_chapter_shows(self, room):
        practice = services.open_attempt(enrolment=room.enrolment, item_key=room.keys[0], actor=room.learner, now=OPENS)
        graded = room.start(room.set()).attempts.get(item__key=room.keys[0])

        assert graded.variants.get().seed != practice.variants.get().seed

    def test_starts_once_however_often_it_is_asked(self, room):
        assignment = room.set(time_limit_minutes=30)

        first, second = room.start(assignment), room.start(assignment, now=OPENS + 10 * MINUTE)

        assert first == second
        assert second.ends_at == OPENS + 30 * MINUTE
        assert Attempt.objects.filter(sitting=first).count() == 2

    @pytest.mark.parametrize(("extra", "minutes"), [(0, 30), (50, 45), (300, 120)])
    def test_ends_when_the_time_with_extra_time_is_over(self, room, extra, minutes):
        assignment = room.set(time_limit_minutes=30)
        services.set_extra_time(
            offering=room.offering, person_id=room.learner.pk, percent=extra, actor=room.instructor, now=OPENS
        )

        assert room.start(assignment).ends_at == OPENS + minutes * MINUTE

    def test_ends_at_the_cut_off_however_much_time_is_left(self, room):
        assignment = room.set(time_limit_minutes=30)

        assert room.start(assignment, now=CUT_OFF - MINUTE).ends_at == CUT_OFF

    def test_refuses_before_the_opening_and_says_when_that_is(self, room):
        assignment = room.set()
        with pytest.raises(CannotStart, match="opens Monday 2 November 2026, 09:00 CET"):
            room.start(assignment, now=OPENS - SECOND)
        assert room.start(assignment, now=OPENS)

    def test_refuses_from_the_cut_off_on(self, room):
        assignment = room.set()
        with pytest.raises(CannotStart, match="took work until Monday 9 November 2026, 09:00 CET"):
            room.start(assignment, now=CUT_OFF)
        assert room.start(assignment, now=CUT_OFF - SECOND)

    def test_refuses_somebody_excused(self, room):
        assignment = room.set()
        room.allow(assignment, is_excused=True)
        with pytest.raises(CannotStart, match="excused"):
            room.start(assignment)

    @pytest.mark.parametrize("role", ["observer", "instructor"])
    def test_is_for_learners_alone(self, room, role):
        assignment = room.set()
        person = LoginFactory().person
        MembershipFactory(person=person, cohort=room.offering.cohort, **{role: True})
        with pytest.raises(LearnersOnly):
            services.start_sitting(assignment_id=assignment.pk, actor=person, now=OPENS)

    def test_is_not_there_for_another_cohort(self, room):
        assignment, stranger = room.set(), classroom().learner
        with pytest.raises(AssignmentNotFound):
            services.start_sitting(assignment_id=assignment.pk, actor=stranger, now=OPENS)

    def test_gives_a_late_joiner_as_long_as_everybody_had(self, room):
        assignment = room.set()
        joined = OPENS + 2 * DAY
        late = LoginFactory().person
        MembershipFactory(person=late, cohort=room.offering.cohort, created_at=joined)

        sitting = services.start_sitting(assignment_id=assignment.pk, actor=late, now=OPENS + 3 * DAY)

        assert sitting.ends_at == CUT_OFF + 2 * DAY

    def test_gives_nobody_more_time_for_beginning_late(self, room):
        assignment = room.set()
        idle = LoginFactory().person
        MembershipFactory(person=idle, cohort=room.offering.cohort)

        sitting = services.start_sitting(assignment_id=assignment.pk, actor=idle, now=CUT_OFF - HOUR)

        assert sitting.ends_at == CUT_OFF
        assert sitting.enrolment.created_at < OPENS

    def test_leaves_out_a_question_that_the_course_has_no_more(self, room):
        assignment = room.set()
        later = QuestionFactory(revision__course=room.offering.course, item=room.questions.numeric.item).revision
        Offering.objects.filter(pk=room.offering.pk).update(revision=later)

        sitting = room.start(assignment)

        assert [attempt.item.key for attempt in sitting.attempts.all()] == [room.keys[0]]

    @pytest.mark.django_db(transaction=True)
    def test_starts_one_from_two_tabs_at_once(self, room):
        assignment = room.set()
        gate, found = threading.Barrier(2), []

        def tab():
            gate.wait()
            found.append(room.start(assignment).pk)
            connection.close()

        tabs = [threading.Thread(target=tab) for _ in range(2)]
        for each in tabs:
            each.start()
        for each in tabs:
            each.join()
        assert len(found) == 2
        assert len(set(found)) == 1
        assert Attempt.objects.filter(sitting=found[0]).count() == 2


class TestDeadline:
    def test_takes_an_answer_in_the_last_second_and_within_the_grace(self, room):
        sitting = room.start(room.set(time_limit_minutes=30))
        end = OPENS + 30 * MINUTE

        assert room.answer(sitting, 0, now=end)
        assert room.answer(sitting, 1, now=end + GRACE)

    def test_takes_none_after_the_grace(self, room):
        sitting = room.start(room.set(time_limit_minutes=30))
        with pytest.raises(SittingOver):
            room.answer(sitting, 0, now=OPENS + 30 * MINUTE + GRACE + SECOND)

    def test_submits_what_was_saved_as_of_when_it_was_saved(self, room):
        assignment = room.set()
        sitting = room.start(assignment)
        room.draft(sitting, 0, now=DUE - HOUR)

        services.end_sittings(now=CUT_OFF + GRACE + SECOND)

        sitting.refresh_from_db()
        assert (sitting.ending, sitting.ended_at) == ("deadline", CUT_OFF)
        assert Step.objects.get(attempt__sitting=sitting).submitted_at == DUE - HOUR
        assert room.mark(assignment, 0) == Decimal(1)
        assert room.mark(assignment, 1) == Decimal(0)

    def test_leaves_a_draft_that_is_no_answer(self, room):
        assignment = room.set()
        sitting = room.start(assignment)
        room.draft(sitting, 0, now=OPENS + HOUR, answer={"text": "about four?"})

        services.end_sittings(now=CUT_OFF + GRACE + SECOND)

        assert not Step.objects.filter(attempt__sitting=sitting).exists()
        assert room.mark(assignment, 0) == Decimal(0)

    def test_waits_for_the_grace(self, room):
        sitting = room.start(room.set())

        assert services.end_sittings(now=CUT_OFF + GRACE) == 0

        sitting.refresh_from_db()
        assert sitting.ended_at is None

    def test_ends_each_once_however_often_it_is_swept(self, room):
        room.start(room.set())

        assert services.end_sittings(now=CUT_OFF + MINUTE) == 1
        entries = GradeEntry.objects.count()
        assert services.end_sittings(now=CUT_OFF + 2 * MINUTE) == 0
        assert GradeEntry.objects.count() == entries

    def test_goes_on_where_a_worker_died(self, room, monkeypatch):
        assignment = room.set()
        for enrolment in (room.enrolment, room.join()):
            room.start(assignment, enrolment=enrolment)
        real, done = sittings_service.finish_sitting, []

        def dies_at_the_second(**given):
            if done:
                raise SystemExit
            done.append(given)
            return real(**given)

        monkeypatch.setattr(sittings_service, "finish_sitting", dies_at_the_second)
        with pytest.raises(SystemExit):
            services.end_sittings(now=CUT_OFF + MINUTE)
        assert Sitting.objects.filter(ended_at__isnull=True).count() == 1

        monkeypatch.setattr(sittings_service, "finish_sitting", real)
        services.end_sittings(now=CUT_OFF + MINUTE)
        assert not Sitting.objects.filter(ended_at__isnull=True).exists()
        assert GradeEntry.objects.filter(kind="graded").count() == 4

    def test_ends_the_others_where_one_cannot_be(self, room, monkeypatch):
        assignment = room.set()
        broken = room.start(assignment)
        room.start(assignment, enrolment=room.join())
        real = sittings_service.finish_sitting

        def fails_at_one(*, sitting_id, **given):
            if sitting_id == broken.pk:
                raise ValueError("a variant that nobody can read")
            return real(sitting_id=sitting_id, **given)

        monkeypatch.setattr(sittings_service, "finish_sitting", fails_at_one)
        with capture_logs() as logged:
            services.end_sittings(now=CUT_OFF + MINUTE)

        assert list(Sitting.objects.filter(ended_at__isnull=True)) == [broken]
        (line,) = [line for line in logged if line["event"] == "sitting not ended"]
        assert (line["log_level"], line["sitting"]) == ("error", str(broken.pk))

    def test_is_swept_by_the_task(self, room):
        sitting = room.start(room.set())
        Sitting.objects.update(started_at=OPENS - DAY, ends_at=OPENS - HOUR)

        end_sittings()

        sitting.refresh_from_db()
        assert sitting.ending == "deadline"


class TestStatements:
    def test_a_start_takes_as_many_whatever_it_asks(self, room):
        def statements(title: str, keys: list[str]) -> int:
            assignment = room.set(
                title=title,
                category=CategoryTerms(title, Decimal(1)),
                questions=tuple(SetQuestion(key) for key in keys),
            )
            learner = room.join()
            with CaptureQueriesContext(connection) as captured:
                room.start(assignment, enrolment=learner)
            return len(captured)

        for keys in (room.keys[:1], room.keys):
            statements(f"To read {len(keys)} of the course for the first time", keys)
        assert statements("One", room.keys[:1]) == statements("Three", room.keys)


class TestHandIn:
    def test_ends_the_work_for_good(self, room):
        assignment = room.set()
        sitting = room.start(assignment)
        room.draft(sitting, 0, now=OPENS + HOUR)

        ended = services.hand_in(assignment_id=assignment.pk, actor=room.learner, now=OPENS + 2 * HOUR)

        assert (ended.ending, ended.ended_at) == ("handed_in", OPENS + 2 * HOUR)
        assert room.mark(assignment, 0) == Decimal(1)
        with pytest.raises(SittingOver):
            room.answer(sitting, 1, now=OPENS + 3 * HOUR)

    def test_changes_nothing_the_second_time(self, room):
        assignment = room.set()
        room.start(assignment)
        for hours in (1, 2):
            ended = services.hand_in(assignment_id=assignment.pk, actor=room.learner, now=OPENS + hours * HOUR)

        assert ended.ended_at == OPENS + HOUR

    def test_is_for_who_has_started(self, room):
        assignment = room.set()
        with pytest.raises(AssignmentNotFound):
            services.hand_in(assignment_id=assignment.pk, actor=room.learner, now=OPENS)


class TestLateMarks:
    @pytest.mark.parametrize(
        ("late", "mark"),
        [
            (timedelta(0), "1"),
            (SECOND, "0.9"),
            (DAY, "0.9"),
            (DAY + SECOND, "0.8"),
            (2 * DAY + HOUR, "0.7"),
        ],
    )
    def test_lose_a_share_for_each_day_begun(self, room, late, mark):
        assignment = room.set()
        room.answer(room.start(assignment), 0, now=DUE + late)

        assert room.mark(assignment, 0) == Decimal(mark)

    def test_take_nothing_off_what_came_in_time(self, room):
        assignment = room.set()
        sitting = room.start(assignment)
        room.answer(sitting, 0, now=DUE)
        room.answer(sitting, 1, now=DUE + HOUR)

        assert (room.mark(assignment, 0), room.mark(assignment, 1)) == (Decimal(1), Decimal("0.9"))
