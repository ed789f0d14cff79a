"""Setting assignments and changing them: what is refused, and with which words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from quizzes import services
from quizzes.errors import AssignmentNotFound, InvalidAssignment
from quizzes.models import Assignment, GradeCategory
from quizzes.services import CategoryTerms, SetQuestion
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import OfferingFactory
from tests.integration.quizzes.week import CUT_OFF, DAY, DUE, HOUR, OPENS, SECOND, Classroom, classroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Classroom:
    return classroom()


def refusal(action) -> dict[str, str]:
    """Return what was refused, by field."""
    with pytest.raises(InvalidAssignment) as refused:
        action()
    return {fault.field: fault.message for fault in refused.value.faults}


class TestCreateAssignment:
    def test_keeps_what_was_said(self, room):
        assignment = Assignment.objects.get(pk=room.set().pk)

        assert (assignment.title, assignment.category.title, assignment.late_deduction) == (
            "Week 1",
            "Homework",
            Decimal("0.100"),
        )
        questions = assignment.questions.order_by("position").values_list("item__key", "points", "position")
        assert list(questions) == [(room.keys[0], Decimal(2), 1), (room.keys[1], Decimal(1), 2)]
        assert assignment.posted_at is None

    def test_uses_a_category_that_there_is(self, room):
        first = room.set()

        second = room.set(title="Week 2", category=first.category_id)

        assert second.category == first.category

    @pytest.mark.parametrize(
        ("changes", "field", "words"),
        [
            ({"title": " "}, "title", "1 to 120 characters; this one has 0"),
            ({"title": "x" * 121}, "title", "this one has 121"),
            ({"instructions": "x" * 2001}, "instructions", "these have 2,001"),
            ({"due_at": OPENS}, "due_at", "Give a due time after the opening"),
            ({"cut_off_at": DUE - SECOND}, "cut_off_at", "before it is due"),
            ({"cut_off_at": OPENS + timedelta(days=400)}, "cut_off_at", "more than 366 days"),
            ({"time_limit_minutes": 0}, "time_limit_minutes", "you gave 0"),
            ({"time_limit_minutes": 10_081}, "time_limit_minutes", "you gave 10081"),
            ({"tries": 0}, "tries", "you gave 0"),
            ({"tries": 11}, "tries", "you gave 11"),
            ({"tries": 2, "feedback": "after_due"}, "tries", "there is one try"),
            ({"feedback": "never"}, "feedback", "“never”"),
            ({"late_deduction": Decimal("1.5")}, "late_deduction", "you gave 150%"),
            ({"late_deduction": Decimal("NaN")}, "late_deduction", "you gave NaN"),
            ({"weight": Decimal(-1)}, "weight", "you gave -1"),
            ({"category": CategoryTerms("", Decimal(1))}, "new_category_title", "this has 0"),
            ({"category": CategoryTerms("Labs", Decimal("Infinity"))}, "new_category_weight", "you gave Infinity"),
            ({"category": CategoryTerms("Labs", Decimal(1), 21)}, "new_category_drop_lowest", "you gave 21"),
            ({"category": uuid4()}, "category", "no such category"),
            ({"questions": ()}, "questions", "Tick at least one"),
            ({"questions": (SetQuestion("chapter/none"),)}, "questions", "no question “chapter/none”"),
        ],
    )
    def test_refuses_what_cannot_be_with_value_and_remedy(self, room, changes, field, words):
        found = refusal(lambda: room.set(**changes))

        assert words in found[field]
        assert not Assignment.objects.exists()

    @pytest.mark.parametrize("points", ["0", "0.004", "1000.01", "NaN"])
    def test_refuses_points_that_cannot_be(self, room, points):
        found = refusal(lambda: room.set(questions=(SetQuestion(room.keys[0], Decimal(points)),)))

        assert f"you gave {points}" in found["questions"]

    def test_refuses_a_question_twice_and_more_than_forty(self, room):
        twice = refusal(lambda: room.set(questions=(SetQuestion(room.keys[0]), SetQuestion(room.keys[0]))))
        many = refusal(lambda: room.set(questions=tuple(SetQuestion(f"chapter/q{n}") for n in range(41))))

        assert "twice" in twice["questions"]
        assert "at most 40 questions; these are 41" in str(many) or "no question" in many["questions"]

    def test_refuses_a_second_one_of_the_same_title(self, room):
        assignment = room.set()

        found = refusal(lambda: room.set(category=assignment.category_id, title=" Week 1 "))

        assert "“Week 1” already" in found["title"]

    def test_names_every_fault_at_once(self, room):
        found = refusal(lambda: room.set(title="", due_at=OPENS, questions=()))

        assert {"title", "due_at", "questions"} <= set(found)

    def test_is_for_staff_of_the_cohort_alone(self, room):
        stranger = LoginFactory().person
        MembershipFactory(person=stranger, instructor=True)
        for actor in (room.learner, stranger):
            with pytest.raises(AssignmentNotFound):
                services.create_assignment(offering=room.offering, terms=room.terms(), actor=actor, now=OPENS)

    def test_sets_nothing_openly(self, room):
        with pytest.raises(AssignmentNotFound):
            services.create_assignment(offering=OfferingFactory(), terms=room.terms(), actor=room.instructor, now=OPENS)


class TestUpdateAssignment:
    def test_changes_everything_before_anybody_started(self, room):
        assignment = room.set()

        room.change(
            assignment,
            title="Week one",
            tries=2,
            time_limit_minutes=30,
            feedback="after_tries",
            questions=(SetQuestion(room.keys[2], Decimal(3)), SetQuestion(room.keys[0])),
        )

        assignment.refresh_from_db()
        assert (assignment.title, assignment.tries, assignment.time_limit_minutes) == ("Week one", 2, 30)
        assert list(assignment.questions.order_by("position").values_list("item__key", flat=True)) == [
            room.keys[2],
            room.keys[0],
        ]

    def test_keeps_the_rules_that_learners_started_under(self, room):
        assignment = room.set()
        room.start(assignment)

        found = refusal(lambda: room.change(assignment, tries=2, time_limit_minutes=30, feedback="after_tries"))

        assert "The tries stay as each question says: 1 learner started under it" in found["tries"]
        assert "The time limit stays" in found["time_limit_minutes"]
        assert "Feedback stays “At once" in found["feedback"]

    def test_refuses_to_remove_a_question_that_was_answered_and_says_why(self, room):
        assignment = room.set()
        sitting = room.start(assignment)
        room.answer(sitting, 0, now=OPENS + HOUR, is_right=False)

        found = refusal(lambda: room.change(assignment, questions=(SetQuestion(room.keys[1]),)))

        assert "has been answered, so it may not be removed: its answers would lose their place" in found["questions"]

    def test_refuses_to_remove_a_question_with_a_draft(self, room):
        assignment = room.set()
        room.draft(room.start(assignment), 1, now=OPENS + HOUR)

        found = refusal(lambda: room.change(assignment, questions=(SetQuestion(room.keys[0], Decimal(2)),)))

        assert "may not be removed" in found["questions"]

    def test_removes_a_question_that_nobody_touched(self, room):
        assignment = room.set()
        room.answer(room.start(assignment), 0, now=OPENS + HOUR)

        room.change(assignment, questions=(SetQuestion(room.keys[0], Decimal(2)),))

        assert assignment.questions.count() == 1

    def test_refuses_another_question_once_somebody_handed_in(self, room):
        assignment = room.set()
        room.start(assignment)
        services.hand_in(assignment_id=assignment.pk, actor=room.learner, now=OPENS + HOUR)

        found = refusal(
            lambda: room.change(assignment, questions=tuple(SetQuestion(key, Decimal(2)) for key in room.keys))
        )

        assert "1 learner has handed in and could not answer it" in found["questions"]

    def test_refuses_to_open_after_somebody_started(self, room):
        assignment = room.set()
        room.start(assignment, now=OPENS + HOUR)

        found = refusal(lambda: room.change(assignment, opens_at=OPENS + 2 * HOUR))

        assert "Somebody started Monday 2 November 2026, 10:00 CET" in found["opens_at"]

    def test_refuses_to_end_running_work_at_once(self, room):
        assignment = room.set()
        room.start(assignment)

        found = refusal(lambda: room.change(assignment, now=DUE + DAY, cut_off_at=DUE + HOUR))

        assert "1 learner is working on it" in found["cut_off_at"]

    def test_gives_running_work_the_new_end(self, room):
        assignment = room.set()
        sitting = room.start(assignment)

        room.change(assignment, cut_off_at=CUT_OFF + DAY)

        sitting.refresh_from_db()
        assert sitting.ends_at == CUT_OFF + DAY

    def test_raises_late_marks_when_it_is_due_later(self, room):
        assignment = room.set()
        room.answer(room.start(assignment), 0, now=DUE + HOUR)
        assert room.mark(assignment, 0) == Decimal("0.9")

        room.change(assignment, now=DUE + DAY, due_at=DUE + 2 * HOUR)

        assert room.mark(assignment, 0) == Decimal(1)
        entry = assignment.grade_entries.order_by("-id").first()
        assert (entry.kind, entry.actor, entry.reason) == ("extended", room.instructor, "The times of “Week 1” changed")

    def test_enters_nothing_where_marks_stay(self, room):
        assignment = room.set()
        room.answer(room.start(assignment), 0, now=OPENS + HOUR)

        room.change(assignment, now=DUE, due_at=DUE + HOUR)
        room.change(assignment, now=DUE + SECOND, due_at=DUE + HOUR, title="Week one")

        assert assignment.grade_entries.count() == 1

    def test_is_for_staff_of_the_cohort_alone(self, room):
        assignment = room.set()
        for actor in (room.learner, LoginFactory().person):
            with pytest.raises(AssignmentNotFound):
                services.update_assignment(assignment_id=assignment.pk, terms=room.terms(), actor=actor, now=OPENS)


class TestPosting:
    def test_shows_grades_from_when_they_were_first_posted(self, room):
        assignment = room.set()

        services.post_grades(assignment_id=assignment.pk, actor=room.instructor, now=DUE)
        services.post_grades(assignment_id=assignment.pk, actor=room.instructor, now=CUT_OFF)

        assignment.refresh_from_db()
        assert assignment.posted_at == DUE

    def test_can_be_taken_back(self, room):
        assignment = room.set()
        services.post_grades(assignment_id=assignment.pk, actor=room.instructor, now=DUE)

        services.withdraw_grades(assignment_id=assignment.pk, actor=room.instructor)

        assignment.refresh_from_db()
        assert assignment.posted_at is None

    def test_is_for_staff_of_the_cohort_alone(self, room):
        assignment = room.set()
        with pytest.raises(AssignmentNotFound):
            services.post_grades(assignment_id=assignment.pk, actor=room.learner, now=DUE)
        with pytest.raises(AssignmentNotFound):
            services.withdraw_grades(assignment_id=assignment.pk, actor=room.learner)


class TestUpdateCategory:
    def test_changes_title_weight_and_drops(self, room):
        category = room.set().category

        services.update_category(
            category_id=category.pk, terms=CategoryTerms("Weekly work", Decimal(40), 1), actor=room.instructor
        )

        category.refresh_from_db()
        assert (category.title, category.weight, category.drop_lowest) == ("Weekly work", Decimal(40), 1)

    def test_refuses_a_title_that_there_is(self, room):
        first = room.set().category
        second = room.set(title="Week 2", category=CategoryTerms("Labs", Decimal(40))).category
        terms = CategoryTerms(first.title, Decimal(40))

        found = refusal(lambda: services.update_category(category_id=second.pk, terms=terms, actor=room.instructor))

        assert "“Homework” already" in found["category_title"]
        assert GradeCategory.objects.filter(title="Labs").exists()

    def test_is_for_staff_of_the_cohort_alone(self, room):
        category = room.set().category
        with pytest.raises(AssignmentNotFound):
            services.update_category(category_id=category.pk, terms=CategoryTerms("x", Decimal(1)), actor=room.learner)
