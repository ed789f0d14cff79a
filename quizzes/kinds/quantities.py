"""A figure that is asked for: its unit and precision, which answers count as it, and the slips that lead past it.

Pages and keys carry these as plain JSON: `shown` has unit, accepted units and the note on precision, `exactness`
tolerance and digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from quizzes.kinds import units
from quizzes.kinds.contract import Json
from quizzes.kinds.definition import Expression, FiniteNumber, Part, ShortMarkdown, Slug
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.numbers import quoted, read_number
from simulations.expressions import format_value

SLACK_ULPS: Final = 8
"""What binary rounding may add to an answer at the very edge of its tolerance, in units in the last place."""

PERCENT_SLIP: Final = "percent-for-fraction"
PREFIX_SLIP: Final = "next-prefix"
ROUNDED_TOO_FAR: Final = "rounded-too-far"

SLIP_FEEDBACK: Final = {
    PERCENT_SLIP: "Your answer was read as {given}, which is off by a factor of 100. A share of 0.05 is 5%: check "
    "which of the two is asked for.",
    PREFIX_SLIP: "Your answer was read as {given}, which is off by a factor of 1,000. Check the prefix of its unit.",
    ROUNDED_TOO_FAR: "{given} is rounded further than was asked, and so falls outside what counts. {precision}",
    "": "Your answer was read as {given}. It lies outside what counts as right.",
}
_SMALL_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six")
_PLAIN_RANGE: Final = (1e-9, 1e15)
"""Beyond these a number is written with an exponent."""


class Tolerance(Part):
    """How far from the exact value still counts: a share of it, or an amount in the question's unit."""

    relative: Annotated[FiniteNumber, Field(gt=0, le=0.5)] | None = None
    absolute: Annotated[FiniteNumber, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if (self.relative is None) == (self.absolute is None):
            raise ValueError("a tolerance is either relative or absolute")
        return self


class Quantity(Part):
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

    @property
    def shown(self) -> Json:
        """What a learner sees beside the field."""
        return {"unit": self.unit, "accepts": list(self.accepts), "precision_note": _precision_note(self)}

    @property
    def exactness(self) -> Json:
        """What of a key says how near an answer has to be."""
        return {
            "tolerance": self.tolerance.model_dump(exclude_none=True),
            "significant": self.significant,
            "decimals": self.decimals,
        }


class WrongValue(Part):
    """The value that somebody gets who reasons in one particular wrong way."""

    id: Slug
    value: Expression | FiniteNumber
    feedback: ShortMarkdown


def unit_of(shown: Json) -> units.Unit:
    """Return the unit that is asked for."""
    unit = units.parse_unit(shown["unit"])
    assert unit is not None, "a definition with an unreadable unit is refused"
    return unit


def readings(shown: Json, text: str) -> list[float]:
    """Return the values, in the unit asked for, that a typed answer may mean; the first is the plain reading.

    Raises MalformedAnswer where the text holds no number, or a unit of something else.
    """
    written_number = read_number(text)
    asked = unit_of(shown)
    if written_number.unit:
        unit = units.parse_answer_unit(written_number.unit, asked)
        if unit is None:
            wanted = f"Write it in {asked.spelling}" if asked.spelling else "Write the number alone"
            raise MalformedAnswer(f"{quoted(written_number.unit)} is not a unit of what is asked here. {wanted}.")
        candidates = [unit]
    else:
        others = (units.parse_unit(spelling) for spelling in shown["accepts"])
        candidates = [asked, *(unit for unit in others if unit is not None)]
    values = [written_number.value * unit.factor / asked.factor for unit in candidates]
    if not all(math.isfinite(value) for value in values):
        raise MalformedAnswer(f"{quoted(text)} is larger than any number that can be held here (1.8e308).")
    return values


def half_width(centre: float, exactness: Json) -> float:
    """Return how far from a value still counts as it."""
    tolerance = exactness["tolerance"]
    return float(tolerance["absolute"] if "absolute" in tolerance else abs(centre) * tolerance["relative"])


def counts_as(value: float, centre: float, exactness: Json) -> bool:
    """Return whether a value lies within the tolerance of another, the very edge included."""
    return abs(value - centre) <= half_width(centre, exactness) + SLACK_ULPS * math.ulp(centre)


def slip(value: float, exact: float, unit: units.Unit, exactness: Json) -> str:
    """Return which common slip leads from the exact value to this one, or "" where none does."""
    for name, factor in ((PERCENT_SLIP, 100.0), (PREFIX_SLIP, 1_000.0)):
        applies = unit.is_share if name == PERCENT_SLIP else unit.takes_prefixes
        if applies and any(counts_as(value * scale, exact, exactness) for scale in (factor, 1 / factor)):
            return name
    asked = exactness["significant"] or 1
    if any(value == float(f"{exact:.{figures - 1}e}") for figures in range(1, asked)):
        return ROUNDED_TOO_FAR
    return ""


def slip_feedback(name: str, value: float, shown: Json) -> str:
    """Return what to say of a value that a slip led to, or that nothing explains."""
    given = unit_of(shown).joined_to(written(value))
    return SLIP_FEEDBACK[name].format(given=given, precision=shown["precision_note"])


def unfairness(exact: float, others: Iterable[tuple[str, float]], exactness: Json) -> str:
    """Return why a value and those of its misconceptions cannot be told apart fairly, if so."""
    if half_width(exact, exactness) == 0:
        return "the exact value is 0, of which a relative tolerance leaves nothing"
    if not counts_as(rounded(exact, exactness), exact, exactness):
        return f"the exact value {exact:.9g}, rounded as asked, falls outside its own tolerance"
    seen: list[tuple[str, float]] = []
    for identity, other in others:
        spellings = (other, rounded(other, exactness))
        if any(counts_as(spelt, exact, exactness) for spelt in spellings):
            return f"the value of {identity}, {other:.9g}, counts as the exact value {exact:.9g}"
        for earlier, centre in seen:
            if any(counts_as(spelt, centre, exactness) for spelt in spellings):
                return f"the value of {identity}, {other:.9g}, cannot be told from that of {earlier}"
        if not counts_as(rounded(other, exactness), other, exactness):
            return f"the value of {identity}, {other:.9g}, rounded as asked, cannot be recognised"
        seen.append((identity, other))
    return ""


def as_asked(value: float, exactness: Json) -> str:
    """Return a number written to the precision that is asked for."""
    if not _is_plain(value):
        return written(value)
    if exactness["significant"] is not None:
        return format_value(value, f"significant({exactness['significant']})")
    if exactness["decimals"] is not None:
        return format_value(value, f"number({exactness['decimals']})")
    return written(value)


def rounded(value: float, exactness: Json) -> float:
    """Return a number as somebody types it who rounds as asked."""
    return read_number(as_asked(value, exactness)).value


def written(value: float) -> str:
    """Return a number with as many digits as it has."""
    return format_value(value) if _is_plain(value) else f"{value:.6g}"


def _is_plain(value: float) -> bool:
    least, most = _PLAIN_RANGE
    return least < abs(value) < most or value == 0


def _precision_note(asked: Quantity) -> str:
    """Return how precisely to answer and what counts."""
    unit = units.parse_unit(asked.unit)
    assert unit is not None
    if asked.tolerance.relative is not None:
        counts = f"within {format_value(asked.tolerance.relative * 100)}%"
    else:
        assert asked.tolerance.absolute is not None
        width = written(asked.tolerance.absolute)
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
