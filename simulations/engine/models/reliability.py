"""Model a chain of components, some of them with replicas that may share a cause of failure.

Every component is needed. A redundant one works while `needed` of its `replicas` do; a share of each
replica's downtime comes from a cause that all replicas of the group have in common: the beta-factor
model of Fleming (1975). A seeded timeline of failures and repairs stands beside the closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from simulations.engine import parameters, words
from simulations.engine.availability import HOURS_A_YEAR, Chain, Group, Outages, Timeline, chain, nines, timeline_of
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.parameters import Fault
from simulations.engine.pictures import reliability as pictures
from simulations.engine.result import Figure, Result
from simulations.engine.sampling import generator_for

_OBJECTIVE = 0.999
_MOST_EVENTS = 240
_HOURS_A_MONTH = HOURS_A_YEAR / 12.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """The chain, its replicas, what they share, and the clock on which they fail."""

    components: int = parameters.number(
        5,
        minimum=1,
        maximum=50,
        step=1,
        unit="",
        label="Components needed",
        help="How many components a request needs, every one of them.",
        integer=True,
    )
    unavailability: float = parameters.number(
        0.001,
        minimum=0.000001,
        maximum=0.1,
        step=0.000001,
        unit="",
        label="A component is down",
        help="Share of time that one component is down: 0.001 is an availability of 99.9%.",
        scale="logit",
    )
    redundant: int = parameters.number(
        0,
        minimum=0,
        maximum=50,
        step=1,
        unit="",
        label="Of them redundant",
        help="How many of the components have replicas; a number beyond all of them means all.",
        integer=True,
    )
    shared_cause: float = parameters.number(
        0.0,
        minimum=0,
        maximum=0.3,
        step=0.01,
        unit="",
        label="Replicas share a cause",
        help="Share of a replica's downtime that strikes all replicas of its component at once.",
    )
    replicas: int = parameters.number(
        2,
        minimum=1,
        maximum=7,
        step=1,
        unit="",
        label="Replicas",
        help="How many replicas a redundant component has.",
        integer=True,
    )
    needed: int = parameters.number(
        1,
        minimum=1,
        maximum=7,
        step=1,
        unit="",
        label="Replicas that must work",
        help="One, where any replica can do the work; a majority, where they vote.",
        integer=True,
    )
    coverage: float = parameters.number(
        1.0,
        minimum=0.9,
        maximum=1,
        step=0.005,
        unit="",
        label="Failover works",
        help="Share of failures from which a group whose one replica suffices fails over.",
    )
    repair_hours: float = parameters.number(
        1.0,
        minimum=0.1,
        maximum=72,
        step=0.1,
        unit="h",
        label="Repair",
        help="Mean time until a failed replica works again, on the timeline.",
        scale="log",
    )
    seed: int = parameters.number(
        1,
        minimum=0,
        maximum=999_999,
        step=1,
        unit="",
        label="Seed",
        help="Another seed plays other failures of the same system.",
        integer=True,
    )

    def faults(self) -> tuple[Fault, ...]:
        """Return what is wrong between the fields: more replicas needed than there are."""
        if self.needed <= self.replicas:
            return ()
        message = f"needed must not exceed replicas, which is {self.replicas}; you gave {self.needed}."
        return (Fault("needed", str(self.needed), message),)


def system(settings: Parameters) -> Chain:
    """Return the chain; a number of redundant components beyond all of them means all."""
    return Chain(
        settings.components,
        min(settings.redundant, settings.components),
        settings.unavailability,
        Group(settings.replicas, settings.needed, settings.shared_cause, settings.coverage),
    )


def evaluate(settings: Parameters) -> Result:
    """Return exact availability and downtime, and a seeded timeline beside them.

    Relative error below 1e-12 in the exact figures; a year has 365 days.
    """
    whole = system(settings)
    timeline = timeline_of(generator_for(settings.seed, 0, 1), whole, settings.repair_hours)
    figures = _figures(whole, timeline)
    return Result(
        figures=figures,
        charts=(
            pictures.length_chart(whole),
            pictures.shared_chart(whole),
            pictures.ranking_chart(whole),
            pictures.years_chart(timeline, whole),
        ),
        tables=(pictures.length_table(whole), pictures.group_table(whole), pictures.ranking_table(whole)),
        narrative=_narrative(whole, {figure.name: figure.value for figure in figures}),
        trace=_trace(timeline.system),
        frames={
            "years": timeline.years,
            "down_hours_by_year": tuple(timeline.by_year.tolist()),
            "unpowered_hours": unpowered_hours(whole),
        },
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating will take, from the parameters alone; there is nothing to run."""
    return Cost(evaluate_ms=20.0, run_seconds=0.0, memory_mb=16.0)


