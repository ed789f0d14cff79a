"""Model a shop's backend, cache before database before queue: where it holds, and what an event does to it.

At rest the database is M/M/c with a bounded queue; through an event it is stepped as a fluid (see
`attempts`). The sharpness of an overload then follows from the number of workers and the places to wait,
which the rule of thumb "congested above 80%" leaves out.
"""

from __future__ import annotations

import numpy as np

from simulations.engine import guesses, words
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.models.design_lab_parameters import EVENTS, Parameters
from simulations.engine.models.design_lab_strip import EVENT_AT_S, Strip, refill, run, shop
from simulations.engine.queueing import ManyServers
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table
from simulations.engine.serving import Shop

_MOST_CELLS = 30_000
_CURVE_POINTS = 24
_UNSEEN = 1e-4


def evaluate(settings: Parameters) -> Result:
    """Return the backend at rest against its targets, and the strip of its event.

    Figures at rest are exact for the queue model (relative error below 1e-4 in percentiles); those of the
    event have the resolution of a step, about 1/200 of the strip.
    """
    backend, strip = shop(settings), run(settings)
    figures = _figures(settings, backend, strip)
    value = {figure.name: figure.value for figure in figures}
    return Result(
        figures=figures,
        charts=(
            _p99_chart(settings, backend, value["p99"]),
            _load_chart(strip),
            _errors_chart(strip),
            _hits_chart(settings, backend, strip),
            _sharpness_chart(settings, backend),
        ),
        tables=(_table(settings, backend),),
        narrative=_narrative(settings, value),
        trace=_trace(settings, strip),
        frames={"traffic": tuple(strip.traffic.tolist()), "lag": tuple(strip.lag.tolist())},
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating takes, from the parameters alone; there is nothing to run."""
    ticks = settings.queue_limit + 28 * settings.workers
    return Cost(5.0 + 1.4e-3 * ticks * (1.0 + (settings.retries > 0)), 0.0, 24.0)


def _figures(settings: Parameters, backend: Shop, strip: Strip) -> tuple[Figure, ...]:
    errors = backend.errors
    allowed = round(1.0 - settings.availability / 100.0, 12)
    overloaded, rest = refill(settings)
    needed, ceiling = backend.hit_rate_needed, backend.ceiling
    median, p99 = backend.quantiles((0.5, 0.99))
    met = 2 - (p99 > settings.target) - (errors > allowed)
    figures = [
        Figure("p99", "p99", p99, "ms", "One answered request in 100 takes longer."),
        Figure("errors", "Errors", 100.0 * errors, "%", "Requests that are refused or time out, at rest."),
        Figure(
            "utilisation",
            "Database load",
            100.0 * backend.utilisation,
            "%",
            "What is asked of the database, as a share of its capacity; beyond 100% it sheds.",
        ),
        Figure("met", "Targets met", float(met), "", "Of two: p99 and availability."),
        Figure("median", "Median", median, "ms", "Half of the answered requests are at least this fast."),
        Figure("load", "Reach the database", backend.database_load, "req/s", "Misses and writes."),
        Figure("burn_rate", "Burn rate", errors / allowed, "×", "How many times faster than allowed errors come."),
        Figure(
            "event_errors",
            "Errors of the event",
            float(np.sum(strip.errors) * strip.step * settings.traffic),
            "",
            "Requests that fail over the whole strip.",
        ),
        Figure("overloaded", "Overloaded", strip.overloaded_s, "s", "For how long the strip asks too much."),
        Figure("lag", "Orders waiting", float(strip.lag.max()), "", "The longest queue of orders in the strip."),
        Figure("refill", "Overload after a flush", overloaded, "s", "For how long an emptied cache overloads."),
        Figure("refill_rest", "Then until refilled", rest, "s", "From there until the hit rate is back."),
    ]
    if needed is not None:
        meaning = "With fewer hits the database is overloaded."
        figures.append(Figure("hits_needed", "Hits needed", 100.0 * needed, "%", meaning))
    if ceiling is not None:
        meaning = "The traffic at which the database reaches its capacity."
        figures.append(Figure("ceiling", "Traffic ceiling", ceiling, "req/s", meaning))
    spare = settings.consumers - settings.traffic * settings.write_share / 100.0
    if settings.event == "consumer" and spare > 0.0:
        drain = float(strip.lag.max()) / spare
        figures.append(Figure("drain", "Orders caught up", drain, "s", "From the consumer's return to an empty queue."))
    return tuple(figures)


def _p99_chart(settings: Parameters, backend: Shop, here: float) -> Chart:
    points = int(np.clip(_MOST_CELLS // backend.queue.ticks, 9, _CURVE_POINTS))
    edge = backend.hit_rate_needed or 0.0
    # Left of the cliff the curve is flat, so most points stand right of it, the one of this setting among them.
    foot = max(edge - 0.01, 0.0)
    hits = np.unique(
        np.concatenate(
            [
                np.linspace(0.0, foot, points // 4),
                np.linspace(foot, 1.0, points - points // 4),
                np.clip([edge, edge + 0.02, settings.hit_rate / 100.0], 0.0, 1.0),
            ]
        )
    )
    x = tuple((100.0 * hits).tolist())
    return Chart(
        name="p99",
        title="p99 by hit rate",
        x=Axis("cache hits", "%", "linear"),
        y=Axis("p99", "ms", "log"),
        series=(
            Series("p99", "p99", x, tuple(backend.quantile_curve(0.99, hits).tolist())),
            Series("target", "target", (0.0, 100.0), (settings.target, settings.target)),
            Series("here", "this setting", (settings.hit_rate,), (here,), "dots"),
        ),
        caption="Answered requests, without retries. Left of the cliff the queue is full and the rest is refused.",
    )


def _load_chart(strip: Strip) -> Chart:
    x = tuple(strip.time.tolist())
    return Chart(
        name="load",
        title="The database through the event",
        x=Axis("time", "s", "linear"),
        y=Axis("rate", "req/s", "linear"),
        series=(
            Series("load", "asked of it", x, tuple(strip.load.tolist())),
            Series("capacity", "capacity", x, tuple(strip.capacity.tolist())),
        ),
        caption="The event begins after ten seconds. Above its capacity the database sheds.",
    )


def _errors_chart(strip: Strip) -> Chart:
    return Chart(
        name="errors",
        title="Errors through the event",
        x=Axis("time", "s", "linear"),
        y=Axis("errors", "%", "linear"),
        series=(Series("errors", "errors", tuple(strip.time.tolist()), tuple((100.0 * strip.errors).tolist())),),
        caption="The share of all requests that fail. An empty cache makes a blip last.",
    )


def _hits_chart(settings: Parameters, backend: Shop, strip: Strip) -> Chart:
    ends = (0.0, float(strip.time[-1]))
    needed = backend.hit_rate_needed
    line = () if needed is None else (Series("needed", "needed", ends, (100.0 * needed,) * 2),)
    return Chart(
        name="hits",
        title="The cache through the event",
        x=Axis("time", "s", "linear"),
        y=Axis("cache hits", "%", "linear"),
        series=(
            Series("hits", "hits", tuple(strip.time.tolist()), tuple((100.0 * strip.hits).tolist())),
            *line,
        ),
        caption=f"Below what is needed it fills only as fast as the database serves, over {settings.keys:,.0f} keys.",
    )


def _sharpness_chart(settings: Parameters, backend: Shop) -> Chart:
    loads = np.concatenate([np.linspace(0.05, 0.9, 18), np.array([0.92, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99])])
    x = tuple((100.0 * loads).tolist())
    lines = tuple(
        Series(name, label, x, tuple(ManyServers(count, load * count, 1.0).response for load in loads.tolist()))
        for name, label, count in (
            ("one", "one worker", 1),
            ("these", words.counted(settings.workers, "workers"), settings.workers),
        )
    )
    here = backend.utilisation
    dot = (
        ()
        if not 0.0 < here < 0.99
        else (
            Series(
                "here",
                "this setting",
                (100.0 * here,),
                (ManyServers(settings.workers, here * settings.workers, 1.0).response,),
                "dots",
            ),
        )
    )
    return Chart(
        name="sharpness",
        title="How sharply it turns",
        x=Axis("database load", "%", "linear"),
        y=Axis("mean response", "service times", "log"),
        series=(*lines, *dot),
        caption="One worker is five times slower at 80%; many that share a queue hardly move, and then turn at once.",
    )


def _table(settings: Parameters, backend: Shop) -> Table:
    needed = backend.hit_rate_needed or 0.0
    rows = []
    for hits in sorted({0.0, 0.5, 0.9, 0.95, 0.99, settings.hit_rate / 100.0, needed}):
        reach = settings.traffic * float(backend.reaching(np.array(hits)))
        loss = float(backend.queue.loss(reach / 1_000.0))
        share = reach / settings.traffic
        rows.append((100.0 * hits, reach, 100.0 * reach / settings.capacity, 100.0 * loss, 100.0 * loss * share))
    return Table(
        name="hit_rates",
        caption="The database by hit rate, without retries; among them the least that is needed.",
        columns=("hits, %", "reach it, req/s", "load, %", "refused of those, %", "refused of all, %"),
        rows=tuple(rows),
    )


def _trace(settings: Parameters, strip: Strip) -> tuple[dict[str, object], ...]:
    if settings.event == "none":
        return ()
    over = np.flatnonzero(strip.is_overloaded)
    events: list[tuple[float, str, str]] = [
        (EVENT_AT_S, "event", f"{dict(EVENTS)[settings.event]}."),
        (EVENT_AT_S + settings.event_seconds, "event_ends", "The cause is gone."),
    ]
    if over.size:
        events += [
            (float(strip.time[over[0]]), "overloaded", "The database is asked for more than it can do."),
            (float(strip.time[over[-1]]) + strip.step, "relieved", "The database can do what it is asked."),
        ]
    ordered = sorted(events, key=lambda event: event[0])
    return tuple({"at": at, "event": name, "label": label} for at, name, label in ordered)


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    kept = "within" if value["p99"] <= settings.target else "beyond"
    sentences = [
        (
            f"{value['load']:,.0f} of {settings.traffic:,.0f} requests a second reach the database, "
            f"{words.percent(value['utilisation'])} of its capacity."
        ),
        (
            f"p99 is {words.milliseconds(value['p99'])}, {kept} the target of {settings.target:g} ms, and "
            f"{'no request' if value['errors'] < _UNSEEN else words.percent(value['errors']) + ' of requests'} fail"
            f"{'s' if value['errors'] < _UNSEEN else ''}."
        ),
    ]
    if settings.event != "none":
        sentences.append(
            f"{dict(EVENTS)[settings.event]}, for {settings.event_seconds:g} s: the database is overloaded for "
            f"{value['overloaded']:,.0f} s and "
            f"{words.counted(value['event_errors'], 'requests fail', 'request fails')}."
        )
    if value["lag"] > 0.0:
        sentences.append(f"Up to {words.counted(value['lag'], 'orders wait', 'order waits')} on the queue.")
    return " ".join(sentences)


EXPERIMENTS = (
    Experiment(
        name="cliff",
        title="The cliff",
        goal="Have one request in ten fail at rest at a traffic that a hit rate of 95% would carry with ease.",
        holds=lambda p, result: result.figure("errors").value >= 9.9 and p.traffic * 0.05 < 0.5 * p.capacity,
    ),
    Experiment(
        name="lasting_blip",
        title="A blip that lasts for minutes",
        goal="Overload the database for more than five minutes by an event of ten seconds or less.",
        holds=lambda p, result: p.event_seconds <= 10.0 and result.figure("overloaded").value > 300.0,
    ),
    Experiment(
        name="seven_milliseconds",
        title="Misses leave the p99",
        goal="At 5,000 requests a second or more, bring p99 under 10 ms.",
        holds=lambda p, result: p.traffic >= 5_000.0 and result.figure("p99").value < 10.0,
    ),
    Experiment(
        name="comfortable",
        title="Writes count too",
        goal="Carry 12,000 requests a second with 10% writes on a capacity of 2,500 at no more than 80% load "
        "and 94% hits.",
        holds=lambda p, result: (
            p.traffic >= 12_000.0
            and p.write_share >= 10.0
            and p.capacity <= 2_500.0
            and p.hit_rate <= 94.0
            and result.figure("utilisation").value <= 80.0
        ),
    ),
    Experiment(
        name="silent_lag",
        title="Late, and nobody notices",
        goal="Leave 1,000 orders waiting while not one request fails.",
        holds=lambda _, result: result.figure("lag").value >= 1_000.0 and result.figure("event_errors").value < 0.5,
    ),
)

PRESETS = (
    Preset("cliff", "The cliff: half of the reads miss", {"traffic": 5_000, "hit_rate": 50}),
    Preset("cliff_mended", "The same with 95% hits", {"traffic": 5_000, "hit_rate": 95}),
    Preset("flush", "The cache is flushed", {"traffic": 10_000, "hit_rate": 95, "event": "cache", "event_seconds": 0}),
    Preset("tight", "A target of 25 ms", {"target": 25}),
    Preset("boundary_below", "Just below what is needed", {"traffic": 10_000, "hit_rate": 79}),
    Preset("boundary_above", "Just above", {"traffic": 10_000, "hit_rate": 81}),
    Preset("writes", "With writes", {"traffic": 12_000, "capacity": 2_500, "write_share": 10, "hit_rate": 88}),
    Preset("consumer", "The consumer stops", {"write_share": 20, "event": "consumer", "event_seconds": 60}),
    Preset("slow", "The database turns slow", {"event": "slow", "event_factor": 40, "event_seconds": 30, "retries": 2}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="overload_after_flush",
        question="10,000 requests a second, a million keys, a database that can do 2,000 and a cache with 95% hits, "
        "which is flushed. For how many seconds is the database overloaded?",
        figure="overloaded",
        unit="s",
        minimum=0.1,
        maximum=10_000.0,
        scale="log",
        parameters={"traffic": 10_000, "hit_rate": 95, "event": "cache", "event_seconds": 0},
    ),
    PredictionPrompt(
        name="p99_at_95_hits",
        question="At 5,000 requests a second 95% hits take 2 to 7 ms and misses wait for a database of 40 workers that "
        "take 20 ms on average. Where does p99 lie?",
        figure="p99",
        unit="ms",
        minimum=1.0,
        maximum=1_000.0,
        scale="log",
        parameters={"traffic": 5_000, "hit_rate": 95},
    ),
)

_KNOTS = (12.0, 60.0, 120.0, 200.0, 300.0, 400.0, 540.0)

GUESS = GuessPrompt(
    name="errors_after_flush",
    question="8,000 requests a second, a database that can do 2,000 and a cache with 90% hits, which is flushed "
    "after 10 s. Draw the share of requests that fail from then on.",
    shape="curve",
    parameters={"traffic": 8_000, "hit_rate": 90, "event": "cache", "event_seconds": 0},
    names=("errors",),
    minimum=0.0,
    maximum=100.0,
    scale="linear",
    unit="%",
    truth=guesses.curves("errors", ("errors",), _KNOTS),
    knots=_KNOTS,
)

MODEL = Model(
    name="design_lab",
    title="Design lab",
    summary="A cache, a database and a queue under traffic: size them, set targets, and break a part.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
