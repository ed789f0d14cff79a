"""A share that was counted, with the interval in which the true one may lie."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

Z_95: Final = 1.959963984540054
"""The normal distribution's 97.5% quantile, for two-sided intervals of 95%."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """How often something held out of how many times, and the 95% interval of its true share."""

    held: float
    total: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share that was counted; 0 of 0 is 0."""
        return self.held / self.total if self.total else 0.0


def proportion(held: float, total: int) -> Proportion:
    """Return a counted share with its 95% interval by Wilson's score, which keeps its level for few and extreme counts.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927). Half of what held may count as a half. Without a count the interval is
    everything, from 0 to 1. Raises ValueError unless 0 <= held <= total.
    """
    if not 0 <= held <= total:
        raise ValueError(f"{held} of {total} is no share.")
    if total == 0:
        return Proportion(0, 0, 0.0, 1.0)
    share, square = held / total, Z_95 * Z_95 / total
    centre = (share + square / 2) / (1 + square)
    half_width = Z_95 * sqrt(share * (1 - share) / total + square / (4 * total)) / (1 + square)
    # At the ends the interval reaches the count exactly, which rounding would miss by a hair.
    low = 0.0 if held == 0 else max(0.0, min(share, centre - half_width))
    high = 1.0 if held == total else min(1.0, max(share, centre + half_width))
    return Proportion(held, total, low, high)
