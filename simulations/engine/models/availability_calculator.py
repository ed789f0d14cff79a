"""Calculate the availability of a request's way through tiers, each of replicas of which so many must work.

Tiers fail independently of each other; within a tier replicas may share a cause (the beta factor of Fleming, 1975) and
fail over with a coverage (Bouricius, Carter and Schneider, 1969). See `simulations.engine.availability`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from simulations.engine import availability as parts
from simulations.engine import parameters, words
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_WINDOWS = {"year": 525_600.0, "month": 43_800.0, "30_days": 43_200.0, "week": 10_080.0}
_AN_HOUR = 60.0
_TIERS = {"entry": "entry", "servers": "servers", "store": "store"}
_PARTNER = "outside service"
_STORE = 2
_MOST_REPLICAS = 12
_CURVE_POINTS = 60
_NEARLY_ALWAYS = 1.0 - 1e-12


def _availability(default: float, label: str, text: str) -> float:
    """Return a field for a share of time in percent, of which what is missing matters."""
    field: float = parameters.number(
        default, minimum=50, maximum=99.9999, step=0.0001, unit="%", label=label, help=text, scale="logit"
    )
    return field


def _count(default: int, label: str, text: str) -> int:
    field: int = parameters.number(
        default, minimum=1, maximum=_MOST_REPLICAS, step=1, unit="", label=label, help=text, integer=True
    )
    return field


@dataclass(frozen=True, slots=True)
class Parameters:
    """Three tiers of replicas and a service outside, what replicas share, and the window of the downtime."""

    entry: float = _availability(99.95, "Entry, one replica", "Share of time that one load balancer works.")
    entry_replicas: int = _count(1, "Entry, replicas", "Load balancers of which one suffices.")
    servers: float = _availability(99.5, "Servers, one replica", "Share of time that one server works.")
    servers_replicas: int = _count(3, "Servers, replicas", "Servers that there are.")
    servers_needed: int = _count(2, "Servers, needed", "Servers that carry the peak.")
    store: float = _availability(99.9, "Store, one replica", "Share of time that one node of the store works.")
    store_replicas: int = _count(1, "Store, replicas", "Nodes that there are.")
    store_needed: int = _count(1, "Store, needed", "Nodes without which it does not answer, such as a majority.")
    partner: float = _availability(99.99, "Outside service", "Share of time that a service of others works.")
    shared_cause: float = parameters.number(
        0.0,
        minimum=0,
        maximum=1,
        step=0.01,
        unit="",
        label="Replicas share a cause",
        help="Share of a replica's downtime that all replicas of its tier have at once: a deploy, a rack, a bug.",
    )
    coverage: float = parameters.number(
        1.0,
        minimum=0.5,
        maximum=1,
        step=0.001,
        unit="",
        label="Fail-over succeeds",
        help="Share of failures from which a tier of which one suffices fails over.",
    )
    window: str = parameters.choice(
        "year",
        options=(
            ("year", "A year of 365 days"),
            ("month", "An average month, 365 / 12 days"),
            ("30_days", "30 days"),
            ("week", "A week"),
        ),
        label="Downtime in",
        help="The window that downtime is counted in.",
    )

    def faults(self) -> tuple[parameters.Fault, ...]:
        """Refuse to need more replicas of a tier than there are."""
        found = []
        for tier in ("servers", "store"):
            needed, there = getattr(self, f"{tier}_needed"), getattr(self, f"{tier}_replicas")
            if needed > there:
                name = f"{tier}_needed"
                message = f"{name} must not exceed {tier}_replicas, which is {there}; you gave {needed}."
                found.append(parameters.Fault(name, str(needed), message))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Tier:
    """One link of the chain: what it is called, how often one of its parts is down, and how many there are."""

    label: str
    part: float
    group: parts.Group

    @property
    def down(self) -> float:
        """The share of time that the tier is down, short of always."""
        return min(self.group.unavailability(self.part), _NEARLY_ALWAYS)

    @property
    def with_another(self) -> float:
        """The share of time that it would be down with one replica more, and as many needed."""
        more = replace(self.group, replicas=self.group.replicas + 1)
        return min(more.unavailability(self.part), _NEARLY_ALWAYS)


def tiers(settings: Parameters) -> tuple[Tier, ...]:
    """Return the tiers in the order in which a request meets them, the service outside last."""
    found = []
    for name, label in _TIERS.items():
        group = parts.Group(
            getattr(settings, f"{name}_replicas"),
            getattr(settings, f"{name}_needed", 1),
            settings.shared_cause,
            settings.coverage,
        )
        found.append(Tier(label, _down(getattr(settings, name)), group))
    return (*found, Tier(_PARTNER, _down(settings.partner), parts.Group()))


def evaluate(settings: Parameters) -> Result:
    """Return the availability of the way, downtime by tier, and what one more replica of each would be worth.

    Exact; downtime is in minutes of the chosen window. Relative error below 1e-9.
    """
    way = tiers(settings)
    figures = _figures(settings, way)
    return Result(
        figures=figures,
        charts=(_tiers_chart(settings, way), _shared_chart(settings)),
        tables=(_table(settings, way),),
        narrative=_narrative(settings, way, {figure.name: figure.value for figure in figures}),
        frames={"tiers": [_frame(settings, way, tier, name) for tier, name in zip(way, (*_TIERS, None), strict=True)]},
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; there is nothing to run."""
    return Cost(5.0, 0.0, 4.0)


