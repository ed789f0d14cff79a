"""Matching: each row on the left is given one of the choices on the right, of which some may fit no row.

Every row earns an equal share. Nothing is taken off for a wrong one: with four choices or more, pairing at random
earns a quarter at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from quizzes.kinds import parts, picks
from quizzes.kinds.contract import AnswerField, Examples, Graded, Json, Kind, Outcome
from quizzes.kinds.definition import Body
from quizzes.kinds.picks import Choice, Picked, PicksDefinition
from quizzes.kinds.prose import Prose

FEWEST_ROWS: Final = 3
MOST_ROWS: Final = 8
FEWEST_CHOICES: Final = 4
MOST_CHOICES: Final = 10


class MatchingDefinition(PicksDefinition):
    """A question whose rows each have one partner of their own."""

    kind: Literal["matching"]
    choices: list[Choice] = Field(min_length=FEWEST_CHOICES, max_length=MOST_CHOICES)
    parts: list[Picked] = Field(min_length=FEWEST_ROWS, max_length=MOST_ROWS)

    @model_validator(mode="after")
    def _pairs_each_choice_once(self) -> Self:
        partners = [part.choice for part in self.parts]
        if twice := parts.first_repeated(partners):
            raise ValueError(f"{twice} is the partner of two parts; where several share one, ask to categorise")
        return self

    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Shuffle both sides."""
        return self.draw_picks(prose, generator, shuffles_choices=True)


def read_answer(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Read `{"parts": {letter: choice}}`; raises MalformedAnswer where a row has none of the choices."""
    return {"parts": parts.read_picks(rendered, raw, lacking="Rows without a partner", called="choices")}


def grade(rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge each pair for itself."""
    judged = picks.judged(key, answer["parts"])
    right, total = picks.count_right(judged), len(judged)
    if right == total:
        return Graded(Outcome.CORRECT, Fraction(1), "", key["right_html"], parts=judged)
    outcome = Outcome.PARTIAL if right else Outcome.WRONG
    said = f"{right} of the {total} rows {'has' if right == 1 else 'have'} the right partner."
    return Graded(outcome, Fraction(right, total), picks.misconception_of(key, answer["parts"]), said, parts=judged)


def examples(rendered: Json, key: Json) -> Examples:
    """Pair all rightly, with one misconception each, one rightly, none rightly, and what is no answer."""
    right = picks.right_picks(key)
    wrong = {letter: picks.wrong_pick(rendered, key, letter) for letter in right}
    first = next(iter(right))
    return picks.examples_of(
        rendered,
        key,
        ((Outcome.PARTIAL, {"parts": {**wrong, first: right[first]}}), (Outcome.WRONG, {"parts": wrong})),
    )


def credit(rendered: Json) -> str:
    """Say how partial credit is given."""
    return "Every row with the right partner earns an equal share of the mark."


KIND: Final = Kind(MatchingDefinition, AnswerField.PARTS, read_answer, parts.keep_picks, grade, examples, credit)
