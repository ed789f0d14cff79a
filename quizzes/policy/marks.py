"""What tries are worth together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import repeat
from typing import Final

TEN_THOUSANDTH: Final = Decimal("0.0001")
"""Marks are kept to four decimals, halves to even."""


def to_share(fraction: Fraction | Decimal) -> Decimal:
    """Return a share of the mark at the precision at which the ledger keeps it."""
    if isinstance(fraction, Fraction):
        fraction = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    return fraction.quantize(TEN_THOUSANDTH, rounding=ROUND_HALF_EVEN)


def mark_of(fractions: Sequence[Decimal], *, penalty: Decimal, late: Sequence[Decimal] | None = None) -> Decimal:
    """Return the mark for the tries in order: the best of fraction x (1 - penalty x tries before it) x (1 - late).

    `late` is the share that each try loses for coming after its due time, none where it is absent; no factor falls
    below 0, so that another try never lowers the mark.
    """
    shares = zip(fractions, repeat(Decimal(0)) if late is None else late, strict=late is not None)
    marks = (
        fraction * max(Decimal(0), 1 - penalty * earlier) * max(Decimal(0), 1 - lost)
        for earlier, (fraction, lost) in enumerate(shares)
    )
    return to_share(max(marks, default=Decimal(0)))