def _down(percentage: float) -> float:
    """Return the share of time down, without the digits that a percentage loses."""
    return round(1.0 - percentage / 100.0, 12)


def _whole(way: tuple[Tier, ...]) -> float:
    return parts.chain(np.array([tier.down for tier in way]))


def _worst(way: tuple[Tier, ...]) -> Tier:
    return max(way, key=lambda tier: tier.down)


def _saved(settings: Parameters, way: tuple[Tier, ...], tier: Tier) -> float | None:
    """Return the minutes of the window that one more replica of a tier would save; None of what is not ours."""
    if tier.label == _PARTNER:
        return None
    changed = [tier.with_another if each is tier else each.down for each in way]
    return (_whole(way) - parts.chain(np.array(changed))) * _WINDOWS[settings.window]


def _worth_an_hour(settings: Parameters) -> Mapping[str, tuple[float, ...]]:
    """Return for each tier of ours 1 if one more replica saves more than an hour of the window, else 0."""
    way = tiers(settings)
    saved = {name: _saved(settings, way, tier) or 0.0 for name, tier in zip(_TIERS, way, strict=False)}
    return {name: (float(minutes > _AN_HOUR),) for name, minutes in saved.items()}


def _frame(settings: Parameters, way: tuple[Tier, ...], tier: Tier, name: str | None) -> Mapping[str, object]:
    """Return a tier as a scene draws it; times in minutes of the window, `name` begins its fields' names."""
    return {
        "name": name,
        "label": tier.label,
        "replicas": tier.group.replicas,
        "needed": tier.group.needed,
        "down": tier.down * _WINDOWS[settings.window],
        "saves": _saved(settings, way, tier),
    }


def _figures(settings: Parameters, way: tuple[Tier, ...]) -> tuple[Figure, ...]:
    down, minutes = _whole(way), _WINDOWS[settings.window]
    worst = _worst(way)
    ceiling = way[-1].down
    return (
        Figure("availability", "Available", 100.0 * (1.0 - down), "%", "Share of time that a request gets through."),
        Figure("downtime", "Downtime", down * minutes, "min", "Minutes of the window in which it does not."),
        Figure("nines", "Nines", parts.nines(down), "", "3 is 99.9%, 4 is 99.99%."),
        Figure(
            "worst_share",
            "From the worst tier",
            100.0 * worst.down / sum(tier.down for tier in way),
            "%",
            f"Share of the downtime, tiers added up, that the {worst.label} causes.",
        ),
        Figure("outside", "From outside", ceiling * minutes, "min", "Minutes that no replica of ours takes away."),
        Figure(
            "best_saving",
            "The next replica saves",
            max(_saved(settings, way, tier) or 0.0 for tier in way),
            "min",
            "Minutes of the window, added where it saves most.",
        ),
    )


def _tiers_chart(settings: Parameters, way: tuple[Tier, ...]) -> Chart:
    minutes = _WINDOWS[settings.window]
    place = tuple(float(number) for number in range(1, len(way) + 1))
    ours = len(way) - 1
    return Chart(
        name="tiers",
        title="Downtime by tier",
        x=Axis(", ".join(f"{number:g} {tier.label}" for number, tier in zip(place, way, strict=True)), "", "linear"),
        y=Axis("down in the window", "min", "linear"),
        series=(
            Series("now", "as it is", place, tuple(tier.down * minutes for tier in way), "bars"),
            Series(
                "more", "one more replica", place[:ours], tuple(t.with_another * minutes for t in way[:ours]), "dots"
            ),
        ),
        caption="The tallest bar decides, and a replica anywhere else is lost in it.",
    )


