"""Describe the response time of one call: its upper tail, and the time behind any upper tail.

All of them work on the upper tail P(T > t), so that a page of many calls, which reads its backend
at 1 - 1e-6 and beyond, loses no digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from simulations.engine import normal
from simulations.engine.normal import FloatArray

_NEWTON_STEPS = 60
_SECTIONS = 32
_SECTION_NUMBERS = np.arange(1.0, _SECTIONS)
_NARROWINGS = 11
_PANEL_NODES = 14
_NOTHING_LEFT = 1e-290
_ROUNDING = 1e-16
_NEGLIGIBLE = 40.0
"""What is exp(-40) of a sum changes none of its digits."""


class Distribution(Protocol):
    """The distribution of one call's response time in milliseconds."""

    @property
    def mean(self) -> float:
        """The mean in milliseconds; infinity where there is none."""

    @property
    def knots(self) -> tuple[float, ...]:
        """Times, ascending from the smallest possible one, where the tail is not smooth."""

    def sf(self, t: FloatArray) -> FloatArray:
        """Return P(T > t) for each t."""

    def upper_quantile(self, tail: FloatArray) -> FloatArray:
        """Return the smallest t with P(T > t) <= tail, for each tail in (0, 1]."""


@dataclass(frozen=True, slots=True)
class Hyperexponential:
    """`origin` plus an exponential time whose mean is drawn: means[k] with probability weights[k].

    `level` scales the tail, for a distribution of which this is the last stretch.
    """

    origin: float
    weights: tuple[float, ...]
    means: tuple[float, ...]
    level: float = 1.0

    @property
    def mean(self) -> float:
        """The mean in milliseconds."""
        return self.origin + math.fsum(weight * mean for weight, mean in zip(self.weights, self.means, strict=True))

    @property
    def knots(self) -> tuple[float, ...]:
        """The origin: from there on the tail is smooth."""
        return (self.origin,)

    def sf(self, t: FloatArray) -> FloatArray:
        """Return P(T > t) for each t; `level` up to the origin."""
        since = np.maximum(np.asarray(t, dtype=np.float64) - self.origin, 0.0)
        tail = np.zeros_like(since)
        for weight, mean in zip(self.weights, self.means, strict=True):
            tail += weight * np.exp(-since / mean)
        return tail * self.level

    def upper_quantile(self, tail: FloatArray) -> FloatArray:
        """Return the time behind each upper tail, to the last few digits.

        One term alone mostly reaches the tail. Where another adds to it, the logarithm of a mixture of exponentials is
        convex, so Newton's method from the left, where the one term reaches it, climbs to the root without ever passing
        it.
        """
        target = np.ravel(np.asarray(tail, dtype=np.float64)) / self.level
        logarithm = np.log(target)
        terms = [(weight, mean) for weight, mean in zip(self.weights, self.means, strict=True) if weight > 0.0]
        alone = [mean * (math.log(weight) - logarithm) for weight, mean in terms]
        since = np.zeros_like(target)
        for reaching in alone:
            np.maximum(since, reaching, out=since)
        adding = np.zeros(target.size, dtype=np.int8)
        for reaching, (_, mean) in zip(alone, terms, strict=True):
            adding += since - reaching < _NEGLIGIBLE * mean
        climbing = np.flatnonzero(adding > 1)
        reached, target = since[climbing], target[climbing]
        # What the next step can be of this one squared: half the greatest curvature over the least slope.
        shrinking = max(self.means) / (8.0 * min(self.means) ** 2)
        for _ in range(_NEWTON_STEPS):  # pragma: no branch - a bound against rounding that never settles
            # In place: the thousands of tails of a table would spend longer asking for memory than calculating.
            height, slope = np.zeros_like(reached), np.zeros_like(reached)
            for weight, mean in terms:
                term = np.exp(reached / -mean)
                term *= weight
                height += term
                term /= mean
                slope += term
            step = height / target
            np.log(step, out=step)
            step *= height
            step /= slope
            np.maximum(step, 0.0, out=step)
            reached += step
            since[climbing] = reached
            step *= step
            still = np.flatnonzero(shrinking * step > _ROUNDING * reached)
            if not still.size:
                break
            climbing, reached, target = climbing[still], reached[still], target[still]
        return self.origin + since.reshape(np.shape(tail))


