"""Fixtures of the quizzes' tests: an open offering with a question of each kind, and somebody in it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from lessons.catalogue.models import Enrolment, ItemVersion, Offering
from quizzes import services
from quizzes.kinds import Examples
from quizzes.models import Attempt, Step, Variant
from quizzes.selectors import QuestionCard, differing_grades, differing_marks, question_of, questions_on_page
from quizzes.selectors.questions import as_stored
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.graded_class import Class


@dataclass(frozen=True)
class Questions:
    """One question of each kind in an offering."""

    offering: Offering
    numeric: ItemVersion
    choice: ItemVersion
    multiple: ItemVersion

    @property
    def key(self) -> str:
        """The numeric question's key."""
        return self.numeric.item.key


def questions_in(offering: Offering) -> Questions:
    """Put a question of each kind into an offering's revision."""
    return Questions(
        offering,
        QuestionFactory(revision=offering.revision),
        QuestionFactory(revision=offering.revision, choice=True),
        QuestionFactory(revision=offering.revision, multiple=True),
    )


def current(attempt: Attempt) -> Variant:
    """The variant that can be answered now."""
    variant = attempt.variants.order_by("-number").first()
    assert variant is not None
    return variant


def examples(variant: Variant) -> Examples:
    """Answers to a variant whose judgement is known."""
    question = question_of(variant.version)
    # A form may show a variant that is not stored yet.
    return question.examples(as_stored(variant) if variant.key else question.draw(variant.seed))


def right(variant: Variant) -> dict[str, Any]:
    """A right answer to a variant."""
    return examples(variant).correct[0]


def wrong(variant: Variant) -> dict[str, Any]:
    """The answer of somebody who holds the first misconception."""
    return examples(variant).wrong[0][1]


@pytest.fixture
def questions(db: None) -> Questions:
    """An open offering with a question of each kind."""
    return questions_in(OfferingFactory())


@pytest.fixture
def enrolment(questions: Questions) -> Enrolment:
    """A learner in it."""
    return EnrolmentFactory(offering=questions.offering)


@pytest.fixture
def open_attempt(enrolment: Enrolment, questions: Questions, now: datetime.datetime) -> Callable[..., Attempt]:
    """Open the learner's attempt at a question, the numeric one unless told."""

    def opened(version: ItemVersion | None = None) -> Attempt:
        key = (version or questions.numeric).item.key
        return services.open_attempt(enrolment=enrolment, item_key=key, actor=enrolment.person, now=now)

    return opened


@pytest.fixture
def submit(now: datetime.datetime) -> Callable[..., Step]:
    """Submit an answer to an attempt's current variant, with a key of its own."""

    def submitted(
        attempt: Attempt, answer: Callable[[Variant], dict[str, Any]] | dict[str, Any], **changes: Any
    ) -> Step:
        variant = current(attempt)
        given: dict[str, Any] = {
            "attempt_id": attempt.pk,
            "actor": attempt.enrolment.person,
            "variant_id": variant.pk,
            "idempotency_key": f"key-{variant.number}",
            "answer": answer(variant) if callable(answer) else answer,
            "confidence": "fairly",
            "now": now,
        }
        return services.submit_step(**given | changes)

    return submitted


@pytest.fixture
def ledger_agrees(db: None) -> Iterator[None]:
    """Hold a test to a ledger that its steps and its sums agree with."""
    yield
    assert [difference.message for difference in differing_grades()] == []
    assert list(differing_marks()) == []


@pytest.fixture
def school(db: None) -> Class:
    """A class with Ada, Bo and Cy."""
    made = Class()
    for name in ("Ada", "Bo", "Cy"):
        made.join(name)
    return made


@pytest.fixture
def browser(school: Class) -> Client:
    """The teacher's."""
    client = Client()
    client.force_login(school.teacher.login)
    return client


def card_of(questions: Questions, enrolment: Enrolment | None, version: ItemVersion | None = None) -> QuestionCard:
    """Return the card of a question for somebody, the numeric one unless told."""
    key = (version or questions.numeric).item.key
    return questions_on_page(
        enrolment=enrolment, revision=questions.offering.revision, item_keys=[key], offering=questions.offering
    )[key]
