"""The kept marks of assignments: triggers keep them what the ledger comes to, whoever writes and in whatever order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from quizzes.models import AssignmentMark, AssignmentQuestion, GradeEntry
from quizzes.selectors import differing_marks
from tests.factories.catalogue import EnrolmentFactory
from tests.factories.quizzes import AssignmentFactory, AssignmentQuestionFactory, GradeEntryFactory


@pytest.fixture
def questions() -> list[AssignmentQuestion]:
    """Two questions of an assignment, worth three points and one."""
    assignment = AssignmentFactory()
    return [AssignmentQuestionFactory(assignment=assignment, points=points) for points in (3, 1)]


def enter(question: AssignmentQuestion, enrolment, fraction: str | None = "1", kind: str = "graded") -> GradeEntry:
    return GradeEntryFactory(
        enrolment=enrolment,
        item=question.item,
        assignment=question.assignment,
        kind=kind,
        fraction=None if fraction is None else Decimal(fraction),
        reason="A reason" if kind in {"overridden", "excused"} else "",
    )


def sums(mark: AssignmentMark) -> tuple[Decimal, Decimal, Decimal]:
    mark.refresh_from_db()
    return mark.earned, mark.marked, mark.excused


@pytest.mark.django_db
class TestAssignmentMark:
    def test_sums_what_stands(self, questions):
        enrolment = EnrolmentFactory(offering=questions[0].assignment.offering)
        enter(questions[0], enrolment, "0.5")
        mark = AssignmentMark.objects.get()
        assert sums(mark) == (Decimal("1.5"), 3, 0)
        enter(questions[1], enrolment, "1")
        assert sums(mark) == (Decimal("2.5"), 4, 0)
        enter(questions[0], enrolment, "0.8", "overridden")
        enter(questions[0], enrolment, "0.1")
        assert sums(mark) == (Decimal("3.4"), 4, 0), "what a person decided stands above what came later"
        assert mark.is_overridden
        enter(questions[0], enrolment, None, "excused")
        assert sums(mark) == (1, 1, 3)
        assert not mark.is_overridden
        assert list(differing_marks()) == []

    def test_knows_nothing_of_practice(self, questions):
        enrolment = EnrolmentFactory(offering=questions[0].assignment.offering)
        GradeEntryFactory(enrolment=enrolment, item=questions[0].item)
        assert not AssignmentMark.objects.exists()

    def test_follows_many_entries_at_once(self, questions):
        learners = EnrolmentFactory.create_batch(3, offering=questions[0].assignment.offering)
        GradeEntry.objects.bulk_create(
            GradeEntryFactory.build(
                enrolment=learner,
                item=question.item,
                assignment=question.assignment,
                revision=learner.offering.revision,
            )
            for learner in learners
            for question in questions
        )
        assert set(AssignmentMark.objects.values_list("earned", "marked")) == {(Decimal(4), Decimal(4))}
        assert AssignmentMark.objects.count() == 3

    def test_follows_points_and_questions_that_change(self, questions):
        enrolment = EnrolmentFactory(offering=questions[0].assignment.offering)
        for question in questions:
            enter(question, enrolment)
        mark = AssignmentMark.objects.get()
        AssignmentQuestion.objects.filter(pk=questions[0].pk).update(points=5)
        assert sums(mark) == (6, 6, 0)
        questions[1].delete()
        assert sums(mark) == (5, 5, 0)
        questions[0].delete()
        assert not AssignmentMark.objects.exists()
        AssignmentQuestionFactory(assignment=questions[0].assignment, item=questions[0].item, points=2)
        assert sums(AssignmentMark.objects.get()) == (2, 2, 0)
        assert list(differing_marks()) == []

    def test_is_reported_and_rebuilt_where_it_was_tampered_with(self, questions):
        enter(questions[0], EnrolmentFactory(offering=questions[0].assignment.offering))
        AssignmentMark.objects.update(earned=1)
        out = StringIO()
        with pytest.raises(CommandError, match="Marks that differ from the ledger: 1"):
            call_command("check_marks", stdout=out)
        assert "the ledger comes to (3.000000,3.00,0,f,f,)" in out.getvalue()

        call_command("rebuild_marks", stdout=out)
        assert "Marks corrected: 1." in out.getvalue()
        call_command("check_marks", stdout=out)
        assert "Every mark is what the ledger comes to." in out.getvalue()


@contextmanager
def meanwhile(write: Callable[[], object]) -> Iterator[None]:
    """Let another connection write while this block's transaction is open, and end when both have ended."""

    def work() -> None:
        try:
            write()
        finally:
            connection.close()

    other = threading.Thread(target=work)
    with transaction.atomic():
        yield
        other.start()
        other.join(timeout=0.5)
        assert other.is_alive(), "the other writer did not wait for what this one holds"
    other.join()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_entries_of_one_learner_are_both_counted(self, questions):
        learner = EnrolmentFactory(offering=questions[0].assignment.offering)
        enter(questions[0], learner, "0")
        with meanwhile(lambda: enter(questions[1], learner)):
            enter(questions[0], learner)
        assert sums(AssignmentMark.objects.get()) == (4, 4, 0)
        assert list(differing_marks()) == []

    def test_an_entry_counts_the_points_that_another_transaction_sets(self, questions):
        first, second = EnrolmentFactory.create_batch(2, offering=questions[0].assignment.offering)
        enter(questions[0], first)
        with meanwhile(lambda: enter(questions[1], second)):
            AssignmentQuestion.objects.filter(pk=questions[1].pk).update(points=7)
        assert sums(AssignmentMark.objects.get(enrolment=second)) == (7, 7, 0)
        assert list(differing_marks()) == []
