"""When an idea is mastered, and how ready somebody is in a dimension: rules over unaided answers, pure.

An answer is unaided when it is the first to its variant's attempt: no hint was shown and no earlier try was explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from quizzes.policy import Proportion, proportion

FEWEST_ANSWERS: Final = 6
"""Below this nothing is concluded."""

APART: Final = timedelta(days=1)
"""How far apart two right answers must lie, so that the second is not the echo of the first."""

DELAY: Final = timedelta(days=7)
"""How long after the first right answer another question on the idea shows that it carries over."""

MOST_COUNTED: Final = 30
"""The latest answers that speak for a dimension: enough for an interval of some 15 points, and none of them old."""

READY: Final = 0.7
"""The share of right answers that a dimension must reach: our assumption of what an interview asks for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An unaided answer to a question; `attempt_id` is where it can be seen."""

    question_id: UUID
    attempt_id: UUID
    purpose: str
    is_right: bool
    at: datetime


class Level(StrEnum):
    """How far somebody is with an idea."""

    UNTRIED = "untried"
    THIN = "thin"
    LEARNING = "learning"
    MASTERED = "mastered"


@dataclass(frozen=True, slots=True)
class Mastery:
    """How far somebody is with an idea, the share of their answers that was right, and which condition still fails.

    `has_pair` says that two fresh variants were right a day or more apart, `has_transfer` that another question was
    right seven days or more after the first; both since the last wrong answer.
    """

    level: Level
    right: Proportion
    has_pair: bool
    has_transfer: bool

    @property
    def conclusion(self) -> str:
        """What the answers allow to say, and what would say more."""
        match self.level:
            case Level.UNTRIED:
                return "Nothing answered yet."
            case Level.THIN:
                return f"Not enough evidence: {self.right.total} of {FEWEST_ANSWERS} unaided answers."
            case Level.MASTERED:
                return "Mastered: right on fresh numbers a day apart, and on another question a week later."
            case Level.LEARNING if not self.has_pair:
                return "Not yet: two fresh variants right, a day or more apart, since the last miss."
            case _:
                return "Not yet: another question on it right, a week or more after the first."


def mastery_of(answers: Sequence[Answer], own: Iterable[UUID]) -> Mastery:
    """Return how far somebody is with an idea, from unaided answers to its questions and to those it carries over to.

    `own` are the idea's questions. Where it has one alone, the answers also hold its chapter's other questions, which
    count for the transfer and nothing else. A wrong answer to an own question begins both conditions anew.
    """
    own = frozenset(own)
    ordered = sorted(answers, key=lambda answer: answer.at)
    on_it = [answer for answer in ordered if answer.question_id in own]
    right = proportion(sum(answer.is_right for answer in on_it), len(on_it))
    missed_at = max((answer.at for answer in on_it if not answer.is_right), default=None)
    since = [answer for answer in ordered if answer.is_right and (missed_at is None or answer.at > missed_at)]
    hits = [answer for answer in since if answer.question_id in own]
    has_pair = len(hits) > 1 and hits[-1].at - hits[0].at >= APART
    has_transfer = any(
        later.question_id != hit.question_id and later.at - hit.at >= DELAY for hit in hits for later in since
    )
    if not on_it:
        level = Level.UNTRIED
    elif len(on_it) < FEWEST_ANSWERS:
        level = Level.THIN
    else:
        level = Level.MASTERED if has_pair and has_transfer else Level.LEARNING
    return Mastery(level, right, has_pair=has_pair, has_transfer=has_transfer)


class Readiness(StrEnum):
    """What the answers in a dimension allow to say."""

    THIN = "thin"
    READY = "ready"
    NOT_YET = "not_yet"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class DimensionStanding:
    """The latest unaided answers in a dimension: how many were right, and on how many of its questions they were."""

    right: Proportion
    met: int
    questions: int

    @property
    def readiness(self) -> Readiness:
        """Where the whole interval lies against READY."""
        if self.right.total < FEWEST_ANSWERS:
            return Readiness.THIN
        if self.right.low >= READY:
            return Readiness.READY
        return Readiness.NOT_YET if self.right.high < READY else Readiness.OPEN

    @property
    def conclusion(self) -> str:
        """The same in words."""
        match self.readiness:
            case Readiness.THIN:
                return f"Not enough evidence: {self.right.total} of {FEWEST_ANSWERS} unaided answers."
            case Readiness.READY:
                return f"Ready: even the low end of the interval is {READY:.0%} or more."
            case Readiness.NOT_YET:
                return f"Not yet: even the high end of the interval is below {READY:.0%}."
            case Readiness.OPEN:
                return f"Undecided: the interval holds {READY:.0%}. More questions will tell."


def latest_answers(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return the latest MOST_COUNTED answers, the newest first.

    They are chosen by their time alone. The last answer to each question would flatter: what was missed comes back
    until it is right, so that nearly every last answer is.
    """
    return tuple(sorted(answers, key=lambda answer: answer.at, reverse=True)[:MOST_COUNTED])


def standing_of(latest: Sequence[Answer], questions: int) -> DimensionStanding:
    """Return how a dimension with so many questions stands from the latest answers to them."""
    right = proportion(sum(answer.is_right for answer in latest), len(latest))
    return DimensionStanding(right, len({answer.question_id for answer in latest}), questions)
