"""Model a server that stalls as two load tools see it: one keeps its schedule, the other waits for each answer.

The first times each request from when it was due, the second sends nothing while it waits, so that the requests which
would have waited with it are missing from its record: coordinated omission (Tene, 2013, "How not to measure latency").
HdrHistogram's correction fills them in: from each recorded time, down by one interval at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from simulations.engine import guesses, parameters, words
from simulations.engine.functions.measuring import (
    stall_closed_mean_ms,
    stall_closed_ms,
    stall_open_mean_ms,
    stall_open_ms,
)
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.normal import FloatArray
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_CURVE_POINTS = 48
_DRAWN = 100
_PERCENTILES = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99)
_TOOLS = {"open": "keeps its schedule", "closed": "waits for each answer", "corrected": "corrected"}


@dataclass(frozen=True, slots=True)
class Parameters:
    """How often requests are due, how long they take, and how long the server works and stands still."""

    rate: int = parameters.number(
        100,
        minimum=1,
        maximum=500,
        step=1,
        unit="/s",
        label="Requests due",
        help="How many requests a second are meant to be sent, evenly spread.",
        scale="log",
        integer=True,
    )
    normal: int = parameters.number(
        100,
        minimum=1,
        maximum=600,
        step=1,
        unit="s",
        label="The server works for",
        help="How long every request is answered in the service time.",
        integer=True,
    )
    stall: int = parameters.number(
        100,
        minimum=0,
        maximum=600,
        step=1,
        unit="s",
        label="Then it stalls for",
        help="How long it answers nobody; then it answers all who wait, and the cycle begins again.",
        integer=True,
    )
    service: float = parameters.number(
        1.0,
        minimum=0.1,
        maximum=500,
        step=0.1,
        unit="ms",
        label="Service time",
        help="What a request takes of a server that works.",
        scale="log",
    )

    def faults(self) -> tuple[parameters.Fault, ...]:
        """Refuse a service time that a tool which waits could not keep up with."""
        if self.service < 1_000.0 * self.interval:
            return ()
        given = words.shown(self.service)
        between = f"{1_000.0 * self.interval:g} ms"
        message = f"service must be shorter than the {between} between two requests; you gave {given}."
        return (parameters.Fault("service", given, message),)

    @property
    def interval(self) -> float:
        """The seconds from one request due to the next."""
        return 1.0 / self.rate

    @property
    def quick(self) -> int:
        """The requests due in a cycle before the one that meets the stall."""
        return self.rate * self.normal - 1

    @property
    def stalled(self) -> int:
        """The requests due during the stall after the one that it catches first."""
        return self.rate * self.stall


def evaluate(settings: Parameters) -> Result:
    """Return what both tools record of one cycle, and what a correction makes of it.

    Exact, request by request; response times in ms, times of the cycle in s. The request due as the stall begins meets
    all of it; of those due until it ends each waits one interval less than the one before.
    """
    figures = _figures(settings)
    return Result(
        figures=figures,
        charts=(_slower_chart(settings), _cycle_chart(settings)),
        tables=(_table(settings),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
        trace=_trace(settings),
        frames=_frames(settings),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; there is nothing to run."""
    return Cost(3.0, 0.0, 4.0)


def corrected_ms(settings: Parameters, q: float) -> float:
    """Return the q-quantile in ms, by nearest rank, of the waiting tool's record with the missing filled in.

    The slow time of a stall of k intervals brings k - 1 more, each an interval shorter than the one before.
    """
    recorded = settings.quick + max(settings.stalled, 1)
    rank = max(math.ceil(Fraction(str(q)) * recorded), 1)
    steps = max(rank - settings.quick, 0) if settings.stalled else 0
    return settings.service + 1_000.0 * settings.interval * steps


def _by_tool(settings: Parameters, q: float) -> dict[str, float]:
    """Return the q-quantile in ms that each tool reports."""
    server = (float(settings.normal), float(settings.stall), settings.interval, settings.service)
    return {
        "open": stall_open_ms(q, *server),
        "closed": stall_closed_ms(q, *server),
        "corrected": corrected_ms(settings, q),
    }


