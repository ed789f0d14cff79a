"""Model one request for a home timeline: what it asks, what it waits for, and what it gets.

Every step takes a fixed time, so that what is learnt is the shape: who is on the critical path, what a
fallback costs, and what is lost without anybody waiting longer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from simulations.engine import words
from simulations.engine.functions.requests import slowest_shard_ms
from simulations.engine.hops import Answer, Application, Hop, follow
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.models.request_trace_parameters import Parameters, application
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_HIT_RATES = tuple(np.linspace(0.0, 1.0, 21).round(2).tolist())
_DATABASE_MS = tuple(np.geomspace(1.0, 500.0, 41).tolist())
_PAGES = {
    "fresh": "the page is fresh and whole",
    "stale": "the page shows an old timeline",
    "incomplete": "the page comes without search results",
    "failed": "the page fails",
}
_EVENTS = {"kept": "its event is kept", "lost": "its event is lost", "none": "it has no event"}
_EDGES = {"parallel": "asked at once", "serial": "asked in turn", "apart": "not waited for"}


def evaluate(settings: Parameters) -> Result:
    """Return the way of one request, and mean time and outcome over hits and misses; times in ms."""
    whole = application(settings)
    hit, miss = follow(whole, hit=True), follow(whole, hit=False)
    shown = hit if settings.request == "hit" else miss
    figures = _figures(settings, hit, miss, shown)
    return Result(
        figures=figures,
        charts=(_gantt(shown), _hit_rate_chart(settings, whole), _database_chart(settings, whole)),
        tables=(_hop_table(shown),),
        narrative=_narrative(settings, shown, {figure.name: figure.value for figure in figures}),
        trace=tuple(_event(hop) for hop in shown.hops),
        frames={"total_ms": shown.total, "page": shown.page, "events": shown.events},
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating will take, from the parameters alone; there is nothing to run."""
    return Cost(evaluate_ms=10.0, run_seconds=0.0, memory_mb=8.0)


def mean_ms(whole: Application, hit_rate: float) -> float:
    """Return the mean time over hits and misses."""
    return hit_rate * follow(whole, hit=True).total + (1.0 - hit_rate) * follow(whole, hit=False).total


def _figures(settings: Parameters, hit: Answer, miss: Answer, shown: Answer) -> tuple[Figure, ...]:
    hits = settings.hit_rate

    def share(holds: Callable[[Answer], bool]) -> float:
        return 100.0 * (hits * holds(hit) + (1.0 - hits) * holds(miss))

    apart = [hop.end for hop in shown.hops if not hop.waited]
    return (
        Figure("total", "This request", shown.total, "ms", "Until the client has its page, or leaves."),
        Figure("mean", "Mean of all", hits * hit.total + (1.0 - hits) * miss.total, "ms", "Over hits and misses."),
        Figure("whole", "Fresh and whole", share(lambda each: each.page == "fresh"), "%", "Share of pages."),
        Figure("failed", "Failed", share(lambda each: each.page == "failed"), "%", "Share of pages."),
        Figure("hit", "A hit takes", hit.total, "ms", "A request whose timeline is in the cache."),
        Figure("miss", "A miss takes", miss.total, "ms", "A request that has to ask the database."),
        Figure("lost", "Events lost", share(lambda each: each.events == "lost"), "%", "Share of requests."),
        Figure("systems", "Systems touched", float(len(shown.hops)), "", "By this request, waited for or not."),
        Figure(
            "waited_for",
            "Of them on its critical path",
            float(len(shown.critical)),
            "",
            "Their times add up to its own.",
        ),
        Figure(
            "done", "All is done after", max([shown.total, *apart]), "ms", "With what goes on after the page is shown."
        ),
        Figure(
            "slowest_shard",
            "Slowest shard, if they vary",
            slowest_shard_ms(settings.database_ms, settings.shards),
            "ms",
            "Mean time of the slowest shard if each took an exponential time with this mean.",
        ),
    )


def _event(hop: Hop) -> dict[str, object]:
    return {
        "name": hop.name,
        "start_ms": hop.start,
        "end_ms": hop.end,
        "waited": hop.waited,
        "answered": hop.answered,
        "critical": hop.critical,
    }


def _gantt(shown: Answer) -> Chart:
    rows = len(shown.hops)
    return Chart(
        name="gantt",
        title="Hop by hop",
        x=Axis("time since the request", "ms", "linear"),
        y=Axis("hop, the last at the bottom", "", "linear"),
        series=tuple(
            Series(hop.name, hop.name, (hop.start, hop.end), (float(rows - place),) * 2)
            for place, hop in enumerate(shown.hops)
        ),
        caption="Each line is a hop. What does not reach the join last could take longer and nobody would notice.",
    )


def _hit_rate_chart(settings: Parameters, whole: Application) -> Chart:
    x = tuple(100.0 * rate for rate in _HIT_RATES)
    here = (100.0 * settings.hit_rate,), (mean_ms(whole, settings.hit_rate),)
    edges = (settings.search_edge, *(edge for edge in _EDGES if edge != settings.search_edge))
    lines = []
    for edge in edges:
        changed = replace(whole, search_edge=edge)
        hit, miss = (follow(changed, hit=found).total for found in (True, False))
        y = tuple(rate * hit + (1.0 - rate) * miss for rate in _HIT_RATES)
        lines.append(Series(edge, f"search {_EDGES[edge]}", x, y))
    return Chart(
        name="hit_rate",
        title="Time by hit rate",
        x=Axis("cache hit rate", "%", "linear"),
        y=Axis("mean response time", "ms", "linear"),
        series=(*lines, Series("here", "this setting", *here, "dots")),
        caption="Where the line is flat, the cache saves the database work and the reader nothing.",
    )


