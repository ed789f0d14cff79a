"""Answers in an assignment: the server's clock, lateness, what is told and when, and what the end does."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lessons.catalogue.models import Event, Verb
from quizzes import services
from quizzes.errors import SittingOver
from quizzes.models import Allowance, Assignment, Attempt, Draft, GradeEntry, Sitting, Step
from quizzes.policy import GRACE
from quizzes.selectors import attempt_view, sitting_cards, times_in
from quizzes.selectors.withholding import RECORDED
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.quizzes import AssignmentFactory, AssignmentQuestionFactory, SittingFactory
from tests.integration.quizzes.conftest import Questions, current, questions_in, right, wrong

pytestmark = pytest.mark.django_db

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@dataclass(frozen=True)
class Sat:
    """A sitting of an assignment with the numeric question open in it."""

    sitting: Sitting
    attempt: Attempt
    questions: Questions

    @property
    def assignment(self) -> Assignment:
        return self.sitting.assignment

    def submit(self, answer: dict[str, Any], at: datetime.datetime, key: str = "") -> Step:
        variant = current(self.attempt)
        return services.submit_step(
            attempt_id=self.attempt.pk,
            actor=self.sitting.enrolment.person,
            variant_id=variant.pk,
            idempotency_key=key or f"key-{variant.number}",
            answer=answer,
            confidence="sure",
            now=at,
        )

    def draft(self, answer: dict[str, Any], at: datetime.datetime, confidence: str = "") -> Draft:
        return services.save_draft(
            attempt_id=self.attempt.pk,
            actor=self.sitting.enrolment.person,
            variant_id=current(self.attempt).pk,
            sequence=1,
            answer=answer,
            confidence=confidence,
            now=at,
        )

    def card(self, at: datetime.datetime) -> Any:
        sitting = Sitting.objects.select_related("assignment", "enrolment__offering__revision").get(pk=self.sitting.pk)
        cards = sitting_cards(sitting=sitting, item_keys=[self.questions.key], times=times_in(sitting), now=at)
        return cards[self.questions.key]


def sit(**rules: Any) -> Sat:
    """Begin an assignment with these rules."""
    offering = OfferingFactory(in_cohort=True)
    questions = questions_in(offering)
    assignment = AssignmentFactory(category__offering=offering, **rules)
    AssignmentQuestionFactory(assignment=assignment, item=questions.numeric.item)
    enrolment = EnrolmentFactory(offering=offering, created_at=assignment.opens_at)
    sitting = SittingFactory(assignment=assignment, enrolment=enrolment)
    attempt = services.open_attempt(
        enrolment=enrolment,
        item_key=questions.key,
        actor=enrolment.person,
        now=assignment.opens_at,
        purpose=Attempt.Purpose.ASSIGNMENT,
        sitting=sitting,
    )
    return Sat(sitting, attempt, questions)


class TestAnswers:
    def test_stand_apart_from_practice(self) -> None:
        sat = sit()
        practice = services.open_attempt(
            enrolment=sat.sitting.enrolment,
            item_key=sat.questions.key,
            actor=sat.sitting.enrolment.person,
            now=sat.assignment.opens_at,
        )

        sat.submit(right(current(sat.attempt)), sat.assignment.opens_at)

        assert practice.pk != sat.attempt.pk
        practice.refresh_from_db()
        assert practice.state == Attempt.State.OPEN
        entry = GradeEntry.objects.get()
        assert (entry.assignment, entry.fraction) == (sat.assignment, 1)

    def test_of_graded_work_tell_events_neither_item_nor_outcome(self) -> None:
        sat = sit()

        sat.submit(right(current(sat.attempt)), sat.assignment.opens_at)

        event = Event.objects.get(verb=Verb.ANSWERED)
        assert event.item is None
        assert "outcome" not in event.data
        assert not Event.objects.filter(verb=Verb.GRADED).exists()

    def test_are_taken_until_the_grace_after_the_end_and_not_a_second_longer(self) -> None:
        sat = sit()
        sat.submit(wrong(current(sat.attempt)), sat.sitting.ends_at + GRACE)

        with pytest.raises(SittingOver, match="time for this assignment is over"):
            sat.submit(right(current(sat.attempt)), sat.sitting.ends_at + GRACE + SECOND)
        with pytest.raises(SittingOver):
            sat.draft({"text": "4"}, sat.sitting.ends_at + GRACE + SECOND)
        assert Step.objects.count() == 1

    def test_are_refused_once_handed_in(self) -> None:
        sat = sit()
        at = sat.assignment.opens_at + DAY
        services.finish_sitting(sitting_id=sat.sitting.pk, ending=Sitting.Ending.HANDED_IN, now=at)

        with pytest.raises(SittingOver):
            sat.submit(right(current(sat.attempt)), at + SECOND)

    def test_repeated_after_the_end_return_the_step_that_was_made(self) -> None:
        sat = sit()
        answer = right(current(sat.attempt))
        step = sat.submit(answer, sat.sitting.ends_at, key="once")

        assert sat.submit(answer, sat.sitting.ends_at + DAY, key="once") == step


class TestMarks:
    def test_lose_a_share_for_each_day_late(self) -> None:
        sat = sit(late_deduction=Decimal("0.1"))

        sat.submit(right(current(sat.attempt)), sat.assignment.due_at + DAY + SECOND)

        assert GradeEntry.objects.get().fraction == Decimal("0.8")

    def test_lose_nothing_in_the_last_second(self) -> None:
        sat = sit(late_deduction=Decimal("0.1"))

        sat.submit(right(current(sat.attempt)), sat.assignment.due_at)

        assert GradeEntry.objects.get().fraction == 1

    def test_follow_an_extension(self) -> None:
        sat = sit(late_deduction=Decimal("0.1"))
        Allowance.objects.create(
            assignment=sat.assignment,
            enrolment=sat.sitting.enrolment,
            due_at=sat.assignment.due_at + 2 * DAY,
            reason="Ill",
            actor=sat.assignment.created_by,
            at=sat.assignment.opens_at,
            idempotency_key="a",
        )

        sat.submit(right(current(sat.attempt)), sat.assignment.due_at + DAY)

        assert GradeEntry.objects.get().fraction == 1


class TestTelling:
    def test_at_once_tells_all(self) -> None:
        sat = sit()
        sat.submit(wrong(current(sat.attempt)), sat.assignment.opens_at)

        card = sat.card(sat.assignment.opens_at)

        assert card.last_try.outcome == "wrong"
        assert card.last_try.feedback_html

    def test_after_the_tries_tells_only_how_it_went_before(self) -> None:
        sat = sit(feedback=Assignment.Feedback.AFTER_TRIES)
        at = sat.assignment.opens_at
        sat.submit(wrong(current(sat.attempt)), at)
        during = sat.card(at)

        assert during.last_try.outcome == "wrong"
        assert (during.last_try.feedback_html, during.hint_html) == ("", "")
        sat.submit(right(current(sat.attempt)), at)
        assert sat.card(at).answer_text

    def test_after_the_deadline_tells_nothing_before_the_last_cut_off(self) -> None:
        sat = sit(feedback=Assignment.Feedback.AFTER_DUE)
        at, end = sat.assignment.opens_at, sat.assignment.cut_off_at
        step = sat.submit(wrong(current(sat.attempt)), at)
        person = sat.sitting.enrolment.person

        for moment in (at, sat.assignment.due_at + SECOND, end):
            card = sat.card(moment)
            seen = attempt_view(person=person, attempt_id=sat.attempt.pk, now=moment)
            assert card.is_finished
            assert (card.last_try.outcome, card.answer_text, card.solution_html, card.mark) == (RECORDED, "", "", "")
            assert (seen.steps[0].outcome, seen.steps[0].fraction) == (RECORDED, None)
            assert (seen.steps[0].misconception, seen.solution_html, seen.grade) == ("", "", None)
            assert step.feedback["html"] not in (str(card), str(seen))

        after = end + SECOND
        assert sat.card(after).last_try.outcome == "wrong"
        assert attempt_view(person=person, attempt_id=sat.attempt.pk, now=after).steps[0].outcome == "wrong"

    def test_shows_a_mark_once_grades_are_posted(self) -> None:
        sat = sit()
        at = sat.assignment.opens_at
        sat.submit(right(current(sat.attempt)), at)
        assert sat.card(at).mark == ""

        sat.assignment.posted_at = at
        sat.assignment.save()

        assert sat.card(at).mark == "Mark: 100%."


class TestFinishSitting:
    def test_submits_what_was_saved_as_of_when_it_was(self) -> None:
        sat = sit(late_deduction=Decimal("0.5"))
        saved = sat.assignment.due_at - SECOND
        sat.draft(right(current(sat.attempt)), saved, confidence="guess")

        services.finish_sitting(
            sitting_id=sat.sitting.pk, ending=Sitting.Ending.DEADLINE, now=sat.sitting.ends_at + DAY
        )

        step = Step.objects.get()
        assert (step.submitted_at, step.outcome, step.confidence) == (saved, "correct", "guess")
        assert GradeEntry.objects.get().fraction == 1
        sat.sitting.refresh_from_db()
        assert (sat.sitting.ended_at, sat.sitting.ending) == (sat.sitting.ends_at, "deadline")

    def test_takes_an_answer_without_a_confidence(self) -> None:
        sat = sit()
        sat.draft(right(current(sat.attempt)), sat.assignment.opens_at)

        services.finish_sitting(sitting_id=sat.sitting.pk, ending=Sitting.Ending.HANDED_IN, now=sat.assignment.due_at)

        assert Step.objects.get().confidence == ""
        assert "had not said how sure" in sat.card(sat.assignment.due_at).last_try.verdict

    @pytest.mark.parametrize("typed", [None, {"text": "about fo"}])
    def test_marks_what_has_no_answer_with_nothing(self, typed: dict[str, Any] | None) -> None:
        sat = sit()
        if typed is not None:
            sat.draft(typed, sat.assignment.opens_at)

        services.finish_sitting(sitting_id=sat.sitting.pk, ending=Sitting.Ending.DEADLINE, now=sat.sitting.ends_at)

        assert not Step.objects.exists()
        assert GradeEntry.objects.get().fraction == 0
        sat.attempt.refresh_from_db()
        assert sat.attempt.ending == Attempt.Ending.DEADLINE

    def test_has_one_effect_however_often_it_runs(self) -> None:
        sat = sit()
        sat.draft(wrong(current(sat.attempt)), sat.assignment.opens_at)

        for later in (SECOND, DAY):
            services.finish_sitting(
                sitting_id=sat.sitting.pk, ending=Sitting.Ending.DEADLINE, now=sat.sitting.ends_at + later
            )

        assert (Step.objects.count(), GradeEntry.objects.count()) == (1, 1)

    def test_leaves_what_was_finished(self) -> None:
        sat = sit()
        sat.submit(right(current(sat.attempt)), sat.assignment.opens_at)

        services.finish_sitting(sitting_id=sat.sitting.pk, ending=Sitting.Ending.HANDED_IN, now=sat.assignment.due_at)

        sat.attempt.refresh_from_db()
        assert sat.attempt.ending == Attempt.Ending.ANSWERED
        assert GradeEntry.objects.count() == 1
