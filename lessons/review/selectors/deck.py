"""A learner's deck on a day: what could be met, what is dealt, how much of it is done, and what comes back when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from lessons.catalogue.models import Enrolment
from lessons.review.models import Card
from lessons.review.policy.deck import DAYS_PLANNED, Kind, Reason, Waiting, deal, plan
from lessons.review.policy.scheduling import Memory
from lessons.review.selectors.syllabus import Subject, Syllabus, syllabus_of
from quizzes.models import Attempt, Comeback, Step

BEFORE_MET_AGAIN = timedelta(days=1)
"""How long after its answer a question may come back: sooner, it would be answered from the screen before."""

STRETCHES: Final = (
    ("Today", 0, 1),
    ("Tomorrow", 1, 2),
    ("Within a week", 2, DAYS_PLANNED),
    ("Later", DAYS_PLANNED, inf),
)
"""What days are called together: from how many days after today, and before how many."""


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card to be met now: what it is of, which meeting it is, and how well it is predicted to be recalled."""

    subject: Subject
    number: int
    predicted: float | None
    comeback_id: int | None


@dataclass(frozen=True, slots=True)
class Deck:
    """A day's deck: the cards left, how many were met, how many wait beyond the day's limits, and the next day."""

    day: date
    due: tuple[DueCard, ...]
    met_today: int
    held_back: int
    next_on: date | None
    is_begun: bool

    @property
    def of_today(self) -> int:
        """How many cards the day has, met or left."""
        return self.met_today + len(self.due)

    @property
    def terms(self) -> int:
        """How many of the cards left are terms."""
        return self._count(Kind.TERM)

    @property
    def concepts(self) -> int:
        """How many of the cards left are ideas."""
        return self._count(Kind.CONCEPT)

    @property
    def questions(self) -> int:
        """How many of the cards left are questions that were missed."""
        return self._count(Kind.QUESTION)

    def _count(self, kind: Kind) -> int:
        return sum(card.subject.kind is kind for card in self.due)

    def find(self, item_id: UUID) -> DueCard | None:
        """Return the card of an item if it is to be met now."""
        return next((card for card in self.due if card.subject.item_id == item_id), None)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The cards of a day, or of some days, by the reasons for which they are met; `first` and `last` have cards."""

    name: str
    first: date
    last: date
    reasons: tuple[tuple[Reason, tuple[Subject, ...]], ...]

    @property
    def cards(self) -> int:
        """How many cards there are."""
        return sum(len(subjects) for _, subjects in self.reasons)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Today's deck, and what comes back when: today, tomorrow, within a week, later; what has no card is left out."""

    deck: Deck
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class FirstTry:
    """The first answer to a question in one attempt."""

    item_id: UUID
    purpose: str
    is_right: bool
    is_finished: bool
    at: datetime


def day_of(enrolment: Enrolment, now: datetime) -> date:
    """Return the learner's study day."""
    return now.astimezone(ZoneInfo(enrolment.time_zone)).date()


def memory_of(card: Card) -> Memory:
    """Return a kept card as the value that the scheduler works with."""
    return Memory(card.stability, card.difficulty, card.reviewed_on, card.due_on)


def deck_of(enrolment: Enrolment, *, now: datetime) -> Deck:
    """Return a learner's deck; three queries, whatever there is in it, and those of a revision not read yet.

    The enrolment comes with its offering and the revision. A chapter counts as read once a question of it was answered:
    then its terms may be met, and each of its ideas that was asked about. A question whose first try was wrong in
    practice is met again, and so is what the quizzes bring back.
    """
    return _dealt(_hand_of(enrolment, now))


def schedule_of(enrolment: Enrolment, *, now: datetime) -> Schedule:
    """Return a learner's deck and what comes back after it; the queries of `deck_of`, whatever there is in it."""
    hand = _hand_of(enrolment, now)
    planned = plan(hand.waiting, on=hand.day, met_today=hand.met_today, new_today=hand.new_today)
    parts = (
        (name, [(day, card) for day, card in planned if begin <= (day - hand.day).days < end])
        for name, begin, end in STRETCHES
    )
    return Schedule(_dealt(hand), tuple(_stretch(name, part, hand.syllabus) for name, part in parts if part))


def _stretch(name: str, dated: Sequence[tuple[date, Waiting]], syllabus: Syllabus) -> Stretch:
    by_reason = (
        (reason, tuple(syllabus.subjects[card.item_id] for _, card in dated if card.reason is reason))
        for reason in Reason
    )
    return Stretch(name, dated[0][0], dated[-1][0], tuple(group for group in by_reason if group[1]))


