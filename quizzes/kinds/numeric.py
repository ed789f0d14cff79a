"""A number with its unit, or an interval of two, right within a stated tolerance.

An answer is read in the unit that it carries, or else in the question's. Values that particular mistakes lead to are
recognised within the same tolerance; so are a share mistaken for a percentage, a prefix mistaken for the next, and a
right number rounded further than was asked. Of an interval each end is half the mark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from quizzes.kinds import quantities
from quizzes.kinds.contract import LONGEST_ANSWER, AnswerField, Examples, Graded, Json, Kind, Outcome
from quizzes.kinds.definition import Body, Definition, Expression, FiniteNumber, ShortMarkdown
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.numbers import quoted, read_number
from quizzes.kinds.parts import repeated_ids
from quizzes.kinds.prose import Prose
from quizzes.kinds.quantities import Quantity, WrongValue

_NO_NUMBERS: Final = (
    "",
    " ",
    "four",
    "1e400",
    "1e-400",
    "NaN",
    "-inf",
    "٣",
    "４２",
    "1,5",
    "1.2.3",
    "5 parsecs",
    "9" * 81,
)
_BETWEEN: Final = re.compile(r"\s+to\s+|\s*(?:\N{EN DASH}|\N{EM DASH}|\.\.\.?|…)\s*|(?<=[^eE^*\s(])\s*-\s*(?=[0-9.])")
_ENDS: Final = "Write where it begins and where it ends, such as 20 to 30."


class NumericAnswer(Quantity):
    """The value that is asked for, or with `to` the interval from one value to the other."""

    to: Expression | FiniteNumber | None = None


class NumericMisconception(WrongValue):
    """The value, or interval, that somebody gets who reasons in one particular wrong way."""

    to: Expression | FiniteNumber | None = None


class NumericDefinition(Definition):
    """A question answered by a number or an interval."""

    kind: Literal["numeric"]
    right: ShortMarkdown
    answer: NumericAnswer
    misconceptions: list[NumericMisconception] = Field(default_factory=list, max_length=10)

    @model_validator(mode="after")
    def _misconceptions_are_of_the_same_sort(self) -> Self:
        if twice := repeated_ids(self.misconceptions):
            raise ValueError(f"the misconception id {', '.join(twice)} is used twice")
        for misconception in self.misconceptions:
            if (misconception.to is None) != (self.answer.to is None):
                raise ValueError(f"{misconception.id} and the answer must both be numbers or both be intervals")
        return self

    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Compute the exact value and what each misconception leads to."""
        asked = self.answer
        key: Json = {
            **_computed(prose, "answer", asked.value, asked.to),
            **asked.exactness,
            "misconceptions": [
                {
                    "id": misconception.id,
                    **_computed(prose, f"misconceptions.{index}", misconception.value, misconception.to),
                    "feedback_html": prose.inline(f"misconceptions.{index}.feedback", misconception.feedback),
                }
                for index, misconception in enumerate(self.misconceptions)
            ],
        }
        shown = asked.shown
        if asked.to is not None:
            shown |= {"is_interval": True, "precision_note": f"{shown['precision_note']} {_ENDS}"}
        key["answer_text"] = quantities.unit_of(shown).joined_to(
            " to ".join(quantities.as_asked(end, key) for end in _ends_of(key))
        )
        return Body(shown, key, _degeneracy(key))


