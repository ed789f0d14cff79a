"""Compute how available parts are together: in a chain, in redundant groups, and with a cause in common.

Unavailability is the long-run share of time down. A cause that parts share is described by the share
`shared` of a part's unavailability that it takes: the beta-factor model of Fleming (1975). A group
fails over with probability `coverage`, as in Bouricius, Carter and Schneider (1969).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulations.engine.normal import FloatArray

HOURS_A_YEAR = 8_760.0
"""Hours of a year of 365 days."""

_NEVER = 1e-12
_MOST_FAILURES = 6_000
_MOST_YEARS = 1_000

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """Replicas of one component, of which `needed` must work; `replicas` = 1 is a single component."""

    replicas: int = 1
    needed: int = 1
    shared: float = 0.0
    coverage: float = 1.0

    @property
    def fails_over(self) -> bool:
        """Whether one replica does the work and the others stand in for it."""
        return self.replicas > 1 and self.needed == 1

    def unavailability(self, part: float) -> float:
        """Return the share of time that the group is down when each of its parts is down a share `part`.

        Where one replica suffices that is never more than `part`: redundancy does not look worse than none.
        """
        if self.replicas == 1:
            return part
        own = (1.0 - self.shared) * part
        together = self.shared * part + fewer_than(self.needed, self.replicas, own)
        if not self.fails_over:
            return min(together, 1.0)
        return min(together + (1.0 - self.coverage) * part, part)


@dataclass(frozen=True, slots=True)
class Chain:
    """Components that are all needed, the first `redundant` of them groups; each part is down a share `part`."""

    components: int
    redundant: int
    part: float
    group: Group

    @property
    def unavailabilities(self) -> FloatArray:
        """Each component's share of time down, redundant ones first."""
        down = np.full(self.components, self.part)
        down[: self.redundant] = self.group.unavailability(self.part)
        return down

    @property
    def unavailability(self) -> float:
        """The share of time that the chain is down."""
        return chain(self.unavailabilities)


def fewer_than(needed: int, replicas: int, unavailability: float) -> float:
    """Return the share of time that fewer than `needed` of independent replicas work."""
    up = 1.0 - unavailability
    return math.fsum(
        math.comb(replicas, working) * up**working * unavailability ** (replicas - working) for working in range(needed)
    )


def chain(unavailabilities: FloatArray) -> float:
    """Return the share of time that a chain is down, which needs all of its independent parts.

    On the upper tail, so that a millionth of a millionth is not lost.
    """
    return float(-np.expm1(np.log1p(-unavailabilities).sum()))


def nines(unavailability: float) -> float:
    """Return how many nines an availability has: 3 for 99.9%, 2.3 for 99.5%."""
    return -math.log10(unavailability)


@dataclass(frozen=True, slots=True)
class Outages:
    """Intervals on a clock in hours, and the number of the part or group that each belongs to."""

    start: FloatArray
    end: FloatArray
    owner: IntArray

    @property
    def hours(self) -> float:
        """Their total length."""
        return float((self.end - self.start).sum())


def outages_of(
    generator: np.random.Generator, parts: int, unavailability: float, repair: float, horizon: float
) -> Outages:
    """Return when each of independent parts is down between 0 and `horizon` hours.

    Up and down times are exponential, the latter of mean `repair`; a part starts as it is found at any
    moment. `unavailability` is below 1.
    """
    expected = horizon * unavailability / repair
    if parts == 0 or expected < _NEVER:
        return Outages(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    cycles = math.ceil(expected + 8.0 * math.sqrt(expected) + 8.0)
    up = generator.standard_exponential((parts, cycles)) * (repair * (1.0 - unavailability) / unavailability)
    down = generator.standard_exponential((parts, cycles)) * repair
    up[generator.random(parts) < unavailability, 0] = 0.0
    end = np.cumsum(up + down, axis=1)
    start = end - down
    seen = start < horizon
    owner = np.repeat(np.arange(parts), seen.sum(axis=1))
    return Outages(start[seen], np.minimum(end[seen], horizon), owner)


def overlapping(outages: Outages, more_than: int) -> Outages:
    """Return when more than `more_than` outages of one owner overlap, an owner after another."""
    times = np.concatenate([outages.start, outages.end])
    change = np.repeat([1, -1], outages.start.size)
    owners = np.concatenate([outages.owner, outages.owner])
    order = np.lexsort((times, owners))
    times, owners, level = times[order], owners[order], np.cumsum(change[order])
    beyond = level > more_than
    before = np.concatenate([[False], beyond[:-1]])
    begins = beyond & ~before
    return Outages(times[begins], times[~beyond & before], owners[begins])


def joined(several: Sequence[Outages]) -> Outages:
    """Return the outages of all of them together."""
    return Outages(
        np.concatenate([each.start for each in several]),
        np.concatenate([each.end for each in several]),
        np.concatenate([each.owner for each in several]),
    )


@dataclass(frozen=True, slots=True)
class Timeline:
    """When a chain was down in `years` years, in order and without overlap."""

    years: float
    system: Outages

    @property
    def by_year(self) -> FloatArray:
        """Hours of downtime in each year; of a shorter timeline what it comes to in a year."""
        if self.years < 1.0:
            return np.array([self.system.hours / self.years])
        knots = np.stack([self.system.start, self.system.end], axis=1).ravel()
        lengths = self.system.end - self.system.start
        passed = np.stack([np.cumsum(lengths) - lengths, np.cumsum(lengths)], axis=1).ravel()
        edges = HOURS_A_YEAR * np.arange(int(self.years) + 1)
        return np.diff(np.interp(edges, [0.0, *knots], [0.0, *passed]))


def timeline_of(generator: np.random.Generator, system: Chain, repair: float) -> Timeline:
    """Return a history of a chain.

    Each replica is mended after `repair` hours on average; what a group shares strikes it at once, on a
    clock of its own. As long as some 6,000 failures allow, and at most a thousand years.
    """
    group, part, groups = system.group, system.part, system.redundant
    singles = system.components - groups
    shared = group.shared * part if group.replicas > 1 else 0.0
    uncovered = (1.0 - group.coverage) * part if group.fails_over else 0.0
    own = part - shared
    down = groups * (group.replicas * own + shared + uncovered) + singles * part
    years = min(_MOST_FAILURES * repair / (HOURS_A_YEAR * down), float(_MOST_YEARS))
    years = float(math.floor(years)) if years >= 1.0 else years
    horizon = HOURS_A_YEAR * years
    replicas = outages_of(generator, groups * group.replicas, own, repair, horizon)
    grouped = Outages(replicas.start, replicas.end, replicas.owner // group.replicas)
    causes = [
        overlapping(grouped, group.replicas - group.needed),
        outages_of(generator, groups, shared, repair, horizon),
        outages_of(generator, groups, uncovered, repair, horizon),
        outages_of(generator, singles, part, repair, horizon),
    ]
    together = joined(causes)
    return Timeline(years, overlapping(Outages(together.start, together.end, np.zeros_like(together.owner)), 0))
