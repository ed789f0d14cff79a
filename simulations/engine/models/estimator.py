"""Estimate a system on the back of an envelope: load, machines, bytes, bandwidth, money, and their error.

Every step is a product of quantities with units and of a few factors that are not well known; a factor
that enters several steps is the same in all. See `simulations.engine.quantities`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from simulations.engine.functions.definition import rounded
from simulations.engine.guesses import MARK, GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt
from simulations.engine.models.estimate_walks import walks
from simulations.engine.models.estimates import PRESETS
from simulations.engine.models.estimation import HIGHEST_HIT_RATE, Parameters, Step, known_within, work_out
from simulations.engine.quantities import significant
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_CURVE_POINTS = 60


def evaluate(settings: Parameters) -> Result:
    """Return every step of the estimate, with the band that its uncertain factors leave.

    Rates are a second, months have 30 days, bytes are decimal.
    """
    steps = work_out(settings)
    bands = {name: step.value.error_factor(known_within(settings)) for name, step in steps.items()}
    figures = _figures(settings, steps)
    return Result(
        figures=figures,
        charts=(
            _machines_chart(settings, steps),
            _storage_chart(settings, steps, bands),
            _cache_chart(settings, steps),
        ),
        tables=(_table(steps, bands),),
        narrative=_narrative({figure.name: figure.value for figure in figures}, bands),
        frames={"walks": [walk.frame(settings) for walk in walks(settings)]},
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating takes; it is the same for all settings and there is nothing to run."""
    return Cost(5.0, 0.0, 4.0)


def _figures(settings: Parameters, steps: Mapping[str, Step]) -> tuple[Figure, ...]:
    value = {name: step.shown for name, step in steps.items()}
    return (
        Figure("peak_rate", "Peak rate", value["peak_rate"], "/s", "Actions a second at the busiest time."),
        Figure("servers", "Servers", _whole(value["servers"]), "", "Machines that handle the peak with the headroom."),
        Figure("stored", "Stored", value["stored"], "TB", "On disk once what is kept has piled up, all copies."),
        Figure("cost", "Cost a month", value["cost"], "$", "Machines, storage and egress; prices are illustrative."),
        Figure("rate", "Average rate", value["rate"], "/s", "Actions a second over the day."),
        Figure("write_rate", "Writes at peak", value["write_rate"], "/s", "Actions that store something."),
        Figure("pushed", "Copies written", value["pushed"], "/s", "Writes at peak, each copied by the fan-out."),
        Figure("pulled", "Lookups instead", value["pulled"], "/s", "What reads would look up if they gathered."),
        Figure("missed", "Reads past the cache", value["missed"], "/s", "Reads at peak that reach the store."),
        Figure(
            "stores", "Nodes of the store", _whole(value["stores"]), "", "For missed reads and copies, with headroom."
        ),
        Figure("in_progress", "In progress", value["in_progress"], "", "Actions at once at peak, by Little's law."),
        Figure("growth", "Stored a day", value["growth"], "TB", "What a day adds, all copies."),
        Figure("memory", "In memory", value["memory"], "GB", "Items kept in memory, times their size."),
        Figure("bandwidth", "Bandwidth", value["bandwidth"], "Gb/s", "On the wire at peak."),
        Figure("origin", "Past the cache", value["origin"], "Gb/s", "Bandwidth at peak that a cache does not answer."),
        Figure("egress_cost", "Egress a month", value["egress_cost"], "$", "What sending costs."),
        Figure("storage_cost", "Storage a month", value["storage_cost"], "$", "What keeping costs."),
        Figure("machine_cost", "Machines a month", value["machine_cost"], "$", "What machines cost."),
        Figure(
            "peak_error",
            "Peak known within",
            steps["peak_rate"].value.error_factor(known_within(settings)),
            "",
            "The peak may be so many times more or less.",
        ),
        Figure(
            "cost_error",
            "Cost known within",
            steps["cost"].value.error_factor(known_within(settings)),
            "",
            "The cost may be so many times more or less.",
        ),
    )


def _whole(machines: float) -> float:
    """Return the whole number of machines; a sliver that floating point left over asks for none."""
    return float(math.ceil(round(machines, 9)))


def _table(steps: Mapping[str, Step], bands: Mapping[str, float]) -> Table:
    return Table(
        name="steps",
        caption="The estimate step by step. At hand is the value to one figure, as one would say it aloud.",
        columns=("step", "how", "value", "unit", "at hand", "low", "high"),
        rows=tuple(
            (
                step.label,
                step.how,
                step.shown,
                step.unit,
                significant(step.shown, 1),
                step.shown / bands[name],
                step.shown * bands[name],
            )
            for name, step in steps.items()
        ),
    )


def _machines_chart(settings: Parameters, steps: Mapping[str, Step]) -> Chart:
    users = np.geomspace(settings.users / 100.0, settings.users * 100.0, _CURVE_POINTS)
    x = tuple(users.tolist())
    now = [_whole(steps[name].shown) for name in ("servers", "stores")]
    lines = (("servers", "servers"), ("stores", "nodes of the store"))
    return Chart(
        name="machines",
        title="Machines against users",
        x=Axis("users", "", "log"),
        y=Axis("machines", "", "log"),
        series=(
            *(
                Series(name, label, x, tuple(max(_whole(steps[name].shown * each / settings.users), 1.0) for each in x))
                for name, label in lines
            ),
            Series("here", "this setting", (settings.users,) * 2, tuple(max(each, 1.0) for each in now), "dots"),
        ),
        caption="Both axes logarithmic: flat below one machine's worth, then machines grow as load does.",
    )