def _database_chart(settings: Parameters, whole: Application) -> Chart:
    def at(ms: float) -> float:
        return mean_ms(replace(whole, database=replace(whole.database, ms=ms)), settings.hit_rate)

    return Chart(
        name="database",
        title="Time by database",
        x=Axis("database read", "ms", "log"),
        y=Axis("mean response time", "ms", "linear"),
        series=(
            Series("mean", "mean", _DATABASE_MS, tuple(at(ms) for ms in _DATABASE_MS)),
            Series("here", "this setting", (settings.database_ms,), (at(settings.database_ms),), "dots"),
        ),
        caption="Hidden behind search at first, then felt, then cut off by the timeout.",
    )


def _hop_table(shown: Answer) -> Table:
    return Table(
        name="hops",
        caption="Every hop of this request, times in ms.",
        columns=("hop", "starts", "ends", "waited for", "answered", "critical path"),
        rows=tuple(
            (
                hop.name,
                hop.start,
                hop.end,
                *("yes" if each else "no" for each in (hop.waited, hop.answered, hop.critical)),
            )
            for hop in shown.hops
        ),
    )


def _narrative(settings: Parameters, shown: Answer, value: dict[str, float]) -> str:
    path = ", ".join(hop.name for hop in shown.critical)
    return (
        f"A {settings.request} takes {words.milliseconds(shown.total)}: {_PAGES[shown.page]}, and "
        f"{_EVENTS[shown.events]}. Its critical path is {path}. Over hits and misses the mean is "
        f"{words.milliseconds(value['mean'])}, with search {_EDGES[settings.search_edge]}."
    )


def _shows(holds: Callable[[Parameters, Callable[[str], float]], bool]) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""
    return lambda settings, result: holds(settings, lambda name: result.figure(name).value)


EXPERIMENTS = (
    Experiment(
        name="cache_saves_nothing",
        title="A cache that saves no time",
        goal="Let nine requests in ten or more hit the cache, and a hit take as long as a miss.",
        holds=_shows(lambda p, figure: p.hit_rate >= 0.9 and p.cache_state == "up" and figure("hit") == figure("miss")),
    ),
    Experiment(
        name="degrade",
        title="Half a page is better",
        goal="Let search never answer, and still show pages in under 60 ms.",
        holds=_shows(
            lambda p, figure: (
                p.search_state == "silent"
                and p.search_edge != "apart"
                and figure("failed") == 0.0
                and figure("mean") < 60.0
            )
        ),
    ),
    Experiment(
        name="no_timeout",
        title="As slow as the client is patient",
        goal="Bring a page to the client's own timeout with one component silent.",
        holds=_shows(lambda p, figure: not p.own_timeouts and figure("total") == p.client_ms),
    ),
    Experiment(
        name="silent_loss",
        title="Lost, and nobody waited",
        goal="Lose every event while pages stay fresh and whole, and no slower than without the loss.",
        holds=_shows(lambda _, figure: figure("lost") == 100.0 and figure("whole") == 100.0),
    ),
)

PRESETS = (
    Preset("miss", "A cache miss", {}),
    Preset("hit", "A cache hit", {"request": "hit"}),
    Preset("serial", "Search in turn", {"search_edge": "serial"}),
    Preset("apart", "Search not waited for", {"search_edge": "apart"}),
    Preset("cache_down", "Cache down", {"cache_state": "down"}),
    Preset("database_slow", "Database ten times slower", {"database_state": "slow"}),
    Preset("search_silent", "Search never answers", {"search_state": "silent"}),
    Preset("no_timeout", "The same without timeouts", {"search_state": "silent", "own_timeouts": False}),
    Preset("queue_blocks", "Full queue that blocks", {"queue_state": "full", "queue_policy": "block"}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="every_request_hits",
        question="Four requests in five hit the cache, the database takes 12 ms, search 20 ms and is asked at the same "
        "time; the mean is 22.5 ms. Now every request hits. What is the mean?",
        figure="mean",
        unit="ms",
        minimum=1.0,
        maximum=100.0,
        scale="log",
        parameters={"hit_rate": 1},
        along=("gantt",),
    ),
    PredictionPrompt(
        name="search_never_answers",
        question="Search no longer answers. Every step has a timeout of 100 ms, and the page is shown without. How "
        "long does a cache miss take?",
        figure="total",
        unit="ms",
        minimum=1.0,
        maximum=10_000.0,
        scale="log",
        parameters={"search_state": "silent"},
        along=("gantt",),
    ),
    PredictionPrompt(
        name="without_timeouts",
        question="Search no longer answers, and the application sets no timeouts; the client leaves after a second. "
        "How long does a cache miss take?",
        figure="total",
        unit="ms",
        minimum=1.0,
        maximum=10_000.0,
        scale="log",
        parameters={"search_state": "silent", "own_timeouts": False},
        along=("gantt",),
    ),
)

MODEL = Model(
    name="request_trace",
    title="One request",
    summary="What one page asks of many systems, what it waits for, and what it gets when they fail.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
