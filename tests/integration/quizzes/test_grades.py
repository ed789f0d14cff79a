"""The ledger: what stands, who may decide, and that nothing written is changed."""

from __future__ import annotations

import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, IntegrityError, connection, transaction

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Event
from quizzes import services
from quizzes.errors import InvalidGrade, InvalidIdempotencyKey, NotFound
from quizzes.models import Attempt, GradeEntry, Step
from quizzes.selectors import attempt_view, cohort_grades, grades_of
from tests.factories.accounts import MembershipFactory, PersonFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.quizzes import AttemptFactory, GradeEntryFactory, QuestionFactory, VariantFactory
from tests.integration.quizzes.conftest import Questions, current, questions_in, right, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def questions(db: None) -> Questions:
    return questions_in(OfferingFactory(in_cohort=True))


@pytest.fixture
def enrolment(questions: Questions) -> Enrolment:
    learner = MembershipFactory(cohort=questions.offering.cohort).person
    return EnrolmentFactory(offering=questions.offering, person=learner)


@pytest.fixture
def instructor(questions: Questions) -> Person:
    return MembershipFactory(cohort=questions.offering.cohort, instructor=True).person


class TestAppendOnly:
    @pytest.mark.parametrize("model", [Step, GradeEntry])
    def test_the_database_refuses_to_change_or_delete(self, model: Any, open_attempt: Any, submit: Any) -> None:
        submit(open_attempt(), right)

        for write in (lambda rows: rows.update(fraction=0), lambda rows: rows._raw_delete(rows.db)):
            with pytest.raises(Error, match="append-only"), transaction.atomic():
                write(model.objects.all())
        assert model.objects.get().fraction == 1

    def test_a_step_cannot_answer_another_attempts_variant(self, open_attempt: Any, questions: Questions) -> None:
        attempt, other = open_attempt(), open_attempt(questions.choice)
        Step.objects.create(
            attempt=attempt,
            variant=current(other),
            number=1,
            idempotency_key="k",
            actor=attempt.enrolment.person,
            answer={},
            confidence="sure",
            outcome="wrong",
            fraction=0,
            feedback={},
            submitted_at=attempt.started_at,
        )

        with pytest.raises(IntegrityError, match="step_variant_of_attempt"):
            connection.check_constraints()

    def test_a_grade_cannot_rest_on_another_enrolments_attempt(self) -> None:
        GradeEntryFactory(attempt=AttemptFactory())

        with pytest.raises(IntegrityError, match="grade_entry_attempt_of_enrolment"):
            connection.check_constraints()


class TestOverrideGrade:
    @pytest.fixture
    def override(self, enrolment: Enrolment, questions: Questions, instructor: Person, now: datetime.datetime) -> Any:
        def overridden(**changes: Any) -> GradeEntry:
            given: dict[str, Any] = {
                "enrolment_id": enrolment.pk,
                "item_key": questions.key,
                "fraction": Decimal("0.8"),
                "reason": "The stem was ambiguous.",
                "actor": instructor,
                "now": now,
                "idempotency_key": "one",
            }
            return services.override_grade(**given | changes)

        return overridden

    def test_stands_above_what_the_engine_finds(
        self, override: Any, open_attempt: Any, submit: Any, enrolment: Enrolment, questions: Questions
    ) -> None:
        override()
        submit(open_attempt(), right)

        grade = grades_of(enrolment)[questions.key]
        assert (grade.fraction, grade.kind, grade.by_person) == (Decimal("0.8"), "overridden", True)
        assert grade.reason == "The stem was ambiguous."

    def test_the_last_decision_stands(self, override: Any, enrolment: Enrolment, questions: Questions) -> None:
        override()
        override(fraction=Decimal("0.3"), idempotency_key="two")

        assert grades_of(enrolment)[questions.key].fraction == Decimal("0.3")
        assert GradeEntry.objects.count() == 2

    def test_the_same_key_again_has_no_effect(self, override: Any) -> None:
        assert override() == override()
        assert GradeEntry.objects.count() == 1
        assert Event.objects.count() == 1

    @pytest.mark.parametrize("fraction", ["1.01", "-0.1", "NaN", "Infinity"])
    def test_refuses_what_is_no_share(self, fraction: str, override: Any) -> None:
        with pytest.raises(InvalidGrade, match=f"you gave {fraction}"):
            override(fraction=Decimal(fraction))

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
    def test_needs_a_reason(self, reason: str, override: Any) -> None:
        with pytest.raises(InvalidGrade, match="needs a reason"):
            override(reason=reason)

    def test_needs_an_idempotency_key(self, override: Any) -> None:
        with pytest.raises(InvalidIdempotencyKey):
            override(idempotency_key="")

    def test_is_for_those_who_teach_the_cohort(self, override: Any, enrolment: Enrolment) -> None:
        elsewhere = MembershipFactory(instructor=True).person
        for nobody in (enrolment.person, PersonFactory(), elsewhere):
            with pytest.raises(NotFound):
                override(actor=nobody)

    def test_nobody_grades_their_own_work(self, override: Any, questions: Questions, instructor: Person) -> None:
        own = EnrolmentFactory(offering=questions.offering, person=instructor)

        with pytest.raises(NotFound):
            override(enrolment_id=own.pk)

    def test_refuses_an_item_of_another_course(self, override: Any) -> None:
        with pytest.raises(NotFound):
            override(item_key=QuestionFactory().item.key + "-none")

    def test_nobody_teaches_an_open_offering(self, override: Any) -> None:
        with pytest.raises(NotFound):
            override(enrolment_id=EnrolmentFactory().pk)


