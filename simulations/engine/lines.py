"""Draw the waits of customers at many servers, customer by customer, in many lines side by side.

Each line is a sample path of its own, with the same servers; all of them take a step at a time, so that a step is a
few operations on arrays. A line starts as it would be found at any moment, so no part of it has to be thrown away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulations.engine.histogram import Histogram
from simulations.engine.normal import FloatArray
from simulations.engine.queueing import ManyServers

MOST_LINES = 1024
"""How many lines go side by side: enough to pay for a step, few enough for the processor's cache."""

_STEPS_A_BLOCK = 32


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """What customers waited: the histogram, and the mean of each line; lines are independent of each other."""

    histogram: Histogram
    line_means: FloatArray

    @property
    def mean(self) -> float:
        """The mean over all lines."""
        return float(self.line_means.mean())

    @property
    def standard_error(self) -> float:
        """The standard error of the mean, from how the lines differ; infinity for a single line."""
        lines = self.line_means.size
        return float(self.line_means.std(ddof=1)) / math.sqrt(lines) if lines > 1 else math.inf


def draw_waits(queue: ManyServers, generator: np.random.Generator, *, customers: int, lines: int = MOST_LINES) -> Waits:
    """Return the waits of at least `customers` customers of M/M/c, each line serving the same number.

    Times in the unit of the queue's rates. Memory stays within a few megabytes.
    """
    lines = min(lines, customers)
    steps = -(-customers // lines)
    free = stationary(queue, generator, lines)
    histogram, sums = Histogram(), np.zeros(lines)
    for start in range(0, steps, _STEPS_A_BLOCK):
        block = min(_STEPS_A_BLOCK, steps - start), lines
        services = generator.standard_exponential(block)
        services /= queue.service_rate
        gaps = generator.standard_exponential(block)
        gaps /= queue.arrival_rate
        waits = serve(free, services, gaps)
        sums += waits.sum(axis=0)
        histogram.add(waits)
    return Waits(histogram, sums / steps)


def serve(free: FloatArray, services: FloatArray, gaps: FloatArray) -> FloatArray:
    """Return what each customer waits, first come first served: a row a customer, a column a line.

    `free` holds a row a server, ascending: how long until it is free, as the first customer finds it; it is left as
    the customer after the last one finds it. `services` and `gaps`, the time to the next arrival, are shaped like the
    result. The recursion of Kiefer and Wolfowitz (1955).
    """
    waits = np.empty_like(services)
    servers = len(free)
    shorter = np.empty_like(free[0])
    for wait, service, gap in zip(waits, services, gaps, strict=True):
        wait[:] = free[0]
        free[0] += service
        for server in range(servers - 1):
            np.minimum(free[server], free[server + 1], out=shorter)
            np.maximum(free[server], free[server + 1], out=free[server + 1])
            free[server] = shorter
        free -= gap
        np.maximum(free, 0.0, out=free)
    return waits


def stationary(queue: ManyServers, generator: np.random.Generator, lines: int) -> FloatArray:
    """Return how long until each server is free as an arrival finds it at any moment: a row a server, ascending.

    Arrivals see the stationary queue (Wolff, 1982). Whoever is served has an exponential time to go, whoever is
    waiting begins when a server ends, and those ends come at the rate of all servers together.
    """
    offered = queue.arrival_rate / queue.service_rate
    weights = np.cumprod(np.concatenate(([1.0], offered / np.arange(1.0, queue.servers))))
    must_wait = generator.random(lines) < queue.waiting_share
    busy = generator.choice(queue.servers, lines, p=weights / weights.sum())
    busy[must_wait] = queue.servers
    free = generator.standard_exponential((queue.servers, lines)) / queue.service_rate
    free[np.arange(queue.servers)[:, None] >= busy] = 0.0
    waiting = np.where(must_wait, generator.geometric(1.0 - queue.utilisation, lines) - 1, 0)
    free.sort(axis=0)
    free += generator.standard_gamma(waiting) / (queue.servers * queue.service_rate)
    return free
