"""Single choice: one option is right, and each of the others is a particular way to go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, Literal, Self

from pydantic import model_validator

from quizzes.kinds.contract import AnswerField, Examples, Graded, Json, Kind, Outcome
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.options import OptionsDefinition, known_letters, letters_of, read_letter


class ChoiceDefinition(OptionsDefinition):
    """A question with exactly one right option."""

    kind: Literal["choice"]

    @model_validator(mode="after")
    def _has_one_right_option(self) -> Self:
        right = sum(option.correct for option in self.options)
        if right != 1:
            raise ValueError(f"exactly one option must be correct; {right} are")
        return self


def read_answer(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Read `{"choice": letter}`; raises MalformedAnswer where none, or none of this variant's, is picked."""
    given = raw.get("choice")
    if given is None or given == "":
        raise MalformedAnswer("No option is picked yet. Pick one.")
    return {"choice": read_letter(rendered, given)}


def keep_draft(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Keep the option picked so far, if this variant has it."""
    kept = known_letters(rendered, raw.get("choice"))
    return {"choice": kept[0]} if kept else {}


def grade(rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge the option picked; a wrong one is its own misconception."""
    letter = answer["choice"]
    option = key["options"][letter]
    feedback = {letter: option["feedback_html"]}
    if option["correct"]:
        return Graded(Outcome.CORRECT, Fraction(1), "", option["feedback_html"], feedback)
    return Graded(Outcome.WRONG, Fraction(0), option["id"], option["feedback_html"], feedback)


def examples(rendered: Json, key: Json) -> Examples:
    """Pick each option in turn, and what is not one."""
    options = key["options"]
    return Examples(
        correct=tuple({"choice": letter} for letter in options if options[letter]["correct"]),
        wrong=tuple(
            (options[letter]["id"], {"choice": letter}) for letter in options if not options[letter]["correct"]
        ),
        borderline=(),
        invalid=({}, {"choice": ""}, {"choice": "z"}, {"choice": letters_of(rendered)}, {"choice": "x" * 1_000_000}),
    )


KIND: Final = Kind(ChoiceDefinition, AnswerField.CHOICE, read_answer, keep_draft, grade, examples)