def unpowered_hours(whole: Chain) -> dict[str, float | None]:
    """Return the hours in a year that the chain would be down with one replica off for good, by the kind it belongs to.

    `single` and `redundant`; None where the chain has no component of the kind.
    """
    kinds: dict[str, float | None] = {"single": None, "redundant": None}
    if whole.redundant < whole.components:
        kinds["single"] = HOURS_A_YEAR
    if whole.redundant:
        left = replace(whole.group, replicas=whole.group.replicas - 1)
        parts = whole.unavailabilities
        parts[0] = left.unavailability(whole.part) if left.replicas >= left.needed else 1.0
        kinds["redundant"] = HOURS_A_YEAR * (1.0 if parts[0] == 1.0 else chain(parts))
    return kinds


def _figures(whole: Chain, timeline: Timeline) -> tuple[Figure, ...]:
    down, parts = whole.unavailability, whole.unavailabilities
    each = 100.0 * -math.expm1(math.log(_OBJECTIVE) / whole.components)
    grouped = whole.group.unavailability(whole.part)
    weakest = 100.0 * float(parts.max() / parts.sum())
    return (
        Figure("availability", "Available", 100.0 * (1.0 - down), "%", "Share of time that the whole chain works."),
        Figure("downtime_hours", "Down in a year", HOURS_A_YEAR * down, "h", "Hours in a year of 365 days."),
        Figure("downtime_minutes", "In minutes", 60.0 * HOURS_A_YEAR * down, "min", "Minutes in a year of 365 days."),
        Figure("nines", "Nines", nines(down), "", "3 is 99.9%, 4 is 99.99%."),
        Figure(
            "month_minutes", "Down in a month", 60.0 * _HOURS_A_MONTH * down, "min", "Minutes in a twelfth of a year."
        ),
        Figure(
            "component_availability",
            "One component",
            100.0 * (1.0 - whole.part),
            "%",
            "Share of time that a single component works.",
        ),
        Figure(
            "group_availability",
            "One redundant component",
            100.0 * (1.0 - grouped),
            "%",
            "Share of time that a component with these replicas works.",
        ),
        Figure(
            "weakest_share",
            "Downtime from the weakest",
            weakest,
            "%",
            "Share of the downtime, components added up, that the least available one causes.",
        ),
        Figure(
            "each_needed",
            "Each down at most",
            each,
            "%",
            "How much of the time each component may be down if the chain shall reach 99.9%.",
        ),
        Figure("years", "Years played", timeline.years, "years", "How long the timeline is."),
        Figure(
            "outages", "Outages played", float(timeline.system.start.size), "", "Outages of the chain in that time."
        ),
        Figure(
            "played_minutes",
            "Down in a year, played",
            60.0 * timeline.system.hours / timeline.years,
            "min",
            "Minutes in a year as the timeline has them; it scatters around the exact figure.",
        ),
    )


def _trace(system: Outages) -> tuple[dict[str, object], ...]:
    order = np.argsort(system.start, kind="stable")[:_MOST_EVENTS]
    return tuple(
        {"at_hours": start, "until_hours": end}
        for start, end in zip(system.start[order].tolist(), system.end[order].tolist(), strict=True)
    )


def _narrative(whole: Chain, value: dict[str, float]) -> str:
    kinds = {0: "none of them redundant", whole.components: "all redundant"}
    parts = "One component" if whole.components == 1 else f"A chain of {whole.components} components"
    sentences = [
        (
            f"{parts}, {kinds.get(whole.redundant, f'{whole.redundant} of them redundant')}, each replica down "
            f"{words.percent(100.0 * whole.part)} of the time, is available {words.percent(value['availability'])} "
            f"of it: {_length(value['downtime_hours'])} of downtime in a year."
        ),
        (
            f"The timeline of {words.counted(value['years'], 'years', form=',.3g')} holds "
            f"{words.counted(value['outages'], 'outages')} and a mean of "
            f"{_length(value['played_minutes'] / 60.0)} a year."
        ),
    ]
    if whole.redundant and whole.group.shared > 0.0:
        apart = replace(whole, group=replace(whole.group, shared=0.0))
        sentences.append(f"Without the shared cause it would be {_length(HOURS_A_YEAR * apart.unavailability)}.")
    return " ".join(sentences)


