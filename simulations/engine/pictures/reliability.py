"""Draw a chain of components: its downtime by length, by shared cause, by component and by year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulations.engine import words
from simulations.engine.availability import HOURS_A_YEAR, Chain, Group, Timeline, chain, nines
from simulations.engine.result import Axis, Chart, Series, Table

_LENGTHS = tuple(range(1, 51))
_SHARED = tuple(np.linspace(0.0, 0.3, 61).round(3).tolist())
_TABLE_LENGTHS = (1, 5, 10, 20, 50)
_TABLE_GROUPS = ((1, 1), (2, 1), (3, 1), (3, 2), (5, 3))


def _hours(components: int, each: float) -> float:
    return HOURS_A_YEAR * chain(np.full(components, each))


def length_chart(whole: Chain) -> Chart:
    """Return a year's downtime by the number of components, single and redundant."""
    single = whole.part
    kinds = (
        ("single", "single components", single),
        ("redundant", "redundant ones", whole.group.unavailability(single)),
    )
    return Chart(
        name="components",
        title="Downtime by length",
        x=Axis("components needed", "", "linear"),
        y=Axis("downtime in a year", "h", "log"),
        series=(
            *(
                Series(name, label, _LENGTHS, tuple(_hours(count, each) for count in _LENGTHS))
                for name, label, each in kinds
            ),
            Series("here", "this setting", (float(whole.components),), (HOURS_A_YEAR * whole.unavailability,), "dots"),
        ),
        caption="Each hard dependency adds its own downtime to the chain's; the dot is this setting.",
    )


def shared_chart(whole: Chain) -> Chart:
    """Return a year's downtime by what replicas share, every component redundant."""
    single = whole.part

    def minutes(replicas: Group) -> float:
        return 60.0 * _hours(whole.components, replicas.unavailability(single))

    def with_replicas(count: int) -> tuple[float, ...]:
        needed = min(whole.group.needed, count)
        return tuple(minutes(Group(count, needed, shared, whole.group.coverage)) for shared in _SHARED)

    alone = minutes(Group())
    return Chart(
        name="shared_cause",
        title="Downtime by shared cause",
        x=Axis("share of downtime with a common cause", "", "linear"),
        y=Axis("downtime in a year", "min", "log"),
        series=(
            Series(
                "chosen", words.counted(whole.group.replicas, "replicas"), _SHARED, with_replicas(whole.group.replicas)
            ),
            Series("one_more", "one replica more", _SHARED, with_replicas(whole.group.replicas + 1)),
            Series("single", "no replicas", _SHARED, (alone,) * len(_SHARED)),
            Series("here", "this setting", (whole.group.shared,), (minutes(whole.group),), "dots"),
        ),
        caption="Every component redundant. A first hundredth of shared cause undoes most of what replicas bought.",
    )


def ranking_chart(whole: Chain) -> Chart:
    """Return each component's share of the downtime, the worst first."""
    parts = whole.unavailabilities
    shares = np.sort(100.0 * parts / parts.sum())[::-1]
    return Chart(
        name="ranking",
        title="Who causes it",
        x=Axis("component, the worst first", "", "linear"),
        y=Axis("share of the downtime", "%", "linear"),
        series=(
            Series("share", "share", tuple(float(n + 1) for n in range(shares.size)), tuple(shares.tolist()), "bars"),
        ),
        caption="Beside a single component, redundant ones hardly count.",
    )


def years_chart(timeline: Timeline, whole: Chain) -> Chart:
    """Return the timeline's downtime year by year beside the long-run mean."""
    hours = timeline.by_year
    years = tuple(float(n + 1) for n in range(hours.size))
    return Chart(
        name="timeline",
        title="Year by year",
        x=Axis("year", "", "linear"),
        y=Axis("downtime in the year", "h", "linear"),
        series=(
            Series("played", "played", years, tuple(hours.tolist()), "bars"),
            Series("exact", "long-run mean", years, (HOURS_A_YEAR * whole.unavailability,) * hours.size),
        ),
        caption="One seeded history. Rare, long outages leave most years empty and a few far above the mean.",
    )


def length_table(whole: Chain) -> Table:
    """Return availability and downtime by the number of components."""
    lengths = sorted({*_TABLE_LENGTHS, whole.components})
    rows = []
    for count in lengths:
        single = chain(np.full(count, whole.part))
        grouped = chain(np.full(count, whole.group.unavailability(whole.part)))
        rows.append((count, 100.0 * (1.0 - single), HOURS_A_YEAR * single, 60.0 * HOURS_A_YEAR * grouped))
    return Table(
        name="components",
        caption="A chain by its length: all single, and all redundant as set.",
        columns=("components", "single, % available", "single, h down a year", "redundant, min down a year"),
        rows=tuple(rows),
    )


def group_table(whole: Chain) -> Table:
    """Return one component's availability by its replicas."""
    rows = []
    for replicas, needed in sorted({*_TABLE_GROUPS, (whole.group.replicas, whole.group.needed)}):
        chosen = Group(replicas, needed, whole.group.shared, whole.group.coverage)
        down = chosen.unavailability(whole.part)
        apart = replace(chosen, shared=0.0).unavailability(whole.part)
        rows.append((f"{needed} of {replicas}", 100.0 * (1.0 - down), nines(down), nines(apart)))
    return Table(
        name="groups",
        caption="One component by its replicas, with the shared cause and failover as set.",
        columns=("must work", "% available", "nines", "nines without a shared cause"),
        rows=tuple(rows),
    )


def ranking_table(whole: Chain) -> Table:
    """Return what a component of each kind causes, and what making it perfect would save."""
    parts, redundant, down = whole.unavailabilities, whole.redundant, whole.unavailability
    rows = []
    for kind, count, place in (("single", whole.components - redundant, -1), ("redundant", redundant, 0)):
        if count:
            saved = HOURS_A_YEAR * (down - chain(np.delete(parts, place)))
            rows.append((kind, count, 100.0 * float(parts[place] / parts.sum()), saved))
    return Table(
        name="ranking",
        caption="What one component of each kind causes, and what making it perfect would save.",
        columns=("kind", "components", "share of downtime of one, %", "saved if perfect, h a year"),
        rows=tuple(rows),
    )