def read_answer(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Read `{"text": "4.9 %"}`; raises MalformedAnswer where it holds no number, or a unit of something else."""
    text = raw.get("text", "")
    if not isinstance(text, str):
        raise MalformedAnswer(f"The answer must be text that holds one number; {quoted(str(text))} is not text.")
    _readings(rendered, text)
    return {"text": text.strip()}


def keep_draft(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Keep what is typed so far, however unfinished, up to the length that an answer may have."""
    text = raw.get("text", "")
    return {"text": text[:LONGEST_ANSWER] if isinstance(text, str) else ""}


def grade(rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge a number: the exact value, then the stated misconceptions, then the common slips."""
    readings = _readings(rendered, answer["text"])
    wanted = _ends_of(key)
    rightly = max(_count_right(reading, wanted, key) for reading in readings)
    if rightly == len(wanted):
        return Graded(Outcome.CORRECT, Fraction(1), "", key["right_html"])
    fraction = Fraction(rightly, len(wanted))
    outcome = Outcome.PARTIAL if rightly else Outcome.WRONG
    for misconception in key["misconceptions"]:
        ends = _ends_of(misconception)
        if any(_count_right(reading, ends, key) == len(ends) for reading in readings):
            return Graded(outcome, fraction, misconception["id"], misconception["feedback_html"])
    if len(wanted) > 1:
        said = "One end of your interval is right." if rightly else "Neither end of your interval is right."
        return Graded(outcome, fraction, "", said)
    slip = quantities.slip(readings[0][0], wanted[0], quantities.unit_of(rendered), key)
    return Graded(outcome, fraction, slip, quantities.slip_feedback(slip, readings[0][0], rendered))


def examples(rendered: Json, key: Json) -> Examples:
    """Type the exact value and its rounding, each misconception, both sides of the tolerance, and what is no number."""
    wanted, unit = _ends_of(key), rendered["unit"]
    edges = [
        (outcome, _typed([*wanted[:-1], wanted[-1] + side * quantities.half_width(wanted[-1], key)], unit))
        for outcome, reach in ((Outcome.CORRECT, 1 - 1e-6), (_one_end_off(wanted), 1 + 1e-6))
        for side in (-reach, reach)
    ]
    return Examples(
        correct=(_typed(wanted), _typed(wanted, unit), _typed_as_asked(wanted, key)),
        wrong=tuple(
            (misconception["id"], typed)
            for misconception in key["misconceptions"]
            for typed in (_typed(_ends_of(misconception)), _typed_as_asked(_ends_of(misconception), key))
        ),
        borderline=tuple(edges),
        invalid=(
            *({"text": text} for text in _NO_NUMBERS),
            {},
            {"text": 5},
            *([_typed(wanted[:1]), _typed(wanted[::-1])] if len(wanted) > 1 else []),
        ),
    )


def credit(rendered: Json) -> str:
    """Say how partial credit is given: only intervals have two parts to be right."""
    return "Each end of the interval is half the mark." if rendered.get("is_interval") else ""


def _computed(prose: Prose, path: str, value: Expression | FiniteNumber, to: Expression | FiniteNumber | None) -> Json:
    ends = {"value": prose.number(f"{path}.value", str(value))}
    return ends if to is None else {**ends, "to": prose.number(f"{path}.to", str(to))}


def _ends_of(kept: Json) -> list[float]:
    """Return the value of a key or a misconception, or the two ends of its interval."""
    return [kept["value"], kept["to"]] if "to" in kept else [kept["value"]]


def _readings(rendered: Json, text: str) -> list[tuple[float, ...]]:
    """Return the values that a typed answer may mean, each with as many ends as are asked for."""
    if not rendered.get("is_interval"):
        return [(value,) for value in quantities.readings(rendered, text)]
    if len(text) > LONGEST_ANSWER:
        quantities.readings(rendered, text)  # says how long it is
    ends = _BETWEEN.split(text.strip().strip("[]()").strip())
    if len(ends) != 2:
        raise MalformedAnswer(f"{quoted(text.strip())} is not an interval. {_ENDS}")
    low, high = (end.strip() for end in ends)
    if not read_number(low).unit:
        low = f"{low} {read_number(high).unit}"
    pairs: list[tuple[float, ...]] = list(
        zip(quantities.readings(rendered, low), quantities.readings(rendered, high), strict=False)
    )
    if any(begin > end for begin, end in pairs):
        raise MalformedAnswer(f"{quoted(text.strip())} begins above where it ends. {_ENDS}")
    return pairs


def _count_right(given: Sequence[float], wanted: Sequence[float], key: Json) -> int:
    return sum(quantities.counts_as(value, centre, key) for value, centre in zip(given, wanted, strict=True))


def _one_end_off(wanted: Sequence[float]) -> Outcome:
    return Outcome.WRONG if len(wanted) == 1 else Outcome.PARTIAL


def _degeneracy(key: Json) -> str:
    """Return why this draw cannot be graded fairly, if so."""
    wanted = _ends_of(key)
    others = [(misconception["id"], _ends_of(misconception)) for misconception in key["misconceptions"]]
    if len(wanted) == 1:
        return quantities.unfairness(wanted[0], [(identity, ends[0]) for identity, ends in others], key)
    if any(begin >= end for begin, end in (wanted, *(ends for _, ends in others))):
        return "an interval ends where it begins, or before"
    for end in wanted:
        if unfair := quantities.unfairness(end, (), key):
            return unfair
    seen = [("the answer", wanted)]
    for identity, ends in others:
        for earlier, centre in seen:
            if _count_right(ends, centre, key) == len(ends):
                return f"the interval of {identity} cannot be told from that of {earlier}"
        seen.append((identity, ends))
    return ""


def _typed(ends: Sequence[float], unit: str = "") -> Json:
    return {"text": f"{' to '.join(repr(end) for end in ends)} {unit}".strip()}


def _typed_as_asked(ends: Sequence[float], key: Json) -> Json:
    return {"text": " to ".join(quantities.as_asked(end, key) for end in ends)}


KIND: Final = Kind(NumericDefinition, AnswerField.TEXT, read_answer, keep_draft, grade, examples, credit)
