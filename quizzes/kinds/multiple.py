"""Multiple choice: each option is judged for itself, and wrong judgements take away what right ones earn.

With n options, of which r are judged rightly (ticked where it holds, left where it does not), the fraction is
max(0, (r - (n - r)) / n): ticking at random, or everything, earns nothing on average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal, Self

from pydantic import model_validator

from quizzes.kinds.contract import AnswerField, Examples, Graded, Json, Kind, Outcome
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.options import OptionsDefinition, known_letters, read_letter

MISSED: Final = "leaves-out-what-holds"
"""The misconception of an answer that ticks nothing wrong but not all that holds."""


class MultipleDefinition(OptionsDefinition):
    """A question in which several options may hold."""

    kind: Literal["multiple"]

    @model_validator(mode="after")
    def _has_right_and_wrong_options(self) -> Self:
        right = sum(option.correct for option in self.options)
        if right in {0, len(self.options)}:
            raise ValueError("some options must be correct and some not")
        return self


def read_answer(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Read `{"choices": [letter, …]}`; raises MalformedAnswer where none is ticked or one is unknown."""
    given = raw.get("choices")
    if not given:
        raise MalformedAnswer("No option is ticked yet. At least one holds: tick each that does.")
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise MalformedAnswer("The options ticked must come as a list of letters.")
    ticked = {read_letter(rendered, letter) for letter in given}
    return {"choices": sorted(ticked)}


def keep_draft(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Keep the options ticked so far."""
    return {"choices": known_letters(rendered, raw.get("choices"))}


def grade(rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge every option; feedback is given for what was ticked, so that what was left out is still to be found."""
    options = key["options"]
    ticked = [letter for letter in options if letter in answer["choices"]]
    rightly = sum((letter in ticked) == option["correct"] for letter, option in options.items())
    fraction = max(Fraction(0), Fraction(2 * rightly - len(options), len(options)))
    feedback = {letter: options[letter]["feedback_html"] for letter in ticked}
    if rightly == len(options):
        return Graded(Outcome.CORRECT, Fraction(1), "", key["right_html"], feedback)
    wrongly_ticked = [options[letter]["id"] for letter in ticked if not options[letter]["correct"]]
    counted = f"{rightly} of {len(options)} options are judged rightly."
    if not wrongly_ticked:
        counted += " What you ticked holds, but it is not all that does."
    outcome = Outcome.PARTIAL if fraction else Outcome.WRONG
    return Graded(outcome, fraction, wrongly_ticked[0] if wrongly_ticked else MISSED, counted, feedback)


def examples(rendered: Json, key: Json) -> Examples:
    """Tick exactly what holds, then that with one wrong option more, then exactly what does not hold."""
    options = key["options"]
    right = [letter for letter in options if options[letter]["correct"]]
    wrong = [letter for letter in options if not options[letter]["correct"]]
    one_slip = Outcome.PARTIAL if len(options) > 2 else Outcome.WRONG
    return Examples(
        correct=({"choices": right},),
        wrong=tuple((options[letter]["id"], {"choices": [*right, letter]}) for letter in wrong),
        borderline=((one_slip, {"choices": [*right, wrong[0]]}), (Outcome.WRONG, {"choices": wrong})),
        invalid=({}, {"choices": []}, {"choices": right[0]}, {"choices": ["z"]}, {"choices": [None]}, {"choices": 7}),
    )


def credit(rendered: Json) -> str:
    """Say how partial credit is given."""
    return (
        "Every option judged rightly earns a share of the mark and every one judged wrongly takes a share away, "
        "never below zero."
    )


KIND: Final = Kind(MultipleDefinition, AnswerField.CHOICES, read_answer, keep_draft, grade, examples, credit)
