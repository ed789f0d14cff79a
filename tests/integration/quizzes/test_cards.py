"""Cards of questions: read for a page at once, whatever their number, and as the attempt will open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lessons.catalogue.models import Enrolment
from quizzes.selectors import questions_on_page
from tests.factories.catalogue import OfferingFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.conftest import Questions, card_of, current, questions_in, wrong

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