@dataclass(frozen=True, slots=True)
class Hedged:
    """One call answered by the first of two replicas, the second asked after `delay` ms.

    Dean and Barroso (2013), "The Tail at Scale". At most one duplicate, cancelled on the first
    answer. With probability `correlation` one cause decides both replicas' path: they are slow
    together, waiting for the same thing, or fast together; otherwise they are independent. So
    P(both slow) is slow_share * (slow_share + correlation * (1 - slow_share)).
    """

    primary: Hyperexponential
    delay: float
    correlation: float
    _after: Hyperexponential = field(init=False)

    def __post_init__(self) -> None:
        """Expand the tail after the duplicate's earliest answer into one mixture of exponentials."""
        (fast, slow), (fast_mean, slow_mean) = self.primary.weights, self.primary.means
        apart = 1.0 - self.correlation
        both = fast_mean * slow_mean / (fast_mean + slow_mean)
        fast_now = math.exp(-self.delay / fast_mean)
        slow_now = math.exp(-self.delay / slow_mean)
        weights = (
            (apart * fast * fast + self.correlation * fast) * fast_now,
            apart * fast * slow * (fast_now + slow_now),
            apart * slow * slow * slow_now,
            self.correlation * slow * slow_now,
        )
        level = math.fsum(weights)
        if level < _NOTHING_LEFT:  # every call is answered before a second one could be: no digits are left of the rest
            weights, level = (_NOTHING_LEFT, 0.0, 0.0, 0.0), _NOTHING_LEFT
        after = Hyperexponential(
            self.primary.origin + self.delay,
            tuple(weight / level for weight in weights),
            (fast_mean / 2.0, both, slow_mean / 2.0, slow_mean),
            level,
        )
        object.__setattr__(self, "_after", after)

    @property
    def mean(self) -> float:
        """The mean in milliseconds."""
        alone = math.fsum(
            weight * -mean * math.expm1(-self.delay / mean)
            for weight, mean in zip(self.primary.weights, self.primary.means, strict=True)
        )
        return self.primary.origin + alone + self._after.level * (self._after.mean - self._after.origin)

    @property
    def knots(self) -> tuple[float, ...]:
        """The floor of the first answer and that of the second."""
        return (self.primary.origin, self._after.origin)

    @property
    def extra_load(self) -> float:
        """The share of calls that are sent twice."""
        return float(self.primary.sf(np.array(self.delay)))

    def sf(self, t: FloatArray) -> FloatArray:
        """Return P(T > t) for each t."""
        times = np.asarray(t, dtype=np.float64)
        return np.where(times < self._after.origin, self.primary.sf(times), self._after.sf(times))

    def upper_quantile(self, tail: FloatArray) -> FloatArray:
        """Return the time behind each upper tail."""
        target = np.asarray(tail, dtype=np.float64)
        late = self._after.upper_quantile(np.minimum(target, self._after.level))
        early = self.primary.upper_quantile(np.maximum(target, self._after.level))
        return np.where(target > self._after.level, early, late)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A time whose logarithm is normal around log(median) with standard deviation sigma."""

    median: float
    sigma: float

    @property
    def mean(self) -> float:
        """The mean in milliseconds: median * exp(sigma**2 / 2)."""
        return self.median * math.exp(0.5 * self.sigma * self.sigma)

    @property
    def knots(self) -> tuple[float, ...]:
        """Zero: the tail is smooth everywhere."""
        return (0.0,)

    def sf(self, t: FloatArray) -> FloatArray:
        """Return P(T > t) for each t."""
        with np.errstate(divide="ignore"):
            logarithm = np.log(np.maximum(np.asarray(t, dtype=np.float64), 0.0) / self.median)
        return normal.sf(logarithm / self.sigma)

    def upper_quantile(self, tail: FloatArray) -> FloatArray:
        """Return the time behind each upper tail."""
        return np.asarray(self.median * np.exp(self.sigma * normal.upper_quantile(tail)))


@dataclass(frozen=True, slots=True)
class Pareto:
    """A time with P(T > t) = (minimum / t) ** alpha from `minimum` on."""

    minimum: float
    alpha: float

    @property
    def mean(self) -> float:
        """The mean in milliseconds; infinity for an alpha of 1 or less."""
        return self.minimum * self.alpha / (self.alpha - 1.0) if self.alpha > 1.0 else math.inf

    @property
    def knots(self) -> tuple[float, ...]:
        """The minimum: from there on the tail is smooth."""
        return (self.minimum,)

    def sf(self, t: FloatArray) -> FloatArray:
        """Return P(T > t) for each t."""
        times = np.maximum(np.asarray(t, dtype=np.float64), self.minimum)
        return np.asarray((self.minimum / times) ** self.alpha)

    def upper_quantile(self, tail: FloatArray) -> FloatArray:
        """Return the time behind each upper tail."""
        return np.asarray(self.minimum * np.asarray(tail, dtype=np.float64) ** (-1.0 / self.alpha))


@dataclass(frozen=True, slots=True)
class Merged:
    """The requests of two servers thrown together, `share` of them from the first."""

    first: Distribution
    second: Distribution
    share: float

    @property
    def mean(self) -> float:
        """The mean in milliseconds."""
        return self.share * self.first.mean + (1.0 - self.share) * self.second.mean

    @property
    def knots(self) -> tuple[float, ...]:
        """Those of both servers."""
        return tuple(sorted({*self.first.knots, *self.second.knots}))

    def sf(self, t: FloatArray) -> FloatArray:
        """Return P(T > t) for each t."""
        return self.share * self.first.sf(t) + (1.0 - self.share) * self.second.sf(t)

    def upper_quantile(self, tail: FloatArray) -> FloatArray:
        """Return the smallest time behind each upper tail; it lies between the two servers'."""
        target = np.asarray(tail, dtype=np.float64)
        ends = self.first.upper_quantile(target), self.second.upper_quantile(target)
        return first_below(self.sf, target, np.minimum(*ends), np.maximum(*ends))