def _shared_chart(settings: Parameters) -> Chart:
    causes = np.linspace(0.0, 1.0, _CURVE_POINTS)
    minutes = _WINDOWS[settings.window]
    x = tuple(causes.tolist())
    line = tuple(_whole(tiers(replace(settings, shared_cause=each))) * minutes for each in x)
    here = _whole(tiers(settings)) * minutes
    return Chart(
        name="shared",
        title="What replicas share",
        x=Axis("replicas share a cause", "", "linear"),
        y=Axis("down in the window", "min", "log"),
        series=(
            Series("down", "downtime", x, line),
            Series("here", "this setting", (settings.shared_cause,), (here,), "dots"),
        ),
        caption="Replicas that fail for one reason are one replica; a tenth in common undoes most of a pair.",
    )


def _table(settings: Parameters, way: tuple[Tier, ...]) -> Table:
    minutes = _WINDOWS[settings.window]
    return Table(
        name="tiers",
        caption="Each tier, its downtime in minutes of the window, and what one more replica would save of the whole.",
        columns=("tier", "replicas", "needed", "available, %", "down, min", "one more saves, min"),
        rows=tuple(
            (
                tier.label,
                tier.group.replicas,
                tier.group.needed,
                100.0 * (1.0 - tier.down),
                tier.down * minutes,
                _saved(settings, way, tier),
            )
            for tier in way
        ),
    )


def _narrative(settings: Parameters, way: tuple[Tier, ...], value: Mapping[str, float]) -> str:
    worst = _worst(way)
    savings = {tier.label: _saved(settings, way, tier) or 0.0 for tier in way}
    best = max(savings, key=savings.__getitem__)
    advice = (
        f"One more replica is worth most in the {best}: {words.counted(savings[best], 'minutes', form=',.3g')}."
        if savings[best] > 0.0
        else "No further replica would save anything."
    )
    return (
        f"A request gets through {words.percent(value['availability'])} of the time: "
        f"{words.counted(value['downtime'], 'minutes', form=',.3g')} "
        f"of downtime in the window, {words.percent(value['worst_share'])} of it from the {worst.label}. {advice}"
    )


def _is(holds: Callable[[Parameters, Callable[[str], float]], bool]) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""
    return lambda settings, result: holds(settings, lambda name: result.figure(name).value)


EXPERIMENTS = (
    Experiment(
        name="no_worse_than_outside",
        title="As good as it gets",
        goal="Have the service outside cause more than half of the downtime.",
        holds=_is(lambda p, figure: _worst(tiers(p)).label == _PARTNER and figure("worst_share") > 50.0),
    ),
    Experiment(
        name="replicas_in_vain",
        title="Twelve replicas, one cause",
        goal="With five replicas or more of every tier of ours, stay below three nines.",
        holds=_is(
            lambda p, figure: min(p.entry_replicas, p.servers_replicas, p.store_replicas) >= 5 and figure("nines") < 3.0
        ),
    ),
    Experiment(
        name="majority_costs",
        title="More nodes, less available",
        goal="Need two or more nodes of the store, and have it down longer than a single one.",
        holds=lambda p, _: p.store_needed >= 2 and tiers(p)[_STORE].down > tiers(p)[_STORE].part,
    ),
)

PRESETS = (
    Preset("one_of_each", "One entry, one store", {}),
    Preset("pairs", "A pair at the entry and in the store", {"entry_replicas": 2, "store_replicas": 2}),
    Preset(
        "majority", "A store that needs two of three", {"entry_replicas": 2, "store_replicas": 3, "store_needed": 2}
    ),
    Preset(
        "shared",
        "Pairs that share a tenth",
        {"entry_replicas": 2, "store_replicas": 2, "shared_cause": 0.1, "coverage": 0.99},
    ),
)

PREDICTIONS = (
    PredictionPrompt(
        name="downtime_of_the_way",
        question="A load balancer is up 99.95% of the time, two of three servers of 99.5% each are needed, one "
        "store is up 99.9% and a service outside 99.99%. How many minutes a year does a request not get through?",
        figure="downtime",
        unit="min",
        minimum=1.0,
        maximum=100_000.0,
        scale="log",
        parameters={},
    ),
)

GUESS = GuessPrompt(
    name="worth_an_hour",
    question="Of two load balancers of 99.5% each one suffices, of three servers of 99.5% two are needed, and of two "
    "nodes of the store, 99.9% each, both; replicas share a tenth of their downtime. Tick where one more replica would "
    "take more than an hour a year off the downtime.",
    shape="ticks",
    parameters={
        "entry": 99.5,
        "entry_replicas": 2,
        "store_replicas": 2,
        "store_needed": 2,
        "shared_cause": 0.1,
    },
    names=tuple(_TIERS),
    minimum=0.0,
    maximum=1.0,
    scale="linear",
    unit="",
    truth=lambda settings, _: _worth_an_hour(settings),
)

MODEL = Model(
    name="availability_calculator",
    title="Availability calculator",
    summary="Tiers in a row, replicas in each: how long a request does not get through, and where one more would help.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
