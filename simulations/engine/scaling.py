"""Compute what a bigger machine and more machines cost, and how far more machines get.

Loads are multiples of what one base machine carries, costs multiples of its price unless said otherwise.
Throughput of n nodes by Gunther's universal scalability law (2007): contention and coherency delay.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulations.engine.crossings import exponential_over_line
from simulations.engine.normal import FloatArray

MOST_NODES = 1_000_000
"""More nodes than this count as impossible."""

FURTHEST = 1e9
"""A crossing at a greater load counts as none."""


@dataclass(frozen=True, slots=True)
class CostLaws:
    """One machine at load ** `exponent`; many at load + `overhead` * load * ln(load)."""

    exponent: float
    overhead: float

    def vertical(self, load: FloatArray) -> FloatArray:
        """Return what one machine costs that carries each load."""
        return np.asarray(np.asarray(load) ** self.exponent)

    def horizontal(self, load: FloatArray) -> FloatArray:
        """Return what many machines cost that carry each load together."""
        return np.asarray(load * (1.0 + self.overhead * np.log(load)))

    @property
    def crossing(self) -> float | None:
        """The load beyond which many machines are cheaper, or None where there is none above 1."""
        power = self.exponent - 1.0
        if power * math.log(FURTHEST) < 1e-9:
            return None
        grown = exponential_over_line(self.overhead / power)
        if grown is None or grown > power * math.log(FURTHEST):
            return None
        return math.exp(grown / power)


def overhead_for(exponent: float, load: float) -> float:
    """Return the overhead at which the crossing lies at that load above 1: (load^(a-1) - 1) / ln(load)."""
    return math.expm1((exponent - 1.0) * math.log(load)) / math.log(load)


@dataclass(frozen=True, slots=True)
class Scalability:
    """What n nodes carry: n / (1 + `contention` (n - 1) + `coherency` n (n - 1))."""

    contention: float
    coherency: float

    def throughput(self, nodes: FloatArray) -> FloatArray:
        """Return the load that each number of nodes carries."""
        n = np.asarray(nodes, dtype=np.float64)
        return np.asarray(n / (1.0 + self.contention * (n - 1.0) + self.coherency * n * (n - 1.0)))

    @property
    def peak_nodes(self) -> float | None:
        """The number of nodes, not rounded, beyond which more carry less; None where there is none up to a million."""
        if 1.0 - self.contention >= self.coherency * MOST_NODES**2:
            return None
        return max(math.sqrt((1.0 - self.contention) / self.coherency), 1.0)

    def nodes_for(self, load: float) -> int | None:
        """Return the fewest nodes that carry the load, or None where none up to a million do.

        The lower root of throughput = load, a quadratic in the number of nodes, rounded up.
        """
        square = self.coherency * load
        linear = 1.0 - (self.contention - self.coherency) * load
        constant = (1.0 - self.contention) * load
        discriminant = linear * linear - 4.0 * square * constant
        if linear <= 0.0 or discriminant < 0.0:
            return None
        root = 2.0 * constant / (linear + math.sqrt(discriminant))
        if root > MOST_NODES:
            return None
        least = max(math.ceil(root * (1.0 - 1e-12)), 1)
        enough = float(self.throughput(np.array(float(least)))) >= load * (1.0 - 1e-9)
        return least if enough else None


@dataclass(frozen=True, slots=True)
class Machines:
    """Machines as they are sold: sizes that double up to `largest`, and nodes with `spare` ones besides."""

    laws: CostLaws
    scalability: Scalability
    largest: float
    spare: int

    def vertical(self, load: float) -> float | None:
        """Return what the smallest machine that carries the load costs; None beyond the largest."""
        if load > self.largest:
            return None
        size = min(2.0 ** math.ceil(math.log2(load) - 1e-12), self.largest)
        return float(self.laws.vertical(np.array(max(size, 1.0))))

    def horizontal(self, load: float) -> float | None:
        """Return what enough nodes cost with the spare ones; None where no number is enough."""
        nodes = self.scalability.nodes_for(load)
        return None if nodes is None else float(nodes + self.spare)
