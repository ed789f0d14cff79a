"""Readiness: what counts as evidence, what does not, and in how many queries."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from lessons.review.policy.mastery import Level
from lessons.review.selectors import ReadinessPage, readiness_page
from quizzes.models import Attempt, Correction, Regrade
from tests.factories.quizzes import AssignmentFactory, GradeCategoryFactory, SittingFactory
from tests.integration.review.learner import DAY, DIMENSIONS, Chapter, Learner

pytestmark = pytest.mark.django_db

Now = datetime.datetime


def page_of(learner: Learner) -> ReadinessPage:
    return readiness_page(person=learner.person, slug=learner.offering.slug)


def counted(learner: Learner) -> dict[str, tuple[float, int, int]]:
    """Right answers, answers and questions by dimension."""
    return {
        row.name: (row.standing.right.held, row.standing.right.total, row.standing.questions)
        for row in page_of(learner).dimensions
    }


class TestReadinessPage:
    def test_counts_first_tries_by_dimension(self, learner: Learner, chapter: Chapter) -> None:
        concepts, estimation, _ = chapter.questions
        learner.answer(concepts)
        learner.answer(estimation, is_right=False)
        found = counted(learner)
        assert found["concepts"] == (1, 1, 1)
        assert found["estimation"] == (0, 1, 1)
        assert found["design"] == (0, 0, 1)

    def test_takes_a_second_try_for_aided(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0], is_right=False, to_the_end=False)
        learner.answer(chapter.questions[0], at=now + DAY)
        assert counted(learner)["concepts"] == (0, 1, 1)

    def test_counts_what_was_missed_and_then_known_as_both(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[2], is_right=False)
        learner.answer(chapter.questions[2], at=now + DAY, purpose=Attempt.Purpose.REVIEW)
        assert counted(learner)["design"] == (1, 2, 1)

    def test_leaves_out_what_is_not_told_yet(self, learner: Learner, chapter: Chapter) -> None:
        learner.answer(chapter.questions[0])
        category = GradeCategoryFactory(offering=learner.offering)
        sitting = SittingFactory(assignment=AssignmentFactory(category=category), enrolment=learner.enrolment)
        Attempt.objects.update(purpose=Attempt.Purpose.ASSIGNMENT, sitting=sitting)
        assert counted(learner)["concepts"] == (0, 0, 1)
        assignment = sitting.assignment
        assignment.posted_at = assignment.cut_off_at
        assignment.save()
        assert counted(learner)["concepts"] == (1, 1, 1)

    def test_links_each_answer_to_where_it_is(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        asked = learner.ask(chapter.sections[0].item_id, now + DAY)
        learner.finish(asked.attempt, at=now + DAY)
        page = learner.client.get(f"{learner.address}readiness/").content.decode()
        assert f"{learner.address}review/questions/{asked.attempt_id}/" in page
        assert f"{learner.address}questions/{chapter.questions[0].item.key}/" in page

    def test_shows_an_idea_mastered(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        first, second = chapter.questions[:2]
        learner.answer(first)
        for days in range(1, 5):
            learner.answer(first, at=now + days * DAY, purpose=Attempt.Purpose.REVIEW)
        learner.answer(second, at=now + 8 * DAY)
        ((mastered, untried),) = [each.rows for each in page_of(learner).chapters]
        assert (mastered.mastery.level, untried.mastery.level) == (Level.MASTERED, Level.UNTRIED)

    def test_has_no_evidence_for_anybody_else(self, learner: Learner, chapter: Chapter) -> None:
        learner.answer(chapter.questions[0])
        page = Client().get(f"{learner.address}readiness/").content.decode()
        assert "No evidence yet" in page

    def test_takes_as_many_queries_for_many_answers(
        self, learner: Learner, chapter: Chapter, django_assert_num_queries
    ) -> None:
        learner.answer(chapter.questions[0])
        page_of(learner)
        with django_assert_num_queries(2):
            page_of(learner)
        for question in learner.chapter(2, DIMENSIONS).questions:
            learner.answer(question, is_right=False)
        learner.answer(chapter.questions[1])
        with django_assert_num_queries(2):
            page_of(learner)

    def test_goes_by_a_corrected_key(self, learner: Learner, chapter: Chapter) -> None:
        step = learner.answer(chapter.questions[0], is_right=False)
        correction = Correction.objects.create(
            offering=learner.offering,
            item=chapter.questions[0].item,
            version=chapter.questions[0],
            number=1,
            definition=chapter.questions[0].payload,
            reason="Its key was wrong.",
            actor=learner.person,
            created_at=step.submitted_at,
            forecast_at=step.submitted_at,
        )
        Regrade.objects.create(
            correction=correction, attempt=step.attempt, before=Decimal(0), after=Decimal(1), first_fraction=Decimal(1)
        )
        assert counted(learner)["concepts"] == (1, 1, 1)
