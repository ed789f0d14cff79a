"""Compute what features cost when shortcuts make the next one dearer, and when care pays for itself.

Costs are multiples of a first feature's. That each feature makes the next dearer by a fixed share is an
assumption, not a law; so is the milder one that each adds a fixed amount.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulations.engine.crossings import exponential_over_line
from simulations.engine.normal import FloatArray

FURTHEST = 1e6
"""A break-even after more features than this counts as none."""

_NEXT_TO_NONE = 1e-9


@dataclass(frozen=True, slots=True)
class Debt:
    """Features that each make the next dearer by `growth` of the first; `repaid` of all effort pays debt.

    `growth` is what is left of it after repayment. With `compounding` it is a share of the cost before.
    """

    growth: float
    repaid: float
    compounding: bool

    @property
    def first(self) -> float:
        """What the first feature costs, the effort of repayment included."""
        return 1.0 / (1.0 - self.repaid)

    def feature(self, number: FloatArray) -> FloatArray:
        """Return what the feature of each number costs; 1 is the first."""
        before = np.asarray(number, dtype=np.float64) - 1.0
        grown = np.exp(before * math.log1p(self.growth)) if self.compounding else 1.0 + self.growth * before
        return np.asarray(self.first * grown)

    def cumulative(self, features: FloatArray) -> FloatArray:
        """Return what so many features cost together; parts of a feature by the same formula."""
        count = np.asarray(features, dtype=np.float64)
        if self.growth < _NEXT_TO_NONE:
            return self.first * count
        if self.compounding:
            return np.asarray(self.first * np.expm1(count * math.log1p(self.growth)) / self.growth)
        return np.asarray(self.first * (count + 0.5 * self.growth * count * (count - 1.0)))

    def marginal(self, features: FloatArray) -> FloatArray:
        """Return how fast the cost of all features grows after so many of them: the slope of `cumulative`."""
        count = np.asarray(features, dtype=np.float64)
        if self.growth < _NEXT_TO_NONE:
            return self.first * np.ones_like(count)
        if self.compounding:
            power = math.log1p(self.growth)
            return np.asarray(self.first * power / self.growth * np.exp(count * power))
        return np.asarray(self.first * (1.0 + self.growth * (count - 0.5)))

    def features_for(self, effort: FloatArray) -> FloatArray:
        """Return how many features an effort buys, parts included: the inverse of `cumulative`."""
        units = np.asarray(effort, dtype=np.float64) / self.first
        if self.growth < _NEXT_TO_NONE:
            return units
        if self.compounding:
            return np.asarray(np.log1p(self.growth * units) / math.log1p(self.growth))
        # The root of growth/2 n^2 + (1 - growth/2) n = units, without cancellation.
        linear = 1.0 - 0.5 * self.growth
        return np.asarray(2.0 * units / (linear + np.sqrt(linear * linear + 2.0 * self.growth * units)))

    def break_even(self, clean: float) -> float | None:
        """Return after how many features those at `clean` each have cost as little, or None.

        None where clean features are never dearer to begin with, and where they never catch up.
        """
        if self.growth < _NEXT_TO_NONE:
            return None
        advantage = clean / self.first
        if self.compounding:
            power = math.log1p(self.growth)
            root = exponential_over_line(self.growth * advantage / power)
            found = None if root is None else root / power
        else:
            found = 1.0 + 2.0 * (advantage - 1.0) / self.growth
        return found if found is not None and 0.0 < found <= FURTHEST else None

    @property
    def doubling(self) -> float | None:
        """The features after which one costs twice the first, or None where that takes over a million."""
        if self.growth < 1.0 / FURTHEST:
            return None
        return math.log(2.0) / math.log1p(self.growth) if self.compounding else 1.0 / self.growth


def growth_after_repayment(growth: float, repaid: float, effect: float) -> float:
    """Return the growth left when a share `repaid` of the effort takes `effect` times as much off it."""
    return max(0.0, growth - effect * repaid)
