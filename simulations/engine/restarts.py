"""Say how long work takes that is interrupted now and then, and begins its current piece again each time."""

from __future__ import annotations

import math

LONGEST_HOURS = 1e12
"""A time that stands for never: a hundred million years."""

_STEEPEST = 700.0


def expected_hours(work_hours: float, pieces: float, failures_a_day: float) -> float:
    """Return the mean hours until work in equal pieces is done, at most `LONGEST_HOURS`.

    Interruptions come at random, at a constant rate f while the work goes on, and cost what the current piece has
    done. A piece of w hours then takes (exp(f w) - 1) / f on average (Duda, 1983).
    """
    rate, piece = failures_a_day / 24.0, work_hours / pieces
    if rate * piece > _STEEPEST:
        return LONGEST_HOURS
    each = max(math.expm1(rate * piece) / rate, piece) if rate > 0.0 else piece
    return min(pieces * each, LONGEST_HOURS)
