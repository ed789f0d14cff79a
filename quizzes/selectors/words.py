"""What a question's card says in words: its rules, how a try went, what it was worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from quizzes.models import Step
from quizzes.selectors.grades import CurrentGrade

COUNTS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS: Final = (
    *("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
)
CONFIDENCES: Final = (
    (Step.Confidence.SURE, "Sure"),
    (Step.Confidence.FAIRLY, "Fairly sure"),
    (Step.Confidence.GUESS, "A guess"),
)
_FELT: Final[Mapping[str, str]] = {
    "": "You had not said how sure you were.",
    Step.Confidence.SURE: "You were sure.",
    Step.Confidence.FAIRLY: "You were fairly sure.",
    Step.Confidence.GUESS: "You called it a guess.",
}


@lru_cache
def kind_line(*, dimension: str, tries: int, used: int, is_finished: bool) -> str:
    """Return what sort of question it is and where one stands in it."""
    name = dimension.capitalize()
    if is_finished:
        return (
            f"{name}. Finished with the {ORDINALS[used]} try of {COUNTS[tries]}." if tries > 1 else f"{name}. Finished."
        )
    if tries == 1:
        return f"{name}. One try."
    if used + 1 == tries:
        return f"{name}. Last try of {COUNTS[tries]}."
    return f"{name}. {ORDINALS[used + 1].capitalize()} try of {COUNTS[tries]}."


@lru_cache
def rules(*, credit: str, tries: int, penalty: Decimal) -> str:
    """Return the rules, as they are stated before the start; `credit` says how the kind marks what is partly right."""
    parts = ["Another try brings a fresh variant."] if tries > 1 else []
    if tries > 1 and penalty:
        parts.append(f"Each try before the right one takes {percent(penalty)} off the mark, and the best try counts.")
    elif tries > 1:
        parts.append("Earlier tries cost nothing; the best one counts.")
    if credit:
        parts.append(credit)
    shown = "once you are right or the tries are used" if tries > 1 else "once you have answered"
    parts.append(f"The worked solution is shown {shown}.")
    return " ".join(parts)


def verdict(step: Step, *, tries: int) -> str:
    """Return how a try went, and how many are left."""
    if step.outcome == Step.Outcome.CORRECT:
        return f"Right. {_FELT[step.confidence]}"
    went = f"Partly right, {percent(step.fraction)}." if step.outcome == Step.Outcome.PARTIAL else "Not right."
    left = tries - step.number
    remaining = (
        f"{COUNTS[left].capitalize()} {'try' if left == 1 else 'tries'} left." if left else "That was the last try."
    )
    return f"{went} {_FELT[step.confidence]} {remaining if tries > 1 else ''}".strip()


def recorded(told_at: datetime | None, time_zone: str) -> str:
    """Return what stands instead of a verdict while nothing may be told."""
    if told_at is None:
        return "Your answer is recorded."
    local = told_at.astimezone(ZoneInfo(time_zone))
    return f"Your answer is recorded. How it went is told after {local:%-d %B, %H:%M}."


def mark_text(grade: CurrentGrade, *, best: Decimal) -> str:
    """Return the mark that stands, and why it is not what the best try alone would give."""
    if grade.is_excused:
        return f"Excused by your instructor: {grade.reason}"
    assert grade.fraction is not None, "only an excused question has no fraction"
    mark = f"Mark: {percent(grade.fraction)}"
    if grade.is_regraded:
        return f"{mark}, as the question was corrected."
    if grade.by_person:
        return f"{mark}, set by your instructor: {grade.reason}"
    return f"{mark}, after the deduction for earlier tries." if grade.fraction < best else f"{mark}."


def percent(share: Decimal | Fraction) -> str:
    """Return a share in percent to one decimal, without a decimal that says nothing."""
    tenths = round(share * 1000)
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"


def plain(number: Decimal) -> str:
    """Return a number to two decimals at most, without zeros that say nothing."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
