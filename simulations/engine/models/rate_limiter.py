"""Limit one client four ways, request by request: what passes at the edge of a window, and what each way remembers.

A token bucket of size b that gains r tokens a second admits at most b + r t in any t seconds. A counter that begins
afresh each window admits the limit on either side of a boundary, twice the limit within moments. A log of every
admitted request keeps to the limit in every window and remembers them all. Two counters weigh the last window by how
much of it still counts. The client sends bursts; what each way admits is played, and held against its bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulations.engine import parameters, words
from simulations.engine.limiters import LIMITERS, Limit, at_most, bursts, most_within
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.normal import FloatArray
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_NAMES = {"bucket": "Token bucket", "fixed": "Fixed window", "log": "Log of requests", "counters": "Two counters"}
_SHORT = {"bucket": "bucket", "fixed": "fixed", "log": "log", "counters": "counters"}
_BYTES = {"bucket": 80, "fixed": 100, "counters": 108}
_BYTES_A_TIME = 8
_GRID = 120
_SPANS = 24
_MOMENT = 0.1


@dataclass(frozen=True, slots=True)
class Parameters:
    """The limit and how it is kept, and a client that sends bursts."""

    algorithm: str = parameters.choice(
        "bucket", options=tuple(_NAMES.items()), label="Limiter", help="How it decides which requests to admit."
    )
    limit: int = parameters.number(
        100,
        minimum=1,
        maximum=1_000,
        step=1,
        unit="requests",
        label="Limit",
        help="How many a client may make in a window.",
        scale="log",
        integer=True,
    )
    window: float = parameters.number(
        60.0, minimum=1, maximum=3_600, step=1, unit="s", label="Window", help="The limit's time.", scale="log"
    )
    burst: int = parameters.number(
        100,
        minimum=1,
        maximum=1_000,
        step=1,
        unit="tokens",
        label="Bucket",
        help="Token bucket only: how many tokens it holds, which is what may come at once.",
        scale="log",
        integer=True,
    )
    size: int = parameters.number(
        100,
        minimum=1,
        maximum=500,
        step=1,
        unit="requests",
        label="A burst",
        help="Requests in one burst of the client.",
        scale="log",
        integer=True,
    )
    count: int = parameters.number(
        2, minimum=1, maximum=8, step=1, unit="", label="Bursts", help="How many come.", integer=True
    )
    first: float = parameters.number(
        10.0,
        minimum=0,
        maximum=3_600,
        step=1,
        unit="s",
        label="First at",
        help="When the first begins; windows begin at 0 s and every window after.",
    )
    spacing: float = parameters.number(
        2.0,
        minimum=0.1,
        maximum=3_600,
        step=0.1,
        unit="s",
        label="Apart",
        help="From the beginning of one burst to that of the next.",
        scale="log",
    )
    length: float = parameters.number(
        1.0,
        minimum=0.01,
        maximum=3_600,
        step=0.01,
        unit="s",
        label="A burst takes",
        help="Over which its requests are spread evenly.",
        scale="log",
    )
    keys: int = parameters.number(
        1_000_000,
        minimum=1,
        maximum=1_000_000_000,
        step=1,
        unit="",
        label="Clients",
        help="Each is remembered by itself; one of them is played.",
        scale="log",
        integer=True,
    )

    @property
    def rule(self) -> Limit:
        """The limit in the engine's own terms."""
        return Limit(self.limit, self.window, self.burst)