def first_below(
    sf: Callable[[FloatArray], FloatArray], tail: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return the smallest t in [low, high] with sf(t) <= tail, to about 1e-15 of high.

    Cuts the interval into 32 again and again, which also serves tails with flat stretches, where
    Newton's method has no slope to follow. `high` must satisfy sf(high) <= tail up to rounding.
    """
    for _ in range(_NARROWINGS):
        width = (high - low) / _SECTIONS
        inner = low + width * _SECTION_NUMBERS.reshape(-1, *(1,) * np.ndim(low))
        missed = np.sum(sf(inner) > tail, axis=0)
        low, high = low + width * missed, np.where(missed == _SECTIONS - 1, high, low + width * (missed + 1))
    return high


def mean_of_tail(tail: Callable[[FloatArray], FloatArray], knots: tuple[float, ...], last: float) -> float:
    """Return the mean of a time with upper tail `tail`: its integral from 0 to `last`.

    Gauss-Legendre on panels that double in width from each knot; `knots` start with the smallest
    possible time. Relative error below 1e-8 for every distribution here (held against adaptive
    quadrature).
    """
    nodes, weights = np.polynomial.legendre.leggauss(_PANEL_NODES)
    edges: list[float] = []
    for start, stop in zip(knots, (*knots[1:], last), strict=True):
        span = max(stop - start, 0.0)
        edges.extend(start + span * 2.0 ** -np.arange(24.0, -1.0, -1.0))
        edges.append(start)
    panels = np.unique(edges)
    middle = 0.5 * (panels[1:] + panels[:-1])
    half = 0.5 * (panels[1:] - panels[:-1])
    times = middle[:, None] + half[:, None] * nodes
    return knots[0] + float(np.sum(half[:, None] * weights * tail(times)))
