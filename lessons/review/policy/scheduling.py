"""When something is met again: FSRS on study days, as one pure fold over ratings.

The scheduler is the package `fsrs`, version 6 of the Free Spaced Repetition Scheduler with its published default
weights, fitted by its authors to some hundred million reviews of other learners (Ye, Su and Cao, "A stochastic shortest
path algorithm for optimizing spaced repetition scheduling", KDD 2022; the open-spaced-repetition project's FSRS-6).
It is run without steps of minutes and without random fuzz: a card is met at most once a day, and the same ratings on
the same days always give the same state, so that a card's state can be explained by its log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import IntEnum
from typing import Final

import fsrs

RETENTION: Final = 0.9
"""The predicted recall at which a card is due again."""

LONGEST_INTERVAL: Final = 365
"""Days after which anything is met again, however well it is known."""

_SCHEDULER: Final = fsrs.Scheduler(
    desired_retention=RETENTION,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=LONGEST_INTERVAL,
    enable_fuzzing=False,
)


class Rating(IntEnum):
    """How well something came back, as FSRS counts: again is forgotten, the other three are recalled."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4

    @property
    def is_recalled(self) -> bool:
        """Whether it came back at all."""
        return self is not Rating.AGAIN


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of one learner's memory of one thing.

    `stability` is the number of days after which predicted recall has fallen to 0.9, `difficulty` runs from 1 to 10.
    """

    stability: float
    difficulty: float
    reviewed_on: date
    due_on: date


def predicted_recall(memory: Memory, on: date) -> float:
    """Return the predicted probability, over 0 to 1, that something is recalled on a day; 1 on the day of its review.

    FSRS-6: (1 + f t / S) ** -d, with t days since the review, stability S, d = 0.1542, and f such that it is 0.9 where
    t is S.
    """
    return _SCHEDULER.get_card_retrievability(_card(memory), _instant(on))


def after_review(memory: Memory | None, rating: Rating, on: date) -> Memory:
    """Return the memory after a review on a day, the first one where there was none.

    A day before the last review, as a change of time zone may give, counts as that review's day.
    """
    if memory is not None:
        on = max(on, memory.reviewed_on)
    before = fsrs.Card(card_id=0) if memory is None else _card(memory)
    card, _ = _SCHEDULER.review_card(before, fsrs.Rating(rating), _instant(on))
    assert card.stability is not None
    assert card.difficulty is not None
    return Memory(card.stability, card.difficulty, on, card.due.date())


def fold(reviews: Iterable[tuple[Rating, date]]) -> Memory | None:
    """Return the memory after all reviews of one thing, in their order; None without any."""
    memory = None
    for rating, on in reviews:
        memory = after_review(memory, rating, on)
    return memory


def _card(memory: Memory) -> fsrs.Card:
    return fsrs.Card(
        card_id=0,
        state=fsrs.State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_instant(memory.due_on),
        last_review=_instant(memory.reviewed_on),
    )


def _instant(day: date) -> datetime:
    """Return what stands for a study day to the scheduler, which counts whole days between instants."""
    return datetime.combine(day, time(), UTC)
