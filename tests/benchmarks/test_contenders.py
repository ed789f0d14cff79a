"""The engine's samplers beside plain Python, SimPy, numpy, Ciw and the machine's own draws, in turn on one core."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest

from simulations.engine.backends import Backend, draw_pages
from simulations.engine.composite import CompositeSampler, draw_counts
from simulations.engine.distributions import Hyperexponential
from simulations.engine.lines import draw_waits
from simulations.engine.pages import Page
from simulations.engine.queueing import ManyServers
from tests.benchmarks import contenders
from tests.benchmarks.contenders import ARRIVAL_RATE, FAST_MEAN, FLOOR, SERVERS, SLOW_MEAN, SLOW_SHARE
from tests.benchmarks.table import show

ROUNDS = 5
FAN_OUTS = (1, 5, 20, 100)
BACKEND = Backend(FLOOR, FAST_MEAN, SLOW_MEAN, SLOW_SHARE)
CALL = Hyperexponential(FLOOR, (1.0 - SLOW_SHARE, SLOW_SHARE), (FAST_MEAN, SLOW_MEAN))
FEW, MANY = 1_000_000, 100_000_000
CUSTOMERS = 1_000_000
MOST_MEGABYTES = 150
MOST_SECONDS_A_CELL = 40.0
"""Where five rounds would take longer than this, there are fewer, and the table says so."""


def by_call(calls: int, pages: int, seed: int) -> float:
    """Draw call by call, into a histogram."""
    return draw_pages(BACKEND, np.random.default_rng(seed), pages=pages, calls=calls).mean


def by_composite(calls: int, pages: int, seed: int) -> float:
    """Draw one number a page, into a histogram; laying the table counts."""
    return CompositeSampler(CALL, calls).draw(np.random.default_rng(seed), pages).mean


def by_multinomial(calls: int, pages: int, seed: int) -> float:
    """Draw the histogram at once."""
    return draw_counts(Page(CALL, calls, 0.0), np.random.default_rng(seed), pages).mean


def our_queue(customers: int, seed: int) -> float:
    """Send customers through four servers in lines side by side."""
    return draw_waits(ManyServers(SERVERS, ARRIVAL_RATE, 1.0), np.random.default_rng(seed), customers=customers).mean


@dataclass(frozen=True)
class Contender:
    """Somebody who does the work, and how much of it each round at a fan-out."""

    name: str
    draw: Callable[[int, int, int], float]
    pages: Callable[[int], int]
    is_drawn: bool = True


def every(pages: int) -> Callable[[int], int]:
    """Return a size that does not depend on the fan-out."""
    return lambda _: pages


CONTENDERS = (
    Contender("one exponential a call, unused", contenders.raw_times, every(FEW // 2), is_drawn=False),
    Contender("a uniform and an exponential a call, unused", contenders.raw_draws, every(FEW // 2), is_drawn=False),
    Contender("Headroom, call by call", by_call, every(FEW)),
    Contender("Headroom, by the composite", by_composite, every(FEW)),
    Contender("numpy", contenders.plain_numpy, every(FEW // 2)),
    Contender("plain Python", contenders.plain_python, lambda calls: 400_000 // calls),
    Contender("SimPy, a timeout a call", contenders.simpy_timeouts, lambda calls: 100_000 // calls),
    Contender("SimPy, a process a call", contenders.simpy_processes, lambda calls: 60_000 // calls),
)


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core, the last that it may use."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def seconds(work: Callable[[], float]) -> tuple[float, float]:
    """Return how long work took, and what it returned."""
    started = time.perf_counter()
    value = work()
    return time.perf_counter() - started, value


def check_mean(found: list[float], pages: int, calls: int) -> None:
    """Refuse a contender whose means are not those of the workload: 6 standard errors, of 1,000 ms a page at most."""
    expected = Page(CALL, calls, 0.0).mean
    spread = {1: 71.0, 5: 155.0, 20: 279.0, 100: 412.0}[calls]
    assert abs(statistics.fmean(found) - expected) < 6.0 * spread / (pages * len(found)) ** 0.5 + 1e-3 * expected


def columns(values: list[str]) -> str:
    """Return a row of the table."""
    return "".join(f"{value:>14}" for value in values)


class TestTailLatency:
    def test_nanoseconds_a_page(self):
        figures: dict[str, list[float]] = {contender.name: [] for contender in CONTENDERS}
        with one_core():
            for calls in FAN_OUTS:
                times: dict[str, list[float]] = {contender.name: [] for contender in CONTENDERS}
                means: dict[str, list[float]] = {contender.name: [] for contender in CONTENDERS}
                for seed in range(ROUNDS):
                    for contender in CONTENDERS:
                        pages = contender.pages(calls)
                        taken, mean = seconds(partial(contender.draw, calls, pages, seed))
                        times[contender.name].append(taken / pages * 1e9)
                        means[contender.name].append(mean)
                for contender in CONTENDERS:
                    figures[contender.name].append(statistics.median(times[contender.name]))
                    if contender.is_drawn:
                        check_mean(means[contender.name], contender.pages(calls), calls)
        rows = [("calls a page", columns([str(calls) for calls in FAN_OUTS]))]
        rows += [(name, columns([f"{value:,.1f}" for value in values])) for name, values in figures.items()]
        show(f"Tail latency, ns a page, {FEW:,} pages by Headroom, median of {ROUNDS} in turn on one core", rows)
        show("The same as ratios", self.ratios(figures))

    @staticmethod
    def ratios(figures: dict[str, list[float]]) -> list[tuple[str, str]]:
        """Return what the goals speak of."""
        times, draws, apart, composite, numpy_, python, timeouts, processes = figures.values()

        def over(above: list[float], below: list[float], form: str = ",.0f") -> str:
            return columns([f"{one / other:{form}}" for one, other in zip(above, below, strict=True)])

        return [
            ("calls a page", columns([str(calls) for calls in FAN_OUTS])),
            ("call by call / uniform and exponential (goal: 1.5)", over(apart, draws, ".2f")),
            ("call by call / exponential alone", over(apart, times, ".2f")),
            ("composite / composite at one call (goal: 1)", over(composite, composite[:1] * 4, ".2f")),
            ("numpy / composite", over(numpy_, composite)),
            ("numpy / call by call", over(numpy_, apart, ".2f")),
            ("plain Python / composite (goal at 20: 300)", over(python, composite)),
            ("SimPy with timeouts / composite (goal at 20: 2,500)", over(timeouts, composite)),
            ("SimPy with processes / composite", over(processes, composite)),
        ]

    def test_a_hundred_million(self):
        rows = [("calls a page", columns([str(calls) for calls in FAN_OUTS]))]
        with one_core():
            for name, draw in (("by the composite", by_composite), ("call by call", by_call)):
                cells = [self.median_of_what_fits(partial(draw, calls), calls) for calls in FAN_OUTS]
                rows.append((f"{name}, ns a page (rounds)", columns(cells)))
            for pages in (FEW, MANY, 10**15):
                cells = []
                for calls in FAN_OUTS:
                    times = [seconds(partial(by_multinomial, calls, pages, seed))[0] for seed in range(25)]
                    cells.append(f"{statistics.median(times) * 1e3:.2f} ms")
                rows.append((f"by one multinomial, {pages:,} pages (goal: 1 ms)", columns(cells)))
        show(f"Tail latency, {MANY:,} pages on one core", rows)

    @staticmethod
    def median_of_what_fits(draw: Callable[[int, int], float], calls: int) -> str:
        """Return the median of up to five rounds, and how many there were."""
        times, means = [], []
        while len(times) < ROUNDS and (not times or sum(times) + times[0] < MOST_SECONDS_A_CELL):
            taken, mean = seconds(partial(draw, MANY, len(times)))
            times.append(taken)
            means.append(mean)
        check_mean(means, MANY, calls)
        return f"{statistics.median(times) / MANY * 1e9:.1f} ({len(times)})"

    @pytest.mark.parametrize("name", ["by_call", "by_composite"])
    def test_memory(self, name):
        """The peak of a process of its own, interpreter and numpy included, which `VmHWM` counts from its start."""
        program = (
            f"from tests.benchmarks.test_contenders import {name}, MANY\n"
            f"{name}(20, MANY, 1)\n"
            "lines = open('/proc/self/status').read().splitlines()\n"
            "print(next(line.split()[1] for line in lines if line.startswith('VmHWM')))"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        megabytes = int(done.stdout) / 1000
        show(
            "Memory",
            [(f"{name}, {MANY:,} pages of 20 calls, peak (bound: {MOST_MEGABYTES} MB)", f"{megabytes:.0f} MB")],
        )
        assert megabytes < MOST_MEGABYTES


class TestQueue:
    """Four servers at 80%: one million customers by the engine, fewer by those that take longer."""

    SIZES = {"Headroom": CUSTOMERS, "SimPy": 40_000, "Ciw": 12_000}
    EXPECTED = ManyServers(SERVERS, ARRIVAL_RATE, 1.0).wait

    def test_nanoseconds_a_customer(self):
        work = {"Headroom": our_queue, "SimPy": contenders.simpy_queue, "Ciw": contenders.ciw_queue}
        times: dict[str, list[float]] = {name: [] for name in work}
        with one_core():
            for seed in range(ROUNDS):
                for name, send in work.items():
                    taken, _ = seconds(partial(send, self.SIZES[name], seed))
                    times[name].append(taken / self.SIZES[name] * 1e9)
        ns = {name: statistics.median(values) for name, values in times.items()}
        drawn = draw_waits(ManyServers(SERVERS, ARRIVAL_RATE, 1.0), np.random.default_rng(1), customers=CUSTOMERS)
        assert abs(drawn.mean - self.EXPECTED) < 3.3 * drawn.standard_error
        interval = 1.96 * drawn.standard_error
        rows = [(name, f"{value:,.0f} ns a customer, {self.SIZES[name]:,} customers") for name, value in ns.items()]
        rows.append(("SimPy / Headroom (goal: 150)", f"{ns['SimPy'] / ns['Headroom']:,.0f}"))
        rows.append(("Ciw / Headroom (goal: 300)", f"{ns['Ciw'] / ns['Headroom']:,.0f}"))
        rows.append(("mean wait", f"{drawn.mean:.4f} ± {interval:.4f}; Erlang C gives {self.EXPECTED:.6f}"))
        show(f"Four servers at 80%, median of {ROUNDS} in turn on one core", rows)
