"""A number with its unit, right within a stated tolerance.

An answer is read in the unit that it carries, or else in the question's. Values that particular mistakes lead to are
recognised within the same tolerance; so are a share mistaken for a percentage, a prefix mistaken for the next, and a
right number rounded further than was asked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from quizzes.kinds import units
from quizzes.kinds.contract import LONGEST_ANSWER, AnswerField, Examples, Graded, Json, Kind, Outcome
from quizzes.kinds.definition import Body, Definition, Expression, FiniteNumber, Part, ShortMarkdown, Slug
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.numbers import quoted, read_number
from quizzes.kinds.prose import Prose
from simulations.expressions import format_value

SLACK_ULPS: Final = 8
"""What binary rounding may add to an answer at the very edge of its tolerance, in units in the last place."""

PERCENT_SLIP: Final = "percent-for-fraction"
PREFIX_SLIP: Final = "next-prefix"
ROUNDED_TOO_FAR: Final = "rounded-too-far"

_SLIP_FEEDBACK: Final = {
    PERCENT_SLIP: "Your answer was read as {given}, which is off by a factor of 100. A share of 0.05 is 5%: check "
    "which of the two is asked for.",
    PREFIX_SLIP: "Your answer was read as {given}, which is off by a factor of 1,000. Check the prefix of its unit.",
    ROUNDED_TOO_FAR: "{given} is rounded further than was asked, and so falls outside what counts. {precision}",
    "": "Your answer was read as {given}. It lies outside what counts as right.",
}
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
_SMALL_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six")


class Tolerance(Part):
    """How far from the exact value still counts: a share of it, or an amount in the question's unit."""

    relative: Annotated[FiniteNumber, Field(gt=0, le=0.5)] | None = None
    absolute: Annotated[FiniteNumber, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if (self.relative is None) == (self.absolute is None):
            raise ValueError("a tolerance is either relative or absolute")
        return self


class NumericAnswer(Part):
    """The exact value, in which unit and how precisely it is asked for.

    `accepts` lists further units in which a bare number may be meant: a percentage may accept "fraction".
    """

    value: Expression | FiniteNumber
    unit: str = Field(default="", max_length=40)
    significant: int | None = Field(default=None, ge=1, le=6)
    decimals: int | None = Field(default=None, ge=0, le=6)
    tolerance: Tolerance
    accepts: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=4)

    @model_validator(mode="after")
    def _asks_for_what_can_be_read(self) -> Self:
        if self.significant is not None and self.decimals is not None:
            raise ValueError("precision is asked for in significant figures or in decimals, not both")
        unit = units.parse_unit(self.unit)
        if unit is None:
            raise ValueError(f"{self.unit!r} is not a unit that can be read")
        for spelling in self.accepts:
            other = units.parse_unit(spelling)
            if other is None or other.dimension != unit.dimension:
                raise ValueError(f"{spelling!r} does not measure what {self.unit!r} does")
        return self


class NumericMisconception(Part):
    """The value that somebody gets who reasons in one particular wrong way."""

    id: Slug
    value: Expression | FiniteNumber
    feedback: ShortMarkdown


