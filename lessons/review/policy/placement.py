"""Where to begin a course: five questions, each asked where its answer tells most; pure.

The course is a row of chapters, and the learner is taken to know those before some place and not those from it on. Each
answer moves the probability of every place by Bayes' rule; the next question comes from the chapter that splits what is
left most evenly (probabilistic bisection: Horstein, "Sequential transmission using noiseless feedback", IEEE
Transactions on Information Theory 9, 1963).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

ITEMS: Final = 5

KNOWS: Final = 0.85
"""The chance that somebody who knows a chapter answers its question right: our assumption."""

GUESSES: Final = 0.25
"""The chance that somebody who does not is right all the same."""

CREDIBLE: Final = 0.8
"""How much probability the stated range of places holds at least."""


@dataclass(frozen=True, slots=True)
class Sign:
    """An answer: the place of its chapter in the course, from 0, and whether it was right."""

    chapter: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where to begin: the most even place, the range that holds it with probability CREDIBLE, and how probable that is.

    A place is the number of chapters that are taken to be known; all of them means that nothing is left to begin with.
    """

    begin: int
    low: int
    high: int
    probability: float


def probabilities(chapters: int, signs: Sequence[Sign]) -> tuple[float, ...]:
    """Return how probable each place is, from 0 to the number of chapters, each as likely as any other beforehand."""
    weights = [1.0] * (chapters + 1)
    for sign in signs:
        for place in range(chapters + 1):
            right = KNOWS if sign.chapter < place else GUESSES
            weights[place] *= right if sign.is_right else 1 - right
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def next_chapter(chapters: int, signs: Sequence[Sign], askable: Collection[int]) -> int:
    """Return the chapter to ask about next, of those that have a question left; an earlier one where two are as good.

    Raises ValueError without any.
    """
    likely = probabilities(chapters, signs)
    return min(sorted(askable), key=lambda chapter: abs(sum(likely[chapter + 1 :]) - 0.5))


def place_of(chapters: int, signs: Sequence[Sign]) -> Place:
    """Return where to begin: the median of the places, with the shortest range around it that is credible."""
    likely = probabilities(chapters, signs)
    begin, below = 0, likely[0]
    while below < 0.5:
        begin += 1
        below += likely[begin]
    low = high = begin
    held = likely[begin]
    while held < CREDIBLE:
        under = likely[low - 1] if low > 0 else -1.0
        over = likely[high + 1] if high < chapters else -1.0
        if under >= over:
            low, held = low - 1, held + under
        else:
            high, held = high + 1, held + over
    return Place(begin, low, high, held)
