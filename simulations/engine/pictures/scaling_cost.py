"""Draw scaling up beside scaling out: the costs, the crossing, what nodes carry, and growth."""

from __future__ import annotations

import math

import numpy as np

from simulations.engine.result import Axis, Chart, Series, Table
from simulations.engine.scaling import CostLaws, Machines, Scalability

_LOADS = np.geomspace(1.0, 64.0, 97)
_OVERHEADS = np.linspace(0.0, 3.0, 121)
_NODES = np.unique(np.geomspace(1.0, 256.0, 120).round())
_MONTHS = tuple(range(61))
_FURTHEST = 1_000.0
_TABLE_LOADS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)


def costs_at(load: float, base: float, laws: CostLaws, machines: Machines | None) -> tuple[float | None, float | None]:
    """Return the monthly cost of one machine and of many; None where it cannot be had."""
    if machines is None:
        at = np.array(load)
        return base * float(laws.vertical(at)), base * float(laws.horizontal(at))
    up, out = machines.vertical(load), machines.horizontal(load)
    return (None if up is None else base * up), (None if out is None else base * out)


def cost_chart(load: float, base: float, laws: CostLaws, machines: Machines | None) -> Chart:
    """Return both costs against the load, each as far as it can be had."""
    here = [cost for cost in costs_at(load, base, laws, machines) if cost is not None]
    return Chart(
        name="cost",
        title="Cost by load",
        x=Axis("load", "×", "log"),
        y=Axis("cost a month", "$", "log"),
        series=(
            *_both(_LOADS.tolist(), _LOADS.tolist(), base, laws, machines),
            *([Series("here", "this setting", (load,) * len(here), tuple(here), "dots")] if here else []),
        ),
        caption="Multiples of the base machine's load. A line ends where no machine, or no number of them, suffices.",
    )


def crossing_chart(laws: CostLaws) -> Chart:
    """Return where the smooth curves cross against the coordination overhead, where they do."""
    here = laws.crossing
    dots = (
        () if here is None or here > _FURTHEST else (Series("here", "this setting", (laws.overhead,), (here,), "dots"),)
    )
    return Chart(
        name="crossing",
        title="Where they cross",
        x=Axis("coordination overhead", "", "linear"),
        y=Axis("load at the crossing", "×", "log"),
        series=(
            Series(
                "crossing",
                "crossing",
                tuple(_OVERHEADS.tolist()),
                tuple(_drawn(CostLaws(laws.exponent, r)) for r in _OVERHEADS.tolist()),
            ),
            *dots,
        ),
        caption="Where the line lies at 1 many machines are never dearer. It is drawn up to 1,000 times today's load.",
    )


def nodes_chart(scalability: Scalability) -> Chart:
    """Return what nodes carry against their number, beside what they would without loss."""
    x = tuple(_NODES.tolist())
    peak = scalability.peak_nodes
    at = () if peak is None or peak > x[-1] else (max(float(round(peak)), 1.0),)
    return Chart(
        name="nodes",
        title="What nodes carry",
        x=Axis("nodes", "nodes", "log"),
        y=Axis("load carried", "×", "log"),
        series=(
            Series("carried", "carried", x, tuple(scalability.throughput(_NODES).tolist())),
            Series("ideal", "without loss", x, x),
            *(Series("here", "peak", (n,), (float(scalability.throughput(np.array(n))),), "dots") for n in at),
        ),
        caption="Contention bends the line, coherency turns it down: past the peak a node more carries less in all.",
    )


def growth_chart(growth: float, base: float, laws: CostLaws, machines: Machines | None) -> Chart:
    """Return both costs month by month while the base load grows, as far as they can be had."""
    loads = [math.pow(growth, month / 12.0) for month in _MONTHS]
    return Chart(
        name="growth",
        title="Five years of growth",
        x=Axis("months from now", "months", "linear"),
        y=Axis("cost a month", "$", "log"),
        series=_both([float(month) for month in _MONTHS], loads, base, laws, machines),
        caption="The same costs on a clock: what is cheaper now says little about the month in which a line ends.",
    )


def load_table(load: float, base: float, laws: CostLaws, machines: Machines | None) -> Table:
    """Return both costs at doubling loads and at the chosen one."""
    rows = [(each, *costs_at(each, base, laws, machines)) for each in sorted({*_TABLE_LOADS, load})]
    return Table(
        name="loads",
        caption="Cost a month in $ by load; none where it cannot be had.",
        columns=("load", "one machine", "many machines"),
        rows=tuple(rows),
    )


def _drawn(laws: CostLaws) -> float:
    if laws.overhead <= laws.exponent - 1.0:
        return 1.0
    return min(laws.crossing or _FURTHEST, _FURTHEST)


def _both(
    x: list[float], loads: list[float], base: float, laws: CostLaws, machines: Machines | None
) -> tuple[Series, Series]:
    costs = [costs_at(load, base, laws, machines) for load in loads]
    up, out = (
        [(at, cost[side]) for at, cost in zip(x, costs, strict=True) if cost[side] is not None] for side in (0, 1)
    )
    return _line("up", "one machine", up), _line("out", "many machines", out)


def _line(name: str, label: str, points: list[tuple[float, float | None]]) -> Series:
    return Series(name, label, tuple(at for at, _ in points), tuple(cost for _, cost in points if cost is not None))
