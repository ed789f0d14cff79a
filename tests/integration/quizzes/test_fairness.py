"""Whatever learners, tabs, graders and the clock do, and in whatever order, attempts, steps and ledger agree."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lessons.catalogue.models import Enrolment, Event, Verb
from quizzes import services
from quizzes.errors import ConfidenceMissing, MalformedAnswer, SittingOver, StaleDraft, StaleVariant
from quizzes.models import Attempt, Draft, GradeEntry, Sitting, Step, Variant
from quizzes.selectors import differing_grades
from tests.factories.accounts import MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.integration.quizzes.conftest import current, questions_in, right, wrong
from tests.integration.quizzes.test_graded_answers import Sat, sit

START = datetime.datetime(2026, 9, 2, 8, tzinfo=datetime.UTC)
MOMENTS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=16))
KEYS = st.sampled_from(["a", "b", "c", "d", "e"])
ANSWERS = st.sampled_from(["right", "wrong", "nonsense"])

REFUSALS = (ConfidenceMissing, MalformedAnswer, SittingOver, StaleDraft, StaleVariant)


class Work(RuleBasedStateMachine):
    """One learner's sitting of one question, touched from several tabs, by the clock and by a grader."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.sat: Sat = sit(late_deduction=Decimal("0.1"))
        self.tabs: list[UUID] = [current(self.sat.attempt).pk]
        self.answered: dict[str, UUID] = {}
        self.first_fractions: dict[UUID, Decimal] = {}
        self.now = START
        self.overrides = 0
        cohort = self.sat.assignment.offering.cohort
        MembershipFactory(cohort=cohort, person=self.sat.sitting.enrolment.person)
        self.instructor = MembershipFactory(cohort=cohort, instructor=True).person

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @rule()
    def open_another_tab(self) -> None:
        self.tabs.append(current(self.sat.attempt).pk)

    @rule(after=MOMENTS)
    def wait(self, after: timedelta) -> None:
        self.now = max(self.now, START + after)

    @rule(tab=st.integers(0, 50), key=KEYS, answer=ANSWERS, confidence=st.sampled_from(["sure", "guess", ""]))
    def submit(self, tab: int, key: str, answer: str, confidence: str) -> None:
        variant = Variant.objects.get(pk=self.tabs[tab % len(self.tabs)])
        before = Step.objects.count()
        try:
            step = services.submit_step(
                attempt_id=self.sat.attempt.pk,
                actor=self.sat.sitting.enrolment.person,
                variant_id=variant.pk,
                idempotency_key=key,
                answer=self._answer(variant, answer),
                confidence=confidence,
                now=self.now,
            )
        except REFUSALS:
            assert Step.objects.count() == before
            return
        known = self.answered.setdefault(key, step.pk)
        assert known == step.pk, "the same key has one step"
        self.first_fractions.setdefault(step.pk, step.fraction)

    @rule(tab=st.integers(0, 50), sequence=st.integers(0, 9), answer=ANSWERS)
    def keep(self, tab: int, sequence: int, answer: str) -> None:
        variant = Variant.objects.get(pk=self.tabs[tab % len(self.tabs)])
        kept = Draft.objects.filter(attempt=self.sat.attempt).first()
        try:
            services.save_draft(
                attempt_id=self.sat.attempt.pk,
                actor=self.sat.sitting.enrolment.person,
                variant_id=variant.pk,
                sequence=sequence,
                answer=self._answer(variant, answer),
                now=self.now,
            )
        except REFUSALS:
            return
        assert kept is None or sequence > kept.sequence

    @rule(late=st.booleans())
    def end(self, late: bool) -> None:
        if late:
            self.now = max(self.now, self.sat.sitting.ends_at + timedelta(seconds=30))
        ending = Sitting.Ending.DEADLINE if late else Sitting.Ending.HANDED_IN
        services.finish_sitting(sitting_id=self.sat.sitting.pk, ending=ending, now=self.now)

    @rule()
    def give_up(self) -> None:
        try:
            services.give_up(
                offering=self.sat.sitting.enrolment.offering.slug,
                item_key=self.sat.questions.key,
                actor=self.sat.sitting.enrolment.person,
                shown=services.ShownVariant(variant_id=self.tabs[0]),
                now=self.now,
            )
        except SittingOver:
            return

    @precondition(lambda self: self.overrides < 2)
    @rule(percent=st.integers(0, 100), excuse=st.booleans())
    def decide(self, percent: int, excuse: bool) -> None:
        self.overrides += 1
        given: dict[str, Any] = {
            "enrolment_id": self.sat.sitting.enrolment.pk,
            "item_key": self.sat.questions.key,
            "reason": "Seen in class",
            "actor": self.instructor,
            "now": self.now,
            "idempotency_key": f"decision-{self.overrides}",
            "assignment_id": self.sat.assignment.pk,
        }
        if excuse:
            services.excuse_grade(**given)
        else:
            services.override_grade(fraction=Decimal(percent) / 100, **given)

    @invariant()
    def attempt_steps_and_ledger_agree(self) -> None:
        attempt = Attempt.objects.get(pk=self.sat.attempt.pk)
        steps = list(attempt.steps.order_by("number"))
        variants = list(attempt.variants.order_by("number"))
        graded = list(attempt.grade_entries.filter(kind=GradeEntry.Kind.GRADED))
        finished = attempt.state == Attempt.State.FINISHED
        assert len(graded) == finished
        assert [step.number for step in steps] == list(range(1, len(steps) + 1))
        assert len(steps) <= attempt.tries_allowed
        assert len(variants) - len(steps) in ({0, 1} if finished else {1})
        assert list(differing_grades()) == []

    @invariant()
    def what_was_judged_stays(self) -> None:
        for pk, fraction in self.first_fractions.items():
            assert Step.objects.get(pk=pk).fraction == fraction

    @invariant()
    def a_decision_by_a_person_stands(self) -> None:
        entry = GradeEntry.objects.filter(assignment=self.sat.assignment).current().first()
        if self.overrides:
            assert entry is not None
            assert entry.actor == self.instructor

    @invariant()
    def nothing_is_taken_after_the_end(self) -> None:
        sitting = Sitting.objects.get(pk=self.sat.sitting.pk)
        if sitting.ended_at is not None:
            assert not Attempt.objects.filter(sitting=sitting, state=Attempt.State.OPEN).exists()

    def _answer(self, variant: Variant, which: str) -> dict[str, Any]:
        if which == "nonsense":
            return {"text": "about four"}
        return right(variant) if which == "right" else wrong(variant)


