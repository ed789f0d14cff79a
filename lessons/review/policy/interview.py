"""A mock interview: how long, how many questions of each dimension, and the moves that open it; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

DIMENSIONS: Final = ("concepts", "estimation", "design", "coding", "debugging")
"""The five dimensions, in the order in which an interview asks and pages show them."""

ROUNDS: Final[Mapping[int, int]] = {20: 1, 45: 2, 60: 3}
"""How many questions of each dimension an interview of so many minutes asks: four minutes or more a question."""


@dataclass(frozen=True, slots=True)
class Move:
    """One of the moves with which a design begins."""

    name: str
    title: str
    asks: str


MOVES: Final = (
    Move("load", "Describe the load", "How many, how often, how large, how skewed, and how fast does it grow?"),
    Move("objectives", "State the objective", "What is good, for what share, by whose clock, over which window?"),
    Move("bottleneck", "Find the bottleneck", "What fills up first, and what waits for many?"),
    Move("state", "Split off the state", "What can any machine do, and what has to be kept, agreed on or ordered?"),
)
"""The four moves before the first box, as every design answer has them."""


def end_of(*, started_at: datetime, minutes: int, extra_time_percent: int) -> datetime:
    """Return when an interview ends by itself, with the learner's extra time."""
    return started_at + timedelta(minutes=minutes) * (1 + extra_time_percent / 100)


def chosen_questions(
    *,
    dimensions: Mapping[UUID, str],
    each: int,
    known: Sequence[UUID],
    met_at: Mapping[UUID, datetime],
    shuffled: Sequence[UUID],
) -> tuple[UUID, ...]:
    """Return the questions of an interview, `each` of them in every dimension that has as many, dimension by dimension.

    `dimensions` says what each question is of, `known` which are from chapters that were read. Those come first, then
    what was met longest ago, then the order of `shuffled`, which holds every question.
    """
    is_known, taken = frozenset(known), Counter[str]()
    place = {question: index for index, question in enumerate(shuffled)}
    # What was never met waits longest; then by the order in which the others were.
    waited = {question: rank for rank, question in enumerate(sorted(met_at, key=lambda met: met_at[met]), start=1)}
    ordered = sorted(
        dimensions,
        key=lambda question: (question not in is_known, waited.get(question, 0), place[question]),
    )
    chosen = []
    for question in ordered:
        if taken[dimensions[question]] < each:
            taken[dimensions[question]] += 1
            chosen.append(question)
    return tuple(sorted(chosen, key=lambda question: DIMENSIONS.index(dimensions[question])))
