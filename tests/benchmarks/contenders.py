"""What the engine is measured against: the same work by plain Python, SimPy, numpy and Ciw, none slowed on purpose.

A page waits for the slowest of its calls. A call takes 10 ms plus an exponential time: of mean 5 ms usually, of mean
500 ms with probability 0.01. Each contender here returns the mean alone and counts nothing, which the engine does.
"""

from __future__ import annotations

from math import log
from random import Random

import ciw
import numpy as np
import simpy

SLOW_SHARE, FAST_MEAN, SLOW_MEAN, FLOOR = 0.01, 5.0, 500.0, 10.0
CHUNK = 65_536
SERVERS, ARRIVAL_RATE = 4, 3.2


def plain_python(calls: int, pages: int, seed: int) -> float:
    """Draw every call in two loops; the exponential time is written out, which is faster than `expovariate`."""
    uniform = Random(seed).random
    total = 0.0
    for _ in range(pages):
        slowest = 0.0
        for _ in range(calls):
            time = log(1.0 - uniform()) * (-SLOW_MEAN if uniform() < SLOW_SHARE else -FAST_MEAN)
            if time > slowest:
                slowest = time
        total += slowest
    return FLOOR + total / pages


def simpy_timeouts(calls: int, pages: int, seed: int) -> float:
    """Let each call be a timeout and the page wait for all: the least that SimPy can do."""
    generator = Random(seed)
    uniform, exponential = generator.random, generator.expovariate
    environment = simpy.Environment()

    def run():
        for _ in range(pages):
            yield environment.all_of(
                [
                    environment.timeout(FLOOR + exponential(1 / SLOW_MEAN if uniform() < SLOW_SHARE else 1 / FAST_MEAN))
                    for _ in range(calls)
                ]
            )

    environment.process(run())
    environment.run()
    return float(environment.now) / pages


def simpy_processes(calls: int, pages: int, seed: int) -> float:
    """Let each call be a process, as a model that grows would have it."""
    generator = Random(seed)
    uniform, exponential = generator.random, generator.expovariate
    environment = simpy.Environment()

    def call():
        yield environment.timeout(FLOOR + exponential(1 / SLOW_MEAN if uniform() < SLOW_SHARE else 1 / FAST_MEAN))

    def run():
        for _ in range(pages):
            yield environment.all_of([environment.process(call()) for _ in range(calls)])

    environment.process(run())
    environment.run()
    return float(environment.now) / pages


def plain_numpy(calls: int, pages: int, seed: int) -> float:
    """Draw every call in chunks that fit the cache, into buffers used again."""
    generator = np.random.default_rng(seed)
    size = max(CHUNK // calls, 1)
    uniforms, times = np.empty((calls, size)), np.empty((calls, size))
    slowest = np.empty(size)
    total, drawn = 0.0, 0
    while drawn < pages:
        generator.random(out=uniforms)
        generator.standard_exponential(out=times)
        times *= np.where(uniforms < SLOW_SHARE, SLOW_MEAN, FAST_MEAN)
        np.max(times, axis=0, out=slowest)
        kept = min(size, pages - drawn)
        total += float(slowest[:kept].sum())
        drawn += kept
    return FLOOR + total / pages


def raw_draws(calls: int, pages: int, seed: int) -> float:
    """Draw what the calls of the pages need, a uniform number for the path and an exponential time; use neither."""
    generator = np.random.default_rng(seed)
    uniforms, times = np.empty(CHUNK), np.empty(CHUNK)
    for start in range(0, calls * pages, CHUNK):
        size = min(CHUNK, calls * pages - start)
        generator.random(out=uniforms[:size])
        generator.standard_exponential(out=times[:size])
    return 0.0


def raw_times(calls: int, pages: int, seed: int) -> float:
    """Draw an exponential time a call and nothing else."""
    generator = np.random.default_rng(seed)
    times = np.empty(CHUNK)
    for start in range(0, calls * pages, CHUNK):
        generator.standard_exponential(out=times[: min(CHUNK, calls * pages - start)])
    return 0.0


def simpy_queue(customers: int, seed: int) -> float:
    """Send customers through four servers, and return the mean wait of the last nine in ten."""
    exponential = Random(seed).expovariate
    environment = simpy.Environment()
    servers = simpy.Resource(environment, capacity=SERVERS)
    waits: list[float] = []

    def customer():
        arrived = environment.now
        with servers.request() as request:
            yield request
            waits.append(environment.now - arrived)
            yield environment.timeout(exponential(1.0))

    def arrivals():
        for _ in range(customers):
            environment.process(customer())
            yield environment.timeout(exponential(ARRIVAL_RATE))

    environment.process(arrivals())
    environment.run()
    kept = waits[customers // 10 :]
    return sum(kept) / len(kept)


def ciw_queue(customers: int, seed: int) -> float:
    """Do the same with Ciw."""
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=ARRIVAL_RATE)],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[SERVERS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(customers, method="Finish")
    waits = [record.waiting_time for record in simulation.get_all_records()][customers // 10 :]
    return sum(waits) / len(waits)
