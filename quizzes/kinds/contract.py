"""What every kind of question provides, and the shapes that pass between a question, its variant and a grade.

`rendered` is what a learner may see of a variant and `key` is what they may not; both are plain JSON, because a
variant is stored as it was drawn and never drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from quizzes.kinds.definition import Definition

Json = dict[str, Any]
"""A JSON object: a rendered variant, its key, or an answer."""

LONGEST_ANSWER: Final = 80
"""Characters that a typed answer may have."""


class AnswerField(StrEnum):
    """What an answer holds, and under which name: each kind has one of these.

    Forms, drafts and the API take their shape from it; in a form the part `a` is sent as `parts.a`.
    """

    TEXT = "text"
    """What was typed."""
    CHOICE = "choice"
    """The letter of one option."""
    CHOICES = "choices"
    """The letters of several."""
    PARTS = "parts"
    """What was typed or picked for each part, by the part's letter."""


class Outcome(StrEnum):
    """How an answer was judged."""

    CORRECT = "correct"
    PARTIAL = "partial"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One variant of a question: the numbers drawn, what is shown, and the key that stays on the server."""

    seed: int
    parameters: Json
    rendered: Json
    key: Json


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """The judgement of one part of an answer, as it may be told while tries are left: it says nothing of the key."""

    outcome: Outcome
    feedback_html: str = ""


@dataclass(frozen=True, slots=True)
class Graded:
    """The judgement of one answer.

    `fraction` is the share of the full mark before any penalty. `feedback_html` speaks of the answer as a whole,
    `option_feedback` of single options and `parts` of its parts, by the letter under which they were shown.
    """

    outcome: Outcome
    fraction: Fraction
    misconception: str
    feedback_html: str
    option_feedback: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, JudgedPart] = field(default_factory=dict)

    @property
    def feedback(self) -> Json:
        """What is said of the answer, as plain JSON to be kept with it."""
        return {
            "html": self.feedback_html,
            "options": dict(self.option_feedback),
            "parts": {
                letter: {"outcome": str(part.outcome), "html": part.feedback_html}
                for letter, part in self.parts.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Examples:
    """Answers to one variant whose judgement is known beforehand; every question tests itself with them.

    `wrong` pairs a misconception's id with the answer of somebody who holds it; `borderline` pairs an answer just
    inside or outside of what counts with its outcome; `invalid` are inputs that must be refused.
    """

    correct: tuple[Json, ...]
    wrong: tuple[tuple[str, Json], ...]
    borderline: tuple[tuple[Outcome, Json], ...]
    invalid: tuple[Json, ...]


def _all_or_nothing(rendered: Json) -> str:
    return ""


def _taken_as_it_is(key: Json, answer: Json) -> None:
    return None


def _never_fading(rendered: Json, key: Json, steps: int) -> tuple[Json, Json]:
    return rendered, key


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question: how it is defined, read and judged.

    `read_answer(rendered, raw)` returns the answer as it is stored or raises MalformedAnswer;
    `keep_draft(rendered, raw)` keeps what may be unfinished, within bounds; `grade(rendered, key, answer)` judges.
    `credit(rendered)` says in a sentence how an answer that is partly right is marked, and is empty where none is.
    `hand_back(key, answer)` raises MalformedAnswer for an answer that should be looked at again before it costs a try.
    `fade(rendered, key, steps)` returns both with so many fewer steps shown worked, the last first.
    """

    definition: type[Definition]
    field: AnswerField
    read_answer: Callable[[Json, Mapping[str, object]], Json]
    keep_draft: Callable[[Json, Mapping[str, object]], Json]
    grade: Callable[[Json, Json, Json], Graded]
    examples: Callable[[Json, Json], Examples]
    credit: Callable[[Json], str] = _all_or_nothing
    hand_back: Callable[[Json, Json], None] = _taken_as_it_is
    fade: Callable[[Json, Json, int], tuple[Json, Json]] = _never_fading
