"""Turn the upper tail of one call into that of the slowest of n calls, and back.

Calls are exchangeable. Their normal scores share one factor: call i takes the time behind the
score sqrt(rho) Z + sqrt(1 - rho) X_i. Given Z the calls are independent, so

    P(page <= t) = integral of Phi((Phi^-1(F(t)) - sqrt(rho) z) / sqrt(1 - rho))**n phi(z) dz.

The page's distribution therefore depends on the call's only through its tail, and everything here
maps tails to tails. rho = 0 (independent) and rho = 1 (one draw for all) are taken by their limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulations.engine import normal
from simulations.engine.normal import FloatArray

# The integrands are entire with Gaussian decay, where the trapezoidal rule converges faster than
# any power of the spacing (Trefethen and Weideman, 2014).
_SPACING = 0.1
_NODES = np.arange(-9.0, 9.0 + _SPACING / 2, _SPACING)
_NODE_WEIGHTS = normal.density(_NODES) * _SPACING
_NEWTON_STEPS = 80


def page_tail(call_tail: npt.ArrayLike, calls: npt.ArrayLike, correlation: float) -> FloatArray:
    """Return P(slowest of n calls > t) from P(one call > t); arguments broadcast.

    `call_tail` lies in [0, 1], `calls` is at least 1, `correlation` in [0, 1]. Absolute error below
    1e-13 for up to 100 calls.
    """
    tail, count = np.broadcast_arrays(np.asarray(call_tail, dtype=np.float64), np.asarray(calls, dtype=np.float64))
    if correlation == 0.0:
        return _independent(tail, count)
    if correlation == 1.0:
        return tail.copy()
    inside = (tail > 0.0) & (tail < 1.0)
    answer = tail.copy()
    scores = normal.upper_quantile(tail[inside])
    answer[inside] = _integral(correlation).tail_and_density(scores, count[inside])[0]
    return answer


def call_tail(page: npt.ArrayLike, calls: npt.ArrayLike, correlation: float) -> FloatArray:
    """Return the call's upper tail at which the page's upper tail is `page`: inverts `page_tail`.

    `page` lies in (0, 1); arguments broadcast. Relative error below 1e-10.
    """
    target, count = np.broadcast_arrays(np.asarray(page, dtype=np.float64), np.asarray(calls, dtype=np.float64))
    if correlation == 0.0:
        return np.asarray(-np.expm1(np.log1p(-target) / count))
    if correlation == 1.0:
        return target.copy()
    integral = _integral(correlation)
    # The union bound starts to the right of the root; the tail's logarithm is concave there
    # (Prekopa, 1973), so Newton's method comes down to the root without passing it.
    score = normal.upper_quantile(target / count)
    for _ in range(_NEWTON_STEPS):  # pragma: no branch - a bound against rounding that never settles
        tail, density = integral.tail_and_density(score, count)
        step = np.minimum(np.log(tail / target) * tail / density, 0.0)
        score = score + step
        if np.all(step > -1e-12):
            break
    return normal.sf(score)


@dataclass(frozen=True, slots=True)
class _OverFactor:
    """Integrate over the shared factor Z: smooth while the calls' own part is not small."""

    shared: float
    own: float

    def tail_and_density(self, score: FloatArray, count: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the upper tail and the density of the largest score, each of score's shape."""
        given = (score[..., None] - self.shared * _NODES) / self.own
        single = normal.sf(given)
        with np.errstate(divide="ignore"):
            below = np.log1p(-single)
        many = count[..., None]
        tail = -np.expm1(many * below) @ _NODE_WEIGHTS
        powers = np.exp(np.where(many > 1.0, (many - 1.0) * np.maximum(below, -1e300), 0.0))
        density = (many * powers * normal.density(given)) @ _NODE_WEIGHTS / self.own
        return tail, density


@dataclass(frozen=True, slots=True)
class _OverMaximum:
    """Integrate over the largest of the calls' own parts: smooth while the factor is not small."""

    shared: float
    own: float

    def tail_and_density(self, score: FloatArray, count: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the upper tail and the density of the largest score, each of score's shape."""
        below = np.log(normal.cdf(_NODES))
        many = count[..., None]
        weights = many * np.exp((many - 1.0) * below) * _NODE_WEIGHTS
        given = (score[..., None] - self.own * _NODES) / self.shared
        tail = np.sum(weights * normal.sf(given), axis=-1)
        density = np.sum(weights * normal.density(given), axis=-1) / self.shared
        return tail, density


def _integral(correlation: float) -> _OverFactor | _OverMaximum:
    """Return the rule whose integrand is the smoother one for this correlation."""
    shared, own = math.sqrt(correlation), math.sqrt(1.0 - correlation)
    return _OverFactor(shared, own) if correlation <= 0.5 else _OverMaximum(shared, own)


def _independent(tail: FloatArray, count: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(count * np.log1p(-tail)))
