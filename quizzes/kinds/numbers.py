"""Read a number as people type it, and refuse what could be read in two ways.

A point separates decimals. A comma or a space separates thousands, and only in groups of three; any other comma could
be a decimal one, so it is refused with the spelling that is meant.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from quizzes.kinds.contract import LONGEST_ANSWER
from quizzes.kinds.errors import MalformedAnswer

LONGEST_QUOTATION: Final = 24

_SPACES: Final = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\t"), " ")
_MINUS_SIGNS: Final = dict.fromkeys(map(ord, "\N{MINUS SIGN}\N{EN DASH}"), "-")
_NUMBER: Final = re.compile(
    r"""(?P<sign>[+-]?)\s*
    (?P<digits>(?:[0-9.,]|(?<=[0-9])\ (?=[0-9]))+)
    (?:(?:[eE]|\s*[x×*]\s*10\s*(?:\^|\*\*)\s*)(?P<exponent>[+-]?[0-9]+))?
    \s*(?P<unit>.*)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN: Final = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}([, ])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]*)?")
_UNBOUNDED: Final = re.compile(r"[+-]?\s*(?:nan|inf|infinity|∞)\b.*|[+-]?\s*∞.*", re.IGNORECASE | re.DOTALL)

_BEGINS_ANOTHER: Final = frozenset("0123456789.,-+'\N{RIGHT SINGLE QUOTATION MARK}")
_SEPARATORS: Final = {
    ord("\N{ARABIC DECIMAL SEPARATOR}"): ".",
    ord("\N{ARABIC THOUSANDS SEPARATOR}"): ",",
    ord("\N{FULLWIDTH COMMA}"): ",",
    ord("\N{FULLWIDTH FULL STOP}"): ".",
}
_SEVERAL_NUMBERS: Final = (
    "{given} cannot be read as one number. Write it with at most one point, and a comma or a space only between groups "
    "of three digits."
)


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A finite number and the text behind it, which should be its unit."""

    value: float
    unit: str


def quoted(text: str) -> str:
    """Return a learner's input fit for a message: in quotation marks, printable, cut after a few words."""
    printable = "".join(character if character.isprintable() else " " for character in text[: LONGEST_QUOTATION + 1])
    cut = printable if len(printable) <= LONGEST_QUOTATION else printable[: LONGEST_QUOTATION - 1] + "…"
    return f"“{cut}”"


def read_number(text: str) -> WrittenNumber:
    """Read a number and the unit after it; raises MalformedAnswer, whose message quotes what was typed."""
    if len(text) > LONGEST_ANSWER:
        raise MalformedAnswer(
            f"Your answer has {len(text):,} characters, beginning {quoted(text)}; {LONGEST_ANSWER} is the most. "
            "Write one number and its unit."
        )
    tidy = text.translate(_SPACES).translate(_MINUS_SIGNS).strip()
    if not tidy:
        raise MalformedAnswer("There is no answer yet. Write one number.")
    if (latin := _in_latin_digits(tidy)) != tidy:
        raise MalformedAnswer(f"{quoted(tidy)} is written in digits other than 0 to 9. Write {quoted(latin)}.")
    if _UNBOUNDED.fullmatch(tidy):
        raise MalformedAnswer(f"{quoted(tidy)} is not a number that an answer can be compared with. Write its digits.")
    match = _NUMBER.fullmatch(tidy)
    if match is None:
        raise MalformedAnswer(f"{quoted(tidy)} does not begin with a number. Write digits, such as 4.9.")
    if match["unit"][:1] in _BEGINS_ANOTHER:
        raise MalformedAnswer(_SEVERAL_NUMBERS.format(given=quoted(tidy)))
    digits = _without_groups(match["digits"].strip(), tidy)
    value = float(f"{match['sign']}{digits}e{match['exponent'] or 0}")
    if math.isinf(value):
        raise MalformedAnswer(f"{quoted(tidy)} is larger than any number that can be held here (1.8e308).")
    if value == 0 and re.search("[1-9]", digits):
        raise MalformedAnswer(f"{quoted(tidy)} is too small to be told from zero here (the least is 5e-324).")
    return WrittenNumber(value, match["unit"].strip())


def _in_latin_digits(text: str) -> str:
    """Return the text with the decimal digits of any script (٣, ３) as 0 to 9, and their separators as ours."""
    return "".join(str(unicodedata.decimal(character, character)) for character in text.translate(_SEPARATORS))


def _without_groups(digits: str, whole: str) -> str:
    """Return digits with at most a decimal point; refuses a comma or a space that separates no thousands."""
    if _PLAIN.fullmatch(digits):
        return digits
    if _GROUPED.fullmatch(digits):
        return re.sub("[, ]", "", digits)
    if "," in digits:
        raise MalformedAnswer(
            f"{quoted(whole)} has a comma that does not separate groups of three digits. "
            f"Decimals take a point{_meant_by(digits)}."
        )
    raise MalformedAnswer(_SEVERAL_NUMBERS.format(given=quoted(whole)))


def _meant_by(digits: str) -> str:
    """Return the end of a sentence that spells a decimal comma as a point, where that is clear."""
    whole, _, decimals = digits.rpartition(",")
    spelt = re.sub("[. ]", "", whole) + "." + decimals
    return f": write {spelt}" if _PLAIN.fullmatch(spelt) and decimals else ""