Work.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
class TestWork(Work.TestCase):  # type: ignore[name-defined,misc]
    """The machine, driven by hypothesis on a real database."""


LEARNERS, SENDINGS, CONNECTIONS = 50, 20, 8


@pytest.mark.django_db(transaction=True)
class TestStorm:
    def test_a_thousand_submits_have_exactly_one_effect_each(self, now: datetime.datetime) -> None:
        """Each of fifty learners' answers arrives twenty times, by proxies that retry, over eight connections."""
        offering = OfferingFactory()
        questions = questions_in(offering)
        attempts = []
        for _ in range(LEARNERS):
            enrolment: Enrolment = EnrolmentFactory(offering=offering)
            attempts.append(
                services.open_attempt(enrolment=enrolment, item_key=questions.key, actor=enrolment.person, now=now)
            )
        answers = {attempt.pk: (current(attempt).pk, right(current(attempt))) for attempt in attempts}

        def send_all(share: list[Attempt]) -> list[UUID]:
            try:
                return [send(attempt) for attempt in share]
            finally:
                connections.close_all()

        def send(attempt: Attempt) -> UUID:
            variant, answer = answers[attempt.pk]
            step = services.submit_step(
                attempt_id=attempt.pk,
                actor=attempt.enrolment.person,
                variant_id=variant,
                idempotency_key="only",
                answer=answer,
                confidence="sure",
                now=now,
            )
            return step.pk

        sendings = [attempt for attempt in attempts for _ in range(SENDINGS)]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            given = pool.map(send_all, [sendings[at::CONNECTIONS] for at in range(CONNECTIONS)])
            steps = [step for share in given for step in share]

        assert len(steps) == LEARNERS * SENDINGS
        assert len(set(steps)) == LEARNERS
        assert Step.objects.count() == GradeEntry.objects.count() == LEARNERS
        assert Event.objects.filter(verb=Verb.ANSWERED).count() == LEARNERS
        assert Event.objects.filter(verb=Verb.GRADED).count() == LEARNERS
        assert not Attempt.objects.filter(state=Attempt.State.OPEN).exists()
        assert list(differing_grades()) == []
