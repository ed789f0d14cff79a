"""Marks as they stand in a cell: points to two decimals, EX for excused, nothing where there is no mark."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from quizzes.errors import InvalidGrade

EXCUSED: Final = "EX"
Excused = Literal["EX"]
_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{0,12})?|[.,][0-9]{1,12}")
_HUNDREDTH: Final = Decimal("0.01")


def mark_text(share: Decimal, points: Decimal) -> str:
    """Return a share of points as a cell holds it: to two decimals, without zeros that say nothing."""
    text = f"{(share * points).quantize(_HUNDREDTH, rounding=ROUND_HALF_EVEN):f}"
    return text.rstrip("0").rstrip(".")


def read_mark(cell: str, *, points: Decimal, decimal_comma: bool) -> Decimal | Excused | None:
    """Return the share that a cell holds, EXCUSED, or None where it holds no mark.

    Percent and points are taken; a comma is a decimal sign where `decimal_comma` says so. The share is as exact as the
    cell, so that `mark_text` makes the same text of it. Raises InvalidGrade with the
    value and the remedy for anything else, and for marks out of range.
    """
    text = cell.strip().removesuffix("%").strip()
    if text in {"", "-", "–"}:
        return None
    if text.upper() == EXCUSED:
        return EXCUSED
    shown = f"“{cell.strip()[:20]}”"
    if not (text.isascii() and _NUMBER.fullmatch(text)):
        raise InvalidGrade(
            f"{shown} is no mark. Write points from 0 to {points.normalize():f}, percent such as 85%, EX for excused, "
            "or leave it empty."
        )
    if "," in text and not decimal_comma:
        raise InvalidGrade(
            f"{shown} has a comma, and this file separates its columns by commas, so a point must separate decimals: "
            f"write {text.replace(',', '.')}."
        )
    number = Decimal(text.replace(",", "."))
    is_percent = cell.strip().endswith("%")
    most = Decimal(100) if is_percent else points
    if number > most:
        limit = "100%" if is_percent else f"the {points.normalize():f} points that it is out of"
        raise InvalidGrade(f"{shown} is more than {limit}. Correct it, or change the points of its questions.")
    return number / most if most else Decimal(0)