class NumericDefinition(Definition):
    """A question answered by a number."""

    kind: Literal["numeric"]
    right: ShortMarkdown
    answer: NumericAnswer
    misconceptions: list[NumericMisconception] = Field(default_factory=list, max_length=10)

    @model_validator(mode="after")
    def _misconceptions_have_distinct_ids(self) -> Self:
        ids = [misconception.id for misconception in self.misconceptions]
        if twice := sorted({identity for identity in ids if ids.count(identity) > 1}):
            raise ValueError(f"the misconception id {', '.join(twice)} is used twice")
        return self

    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Compute the exact value and what each misconception leads to."""
        asked = self.answer
        key: Json = {
            "value": prose.number("answer.value", str(asked.value)),
            "tolerance": asked.tolerance.model_dump(exclude_none=True),
            "significant": asked.significant,
            "decimals": asked.decimals,
            "misconceptions": [
                {
                    "id": misconception.id,
                    "value": prose.number(f"misconceptions.{index}.value", str(misconception.value)),
                    "feedback_html": prose.inline(f"misconceptions.{index}.feedback", misconception.feedback),
                }
                for index, misconception in enumerate(self.misconceptions)
            ],
        }
        rendered = {"unit": asked.unit, "accepts": list(asked.accepts), "precision_note": _precision_note(asked)}
        key["answer_text"] = _unit_of(rendered).joined_to(_as_asked(key, key["value"]))
        return Body(rendered, key, _degeneracy(key))


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
    if any(_counts_as(reading, key["value"], key) for reading in readings):
        return Graded(Outcome.CORRECT, Fraction(1), "", key["right_html"])
    for misconception in key["misconceptions"]:
        if any(_counts_as(reading, misconception["value"], key) for reading in readings):
            return _wrong(misconception["id"], misconception["feedback_html"])
    unit = _unit_of(rendered)
    given = unit.joined_to(_written(readings[0]))
    slip = _slip(readings[0], unit, key)
    return _wrong(slip, _SLIP_FEEDBACK[slip].format(given=given, precision=rendered["precision_note"]))


def examples(rendered: Json, key: Json) -> Examples:
    """Type the exact value and its rounding, each misconception, both sides of the tolerance, and what is no number."""
    value, half_width = key["value"], _half_width(key["value"], key)
    unit = rendered["unit"]
    inside = [value - half_width * (1 - 1e-6), value + half_width * (1 - 1e-6)]
    outside = [value - half_width * (1 + 1e-6), value + half_width * (1 + 1e-6)]
    return Examples(
        correct=(_typed(value), _typed(value, unit), {"text": _as_asked(key, value)}),
        wrong=tuple(
            (misconception["id"], typed)
            for misconception in key["misconceptions"]
            for typed in (_typed(misconception["value"]), {"text": _as_asked(key, misconception["value"])})
        ),
        borderline=(
            *((Outcome.CORRECT, _typed(edge, unit)) for edge in inside),
            *((Outcome.WRONG, _typed(edge, unit)) for edge in outside),
        ),
        invalid=(*({"text": text} for text in _NO_NUMBERS), {}, {"text": 5}),
    )


def _precision_note(asked: NumericAnswer) -> str:
    """Return how precisely to answer and what counts, as shown beside the field."""
    unit = units.parse_unit(asked.unit)
    assert unit is not None
    if asked.tolerance.relative is not None:
        counts = f"within {format_value(asked.tolerance.relative * 100)}%"
    else:
        assert asked.tolerance.absolute is not None
        width = _written(asked.tolerance.absolute)
        # "Within 0.06%" of a percentage would read as a share of it.
        points = "percentage point" if width == "1" else "percentage points"
        counts = f"within {width} {points}" if unit.is_percentage else f"within {unit.joined_to(width)}"
    if asked.significant is not None:
        figures = f"{_counted(asked.significant, 'significant figure')}; "
    elif asked.decimals is not None:
        figures = f"{_counted(asked.decimals, 'decimal')}; "
    else:
        figures = ""
    note = f"{figures}an answer {counts} of the exact value counts."
    return note[0].upper() + note[1:]


def _counted(number: int, noun: str) -> str:
    return f"{_SMALL_NUMBERS[number]} {noun}" + ("" if number == 1 else "s")


def _unit_of(rendered: Json) -> units.Unit:
    unit = units.parse_unit(rendered["unit"])
    assert unit is not None, "a definition with an unreadable unit is refused"
    return unit


def _readings(rendered: Json, text: str) -> list[float]:
    """Return the values, in the question's unit, that a typed answer may mean; the first is the plain reading."""
    written = read_number(text)
    asked = _unit_of(rendered)
    if written.unit:
        unit = units.parse_answer_unit(written.unit, asked)
        if unit is None:
            wanted = f"Write it in {asked.spelling}" if asked.spelling else "Write the number alone"
            raise MalformedAnswer(f"{quoted(written.unit)} is not a unit of what is asked here. {wanted}.")
        candidates = [unit]
    else:
        others = (units.parse_unit(spelling) for spelling in rendered["accepts"])
        candidates = [asked, *(unit for unit in others if unit is not None)]
    values = [written.value * unit.factor / asked.factor for unit in candidates]
    if not all(math.isfinite(value) for value in values):
        raise MalformedAnswer(f"{quoted(text)} is larger than any number that can be held here (1.8e308).")
    return values


def _half_width(centre: float, key: Json) -> float:
    tolerance = key["tolerance"]
    return float(tolerance["absolute"] if "absolute" in tolerance else abs(centre) * tolerance["relative"])


def _counts_as(value: float, centre: float, key: Json) -> bool:
    return abs(value - centre) <= _half_width(centre, key) + SLACK_ULPS * math.ulp(centre)


def _slip(value: float, unit: units.Unit, key: Json) -> str:
    """Return which common slip leads from the exact value to this one, or "" where none does."""
    for slip, factor in ((PERCENT_SLIP, 100.0), (PREFIX_SLIP, 1_000.0)):
        applies = unit.is_share if slip == PERCENT_SLIP else unit.takes_prefixes
        if applies and any(_counts_as(value * scale, key["value"], key) for scale in (factor, 1 / factor)):
            return slip
    asked = key["significant"] or 1
    if any(value == float(f"{key['value']:.{figures - 1}e}") for figures in range(1, asked)):
        return ROUNDED_TOO_FAR
    return ""


def _degeneracy(key: Json) -> str:
    """Return why this draw cannot be graded fairly, if so."""
    value = key["value"]
    if _half_width(value, key) == 0:
        return "the exact value is 0, of which a relative tolerance leaves nothing"
    if not _counts_as(_number(_as_asked(key, value)), value, key):
        return f"the exact value {value:.9g}, rounded as asked, falls outside its own tolerance"
    seen: list[tuple[str, float]] = []
    for misconception in key["misconceptions"]:
        identity, other = misconception["id"], misconception["value"]
        if _counts_as(other, value, key) or _counts_as(_number(_as_asked(key, other)), value, key):
            return f"the value of {identity}, {other:.9g}, counts as the exact value {value:.9g}"
        for earlier, centre in seen:
            if _counts_as(other, centre, key) or _counts_as(_number(_as_asked(key, other)), centre, key):
                return f"the value of {identity}, {other:.9g}, cannot be told from that of {earlier}"
        if not _counts_as(_number(_as_asked(key, other)), other, key):
            return f"the value of {identity}, {other:.9g}, rounded as asked, cannot be recognised"
        seen.append((identity, other))
    return ""


def _as_asked(key: Json, value: float) -> str:
    """Return a number written to the precision that the question asks for."""
    if key["significant"] is not None:
        return format_value(value, f"significant({key['significant']})")
    if key["decimals"] is not None:
        return format_value(value, f"number({key['decimals']})")
    return _written(value)


def _written(value: float) -> str:
    return format_value(value) if 1e-9 < abs(value) < 1e15 or value == 0 else f"{value:.6g}"


def _number(text: str) -> float:
    return read_number(text).value


def _typed(value: float, unit: str = "") -> Json:
    return {"text": f"{value!r} {unit}".strip()}


def _wrong(misconception: str, feedback_html: str) -> Graded:
    return Graded(Outcome.WRONG, Fraction(0), misconception, feedback_html)


KIND: Final = Kind(NumericDefinition, AnswerField.TEXT, read_answer, keep_draft, grade, examples)