@dataclass(frozen=True, slots=True)
class _Hand:
    """All that a learner has met or may meet, and how much of a day's limits is used."""

    day: date
    syllabus: Syllabus
    waiting: tuple[Waiting, ...]
    met_today: int
    new_today: int
    is_begun: bool


def _hand_of(enrolment: Enrolment, now: datetime) -> _Hand:
    syllabus, day = syllabus_of(enrolment.offering.revision), day_of(enrolment, now)
    cards = {card.item_id: card for card in Card.objects.filter(enrolment=enrolment)}
    tries = _first_tries(enrolment)
    comebacks = Comeback.objects.filter(enrolment=enrolment, done_at__isnull=True)
    back = {item_id: (pk, due_at) for pk, item_id, due_at in comebacks.values_list("pk", "item_id", "due_at")}
    today = [card for card in cards.values() if card.reviewed_on == day]
    return _Hand(
        day=day,
        syllabus=syllabus,
        waiting=tuple(_waiting(enrolment, syllabus, cards=cards, tries=tries, back=back, now=now)),
        met_today=len(today),
        new_today=sum(card.reviews == 1 for card in today),
        is_begun=bool(tries or cards),
    )


def _dealt(hand: _Hand) -> Deck:
    dealt = deal(hand.waiting, on=hand.day, met_today=hand.met_today, new_today=hand.new_today)
    return Deck(
        day=hand.day,
        due=tuple(
            DueCard(hand.syllabus.subjects[card.item_id], card.number, card.predicted(hand.day), card.comeback_id)
            for card in dealt.cards
        ),
        met_today=hand.met_today,
        held_back=dealt.held_back,
        next_on=dealt.next_on,
        is_begun=hand.is_begun,
    )


def _first_tries(enrolment: Enrolment) -> list[FirstTry]:
    """Return the first answers of every attempt but reviews, in their order; one query."""
    steps = Step.objects.filter(attempt__enrolment=enrolment, number=1).exclude(attempt__purpose=Attempt.Purpose.REVIEW)
    rows = steps.order_by("submitted_at").values_list(
        "attempt__item_id", "attempt__purpose", "outcome", "attempt__state", "submitted_at"
    )
    return [
        FirstTry(item_id, purpose, outcome == Step.Outcome.CORRECT, state == Attempt.State.FINISHED, at)
        for item_id, purpose, outcome, state, at in rows
    ]


def _waiting(
    enrolment: Enrolment,
    syllabus: Syllabus,
    *,
    cards: Mapping[UUID, Card],
    tries: list[FirstTry],
    back: Mapping[UUID, tuple[int, datetime]],
    now: datetime,
) -> Iterator[Waiting]:
    """Yield every card that the learner has or may have; a subject that the revision dropped has none."""
    day = day_of(enrolment, now)
    due = _new_from(enrolment, syllabus, tries)
    due |= {item_id: card.due_on for item_id, card in cards.items()}
    # What the quizzes bring back has a time of day, before which it cannot be opened.
    tomorrow = day + timedelta(days=1)
    due |= {
        item_id: day if due_at <= now else max(day_of(enrolment, due_at), tomorrow)
        for item_id, (_, due_at) in back.items()
    }
    for item_id in due.keys() & syllabus.subjects.keys():
        subject, card = syllabus.subjects[item_id], cards.get(item_id)
        yield Waiting(
            item_id=item_id,
            kind=subject.kind,
            number=card.reviews + 1 if card else 1,
            due_on=due[item_id],
            place=subject.place,
            memory=memory_of(card) if card else None,
            comeback_id=back[item_id][0] if item_id in back else None,
        )


def _new_from(enrolment: Enrolment, syllabus: Syllabus, tries: list[FirstTry]) -> dict[UUID, date]:
    """Return from which day on each card can be met for the first time."""
    answered: dict[UUID, datetime] = {}
    found: dict[UUID, date] = {}
    for each in tries:
        answered.setdefault(each.item_id, each.at)
        if each.purpose == Attempt.Purpose.PRACTICE and each.is_finished and not each.is_right:
            found[each.item_id] = day_of(enrolment, each.at + BEFORE_MET_AGAIN)
    for subject in syllabus.concepts:
        known = [answered[question] for question in subject.questions if question in answered]
        if known:
            found[subject.item_id] = day_of(enrolment, min(known) + BEFORE_MET_AGAIN)
    for chapter_key, questions in syllabus.chapters.items():
        known = [answered[question] for question in questions if question in answered]
        if known:
            found |= {term.item_id: day_of(enrolment, min(known)) for term in syllabus.terms_of(chapter_key)}
    return found