def _length(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1.0 else f"{60.0 * hours:.3g} min"


def _shows(holds: Callable[[Parameters, Callable[[str], float]], bool]) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""
    return lambda settings, result: holds(settings, lambda name: result.figure(name).value)


EXPERIMENTS = (
    Experiment(
        name="long_chain",
        title="Three nines each, two together",
        goal="Bring a chain of single components, each up 99.9% of the time or more, below two nines.",
        holds=_shows(lambda p, figure: p.unavailability <= 0.001 and p.redundant == 0 and figure("nines") < 2.0),
    ),
    Experiment(
        name="pairs",
        title="From hours to minutes",
        goal="With five components or more, each up 99.9% of the time at most, have less than five minutes a year.",
        holds=_shows(
            lambda p, figure: p.components >= 5 and p.unavailability >= 0.001 and figure("downtime_minutes") < 5.0
        ),
    ),
    Experiment(
        name="one_left_single",
        title="The one that was left single",
        goal="With five components or more and one of them left single, let it cause over 95% of the downtime.",
        holds=_shows(
            lambda p, figure: p.components >= 5 and p.redundant == p.components - 1 and figure("weakest_share") > 95.0
        ),
    ),
    Experiment(
        name="third_replica_in_vain",
        title="A third replica in vain",
        goal="Give every component three replicas or more and still be down for over two hours a year.",
        holds=_shows(
            lambda p, figure: (
                p.redundant >= p.components
                and p.replicas >= 3
                and p.needed == 1
                and p.unavailability <= 0.001
                and figure("downtime_hours") > 2.0
            )
        ),
    ),
    Experiment(
        name="majority_hurts",
        title="More replicas, less available",
        goal="Have replicas make a component less available than a single one.",
        holds=_shows(lambda _, figure: figure("group_availability") < figure("component_availability")),
    ),
)

_ALL_PAIRS: dict[str, object] = {"redundant": 50, "replicas": 2}

PRESETS = (
    Preset("five_single", "Five components in a row", {}),
    Preset("one_pair", "One of them a pair", {"redundant": 1}),
    Preset("all_pairs", "All pairs, nothing shared", _ALL_PAIRS),
    Preset("shared_cause", "All pairs, a tenth shared", {**_ALL_PAIRS, "shared_cause": 0.1}),
    Preset("three_shared", "Three replicas, a tenth shared", {**_ALL_PAIRS, "replicas": 3, "shared_cause": 0.1}),
    Preset("failover", "Failover that works 99 times in 100", {**_ALL_PAIRS, "coverage": 0.99}),
    Preset("majority", "Two of three must work", {"redundant": 50, "replicas": 3, "needed": 2, "unavailability": 0.01}),
    Preset("fifty", "Fifty components", {"components": 50}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="five_in_a_row",
        question="A page needs five services, each available 99.9% of the time. How many hours a year is it down?",
        figure="downtime_hours",
        unit="h",
        minimum=1.0,
        maximum=1_000.0,
        scale="log",
        parameters={},
    ),
    PredictionPrompt(
        name="five_pairs",
        question="Each of the five now has a second replica that fails independently. How many minutes a year is the "
        "page down?",
        figure="downtime_minutes",
        unit="min",
        minimum=0.01,
        maximum=10_000.0,
        scale="log",
        parameters=_ALL_PAIRS,
    ),
    PredictionPrompt(
        name="pairs_sharing_a_tenth",
        question="A tenth of each replica's downtime now strikes its twin too: one rack, one configuration. How many "
        "minutes a year?",
        figure="downtime_minutes",
        unit="min",
        minimum=0.01,
        maximum=10_000.0,
        scale="log",
        parameters={**_ALL_PAIRS, "shared_cause": 0.1},
    ),
)

MODEL = Model(
    name="reliability",
    title="Reliability of a chain",
    summary="How downtime adds up over what a request needs, and how much of it redundancy takes away.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
