"""The pages of a review: what is due and what comes back when, the card to be met now, a question that it asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Person
from lessons.catalogue.models import Enrolment, ItemVersion, Offering
from lessons.catalogue.selectors import offering_and_enrolment
from lessons.review.errors import NotFound
from lessons.review.models import HELD_BACK
from lessons.review.policy.deck import Kind
from lessons.review.policy.recall import RecallTable
from lessons.review.selectors.deck import Deck, DueCard, Schedule, deck_of, schedule_of
from lessons.review.selectors.recall import recall_of
from lessons.review.selectors.syllabus import Subject, syllabus_of
from quizzes.models import Attempt
from quizzes.selectors import QuestionCard, attempt_cards


@dataclass(frozen=True, slots=True)
class TermFace:
    """What is on the back of a term's card."""

    definition_html: str
    misuse_html: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What is due today and what comes back when, with how well recall was predicted; None before anything is begun."""

    offering: Offering
    schedule: Schedule | None
    recall: RecallTable | None


@dataclass(frozen=True, slots=True)
class CardPage:
    """The card to be met now, with what is on its back where it is a term; None where nothing is left today."""

    offering: Offering
    deck: Deck | None
    card: DueCard | None
    face: TermFace | None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question met in a review, and where it is taught."""

    offering: Offering
    subject: Subject
    card: QuestionCard


def review_page(*, person: Person | None, slug: str, now: datetime) -> ReviewPage:
    """Return a learner's review; five queries. Raises catalogue's NotFound.

    Somebody who has begun nothing in the course has nothing to review yet.
    """
    offering, enrolment = offering_and_enrolment(person, slug)
    if enrolment is None:
        return ReviewPage(offering, None, None)
    return ReviewPage(offering, schedule_of(enrolment, now=now), recall_of(enrolment))


def card_page(*, person: Person | None, slug: str, now: datetime) -> CardPage:
    """Return the first card that is left today; five queries. Raises catalogue's NotFound."""
    offering, enrolment = offering_and_enrolment(person, slug)
    deck = deck_of(enrolment, now=now) if enrolment is not None else None
    card = deck.due[0] if deck is not None and deck.due else None
    face = _face(offering, card) if card is not None and card.subject.kind is Kind.TERM else None
    return CardPage(offering, deck, card, face)


def question_page(*, person: Person | None, slug: str, attempt_id: UUID) -> QuestionPage:
    """Return a question that the person met in a review; three queries. Raises NotFound, and catalogue's.

    One of an interview that still runs is not shown: it would tell before the end how it went.
    """
    offering, enrolment = offering_and_enrolment(person, slug)
    met = Attempt.objects.filter(enrolment=enrolment, purpose=Attempt.Purpose.REVIEW).exclude(HELD_BACK)
    attempt = met.filter(pk=attempt_id).select_related("item").first() if enrolment is not None else None
    card = question_card(enrolment, offering, attempt) if attempt is not None and enrolment is not None else None
    if attempt is None or card is None:
        raise NotFound
    subject = syllabus_of(offering.revision).subjects[attempt.item_id]
    return QuestionPage(offering, subject, card)


def question_card(enrolment: Enrolment, offering: Offering, attempt: Attempt) -> QuestionCard | None:
    """Return an attempt's card, as form or as result; None where the revision dropped its question."""
    key = attempt.item.key
    return attempt_cards(enrolment=enrolment, offering=offering, attempts={key: attempt.pk}).get(key)


def _face(offering: Offering, card: DueCard) -> TermFace:
    version = ItemVersion.objects.get(revision=offering.revision_id, item=card.subject.item_id)
    payload: dict[str, Any] = version.payload
    return TermFace(payload["definition_html"], payload["misuse_html"])
