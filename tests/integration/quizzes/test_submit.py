"""Opening an attempt and submitting tries."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest

from lessons.catalogue.errors import NotFound as NoSuchItem
from lessons.catalogue.models import Enrolment, Event, Verb
from quizzes import services
from quizzes.errors import ConfidenceMissing, InvalidIdempotencyKey, MalformedAnswer, NotFound, StaleVariant
from quizzes.models import Attempt, Draft, GradeEntry, Step
from quizzes.policy import first_seed
from tests.factories.accounts import PersonFactory
from tests.factories.catalogue import EnrolmentFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.conftest import Questions, current, right, wrong
from tests.unit.kinds import definitions

pytestmark = pytest.mark.django_db

Open = Callable[..., Attempt]
Submit = Callable[..., Step]


class TestOpenAttempt:
    def test_stores_a_variant_with_its_key(self, open_attempt: Open, questions: Questions) -> None:
        attempt = open_attempt()
        variant = current(attempt)

        assert (attempt.tries_allowed, attempt.penalty) == (3, Decimal("0.25"))
        assert variant.version == questions.numeric
        assert variant.key["value"] > 0
        assert variant.seed == first_seed(attempt.enrolment_id, attempt.item_id)

    def test_returns_the_open_attempt(self, open_attempt: Open) -> None:
        assert open_attempt() == open_attempt()

    def test_returns_the_finished_attempt(self, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()
        submit(attempt, right)

        assert open_attempt() == attempt
        assert Attempt.objects.count() == 1

    def test_refuses_somebody_elses_enrolment(
        self, enrolment: Enrolment, questions: Questions, now: datetime.datetime
    ) -> None:
        with pytest.raises(NotFound):
            services.open_attempt(enrolment=enrolment, item_key=questions.key, actor=PersonFactory(), now=now)

    def test_refuses_a_question_that_the_revision_does_not_have(
        self, enrolment: Enrolment, now: datetime.datetime
    ) -> None:
        elsewhere = QuestionFactory()

        with pytest.raises(NoSuchItem):
            services.open_attempt(
                enrolment=enrolment, item_key=elsewhere.item.key + "-other", actor=enrolment.person, now=now
            )

    def test_gives_learners_variants_of_their_own(self, questions: Questions, now: datetime.datetime) -> None:
        seeds = set()
        for _ in range(12):
            learner = EnrolmentFactory(offering=questions.offering)
            attempt = services.open_attempt(enrolment=learner, item_key=questions.key, actor=learner.person, now=now)
            seeds.add(current(attempt).seed)

        assert len(seeds) > 5


class TestSubmitStep:
    def test_a_right_answer_finishes_with_the_full_mark(self, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()

        step = submit(attempt, right, confidence="sure")

        attempt.refresh_from_db()
        entry = GradeEntry.objects.get()
        assert (step.outcome, step.fraction, step.confidence, step.misconception) == ("correct", 1, "sure", "")
        assert attempt.state == Attempt.State.FINISHED
        assert attempt.finished_at == step.submitted_at
        assert (entry.kind, entry.fraction, entry.actor, entry.attempt) == ("graded", 1, None, attempt)
        assert entry.revision == attempt.enrolment.offering.revision

    def test_a_wrong_answer_names_its_misconception_and_brings_a_fresh_variant(
        self, open_attempt: Open, submit: Submit
    ) -> None:
        attempt = open_attempt()
        before = current(attempt)

        step = submit(attempt, wrong)

        after = current(attempt)
        assert (step.outcome, step.misconception) == ("wrong", "union-bound")
        assert "Adding shares" in step.feedback["html"]
        assert after.number == 2
        assert after.parameters != before.parameters
        assert not GradeEntry.objects.exists()

    def test_the_last_try_finishes_with_nothing(self, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()
        for _ in range(3):
            submit(attempt, wrong)

        attempt.refresh_from_db()
        assert attempt.state == Attempt.State.FINISHED
        assert GradeEntry.objects.get().fraction == 0
        assert attempt.variants.count() == 3

    @pytest.mark.parametrize(("wrong_tries", "mark"), [(0, "1.0000"), (1, "0.7500"), (2, "0.5000")])
    def test_takes_the_penalty_off_for_each_earlier_try(
        self, wrong_tries: int, mark: str, open_attempt: Open, submit: Submit
    ) -> None:
        attempt = open_attempt()
        for _ in range(wrong_tries):
            submit(attempt, wrong)
        submit(attempt, right)

        assert GradeEntry.objects.get().fraction == Decimal(mark)

    def test_the_best_try_counts(self, open_attempt: Open, submit: Submit, questions: Questions) -> None:
        attempt = open_attempt(questions.multiple)
        submit(attempt, wrong)
        for _ in range(2):
            variant = current(attempt)
            letters = [letter for letter, option in variant.key["options"].items() if not option["correct"]]
            submit(attempt, {"choices": letters})

        assert [step.fraction for step in attempt.steps.order_by("number")] == [Decimal("0.5"), 0, 0]
        assert GradeEntry.objects.get().fraction == Decimal("0.5")

    def test_records_each_try_and_the_grade_as_events(self, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()
        submit(attempt, wrong)
        submit(attempt, right)

        events = list(Event.objects.order_by("id").values_list("verb", "data"))
        assert [verb for verb, _ in events] == [Verb.ANSWERED, Verb.ANSWERED, Verb.GRADED]
        assert events[-1][1] == {"fraction": "0.7500"}
        assert events[0][1]["outcome"] == "wrong"

    def test_the_same_key_again_has_no_effect(self, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()
        first = current(attempt)
        step = submit(attempt, wrong)

        again = submit(attempt, right, variant_id=first.pk, idempotency_key=step.idempotency_key)

        assert again == step
        assert Step.objects.count() == 1
        assert Event.objects.count() == 1

    @pytest.mark.parametrize("text", ["", "4,9", "1e400", "NaN", "٣", "9" * 1_000_000, "5 parsecs"])
    def test_a_malformed_answer_costs_no_try(self, text: str, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()
        variant = current(attempt)

        with pytest.raises(MalformedAnswer):
            submit(attempt, {"text": text})

        assert current(attempt) == variant
        assert not Step.objects.exists()
        assert not Event.objects.exists()

    @pytest.mark.parametrize("confidence", ["", "certain", "SURE"])
    def test_asks_how_sure_one_is_and_costs_no_try(self, confidence: str, open_attempt: Open, submit: Submit) -> None:
        with pytest.raises(ConfidenceMissing, match="no try is spent"):
            submit(open_attempt(), right, confidence=confidence)

        assert not Step.objects.exists()

    def test_refuses_a_variant_that_is_no_longer_current(self, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()
        first = current(attempt)
        submit(attempt, wrong)

        with pytest.raises(StaleVariant):
            submit(attempt, right(first), variant_id=first.pk, idempotency_key="from another tab")

        assert Step.objects.count() == 1

    def test_refuses_another_try_once_finished(self, open_attempt: Open, submit: Submit) -> None:
        attempt = open_attempt()
        submit(attempt, right)

        with pytest.raises(StaleVariant):
            submit(attempt, right, idempotency_key="again")

        assert GradeEntry.objects.count() == 1

    def test_refuses_somebody_elses_variant(self, open_attempt: Open, submit: Submit, questions: Questions) -> None:
        other = open_attempt(questions.choice)

        with pytest.raises(StaleVariant):
            submit(open_attempt(), right, variant_id=current(other).pk)

    def test_refuses_somebody_elses_attempt(self, open_attempt: Open, submit: Submit) -> None:
        with pytest.raises(NotFound):
            submit(open_attempt(), right, actor=PersonFactory())

    def test_refuses_an_attempt_that_does_not_exist(self, open_attempt: Open, submit: Submit) -> None:
        with pytest.raises(NotFound):
            submit(open_attempt(), right, attempt_id=uuid4())

    @pytest.mark.parametrize("key", ["", "k" * 81])
    def test_needs_an_idempotency_key(self, key: str, open_attempt: Open, submit: Submit) -> None:
        with pytest.raises(InvalidIdempotencyKey, match=f"this one has {len(key)}"):
            submit(open_attempt(), right, idempotency_key=key)

    def test_a_question_without_numbers_is_shuffled_anew(
        self, enrolment: Enrolment, now: datetime.datetime, submit: Submit
    ) -> None:
        fixed = definitions.multiple(variables={}, values={}, stem="Which hold?", right="These.", solution="These.")
        version = QuestionFactory(revision=enrolment.offering.revision, payload=fixed)
        attempt = services.open_attempt(enrolment=enrolment, item_key=version.item.key, actor=enrolment.person, now=now)
        before = current(attempt)

        submit(attempt, wrong)

        assert current(attempt).rendered != before.rendered

    def test_a_question_with_one_try_and_one_variant_is_graded_at_once(
        self, enrolment: Enrolment, now: datetime.datetime, submit: Submit
    ) -> None:
        version = QuestionFactory(revision=enrolment.offering.revision, payload=definitions.fixed())
        attempt = services.open_attempt(enrolment=enrolment, item_key=version.item.key, actor=enrolment.person, now=now)

        submit(attempt, {"text": "3"})

        assert GradeEntry.objects.get().fraction == 0

    def test_a_question_that_runs_out_of_variants_goes_on_with_one_of_them(
        self, enrolment: Enrolment, now: datetime.datetime, submit: Submit
    ) -> None:
        narrow = definitions.numeric(variables={"calls": {"choose": [6, 8]}})
        version = QuestionFactory(revision=enrolment.offering.revision, payload=narrow)
        attempt = services.open_attempt(enrolment=enrolment, item_key=version.item.key, actor=enrolment.person, now=now)

        for _ in range(3):
            submit(attempt, wrong)

        drawn = list(attempt.variants.order_by("number").values_list("parameters__calls", flat=True))
        assert set(drawn[:2]) == {6, 8}
        assert drawn[2] in {6, 8}

    def test_stays_with_the_version_it_was_opened_on(
        self, open_attempt: Open, submit: Submit, questions: Questions
    ) -> None:
        attempt = open_attempt()
        question = questions.numeric
        newer = QuestionFactory(revision__course=question.item.course, item=question.item)
        questions.offering.revision = newer.revision
        questions.offering.save()

        submit(attempt, wrong)

        assert current(attempt).version == question

    def test_takes_the_draft_away(self, open_attempt: Open, submit: Submit, now: datetime.datetime) -> None:
        attempt = open_attempt()
        services.save_draft(
            attempt_id=attempt.pk,
            actor=attempt.enrolment.person,
            variant_id=current(attempt).pk,
            sequence=1,
            answer={"text": "4"},
            now=now,
        )

        submit(attempt, wrong)

        assert not Draft.objects.exists()


class TestStoredFeedback:
    def test_tells_nothing_of_the_right_option(self, open_attempt: Open, submit: Submit, questions: Questions) -> None:
        attempt = open_attempt(questions.choice)
        variant = current(attempt)

        step = submit(attempt, wrong)

        told = json.dumps(step.feedback)
        held = [option["feedback_html"] for option in variant.key["options"].values() if option["correct"]]
        assert held[0] not in told