def _figures(settings: Parameters) -> tuple[Figure, ...]:
    server = (float(settings.normal), float(settings.stall), settings.interval, settings.service)
    tail = _by_tool(settings, 0.99)
    due = settings.quick + settings.stalled + 1
    waited = settings.stalled if settings.stall else 0
    return (
        Figure("open_p99", "p99 on schedule", tail["open"], "ms", "Each request timed from when it was due."),
        Figure("closed_p99", "p99 of the tool that waits", tail["closed"], "ms", "What it records and reports."),
        Figure("omitted", "Never sent", settings.stalled, "", "Requests due in a cycle while the tool waited."),
        Figure("affected", "Had to wait", 100.0 * waited / due, "%", "Share of the requests due that the stall held."),
        Figure("open_mean", "Mean on schedule", stall_open_mean_ms(*server), "ms", "Over all requests due."),
        Figure(
            "closed_mean",
            "Mean of the tool that waits",
            stall_closed_mean_ms(*server),
            "ms",
            "Over the requests that it sent.",
        ),
        Figure(
            "corrected_p99", "p99 corrected", tail["corrected"], "ms", "The waiting tool's record with the gap filled."
        ),
        Figure("due", "Due in a cycle", due, "", "Requests of the schedule."),
        Figure("sent", "Sent by the tool that waits", settings.quick + 1, "", "In the same cycle."),
    )


def _slower_chart(settings: Parameters) -> Chart:
    longest = settings.service + 1_000.0 * settings.stall
    time = _times(settings, longest)
    waited = np.maximum(settings.stalled - np.floor((time - settings.service) / 1_000.0 * settings.rate + 1e-6), 0.0)
    met = (time < longest).astype(float)
    due, sent = settings.quick + settings.stalled + 1, settings.quick + 1
    slower = {
        "open": waited / due,
        "closed": met / sent,
        "corrected": waited / (settings.quick + max(settings.stalled, 1)),
    }
    return Chart(
        name="slower",
        title="Requests slower than",
        x=Axis("response time", "ms", "log"),
        y=Axis("requests slower", "%", "log"),
        series=tuple(_falling(name, settings.service, time, share) for name, share in slower.items()),
        caption="The tool that waits records one slow request a stall, however long it is. Whoever came on schedule "
        "waited in thousands.",
    )


