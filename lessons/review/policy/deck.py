"""What is dealt on a day, the weakest first and then a few new cards, and what on the days after it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from lessons.review.policy.scheduling import Memory, predicted_recall

NEW_A_DAY: Final = 10
"""Cards that are met for the first time in a day: each brings four more meetings within a year, or more."""

MOST_A_DAY: Final = 40
"""Cards in a day, old and new: a quarter of an hour. What is left waits, the weakest first."""

DAYS_PLANNED: Final = 7
"""For how many days, today's among them, limits are counted in when it is said on which day a card comes."""


class Kind(StrEnum):
    """What a card asks for, in the order in which new ones are dealt."""

    QUESTION = "question"
    CONCEPT = "concept"
    TERM = "term"


class Reason(StrEnum):
    """Why a card is met, in the order in which cards are dealt."""

    SURE_AND_WRONG = "sure-and-wrong"
    FADING = "fading"
    MISSED = "missed"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A card that the learner has or may have, by what it is of.

    `memory` is None for one never met. `due_on` is the first day on which it is dealt; `comeback_id` names what the
    quizzes brought back, which is dealt whatever the limit of new cards says. `place` orders new cards of a kind.
    """

    item_id: UUID
    kind: Kind
    number: int
    due_on: date
    place: int
    memory: Memory | None = None
    comeback_id: int | None = None

    @property
    def is_new(self) -> bool:
        """Whether it counts against the new cards of a day."""
        return self.memory is None and self.comeback_id is None

    @property
    def reason(self) -> Reason:
        """Why it is met: a question is new only because its first try was wrong."""
        if self.comeback_id is not None:
            return Reason.SURE_AND_WRONG
        if self.memory is not None:
            return Reason.FADING
        return Reason.MISSED if self.kind is Kind.QUESTION else Reason.NEW

    def predicted(self, on: date) -> float | None:
        """Return the recall predicted for a day, None for a card never met."""
        return None if self.memory is None else predicted_recall(self.memory, on)


@dataclass(frozen=True, slots=True)
class Dealt:
    """A day's cards in the order in which they are met, and what waits beyond the day's limits or for a later day."""

    cards: tuple[Waiting, ...]
    held_back: int
    next_on: date | None


def deal(waiting: Iterable[Waiting], *, on: date, met_today: int, new_today: int) -> Dealt:
    """Return what is left to meet on a day, of which some cards were met already.

    What came back from a sure and wrong answer is first, then known cards from the least to the best recalled, then new
    ones. At most MOST_A_DAY cards are met in a day, of them at most NEW_A_DAY new.
    """
    cards = list(waiting)
    due = [card for card in cards if card.due_on <= on]
    known = sorted((card for card in due if not card.is_new), key=lambda card: _urgency(card, on))
    new = sorted((card for card in due if card.is_new), key=lambda card: (list(Kind).index(card.kind), card.place))
    chosen = [*known, *new[: max(NEW_A_DAY - new_today, 0)]][: max(MOST_A_DAY - met_today, 0)]
    later = [card.due_on for card in cards if card.due_on > on]
    return Dealt(tuple(chosen), len(due) - len(chosen), _next_day(later, on, is_more_due=len(due) > len(chosen)))


def plan(waiting: Iterable[Waiting], *, on: date, met_today: int, new_today: int) -> tuple[tuple[date, Waiting], ...]:
    """Return every card once, with the day on which it is dealt, in the order of the days.

    Each day is taken to be met whole. After DAYS_PLANNED days limits are left out: a card has its own day.
    """
    left, planned = list(waiting), []
    for ahead in range(DAYS_PLANNED):
        day = on + timedelta(days=ahead)
        dealt = deal(left, on=day, met_today=0 if ahead else met_today, new_today=0 if ahead else new_today).cards
        planned += [(day, card) for card in dealt]
        chosen = {card.item_id for card in dealt}
        left = [card for card in left if card.item_id not in chosen]
    after = on + timedelta(days=DAYS_PLANNED)
    later = [(max(card.due_on, after), card) for card in left]
    return (*planned, *sorted(later, key=lambda dated: (dated[0], dated[1].place)))


def _urgency(card: Waiting, on: date) -> tuple[bool, float, int]:
    predicted = card.predicted(on)
    return card.comeback_id is None, 0.0 if predicted is None else predicted, card.place


def _next_day(later: Sequence[date], on: date, *, is_more_due: bool) -> date | None:
    """Return the next day on which something is dealt; what a limit held back today is dealt tomorrow."""
    if is_more_due:
        return date.fromordinal(on.toordinal() + 1)
    return min(later, default=None)
