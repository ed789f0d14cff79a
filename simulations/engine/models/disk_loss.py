"""Wait for the last copy to go: how long copies and erasure codes keep data while failed disks are replaced.

A group of n disks holds its data while k of them work. Failures are exponential, repairs too, and go on side by
side: a Markov chain over the number of failed disks, whose mean time to absorption is the mean time to data loss.
For a pair it is (3 MTTR + MTTF) MTTF / (2 MTTR), nearly MTTF^2 / (2 MTTR) (Patterson, Gibson and Katz, 1988). A share
of the failures may take all of a group at once (Fleming, 1975). Many years are as likely to bring a loss as
1 - exp(-years / mean) says, or less: the time to loss has an increasing failure rate (Barlow and Proschan, 1975).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulations.engine import parameters, words
from simulations.engine.durability import HOURS_A_YEAR, Group
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_CURVE_POINTS = 40
_ARRANGEMENTS = ((1, 1), (2, 1), (3, 1), (6, 4), (9, 6), (14, 10))


@dataclass(frozen=True, slots=True)
class Parameters:
    """Disks, how they fail and are replaced, and how data lies on them."""

    disks: int = parameters.number(
        2,
        minimum=1,
        maximum=20,
        step=1,
        unit="",
        label="Disks a group",
        help="Disks over which a group spreads its data.",
        integer=True,
    )
    needed: int = parameters.number(
        1,
        minimum=1,
        maximum=20,
        step=1,
        unit="",
        label="Needed",
        help="How many of them suffice to read it: one of two copies, ten of a code's fourteen.",
        integer=True,
    )
    mttf: float = parameters.number(
        30.0,
        minimum=0.5,
        maximum=200,
        step=0.5,
        unit="years",
        label="Mean time to failure",
        help="Of a disk in its working life; thirty years is a thirtieth of them failing each year.",
        scale="log",
    )
    repair: float = parameters.number(
        24.0,
        minimum=0.1,
        maximum=2_000,
        step=0.1,
        unit="h",
        label="Repair",
        help="From a disk's failure to the moment that another holds its part, on average.",
        scale="log",
    )
    shared: float = parameters.number(
        0.0,
        minimum=0,
        maximum=100,
        step=0.01,
        unit="%",
        label="Failures in common",
        help="Share of failures that take the whole group: a batch, a shelf, a release, a command.",
    )
    groups: int = parameters.number(
        5_000,
        minimum=1,
        maximum=10_000_000,
        step=1,
        unit="",
        label="Groups",
        help="How many such groups there are; losing any of them counts.",
        scale="log",
        integer=True,
    )
    years: float = parameters.number(
        5.0,
        minimum=0.1,
        maximum=100,
        step=0.1,
        unit="years",
        label="Over",
        help="How long you look ahead.",
        scale="log",
    )

    def faults(self) -> tuple[parameters.Fault, ...]:
        """Refuse a group that needs more disks than it has."""
        if self.needed <= self.disks:
            return ()
        given = words.shown(self.needed)
        message = f"needed must not exceed the group's {words.with_unit(str(self.disks), 'disks')}; you gave {given}."
        return (parameters.Fault("needed", given, message),)

    @property
    def group(self) -> Group:
        """The group in the engine's own terms."""
        return Group(self.disks, self.needed, self.mttf * HOURS_A_YEAR, self.repair, self.shared / 100.0)