class TestExcuseGrade:
    def test_takes_the_question_out_of_the_mean(
        self, enrolment: Enrolment, questions: Questions, instructor: Person, now: datetime.datetime
    ) -> None:
        services.excuse_grade(
            enrolment_id=enrolment.pk,
            item_key=questions.key,
            reason="Ill that week.",
            actor=instructor,
            now=now,
            idempotency_key="e",
        )

        row = cohort_grades(questions.offering).rows[0]
        assert row.grades[questions.key].is_excused
        assert row.mean is None


class TestCohortGrades:
    def test_shows_everybody_with_grades_and_open_questions(
        self, open_attempt: Any, submit: Any, questions: Questions, enrolment: Enrolment
    ) -> None:
        submit(open_attempt(), right)
        attempt = open_attempt(questions.choice)
        submit(attempt, wrong)
        newcomer = EnrolmentFactory(offering=questions.offering)

        grades = cohort_grades(questions.offering)

        rows = {row.enrolment_id: row for row in grades.rows}
        assert [heading.key for heading in grades.questions] == [
            questions.numeric.item.key,
            questions.choice.item.key,
            questions.multiple.item.key,
        ]
        assert rows[enrolment.pk].mean == 1
        assert rows[enrolment.pk].open == {questions.choice.item.key}
        assert rows[newcomer.pk].grades == {}

    @pytest.mark.parametrize("learners", [1, 12])
    def test_takes_five_queries_whatever_the_size(
        self, learners: int, questions: Questions, django_assert_num_queries: Any
    ) -> None:
        for _ in range(learners):
            for version in (questions.numeric, questions.choice):
                GradeEntryFactory(enrolment=EnrolmentFactory(offering=questions.offering), item=version.item)

        with django_assert_num_queries(5):
            cohort_grades(questions.offering)


class TestAttemptView:
    def test_is_for_oneself_and_those_who_teach_one(
        self, open_attempt: Any, enrolment: Enrolment, instructor: Person, now: datetime.datetime
    ) -> None:
        attempt = open_attempt()
        services.save_draft(
            attempt_id=attempt.pk,
            actor=enrolment.person,
            variant_id=current(attempt).pk,
            sequence=1,
            answer={"text": "4"},
            now=now,
        )

        own = attempt_view(person=enrolment.person, attempt_id=attempt.pk, now=now)
        seen = attempt_view(person=instructor, attempt_id=attempt.pk, now=now)

        assert own.draft is not None
        assert seen.draft is None
        for stranger in (None, PersonFactory(), MembershipFactory(instructor=True).person):
            with pytest.raises(NotFound):
                attempt_view(person=stranger, attempt_id=attempt.pk, now=now)

    @pytest.mark.parametrize("tries", [0, 2])
    def test_takes_as_many_queries_after_many_tries(
        self,
        tries: int,
        open_attempt: Any,
        submit: Any,
        enrolment: Enrolment,
        django_assert_max_num_queries: Any,
        now: datetime.datetime,
    ) -> None:
        attempt = open_attempt()
        for _ in range(tries):
            submit(attempt, wrong)

        with django_assert_max_num_queries(4):
            attempt_view(person=enrolment.person, attempt_id=attempt.pk, now=now)


class TestVerifyGrades:
    def _run(self) -> str:
        out = StringIO()
        call_command("verify_grades", stdout=out)
        return out.getvalue()

    def test_is_content_with_what_the_services_wrote(
        self, open_attempt: Any, submit: Any, questions: Questions
    ) -> None:
        submit(open_attempt(), wrong)
        submit(open_attempt(), right)
        submit(open_attempt(questions.choice), right)
        submit(open_attempt(questions.multiple), wrong)

        assert "Every grade is what its steps come to." in self._run()

    def test_reports_a_finished_attempt_without_a_grade(self) -> None:
        attempt = AttemptFactory(state=Attempt.State.FINISHED, ending=Attempt.Ending.ANSWERED)

        with pytest.raises(CommandError, match="1 difference found"):
            self._run()
        assert attempt.grade_entries.count() == 0

    def test_reports_a_grade_and_a_step_that_their_answer_does_not_come_to(self) -> None:
        variant = VariantFactory()
        attempt = variant.attempt
        Step.objects.create(
            attempt=attempt,
            variant=variant,
            number=1,
            idempotency_key="k",
            actor=attempt.enrolment.person,
            answer=wrong(variant),
            confidence="sure",
            outcome="correct",
            fraction=1,
            feedback={},
            submitted_at=attempt.started_at,
        )
        GradeEntryFactory(enrolment=attempt.enrolment, item=attempt.item, attempt=attempt)
        out = StringIO()

        with pytest.raises(CommandError, match="2 differences found"):
            call_command("verify_grades", stdout=out)
        assert "try 1 is kept as 1.0000, its answer comes to 0.0000" in out.getvalue()
        assert "it is graded, but still open" in out.getvalue()

        Attempt.objects.update(state=Attempt.State.FINISHED, ending=Attempt.Ending.ANSWERED)
        with pytest.raises(CommandError, match="2 differences found"):
            call_command("verify_grades", stdout=out)
        assert "its grade is kept as 1.0000, its tries come to 0.0000" in out.getvalue()
