"""Cards of questions: read for a page at once, whatever their number, and as the attempt will open."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lessons.catalogue.models import Enrolment
from quizzes import services
from quizzes.kinds import faded, looks_alike
from quizzes.models import Attempt, Variant
from quizzes.selectors import practice_card, question_of, questions_on_page
from quizzes.selectors.questions import CorrectedDefinition, corrected_variant
from quizzes.services.work import Work
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.conftest import Questions, card_of, current, examples, questions_in, wrong
from tests.unit.kinds import definitions

pytestmark = pytest.mark.django_db


class TestQuestionsOnPage:
    @pytest.mark.parametrize("count", [1, 8])
    def test_takes_two_queries_whatever_the_size_after_the_first_look(
        self,
        count: int,
        browser: Client,
        questions: Questions,
        enrolment: Enrolment,
        open_attempt: Any,
        submit: Any,
        django_assert_num_queries: Any,
    ) -> None:
        keys = []
        for _ in range(count):
            version = QuestionFactory(revision=questions.offering.revision)
            submit(open_attempt(version), wrong)
            keys.append(version.item.key)
        fresh = Enrolment.objects.get(pk=enrolment.pk)

        offering = questions.offering
        with django_assert_num_queries(3):
            questions_on_page(enrolment=fresh, revision=offering.revision, item_keys=keys, offering=offering)
        with django_assert_num_queries(2):
            cards = questions_on_page(enrolment=fresh, revision=offering.revision, item_keys=keys, offering=offering)

        assert list(cards) == keys

    @pytest.mark.parametrize("count", [1, 8])
    def test_takes_two_queries_for_a_visitor(
        self, count: int, questions: Questions, django_assert_num_queries: Any
    ) -> None:
        keys = [QuestionFactory(revision=questions.offering.revision).item.key for _ in range(count)]

        with django_assert_num_queries(2):
            cards = questions_on_page(enrolment=None, revision=questions.offering.revision, item_keys=keys)

        assert {card.offering for card in cards.values()} == {questions.offering.slug}

    def test_leaves_out_what_is_no_question(self, questions: Questions) -> None:
        assert questions_on_page(enrolment=None, revision=questions.offering.revision, item_keys=["no/such"]) == {}

    def test_a_course_offered_nowhere_openly_has_no_address(self) -> None:
        walled = questions_in(OfferingFactory(in_cohort=True))

        cards = questions_on_page(enrolment=None, revision=walled.offering.revision, item_keys=[walled.key])

        assert cards[walled.key].offering == ""

    def test_gives_the_preview_that_the_attempt_will_open_with(
        self, questions: Questions, enrolment: Enrolment, open_attempt: Any
    ) -> None:
        before = card_of(questions, enrolment)
        variant = current(open_attempt())
        after = card_of(questions, enrolment)

        assert before.form is not None
        assert after.form is not None
        assert before.form.stem_html == after.form.stem_html == variant.rendered["stem_html"]
        assert UUID(after.form.variant) == variant.pk


class TestPracticeCard:
    """The card of work in hand is the one that a page would read."""

    @pytest.mark.parametrize("definition", definitions.one_of_each_kind(), ids=lambda one: one["kind"])
    def test_is_what_the_page_shows(self, definition: dict[str, Any], questions: Questions, now: datetime) -> None:
        version = QuestionFactory(revision=questions.offering.revision, payload=definition)
        enrolment = EnrolmentFactory(offering=questions.offering)
        asked = {
            "offering": questions.offering.slug,
            "item_key": version.item.key,
            "actor": enrolment.person,
            "now": now,
        }

        def assert_same(work: Work) -> Variant:
            kept = Enrolment.objects.get(pk=enrolment.pk)
            in_hand = practice_card(attempt=work.attempt, variants=work.variants, draft=work.draft)
            assert in_hand == card_of(questions, kept, version)
            return work.current

        shown = services.ShownVariant(version_id=version.pk)
        first = services.open_attempt(enrolment=enrolment, item_key=version.item.key, actor=enrolment.person, now=now)
        answers = examples(current(first))
        wrongly = answers.wrong[0][1]
        drafted = services.draft_shown(shown=shown, sequence=3, answer=wrongly, confidence="sure", **asked)
        variant = assert_same(drafted)
        tried = services.answer_shown(
            shown=services.ShownVariant(variant_id=variant.pk),
            idempotency_key="one",
            answer=wrongly,
            confidence="sure",
            **asked,
        )
        variant = assert_same(tried)
        drafted = services.draft_shown(
            shown=services.ShownVariant(variant_id=variant.pk), sequence=1, answer=wrongly, confidence="", **asked
        )
        variant = assert_same(drafted)
        if tried.attempt.state == "open":
            given_up = services.give_up(shown=services.ShownVariant(variant_id=variant.pk), **asked)
            assert_same(given_up)

    def test_of_a_right_answer_is_what_the_page_shows(
        self, questions: Questions, enrolment: Enrolment, open_attempt: Any, now: datetime
    ) -> None:
        variant = current(open_attempt())

        work = services.answer_shown(
            offering=questions.offering.slug,
            item_key=questions.key,
            actor=enrolment.person,
            shown=services.ShownVariant(variant_id=variant.pk),
            idempotency_key="one",
            answer=examples(variant).correct[0],
            confidence="sure",
            now=now,
        )

        card = practice_card(attempt=work.attempt, variants=work.variants, draft=work.draft)
        assert card == card_of(questions, Enrolment.objects.get(pk=enrolment.pk))
        assert card.mark


class TestFading:
    def test_each_try_shows_one_worked_step_fewer_and_a_review_none(
        self, questions: Questions, enrolment: Enrolment, submit: Any, now: datetime
    ) -> None:
        payload = definitions.estimate(given=2, steps=definitions.half_worked())
        version = QuestionFactory(revision=questions.offering.revision, payload=payload)
        asked = {"enrolment": enrolment, "item_key": version.item.key, "actor": enrolment.person, "now": now}

        attempt = services.open_attempt(**asked)
        for _ in range(2):
            submit(attempt, wrong)
        review = services.open_attempt(purpose=Attempt.Purpose.REVIEW, **asked)

        worked = [
            sum("given" in part for part in variant.rendered["parts"])
            for variant in Variant.objects.filter(attempt__in=[attempt, review]).order_by("attempt__number", "number")
        ]
        assert worked == [2, 1, 0, 0]

    def test_a_correction_judges_a_faded_variant(self, questions: Questions) -> None:
        payload = definitions.estimate(given=2, steps=definitions.half_worked())
        version = QuestionFactory(revision=questions.offering.revision, payload=payload)
        question = question_of(version)
        variant = Variant(version=version, seed=5)
        shown = faded(question.draw(5), 1)
        variant.parameters, variant.rendered, variant.key = shown.parameters, shown.rendered, shown.key
        steps = [*payload["steps"][:2], payload["steps"][2] | {"value": "peak * 1000 / 10**6"}]
        corrected = CorrectedDefinition(version.pk, "new", payload, payload | {"steps": steps})

        drawn = corrected_variant(corrected, variant)

        assert drawn is not None
        assert looks_alike(shown.rendered, drawn.rendered)
        assert drawn.key["parts"]["c"]["value"] == pytest.approx(2 * shown.key["parts"]["c"]["value"])
        assert not drawn.key["parts"]["b"]["is_given"]