def evaluate(settings: Parameters) -> Result:
    """Return what passes under the chosen limiter and beside the others, and what they remember."""
    times = bursts(settings.size, settings.count, settings.first, settings.spacing, settings.length)
    sent = times.tolist()
    admitted = {name: limiter(settings.rule, sent) for name, limiter in LIMITERS.items()}
    figures = _figures(settings, len(sent), admitted[settings.algorithm])
    return Result(
        figures=figures,
        charts=(_admitted_chart(times, admitted), _spans_chart(settings, admitted)),
        tables=(_table(settings, len(sent), admitted),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating takes; it grows with the requests that are played, and there is nothing to run."""
    return Cost(3.0 + 0.01 * settings.size * settings.count, 0.0, 4.0)


def memory_mb(settings: Parameters, name: str) -> float:
    """Return what a limiter remembers of all clients, in millions of bytes; a log is full."""
    return settings.keys * (_BYTES[name] if name in _BYTES else _BYTES_A_TIME * settings.limit) / 1e6


def _figures(settings: Parameters, sent: int, admitted: Sequence[float]) -> tuple[Figure, ...]:
    window, moment = settings.window, _MOMENT * settings.window
    in_window, at_once = most_within(admitted, window), most_within(admitted, moment)
    return (
        Figure("admitted", "Admitted", float(len(admitted)), "requests", f"Of the {sent:,} that the client sends."),
        Figure("in_window", "Most in a window", float(in_window), "requests", f"In any {window:g} s, wherever begun."),
        Figure(
            "at_once", "Most in a moment", float(at_once), "requests", f"In any {moment:g} s, a tenth of the window."
        ),
        Figure(
            "bound",
            "Never more than",
            at_most(settings.rule, settings.algorithm, window),
            "requests",
            f"In any {window:g} s, whatever a client sends.",
        ),
        Figure("refused", "Refused", float(sent - len(admitted)), "requests", "Of those that the client sends."),
        Figure(
            "memory",
            "To remember",
            memory_mb(settings, settings.algorithm),
            "MB",
            "For all clients: 80 bytes a bucket, 100 a counter, 108 for two, 8 for each time in a log; illustrative.",
        ),
    )


def _admitted_chart(times: FloatArray, admitted: Mapping[str, Sequence[float]]) -> Chart:
    first, last = float(times[0]), float(times[-1])
    pause = 0.05 * max(last - first, 0.1)
    grid = np.linspace(max(first - pause, 0.0), last + pause, _GRID)
    x = tuple(grid.tolist())

    def so_far(kept: Sequence[float] | FloatArray) -> tuple[float, ...]:
        return tuple(np.searchsorted(np.asarray(kept), grid, side="right").astype(float).tolist())

    return Chart(
        name="admitted",
        title="Admitted so far",
        x=Axis("time", "s", "linear"),
        y=Axis("requests", "", "linear"),
        series=(
            Series("sent", "sent", x, so_far(times)),
            *(Series(name, _SHORT[name], x, so_far(admitted[name])) for name in _NAMES),
        ),
        caption="Where a line leaves that of the requests sent, they are refused.",
    )


def _spans_chart(settings: Parameters, admitted: Mapping[str, Sequence[float]]) -> Chart:
    spans = np.geomspace(0.01 * settings.window, 2.0 * settings.window, _SPANS).tolist()
    x = tuple(spans)
    return Chart(
        name="spans",
        title="Most within any span",
        x=Axis("span", "s", "log"),
        y=Axis("requests admitted", "", "linear"),
        series=(
            *(
                Series(name, _SHORT[name], x, tuple(float(most_within(admitted[name], each)) for each in spans))
                for name in _NAMES
            ),
            Series("limit", "the limit", (spans[0], settings.window), (float(settings.limit),) * 2),
        ),
        caption="A limit of so many a window says nothing yet of how many may come at once.",
    )


def _table(settings: Parameters, sent: int, admitted: Mapping[str, Sequence[float]]) -> Table:
    return Table(
        name="limiters",
        caption="The same requests under each limiter.",
        columns=("limiter", "admitted", "refused", "most in a window", "most in a tenth of it", "bound", "memory, MB"),
        rows=tuple(
            (
                label,
                len(admitted[name]),
                sent - len(admitted[name]),
                most_within(admitted[name], settings.window),
                most_within(admitted[name], _MOMENT * settings.window),
                at_most(settings.rule, name, settings.window),
                memory_mb(settings, name),
            )
            for name, label in _NAMES.items()
        ),
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    over = 100.0 * value["in_window"] / settings.limit
    return (
        f"{_NAMES[settings.algorithm]}, {words.counted(settings.limit, 'requests')} in {settings.window:g} s: "
        f"of {words.counted(settings.count, 'bursts')}"
        f" of {settings.size:,}, {settings.spacing:g} s apart, "
        f"{words.counted(value['admitted'], 'requests are', 'request is')} admitted. "
        f"At most {value['in_window']:,.0f} fall within any {settings.window:g} s, {words.percent(over)} of the limit, "
        f"and {value['at_once']:,.0f} within a tenth of that. "
        f"{words.counted(settings.keys, 'clients take', 'client takes')} {value['memory']:,.4g} MB."
    )


EXPERIMENTS = (
    Experiment(
        name="both_sides",
        title="On both sides of the minute",
        goal="Have a fixed window admit at least 1.9 times its limit of 50 or more within a tenth of the window.",
        holds=lambda p, result: (
            p.algorithm == "fixed" and p.limit >= 50 and result.figure("at_once").value >= 1.9 * p.limit
        ),
    ),
    Experiment(
        name="bucket_over_limit",
        title="A bucket over its limit",
        goal="Have a token bucket no larger than the limit admit 1.8 times the limit of 50 or more within one window.",
        holds=lambda p, result: (
            p.algorithm == "bucket"
            and p.burst <= p.limit
            and p.limit >= 50
            and result.figure("in_window").value >= 1.8 * p.limit
        ),
    ),
    Experiment(
        name="never_over",
        title="Never over, and not much to remember",
        goal="Offer twice the limit or more in one window, keep to it, and remember at most 100 bytes a client.",
        holds=lambda p, result: (
            p.size * p.count >= 2 * p.limit
            and p.spacing * (p.count - 1) + p.length <= p.window
            and result.figure("bound").value <= 1.2 * p.limit
            and result.figure("memory").value * 1e6 <= 100 * p.keys
        ),
    ),
)

PRESETS = (
    Preset("bucket", "A bucket as large as the limit", {}),
    Preset("boundary", "Fixed window, a second either side", {"algorithm": "fixed", "first": 59}),
    Preset("log", "The same with a log", {"algorithm": "log", "first": 59}),
    Preset("counters", "The same with two counters", {"algorithm": "counters", "first": 59}),
    Preset("small_bucket", "A bucket of ten", {"burst": 10}),
    Preset("steady", "A steady hundred a minute", {"count": 3, "spacing": 60, "length": 60, "first": 0}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="either_side_of_the_minute",
        question="A counter allows 100 requests a minute and begins afresh with each. A client sends 100 in the last "
        "second of a minute and 100 a second into the next. How many pass within those 3 s?",
        figure="at_once",
        unit="requests",
        minimum=0.0,
        maximum=250.0,
        scale="linear",
        parameters={"algorithm": "fixed", "first": 59},
    ),
    PredictionPrompt(
        name="full_bucket_in_a_minute",
        question="A token bucket holds 100 and gains 100 a minute. A client sends 400 requests, spread evenly over one "
        "minute. How many are admitted?",
        figure="admitted",
        unit="requests",
        minimum=0.0,
        maximum=400.0,
        scale="linear",
        parameters={"size": 400, "count": 1, "length": 60, "first": 0},
    ),
)

MODEL = Model(
    name="rate_limiter",
    title="Rate limiter",
    summary="Four ways to hold a client to so many requests a minute, and how many each lets through at once.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
