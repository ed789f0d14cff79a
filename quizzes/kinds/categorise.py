"""Categorise: each card goes into one of a few named bins.

With b bins, a card in a wrong one takes away what 1 / (b - 1) of a right one earns, never below zero in all: sorting
at random earns nothing on average, as in multiple choice. Where there are two bins, to call one card wrong would be to
say where it belongs, so that single cards are judged only once the tries are used.
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

FEWEST_BINS: Final = 2
MOST_BINS: Final = 5
FEWEST_CARDS: Final = 3
_SHARES: Final = {3: "half of what", 4: "a third of what", 5: "a quarter of what"}


class CategoriseDefinition(PicksDefinition):
    """A question whose cards are sorted into bins: its parts are the cards, its choices the bins."""

    kind: Literal["categorise"]
    choices: list[Choice] = Field(min_length=FEWEST_BINS, max_length=MOST_BINS)
    parts: list[Picked] = Field(min_length=FEWEST_CARDS, max_length=parts.MOST_PARTS)

    @model_validator(mode="after")
    def _fills_more_than_one_bin(self) -> Self:
        if len({part.choice for part in self.parts}) == 1:
            raise ValueError("all parts have the same choice; there is nothing to sort")
        return self

    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Shuffle the cards; the bins stay in their order, which may mean something."""
        return self.draw_picks(prose, generator, shuffles_choices=False)


def read_answer(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Read `{"parts": {letter: bin}}`; raises MalformedAnswer where a card lies in none of the bins."""
    return {"parts": parts.read_picks(rendered, raw, lacking="Cards in no bin", called="bins")}


def grade(rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge each card, and tell of single cards where that leaves something to find out."""
    judged = picks.judged(key, answer["parts"])
    right, total, bins = picks.count_right(judged), len(judged), len(rendered["choices"])
    if right == total:
        return Graded(Outcome.CORRECT, Fraction(1), "", key["right_html"], parts=judged)
    fraction = max(Fraction(0), Fraction(right * (bins - 1) - (total - right), total * (bins - 1)))
    return Graded(
        Outcome.PARTIAL if fraction else Outcome.WRONG,
        fraction,
        picks.misconception_of(key, answer["parts"]),
        f"{right} of the {total} cards {'lies in its bin' if right == 1 else 'lie in their bins'}.",
        parts=judged if bins > FEWEST_BINS else {},
    )


def examples(rendered: Json, key: Json) -> Examples:
    """Sort all rightly, with one misconception each, one wrongly, as many rightly as earn nothing, and nonsense."""
    right = picks.right_picks(key)
    wrong = {letter: picks.wrong_pick(rendered, key, letter) for letter in right}
    letters, bins = list(right), len(rendered["choices"])
    worth_nothing = len(letters) // bins
    return picks.examples_of(
        rendered,
        key,
        (
            (Outcome.PARTIAL, {"parts": {**right, letters[0]: wrong[letters[0]]}}),
            (Outcome.WRONG, {"parts": {**wrong, **{letter: right[letter] for letter in letters[:worth_nothing]}}}),
            (
                Outcome.PARTIAL,
                {"parts": {**wrong, **{letter: right[letter] for letter in letters[: worth_nothing + 1]}}},
            ),
        ),
    )


def credit(rendered: Json) -> str:
    """Say how partial credit is given."""
    bins = len(rendered["choices"])
    if bins == FEWEST_BINS:
        return (
            "Every card in its bin earns a share of the mark and every one in the other takes a share away, never "
            "below zero. Which cards are wrong is told once the tries are used."
        )
    return (
        f"Every card in its bin earns a share of the mark and every one in another takes away {_SHARES[bins]} a right "
        "one earns, never below zero."
    )


KIND: Final = Kind(CategoriseDefinition, AnswerField.PARTS, read_answer, parts.keep_picks, grade, examples, credit)