def _times(settings: Parameters, longest: float) -> FloatArray:
    """Return the times in ms of a curve's points: closer where it begins, and where its last requests are answered."""
    if not settings.stall:
        return np.array([settings.service])
    last = longest - 1_000.0 * settings.stall * np.geomspace(0.5, 1.0 / settings.stalled, _CURVE_POINTS // 3)
    return np.unique(np.concatenate([np.geomspace(settings.service, longest, _CURVE_POINTS), last]))


def _falling(name: str, service: float, time: FloatArray, share: FloatArray) -> Series:
    """Return a tool's curve: every request takes at least the service time, and the last slower one ends it."""
    seen = share > 0.0
    x = (service / 2.0, service, *time[seen].tolist())
    return Series(name, _TOOLS[name], x, (100.0, 100.0, *(100.0 * share[seen]).tolist()))


def _cycle_chart(settings: Parameters) -> Chart:
    quick, ends = settings.service / 1_000.0, settings.normal + settings.stall
    before = settings.normal - settings.interval
    held = settings.stall + quick
    return Chart(
        name="cycle",
        title="When each request was due",
        x=Axis("due at", "s", "linear"),
        y=Axis("response time", "s", "linear"),
        series=(
            Series("open", _TOOLS["open"], (0.0, before, settings.normal, ends), (quick, quick, held, quick)),
            Series("closed", _TOOLS["closed"], (0.0, before), (quick, quick)),
            Series("met", "its one slow request", (settings.normal,), (held,), "dots"),
        ),
        caption="The triangle is everybody who came during the stall; the tool that waits has one point of it.",
    )


def _table(settings: Parameters) -> Table:
    return Table(
        name="percentiles",
        caption="Percentiles in ms that each tool reports of the same cycle.",
        columns=("percentile", *_TOOLS.values()),
        rows=tuple(
            (f"p{percentile:g}", *_by_tool(settings, float(Fraction(str(percentile)) / 100)).values())
            for percentile in _PERCENTILES
        ),
    )


def _frames(settings: Parameters) -> dict[str, object]:
    """Return every so many requests of a cycle as pairs of when they were due and when they were answered, in s."""
    due = settings.quick + settings.stalled + 1
    each = max(math.ceil(due / _DRAWN), 1)
    first = settings.quick + 1
    # The request that meets the stall is always one of them.
    number = np.arange((first - 1) % each + 1, due + 1, each)
    at = number / settings.rate
    ends = float(settings.normal + settings.stall)
    quick = settings.service / 1_000.0
    answered = np.where((at >= settings.normal) & (settings.stall > 0), ends, at) + quick
    pairs = np.round(np.stack([at, answered], axis=1), 6).tolist()
    return {
        "each": each,
        "open": pairs,
        "closed": [pair for pair, one in zip(pairs, number.tolist(), strict=True) if one <= first],
    }


def _trace(settings: Parameters) -> tuple[Mapping[str, object], ...]:
    if not settings.stall:
        return ()
    waiting = settings.stalled
    return (
        {
            "at": float(settings.normal),
            "label": f"The server stalls. One tool waits for its answer; {settings.rate:,} requests a second stay due.",
        },
        {
            "at": float(settings.normal + settings.stall),
            "label": f"The server is back. {waiting:,} requests had to wait; the tool that waits recorded 1 of them.",
        },
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    if not settings.stall:
        return f"The server never stalls, and both tools report a p99 of {words.milliseconds(value['open_p99'])}."
    return (
        f"{words.percent(value['affected'])} of the requests due wait for the stalled server. Timed from when they "
        f"were due their p99 is {words.milliseconds(value['open_p99'])} and their mean "
        f"{words.milliseconds(value['open_mean'])}. The tool that waits never sends {value['omitted']:,.0f} of them "
        f"and reports a p99 of {words.milliseconds(value['closed_p99'])} and a mean of "
        f"{words.milliseconds(value['closed_mean'])}. Filling in what it left out gives a p99 of "
        f"{words.milliseconds(value['corrected_p99'])}."
    )


def _is(holds: Callable[[Parameters, Callable[[str], float]], bool]) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""
    return lambda settings, result: holds(settings, lambda name: result.figure(name).value)


EXPERIMENTS = (
    Experiment(
        name="both_agree",
        title="A stall that neither p99 sees",
        goal="Let the server stall, and have both tools report the same p99.",
        holds=_is(lambda p, figure: p.stall > 0 and figure("open_p99") == figure("closed_p99")),
    ),
    Experiment(
        name="waiting_notices",
        title="Too few requests to hide it",
        goal="Have the tool that waits report a p99 of more than ten service times.",
        holds=_is(lambda p, figure: figure("closed_p99") > 10.0 * p.service),
    ),
    Experiment(
        name="means_apart",
        title="Ten thousand times apart",
        goal="Find a server whose mean on schedule is more than 10,000 times what the tool that waits reports.",
        holds=_is(lambda _, figure: figure("open_mean") > 10_000.0 * figure("closed_mean")),
    ),
)

PRESETS = (
    Preset("half", "Still for half of the test", {}),
    Preset("hiccup", "One second in ten", {"normal": 9, "stall": 1}),
    Preset("rare", "One second in ten minutes", {"normal": 599, "stall": 1}),
    Preset("sparse", "One request a second", {"rate": 1}),
    Preset("steady", "No stall", {"stall": 0}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="p99_on_schedule",
        question="A test means to send 100 requests a second. The server answers in 1 ms for 100 s and then stands "
        "still for 100 s. A tool that waits for each answer reports a p99 of 1 ms. What is the p99 of all "
        "requests that were due?",
        figure="open_p99",
        unit="ms",
        minimum=0.1,
        maximum=1_000_000.0,
        scale="log",
        parameters={},
        along=("slower",),
    ),
    PredictionPrompt(
        name="mean_of_hiccups",
        question="The server answers in 1 ms and stands still for one second in ten; 100 requests a second are due. "
        "What is their mean response time?",
        figure="open_mean",
        unit="ms",
        minimum=0.1,
        maximum=10_000.0,
        scale="log",
        parameters={"normal": 9, "stall": 1},
        along=("slower",),
    ),
)

_KNOTS = (2.0, 10.0, 60.0, 400.0, 2_500.0, 12_000.0, 50_000.0)

GUESS = GuessPrompt(
    name="felt_by_everybody",
    question="A test means to send 100 requests a second. The server answers in 1 ms for 300 s and then stands "
    "still for 60 s. Draw the share of all requests due that waited longer than each time.",
    shape="curve",
    parameters={"normal": 300, "stall": 60},
    names=("open",),
    minimum=0.001,
    maximum=100.0,
    scale="log",
    unit="%",
    truth=guesses.curves("slower", ("open",), _KNOTS),
    knots=_KNOTS,
)

MODEL = Model(
    name="coordinated_omission",
    title="Coordinated omission",
    summary="A server stands still. One load tool waits with it and reports that nothing happened.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
