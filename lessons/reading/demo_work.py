"""The demo's assignments: one that is over and posted, and one that runs this week.

Learners are late with the first, extended, excused and missing. All is made through the services, at the times at which
it would have happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final
from uuid import UUID

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering
from quizzes.kinds import KINDS
from quizzes.models import Assignment, Attempt, Sitting
from quizzes.services import (
    AllowanceTerms,
    AssignmentTerms,
    CategoryTerms,
    SetQuestion,
    create_assignment,
    end_sittings,
    grant_allowance,
    hand_in,
    post_grades,
    start_sitting,
    submit_step,
)

QUESTIONS_EACH: Final = 3
DAY: Final = timedelta(days=1)
LATE: Final = frozenset({4, 11, 19})
"""Places in the list of learners, the demo's own learner first: who was late with what is over."""

EXTENDED: Final = 7
MISSING: Final = 13
EXCUSED: Final = 22
STARTED_THIS_WEEK: Final = range(2, 14)
"""Who has begun what runs; the demo's own learner has not, so that whoever logs in can."""


def answer_to(rendered: dict[str, Any], key: dict[str, Any], *, right: bool, chance: Random) -> dict[str, Any]:
    """Return a right answer, or one that a misconception leads to, the first stated the likeliest."""
    examples = KINDS[str(rendered["kind"])].examples(rendered, key)
    wrong = [answer for _, answer in examples.wrong]
    if right or not wrong:
        return examples.correct[0]
    return chance.choices(wrong, weights=[1 / (place + 1) for place in range(len(wrong))])[0]


def set_demo_work(*, offering: Offering, instructor: Person, keys: Sequence[str], now: datetime) -> None:
    """Set both assignments on the first of the questions, and have the cohort's learners do what is done by now."""
    evening = now.replace(hour=18, minute=0, second=0, microsecond=0)
    over = create_assignment(
        offering=offering,
        terms=AssignmentTerms(
            title="What a page waits for",
            instructions="Three questions on waiting for several backends. Work alone; a calculator is fine.",
            category=CategoryTerms("Weekly assignments", Decimal(100), drop_lowest=1),
            opens_at=evening - 13 * DAY,
            due_at=evening - 7 * DAY,
            cut_off_at=evening - 5 * DAY,
            late_deduction=Decimal("0.1"),
            questions=tuple(SetQuestion(key, Decimal(2)) for key in keys[:QUESTIONS_EACH]),
        ),
        actor=instructor,
        now=evening - 14 * DAY,
    )
    running = create_assignment(
        offering=offering,
        terms=AssignmentTerms(
            title="Watching the right percentile",
            category=over.category_id,
            opens_at=evening - 2 * DAY,
            due_at=evening + 4 * DAY,
            cut_off_at=evening + 6 * DAY,
            late_deduction=Decimal("0.1"),
            feedback=Assignment.Feedback.AFTER_TRIES,
            questions=tuple(SetQuestion(key) for key in keys[QUESTIONS_EACH : 2 * QUESTIONS_EACH]),
        ),
        actor=instructor,
        now=evening - 3 * DAY,
    )
    # By when they joined and by address: the demo's own learner joined with the logins, before those of the list.
    learners = list(
        Enrolment.objects.filter(offering=offering, person__login__isnull=False)
        .select_related("person__login")
        .exclude(person=instructor)
        .order_by("person__login__created_at", "person__login__email")
    )
    _do_what_is_over(over, learners, instructor)
    for place in STARTED_THIS_WEEK:
        if place < len(learners):
            _Sitter(running, learners[place], place).begin(at=now - timedelta(hours=3 + place))
    end_sittings(now=over.cut_off_at + timedelta(hours=1), assignment_id=over.pk)
    post_grades(assignment_id=over.pk, actor=instructor, now=over.cut_off_at + DAY)


def _do_what_is_over(assignment: Assignment, learners: Sequence[Enrolment], instructor: Person) -> None:
    given = {
        EXTENDED: AllowanceTerms(
            "Moved house that week, as agreed on Monday.",
            due_at=assignment.due_at + DAY,
            cut_off_at=assignment.cut_off_at + DAY,
        ),
        EXCUSED: AllowanceTerms("Did it with the cohort of last spring.", is_excused=True),
    }
    for place, learner in enumerate(learners):
        if place in given:
            grant_allowance(
                assignment_id=assignment.pk,
                person_id=learner.person_id,
                terms=given[place],
                actor=instructor,
                now=assignment.due_at - DAY,
                idempotency_key="demo",
            )
        if place in {MISSING, EXCUSED}:
            continue
        is_after_due = place in LATE or place == EXTENDED
        early = timedelta(hours=6 + 5 * (place % 20))
        at = assignment.due_at + (timedelta(hours=9) if is_after_due else -early)
        _Sitter(assignment, learner, place).finish(at=at)


class _Sitter:
    """A learner who sits an assignment; how well follows from their address."""

    def __init__(self, assignment: Assignment, enrolment: Enrolment, place: int) -> None:
        self._assignment, self._enrolment, self._place = assignment, enrolment, place
        self._chance = Random(f"demo/{enrolment.person.login.email}/{assignment.title}")  # noqa: S311 - as in the demo
        self._skill = self._chance.uniform(0.5, 0.95)

    def finish(self, *, at: datetime) -> None:
        """Answer every question, and hand in but for one in five, whose work the deadline ends."""
        sitting = self._start(at)
        end = self._answer_some(sitting, at, QUESTIONS_EACH)
        if self._place % 5 != 3:
            hand_in(assignment_id=self._assignment.pk, actor=self._enrolment.person, now=end)

    def begin(self, *, at: datetime) -> None:
        """Answer one or two questions and leave the rest for later."""
        self._answer_some(self._start(at), at, 1 + self._place % 2)

    def _start(self, at: datetime) -> Sitting:
        return start_sitting(assignment_id=self._assignment.pk, actor=self._enrolment.person, now=at)

    def _answer_some(self, sitting: Sitting, at: datetime, count: int) -> datetime:
        for attempt in sitting.attempts.order_by("number", "item__key")[:count]:
            at = self._answer(attempt.pk, at)
        return at + timedelta(minutes=2)

    def _answer(self, attempt_id: UUID, at: datetime) -> datetime:
        attempt = Attempt.objects.get(pk=attempt_id)
        for number in range(1, attempt.tries_allowed + 1):
            at += timedelta(minutes=self._chance.uniform(2, 6))
            variant = attempt.variants.order_by("number").last()
            assert variant is not None, "an open attempt has a variant"
            is_right = self._chance.random() < self._skill
            step = submit_step(
                attempt_id=attempt_id,
                actor=self._enrolment.person,
                variant_id=variant.pk,
                idempotency_key=f"demo-{number}",
                answer=answer_to(variant.rendered, variant.key, right=is_right, chance=self._chance),
                confidence=self._chance.choices(("sure", "fairly", "guess"), weights=(4, 4, 2))[0],
                now=at,
            )
            if step.outcome == "correct":
                break
        return at
