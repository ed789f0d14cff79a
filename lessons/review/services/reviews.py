"""Meeting a card: rating a term, asking a question, and taking its answer as the review.

A review is known by its card and its number, so that a double click, a retry or a second tab makes one of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Event, Offering
from lessons.review.errors import InterviewRuns, InvalidRating, NotDue, NotFound, StaleCard
from lessons.review.models import Asked, Card, Review, Round
from lessons.review.policy.deck import Kind
from lessons.review.policy.scheduling import Rating, after_review, predicted_recall
from lessons.review.selectors import DueCard, Subject, day_of, deck_of, memory_of, syllabus_of
from quizzes.models import Attempt, Step
from quizzes.services import open_attempt, start_review

STEP: Final = "step:"
"""What the idempotency key of an answer's event begins with; the step's id follows."""


@transaction.atomic
def rate(*, offering: Offering, item_id: UUID, number: int, rating: str, actor: Person, now: datetime) -> Review:
    """Note how well a term came back at its n-th meeting; sent again, it returns what was noted first.

    Raises InvalidRating, NotFound where the actor has no such card, StaleCard where the number is of another meeting,
    NotDue before its day.
    """
    if rating not in {str(int(known)) for known in Rating}:
        raise InvalidRating(rating)
    enrolment = _held(offering, actor)
    known = Review.objects.filter(enrolment=enrolment, item=item_id, number=number).first()
    if known is not None:
        return known
    card = _due(enrolment, item_id, number, now)
    if card.subject.kind is not Kind.TERM:
        raise NotFound
    return _note(enrolment, item_id, Rating(int(rating)), step=None, now=now)


@transaction.atomic
def ask(*, offering: Offering, item_id: UUID, number: int, actor: Person, now: datetime) -> Asked:
    """Open the question of a card's n-th meeting, on a fresh variant; the same one however often it is asked.

    Of an idea it is the question that was answered longest ago. Raises as `rate` does, and InterviewRuns, since an
    interview that runs may be asking the same.
    """
    enrolment = _held(offering, actor)
    known = Asked.objects.filter(enrolment=enrolment, item=item_id, number=number).first()
    if known is not None:
        return known
    card = _due(enrolment, item_id, number, now)
    if card.subject.kind is Kind.TERM:
        raise NotFound
    if Round.objects.filter(enrolment=enrolment, kind=Round.Kind.INTERVIEW, ended_at=None).exists():
        raise InterviewRuns
    attempt = None
    if card.comeback_id is not None:
        attempt = start_review(offering=offering, comeback_id=card.comeback_id, actor=actor, now=now).attempt
    if attempt is None:
        key = syllabus_of(offering.revision).keys[_question_for(enrolment, card.subject)]
        attempt = open_attempt(enrolment=enrolment, item_key=key, actor=actor, now=now, purpose=Attempt.Purpose.REVIEW)
    return Asked.objects.create(enrolment=enrolment, item_id=item_id, number=number, attempt=attempt, at=now)


def note_answer(*, event: Event) -> None:
    """Take an answer in a review as the review of each card that asked it; within the transaction of the answer.

    A question of a round was asked by none.
    """
    step = Step.objects.select_related("attempt").get(pk=event.idempotency_key.removeprefix(STEP))
    asked = Asked.objects.filter(attempt=step.attempt_id).order_by("at", "pk").values_list("item_id", flat=True)
    for item_id in asked:
        _note(event.enrolment, item_id, rating_of(step), step=step, now=event.at)


def rating_of(step: Step) -> Rating:
    """Return what an answer says about recall: wrong or in part is forgotten, and a right guess took effort."""
    if step.outcome != Step.Outcome.CORRECT:
        return Rating.AGAIN
    return Rating.HARD if step.confidence == Step.Confidence.GUESS else Rating.GOOD


def _held(offering: Offering, actor: Person) -> Enrolment:
    """Return the actor's enrolment, held until the transaction ends: one meeting at a time."""
    locked = Enrolment.objects.select_for_update(no_key=True).filter(offering=offering, person=actor).first()
    if locked is None:
        raise NotFound
    locked.offering, locked.person = offering, actor
    return locked


def _due(enrolment: Enrolment, item_id: UUID, number: int, now: datetime) -> DueCard:
    """Return the card that is to be met now, as often as the number says."""
    card = deck_of(enrolment, now=now).find(item_id)
    if card is not None:
        if card.number != number:
            raise StaleCard
        return card
    kept = Card.objects.filter(enrolment=enrolment, item=item_id).first()
    if kept is None:
        raise NotFound
    if number != kept.reviews + 1:
        raise StaleCard
    raise NotDue(f"{kept.due_on:%-d %B}")


def _question_for(enrolment: Enrolment, subject: Subject) -> UUID:
    """Return the question of an idea that was tried longest ago, one never tried first."""
    tries = Attempt.objects.filter(enrolment=enrolment, item__in=subject.questions)
    last = dict(tries.values_list("item").annotate(last=Max("started_at")))
    never = [question for question in subject.questions if question not in last]
    return never[0] if never else min(subject.questions, key=lambda question: last[question])


def _note(enrolment: Enrolment, item_id: UUID, rating: Rating, *, step: Step | None, now: datetime) -> Review:
    """Append a review and fold it into its card."""
    card, day = Card.objects.filter(enrolment=enrolment, item=item_id).first(), day_of(enrolment, now)
    memory = memory_of(card) if card is not None else None
    after = after_review(memory, rating, day)
    number = card.reviews + 1 if card is not None else 1
    review = Review.objects.create(
        enrolment=enrolment,
        item_id=item_id,
        number=number,
        rating=rating,
        is_recalled=rating.is_recalled,
        predicted=predicted_recall(memory, after.reviewed_on) if memory is not None else None,
        step=step,
        day=after.reviewed_on,
        at=now,
    )
    Card.objects.update_or_create(
        enrolment=enrolment,
        item_id=item_id,
        defaults={
            "reviews": number,
            "stability": after.stability,
            "difficulty": after.difficulty,
            "reviewed_on": after.reviewed_on,
            "due_on": after.due_on,
        },
    )
    return review