def _storage_chart(settings: Parameters, steps: Mapping[str, Step], bands: Mapping[str, float]) -> Chart:
    days = np.geomspace(1.0, max(10.0 * settings.retention, 100.0), _CURVE_POINTS)
    stored = steps["growth"].shown * np.minimum(days, settings.retention)
    x = tuple(days.tolist())
    band = bands["growth"]
    return Chart(
        name="storage",
        title="Storage over time",
        x=Axis("days", "", "log"),
        y=Axis("stored, all copies", "TB", "linear"),
        series=(
            Series("stored", "stored", x, tuple(stored.tolist())),
            Series("low", "low", x, tuple((stored / band).tolist()), "band-low"),
            Series("high", "high", x, tuple((stored * band).tolist()), "band-high"),
            Series("here", "kept for so long", (settings.retention,), (steps["stored"].shown,), "dots"),
        ),
        caption="It grows until the first records are let go. The band is what load and sizes leave open.",
    )


def _cache_chart(settings: Parameters, steps: Mapping[str, Step]) -> Chart:
    rates = np.linspace(0.0, HIGHEST_HIT_RATE, _CURVE_POINTS)
    reads = steps["peak_rate"].shown - steps["write_rate"].shown
    copies = steps["pushed"].shown
    x = tuple(rates.tolist())
    missed = reads * (1.0 - rates / 100.0)
    return Chart(
        name="cache",
        title="What reaches the store",
        x=Axis("hit rate", "%", "linear"),
        y=Axis("reads and copies at peak", "/s", "linear"),
        series=(
            Series("store", "all", x, tuple((missed + copies).tolist())),
            Series("copies", "copies written", x, (copies,) * len(x)),
            Series("here", "this setting", (settings.hit_rate,), (steps["missed"].shown + copies,), "dots"),
        ),
        caption="A cache takes reads off the store and leaves it the writes.",
    )


def _narrative(value: Mapping[str, float], bands: Mapping[str, float]) -> str:
    costs = {name: value[f"{name}_cost"] for name in ("machine", "storage", "egress")}
    dearest = max(costs, key=costs.__getitem__)
    return (
        f"At peak {value['peak_rate']:,.0f} actions a second arrive, known within {bands['peak_rate']:.2g} times. "
        f"They take {value['servers']:,.0f} {'server' if value['servers'] == 1 else 'servers'}. "
        f"{rounded(value['stored'])} TB are stored in the end and {rounded(value['memory'])} GB kept in memory. "
        f"A month costs ${value['cost']:,.0f}, {100.0 * costs[dearest] / value['cost']:.0f}% of it for "
        f"{'machines' if dearest == 'machine' else dearest}."
    )


EXPERIMENTS = (
    Experiment(
        name="bytes_dominate",
        title="What is sent costs more than what works",
        goal="Find a system whose egress costs ten times its machines and storage together.",
        holds=lambda _, result: (
            result.figure("egress_cost").value
            > 10.0 * (result.figure("machine_cost").value + result.figure("storage_cost").value)
        ),
    ),
    Experiment(
        name="fits_in_memory",
        title="A quarter of a million writes a second, and all of it in memory",
        goal="Take 250,000 writes a second or more with a hot set of at most 1 GB.",
        holds=lambda _, result: result.figure("write_rate").value >= 250e3 and result.figure("memory").value <= 1.0,
    ),
    Experiment(
        name="push_beats_pull",
        title="Copying on write is cheaper",
        goal="With a fan-out of 100 or more, have lookups on read cost ten times what copies on write do.",
        holds=lambda settings, result: (
            settings.fan_out >= 100.0 and 0.0 < result.figure("pushed").value * 10.0 <= result.figure("pulled").value
        ),
    ),
    Experiment(
        name="one_figure_is_enough",
        title="Digits that mean nothing",
        goal="Know so little that the peak may be five times more or less.",
        holds=lambda _, result: result.figure("peak_error").value >= 5.0,
    ),
)

PREDICTIONS = (
    PredictionPrompt(
        name="positions_in_memory",
        question="A million drivers report where they are every four seconds; a position takes 64 bytes. How much "
        "memory do the current positions take?",
        figure="memory",
        unit="GB",
        minimum=0.001,
        maximum=100_000.0,
        scale="log",
        parameters=next(preset.parameters for preset in PRESETS if preset.name == "locations"),
    ),
    PredictionPrompt(
        name="posts_in_a_year",
        question="A hundred million users, three in ten active a day, 50 posts of 1 KB each. What is on disk after a "
        "year, in three copies?",
        figure="stored",
        unit="TB",
        minimum=1.0,
        maximum=100_000.0,
        scale="log",
        parameters={"retention": 365},
    ),
    PredictionPrompt(
        name="video_egress",
        question="A hundred million people watch half an hour of 3 Mb/s video a day. At 1 cent a gigabyte, what does "
        "sending it cost a month?",
        figure="egress_cost",
        unit="$",
        minimum=1e4,
        maximum=1e9,
        scale="log",
        parameters=next(preset.parameters for preset in PRESETS if preset.name == "video"),
    ),
)

GUESS = GuessPrompt(
    name="servers_at_peak",
    question="Forty million users, half of them active a day with 60 actions each; the peak is 2.5 times the average, "
    "a server handles 2,000 actions a second, and there are twice as many as the peak needs. Mark how many servers "
    "that makes.",
    shape="mark",
    parameters={"users": 4e7, "active_share": 50, "actions": 60, "peak": 2.5, "server_rate": 2e3},
    names=(MARK,),
    minimum=1.0,
    maximum=1e15,
    scale="log",
    unit="servers",
    truth=lambda settings, _: {MARK: (work_out(settings)["servers"].shown,)},
)

MODEL = Model(
    name="estimator",
    title="Envelope estimator",
    summary="From users to machines, bytes and money in a dozen products, with the error that they carry.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
