"""Place keys on nodes by a hash ring, and say how evenly: consistent hashing with several points a node.

Karger and others (1997). Points and keys are spread by SplitMix64 (Steele, Lea and Flood, 2014), so that the same
seed gives the same ring.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulations.engine.normal import FloatArray

_GRID = 1_200
_DEVIATIONS = 14.0
_GOLDEN = 0x9E3779B97F4A7C15
_KEYS_APART = 1 << 40


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """Points in ascending order and the node that each belongs to; a key belongs to the next point after it."""

    points: NDArray[np.uint64]
    owners: NDArray[np.int64]
    nodes: int

    def shares(self) -> FloatArray:
        """Return the share of the ring that each node holds; they sum to 1."""
        arcs = np.diff(self.points, prepend=self.points[-1:])  # the first arc reaches over zero: it wraps as it should
        return np.bincount(self.owners, arcs / 2.0**64, self.nodes).astype(np.float64)

    def owner_of(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the node of each key."""
        return self.owners[np.searchsorted(self.points, keys) % len(self.points)]


def ring(nodes: int, points: int, seed: int) -> Ring:
    """Return a ring of so many nodes with so many points each; adding a node moves no point of the others."""
    placed = scattered(np.arange(nodes * points, dtype=np.uint64), seed)
    order = np.argsort(placed)
    return Ring(placed[order], order // points, nodes)


def keys(count: int, seed: int) -> NDArray[np.uint64]:
    """Return where so many keys lie on the ring of that seed."""
    return scattered(np.arange(_KEYS_APART, _KEYS_APART + count, dtype=np.uint64), seed)


def scattered(numbers: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Return numbers of 64 bits that look drawn at random, always the same for the same number and seed."""
    mixed = (numbers + np.uint64(1)) * np.uint64(_GOLDEN) + _finished(np.array([seed], dtype=np.uint64))
    return _finished(mixed)


def _finished(mixed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def relative_spread(nodes: int, points: int) -> float:
    """Return the standard deviation of a node's share over its mean.

    A node's share is that of `points` of the spacings between all points, which has a Beta distribution with
    parameters points and (nodes - 1) points.
    """
    return math.sqrt((nodes - 1) / (nodes * points + 1))


def expected_heaviest(nodes: int, points: int) -> float:
    """Return the mean over many rings of the largest share, in multiples of the average one.

    Spacings are exponential times over their sum, which is independent of them (Renyi, 1953). So it is the mean of
    the largest of `nodes` Gamma variables of shape `points`, over `points`; the n-th harmonic number for one point.
    Relative error below 1e-4.
    """
    spread = math.sqrt(points)
    low, high = max(0.0, points - _DEVIATIONS * spread), points + _DEVIATIONS * (spread + 1.0)
    at = np.linspace(low, high, _GRID)
    with np.errstate(divide="ignore"):
        logs = (points - 1.0) * np.log(at) if points > 1 else np.zeros_like(at)
    density = np.exp(logs - at - math.lgamma(points))
    step = at[1] - at[0]
    below = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1]) * 0.5 * step))
    below /= below[-1]
    above = 1.0 - below**nodes
    return float(low + np.trapezoid(above, dx=step)) / points
