"""Find where an exponential curve overtakes a straight line that starts beside it."""

from __future__ import annotations

import math

_STEPS = 100
_SETTLED = 1e-15


def exponential_over_line(slope: float) -> float | None:
    """Return the u > 0 at which e^u = 1 + slope * u, or None where the exponential is above from the start.

    That is -1/slope - W(-e^(-1/slope) / slope) on the branch -1 of Lambert's W (Corless et al., 1996).
    Newton's method on ln(1 + slope * u) - u, concave, from above the root: monotone, to the last digits.
    """
    if slope <= 1.0:
        return None
    u = 2.0 * math.log(slope) + 2.0 * (1.0 - 1.0 / slope)
    for _ in range(_STEPS):
        gap = math.log1p(slope * u) - u
        step = gap / (slope / (1.0 + slope * u) - 1.0)
        u -= step
        if abs(step) <= _SETTLED * u:
            break
    return u