def evaluate(settings: Parameters) -> Result:
    """Return the mean times to data loss of one group and of all, in years, and how likely a loss is."""
    figures = _figures(settings)
    return Result(
        figures=figures,
        charts=(_repair_chart(settings), _shared_chart(settings), _years_chart(settings)),
        tables=(_table(settings),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; it is the same for all settings and there is nothing to run."""
    return Cost(4.0, 0.0, 4.0)


def _mean_years(group: Group) -> float:
    return group.mean_hours_to_loss / HOURS_A_YEAR


def _lost_percent(years: float, mean_years: float) -> float:
    return -100.0 * math.expm1(-years / mean_years)


def _figures(settings: Parameters) -> tuple[Figure, ...]:
    group = settings.group
    mean = _mean_years(group)
    first = mean / settings.groups
    alone = _mean_years(dataclasses.replace(group, shared=0.0))
    return (
        Figure("first_loss", "First group lost", first, "years", "Mean time until any of the groups has lost data."),
        Figure("group_loss", "One group lost", mean, "years", "Mean time to data loss of a single group."),
        Figure(
            "lost",
            "Lost by then",
            _lost_percent(settings.years, first),
            "%",
            "The chance of any loss, at most.",
        ),
        Figure(
            "overhead",
            "Disks bought",
            settings.disks / settings.needed,
            "times the data",
            "Raw space for each byte that is kept.",
        ),
        Figure(
            "shortcut",
            "By the shortcut",
            group.shortcut_hours / HOURS_A_YEAR,
            "years",
            "One group, nothing in common, repairs far quicker than failures: MTTF^2 / (2 MTTR) for a pair.",
        ),
        Figure("alone", "With nothing in common", alone, "years", "One group, were all its disks independent."),
        Figure(
            "failures",
            "Failures a day",
            settings.groups * settings.disks * 24.0 / (settings.mttf * HOURS_A_YEAR),
            "",
            "Disks to be replaced, in all groups.",
        ),
    )


def _repair_chart(settings: Parameters) -> Chart:
    hours = np.geomspace(0.1, 2_000.0, _CURVE_POINTS).tolist()
    spares = settings.disks - settings.needed

    def curve(more: int) -> tuple[float, ...]:
        group = dataclasses.replace(settings.group, disks=settings.needed + more)
        return tuple(_mean_years(dataclasses.replace(group, repair_hours=each)) for each in hours)

    drawn = sorted({more for more in (spares - 1, spares, spares + 1) if more >= 0})
    return Chart(
        name="by_repair",
        title="Quicker repair, one disk more",
        x=Axis("repair", "h", "log"),
        y=Axis("one group lost after", "years", "log"),
        series=(
            *(Series(f"spares_{more}", _spares(more), tuple(hours), curve(more)) for more in drawn),
            Series("here", "this setting", (settings.repair,), (_mean_years(settings.group),), "dots"),
        ),
        caption="With nothing in common, repairing twice as fast doubles the time once for every disk that may be "
        "missing, so each of them makes the line steeper.",
    )


def _spares(count: int) -> str:
    return f"{count} spare"


def _shared_chart(settings: Parameters) -> Chart:
    shares = np.geomspace(1e-4, 100.0, _CURVE_POINTS).tolist()
    limits = tuple(100.0 * settings.mttf / each for each in shares)

    def at(share: float) -> float:
        return _mean_years(dataclasses.replace(settings.group, shared=share / 100.0))

    here = (Series("here", "this setting", (settings.shared,), (at(settings.shared),), "dots"),)
    return Chart(
        name="by_shared",
        title="Failures in common",
        x=Axis("share of failures in common", "%", "log"),
        y=Axis("one group lost after", "years", "log"),
        series=(
            Series("group", "this group", tuple(shares), tuple(at(each) for each in shares)),
            Series("limit", "any disks", tuple(shares), limits),
            *(here if settings.shared > 0.0 else ()),
        ),
        caption="The common cause comes once in MTTF / share whatever the number of disks. Where the lines meet, more "
        "disks and quicker repair buy nothing.",
    )


def _years_chart(settings: Parameters) -> Chart:
    years = np.linspace(0.0, max(2.0 * settings.years, 10.0), _CURVE_POINTS).tolist()
    mean = _mean_years(settings.group)
    first = mean / settings.groups
    return Chart(
        name="by_years",
        title="Chance of a loss",
        x=Axis("years", "years", "linear"),
        y=Axis("lost by then", "%", "linear"),
        series=(
            Series("any", "any group", tuple(years), tuple(_lost_percent(each, first) for each in years)),
            Series("one", "one group", tuple(years), tuple(_lost_percent(each, mean) for each in years)),
            Series("here", "this setting", (settings.years,), (_lost_percent(settings.years, first),), "dots"),
        ),
        caption="A mean of many years is no promise for the first of them, and many groups share one mean.",
    )


def _table(settings: Parameters) -> Table:
    arrangements = sorted({*_ARRANGEMENTS, (settings.disks, settings.needed)})
    rows = []
    for disks, needed in arrangements:
        mean = _mean_years(dataclasses.replace(settings.group, disks=disks, needed=needed))
        rows.append((disks, needed, disks / needed, mean, mean / settings.groups))
    return Table(
        name="arrangements",
        caption="The same disks, repairs and common causes under other arrangements. Years are means.",
        columns=("disks", "needed", "times the data", "one group lost, years", "first of all groups, years"),
        rows=tuple(rows),
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    shared = (
        f" {words.percent(settings.shared)} of failures take a whole group; with none in common a group would last "
        f"{value['alone']:,.4g} years."
        if settings.shared
        else ""
    )
    return (
        f"A group that needs {settings.needed} of {words.counted(settings.disks, 'disks')} loses data once in "
        f"{words.counted(value['group_loss'], 'years', form=',.4g')}, and the first of "
        f"{words.counted(settings.groups, 'groups')} after "
        f"{words.counted(value['first_loss'], 'years', form=',.4g')} on average. Over "
        f"{words.counted(settings.years, 'years', form='g')} the chance of any loss is at most "
        f"{words.percent(value['lost'])}.{shared}"
    )


def _pair_years(settings: Parameters) -> float:
    return _mean_years(Group(2, 1, settings.mttf * HOURS_A_YEAR, settings.repair))


EXPERIMENTS = (
    Experiment(
        name="quicker_repair",
        title="A quicker repair",
        goal="Keep pairs of disks that last 30 years or less, and have the first of 5,000 last 100 years or more.",
        holds=lambda p, result: (
            (p.disks, p.needed) == (2, 1)
            and p.mttf <= 30.0
            and p.groups >= 5_000
            and result.figure("first_loss").value >= 100.0
        ),
    ),
    Experiment(
        name="more_copies_in_vain",
        title="More copies in vain",
        goal="Keep three copies or more and lose data sooner than a pair with nothing in common would.",
        holds=lambda p, result: p.needed == 1 and p.disks >= 3 and result.figure("group_loss").value < _pair_years(p),
    ),
    Experiment(
        name="cheaper_and_safer",
        title="Fewer disks, fewer losses",
        goal="Outlast a pair a thousand times over, with at most one and a half times the data in disks.",
        holds=lambda p, result: (
            p.shared == 0.0
            and result.figure("overhead").value <= 1.5
            and result.figure("group_loss").value >= 1_000.0 * _pair_years(p)
        ),
    ),
)

PRESETS = (
    Preset("pairs", "Five thousand mirrored pairs", {}),
    Preset("batch", "One failure in a hundred is shared", {"shared": 1}),
    Preset("three_copies", "Three copies", {"disks": 3}),
    Preset("six_of_nine", "A code: any six of nine", {"disks": 9, "needed": 6}),
    Preset("stripe", "Striped, no copy", {"disks": 8, "needed": 8}),
    Preset("slow_repair", "A week until it is replaced", {"repair": 168}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="first_of_many_pairs",
        question="Disks last 30 years on average and a failed one is replaced within a day. There are 5,000 mirrored "
        "pairs. How long until the first pair is lost?",
        figure="first_loss",
        unit="years",
        minimum=0.001,
        maximum=1e6,
        scale="log",
        parameters={},
    ),
    PredictionPrompt(
        name="one_in_a_hundred_shared",
        question="One pair alone would last 164,000 years. Now one failure in a hundred takes both disks at once. How "
        "long does a pair last?",
        figure="group_loss",
        unit="years",
        minimum=1.0,
        maximum=1e6,
        scale="log",
        parameters={"shared": 1},
    ),
)

MODEL = Model(
    name="disk_loss",
    title="Losing the last copy",
    summary="How long copies and codes keep data while disks fail and are replaced, and what a common cause leaves.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
