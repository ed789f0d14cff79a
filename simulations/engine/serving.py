"""Serve requests by a cache and, past it, by a database with a bounded queue: as it settles, and step by step.

Hits take 2 to 7 ms, evenly spread. A miss pays 2 ms for the cache first; a write goes straight to the
database, whose workers take exponential times. Times are in milliseconds unless a name says seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simulations.engine.normal import FloatArray
from simulations.engine.queueing import BoundedQueue

FASTEST_HIT_MS, SLOWEST_HIT_MS = 2.0, 7.0
MISS_HOP_MS = 2.0

_FINE = np.linspace(0.0, 8.0, 9)
_COARSE_POINTS = 40
_REFINED_POINTS = 13
_REFINEMENTS = 2
_HALVINGS = 18
_LEAST = 1e-12
_LEAST_SHARE = 1e-9


@dataclass(frozen=True)
class Shop:
    """A backend at rest: requests a second, shares between 0 and 1, `capacity` a second for all workers."""

    traffic: float
    hit_rate: float
    write_share: float
    capacity: float
    workers: int
    waiting: int
    timeout_s: float
    retries: int

    @cached_property
    def queue(self) -> BoundedQueue:
        """The database's queue, in milliseconds."""
        return BoundedQueue(self.workers, self.waiting, self.capacity / self.workers / 1_000.0)

    def reaching(self, hit_rate: FloatArray) -> FloatArray:
        """Return the share of requests that ask the database, for each hit rate."""
        return np.asarray(self.write_share + (1.0 - self.write_share) * (1.0 - hit_rate))

    @property
    def database_load(self) -> float:
        """The requests a second that ask the database, retries not counted."""
        return self.traffic * float(self.reaching(np.array(self.hit_rate)))

    @property
    def utilisation(self) -> float:
        """The load of the database as a share of its capacity; above 1 it is overloaded."""
        return self.database_load / self.capacity

    @property
    def hit_rate_needed(self) -> float | None:
        """The least hit rate at which the database is not overloaded; None where writes alone are too many."""
        writes = self.traffic * self.write_share
        if writes > self.capacity:
            return None
        return max(0.0, 1.0 - (self.capacity - writes) / (self.traffic - writes))

    @property
    def ceiling(self) -> float | None:
        """The traffic at which the database reaches its capacity; None where next to nothing asks it."""
        share = float(self.reaching(np.array(self.hit_rate)))
        return self.capacity / share if share > _LEAST_SHARE else None

    @cached_property
    def failing(self) -> tuple[float, float]:
        """The share of attempts at the database that fail, and the attempts a second, where both settle.

        An attempt fails that finds no place, or waits past the timeout. Retries raise the attempts, and
        those the share; halving finds a share at which they agree.
        """
        load = self.database_load
        if load == 0.0:
            return 0.0, 0.0
        if self.retries == 0:
            return self._failing_at(load), load
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self._failing_at(load * self._attempts(middle)) > middle else (low, middle)
        return low, load * self._attempts(low)

    @property
    def errors(self) -> float:
        """The share of all requests that fail, after their retries."""
        return self.database_load / self.traffic * self.failing[0] ** (self.retries + 1)

    def quantiles(self, levels: tuple[float, ...]) -> tuple[float, ...]:
        """Return the response times that these shares of the answered requests do not exceed."""
        tail = self._answered(np.array([self.hit_rate]), np.array([self.failing[1]]))
        times = self._grid()
        tails = tail(times)
        brackets = [(times, tails) for _ in levels]
        for _ in range(_REFINEMENTS):
            finer = []
            for (times, tails), level in zip(brackets, levels, strict=True):
                last = _first_within(tails, level)[0]
                finer.append(np.linspace(times[last - 1], times[last], _REFINED_POINTS))
            together = tail(np.concatenate(finer))
            brackets = list(zip(finer, np.split(together, len(levels)), strict=True))
        return tuple(
            float(_interpolated(times, tails, level)[0]) for (times, tails), level in zip(brackets, levels, strict=True)
        )

    def quantile_curve(self, level: float, hit_rate: FloatArray) -> FloatArray:
        """Return one such time for each hit rate, without retries, interpolated to about a hundredth."""
        tail = self._answered(hit_rate, self.traffic * self.reaching(hit_rate))
        times = self._grid()
        return _interpolated(times, tail(times), level)

    def _grid(self) -> FloatArray:
        return np.concatenate([_FINE, np.linspace(_FINE[-1], self.queue.longest + _FINE[-1], _COARSE_POINTS)[1:]])

    def _answered(self, hit_rate: FloatArray, attempts: FloatArray) -> Callable[[FloatArray], FloatArray]:
        """Return P(response > t) of an answered request: a row a time, a column a hit rate."""
        rate = attempts / 1_000.0
        served = 1.0 - self.queue.loss(rate)
        database = self.queue.responses(rate)
        reads = 1.0 - self.write_share
        hits, misses = reads * hit_rate, reads * (1.0 - hit_rate) * served
        writes = self.write_share * served

        def tail(times: FloatArray) -> FloatArray:
            still = np.clip((SLOWEST_HIT_MS - times) / (SLOWEST_HIT_MS - FASTEST_HIT_MS), 0.0, 1.0)[:, None]
            late = hits * still + misses * database.tails(np.maximum(times - MISS_HOP_MS, 0.0))
            if self.write_share > 0.0:
                late = late + writes * database.tails(times)
            return np.asarray(late / np.maximum(hits + misses + writes, _LEAST))

        return tail

    def _failing_at(self, attempts: float) -> float:
        rate = attempts / 1_000.0
        lost = float(self.queue.loss(rate))
        timeout = 1_000.0 * self.timeout_s
        if timeout > self.queue.longest:
            return lost
        return lost + (1.0 - lost) * float(self.queue.response_tail(rate, np.array([timeout]))[0])

    def _attempts(self, failing: float) -> float:
        return math.fsum(failing**attempt for attempt in range(self.retries + 1))


def _first_within(tails: FloatArray, level: float) -> npt.NDArray[np.intp]:
    """Return the first row, not the very first, whose tail is within 1 - level, for each column."""
    return np.asarray(np.maximum(np.argmax(tails <= 1.0 - level, axis=0), 1))


def _interpolated(times: FloatArray, tails: FloatArray, level: float) -> FloatArray:
    """Return where each column falls to 1 - level, by its logarithm between two rows."""
    last, columns = _first_within(tails, level), np.arange(tails.shape[1])
    upper, lower = (np.log(np.maximum(tails[row, columns], _LEAST)) for row in (last - 1, last))
    part = (upper - math.log(1.0 - level)) / np.maximum(upper - lower, _LEAST)
    return np.asarray(times[last - 1] + (times[last] - times[last - 1]) * np.clip(part, 0.0, 1.0))


def refill_s(traffic: float, capacity: float, keys: float, hit_rate: float) -> tuple[float, float]:
    """Return the seconds for which an emptied cache overloads the database, and those until the hit rate is back.

    `traffic` counts reads and `capacity` what writes leave. While the database is overloaded it fills a key
    for each request it serves, afterwards one for each miss. A hit rate of 1 counts as one part in a
    thousand less, since it is never reached.
    """
    spared = max(0.0, 1.0 - capacity / traffic)
    overloaded = keys * min(spared, hit_rate) / capacity if spared > 0.0 else 0.0
    missing = max(1.0 - hit_rate, 1e-3)
    rest = keys / traffic * max(math.log((1.0 - min(spared, 1.0 - missing)) / missing), 0.0)
    return overloaded, rest
