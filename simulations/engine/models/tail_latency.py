"""Model a page that waits for many calls to a backend with a rare slow path.

A call takes `fast_floor` plus an exponential time: of mean `fast_mean` usually, of mean `slow_mean`
with probability `slow_share`. The page is as slow as the slowest of its calls. A call may be hedged:
past a percentile of its own distribution a second replica is asked, and the first answer counts.
Calls of one page may share a cause: their times, hedged or not, are joined by a one-factor normal
copula. Dean and Barroso (2013), "The Tail at Scale", Communications of the ACM 56(2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulations.engine import evidence, parameters, words
from simulations.engine.backends import Backend, Hedge, draw_pages
from simulations.engine.distributions import Hedged, Hyperexponential
from simulations.engine.histogram import Histogram
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset, Sampler
from simulations.engine.pages import (
    Page,
    distribution_charts,
    fan_out_chart,
    fan_out_curves,
    quantile_dots,
)
from simulations.engine.result import Figure, Result, Table

MOST_PAGES = 1_000_000_000
"""The longest run, in pages."""

_TABLE_FAN_OUTS = (1, 5, 10, 20, 50, 100)
_TABLE_TAILS = (0.5, 0.05, 0.01, 0.001)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The page, the backend, hedging, what the calls share, and how much to draw."""

    calls: int = parameters.number(
        20,
        minimum=1,
        maximum=100,
        step=1,
        unit="",
        label="Parallel calls",
        help="How many backends one page waits for.",
        scale="log",
        integer=True,
    )
    slow_share: float = parameters.number(
        0.01,
        minimum=0.0001,
        maximum=0.5,
        step=0.0001,
        unit="",
        label="Slow calls",
        help="Share of calls that take the slow path.",
        scale="logit",
    )
    slow_mean: float = parameters.number(
        500.0,
        minimum=1,
        maximum=10_000,
        step=1,
        unit="ms",
        label="Slow path, mean",
        help="Mean time beyond the floor on the slow path.",
        scale="log",
    )
    hedge: bool = parameters.flag(
        False,
        label="Hedge",
        help="Ask a second replica once a call is late, and take the first answer.",
    )
    hedge_percentile: float = parameters.number(
        95.0,
        minimum=50,
        maximum=99.9,
        step=0.1,
        unit="%",
        label="Hedge after",
        help="Send the second copy once this percentile of one call has passed.",
    )
    fast_floor: float = parameters.number(
        10.0,
        minimum=0.1,
        maximum=1_000,
        step=0.1,
        unit="ms",
        label="Floor",
        help="No call is faster than this.",
        scale="log",
    )
    fast_mean: float = parameters.number(
        5.0,
        minimum=0.1,
        maximum=1_000,
        step=0.1,
        unit="ms",
        label="Fast path, mean",
        help="Mean time beyond the floor on the fast path.",
        scale="log",
    )
    call_correlation: float = parameters.number(
        0.0,
        minimum=0,
        maximum=1,
        step=0.01,
        unit="",
        label="Calls share a cause",
        help="Correlation between the calls of one page: 0 independent, 1 all alike.",
    )
    replica_correlation: float = parameters.number(
        0.0,
        minimum=0,
        maximum=1,
        step=0.01,
        unit="",
        label="Replicas share a cause",
        help="How often one cause slows both copies of a hedged call: 0 never, 1 always.",
    )
    requests: int = parameters.number(
        1_000_000,
        minimum=1_000,
        maximum=MOST_PAGES,
        step=1_000,
        unit="",
        label="Pages to draw",
        help="How many pages a run draws, every call of each.",
        scale="log",
        integer=True,
    )


def backend(settings: Parameters) -> Hyperexponential:
    """Return the distribution of one call that is not hedged."""
    return Hyperexponential(
        settings.fast_floor,
        (1.0 - settings.slow_share, settings.slow_share),
        (settings.fast_mean, settings.slow_mean),
    )


def page(settings: Parameters) -> Page:
    """Return the page: the slowest of the calls, hedged if they are."""
    return Page(_call(settings), settings.calls, settings.call_correlation)


def evaluate(settings: Parameters) -> Result:
    """Return the exact distribution of a page's response time.

    Times are in milliseconds, shares in per cent. Relative error below 1e-8 in every figure.
    """
    one, whole = backend(settings), page(settings)
    figures = _figures(settings, one, whole)
    return Result(
        figures=figures,
        charts=(fan_out_chart(whole), *distribution_charts(whole, one), quantile_dots(whole, one)),
        tables=(_table(whole),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def sample(settings: Parameters, generator: np.random.Generator, pages: int) -> Histogram:
    """Return the histogram of `pages` pages in milliseconds, every call of each drawn.

    Independent calls are drawn path by path, and a hedged one's second copy where it is sent;
    calls that share a cause by their normal scores. Memory stays within a few megabytes.
    """
    if settings.call_correlation > 0.0:
        return page(settings).draw(generator, pages)
    call = _call(settings)
    return draw_pages(
        Backend(settings.fast_floor, settings.fast_mean, settings.slow_mean, settings.slow_share),
        generator,
        pages=pages,
        calls=settings.calls,
        hedge=Hedge(call.delay, call.correlation) if isinstance(call, Hedged) else None,
    )


def reference(settings: Parameters, histogram: Histogram) -> Result:
    """Return what was drawn beside the closed form."""
    return evidence.against_closed_form(histogram, page(settings).expectation)


def cost(settings: Parameters) -> Cost:
    """Return what evaluating and running will take, from the parameters alone."""
    correlated = 0.0 < settings.call_correlation < 1.0
    return Cost(
        evaluate_ms=50.0 if correlated else 5.0,
        run_seconds=settings.requests * _nanoseconds_a_page(settings) * 1e-9,
        memory_mb=16.0,
    )


def shard_size(settings: Parameters) -> int:
    """Return how many pages one core draws in about a second."""
    return max(int(1e9 / _nanoseconds_a_page(settings)) // 1000 * 1000, 1000)


def _nanoseconds_a_page(settings: Parameters) -> float:
    """Return what drawing a page takes on one core of 2020 or later, as measured."""
    if settings.call_correlation > 0.0:
        return 10.5 * settings.calls + (370.0 if settings.hedge else 220.0)
    sent_again = 1.0 - settings.hedge_percentile / 100.0 if settings.hedge else 0.0
    hedging = 0.5 + 20.0 * sent_again if settings.hedge else 0.0
    return (5.2 + 8.0 * settings.slow_share + hedging) * settings.calls + 9.0


def _call(settings: Parameters) -> Hyperexponential | Hedged:
    one = backend(settings)
    if not settings.hedge:
        return one
    delay = float(one.upper_quantile(np.array(1.0 - settings.hedge_percentile / 100.0)))
    return Hedged(one, delay, settings.replica_correlation)


def _figures(settings: Parameters, one: Hyperexponential, whole: Page) -> tuple[Figure, ...]:
    median, p95, p99, p99_9 = whole.upper_quantile(np.array(_TABLE_TAILS)).tolist()
    slow_from = float(one.upper_quantile(np.array(settings.slow_share)))
    stragglers = 100.0 * float(whole.tail(np.array(slow_from)))
    behind = 100.0 * (1.0 - float(whole.call_tail(np.array(0.01))))
    extra = 100.0 * whole.call.extra_load if isinstance(whole.call, Hedged) else 0.0
    call = "hedged call" if settings.hedge else "backend"
    return (
        Figure("median", "Median", median, "ms", "Half of the pages are at least this fast."),
        Figure("p95", "p95", p95, "ms", "One page in 20 takes longer."),
        Figure("p99", "p99", p99, "ms", "One page in 100 takes longer."),
        Figure("p99_9", "p99.9", p99_9, "ms", "One page in 1,000 takes longer."),
        Figure(
            "straggler_share",
            "Pages with a straggler",
            stragglers,
            "%",
            f"Pages that wait {words.milliseconds(slow_from)} or more: the time that the backend's "
            f"slowest {words.percent(100.0 * settings.slow_share)} of calls take.",
        ),
        Figure("mean", "Mean", whole.mean, "ms", "The average, which few pages resemble."),
        Figure(
            "backend_percentile",
            "Percentile behind p99",
            behind,
            "",
            f"The page's p99 is this percentile of one {call}.",
        ),
        Figure(
            "extra_load",
            "Extra load",
            extra,
            "%",
            "Calls sent a second time, as a share of all calls.",
        ),
    )


def _table(whole: Page) -> Table:
    fan_outs = sorted({*_TABLE_FAN_OUTS, whole.calls})
    times = fan_out_curves(whole.call, whole.correlation, _TABLE_TAILS, fan_outs)
    return Table(
        name="fan_out",
        caption="Response time of a page in ms by the number of calls it waits for.",
        columns=("calls", "median", "p95", "p99", "p99.9"),
        rows=tuple((count, *column) for count, column in zip(fan_outs, times.T.tolist(), strict=True)),
    )


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    calls = "one call" if settings.calls == 1 else f"the slowest of {settings.calls} calls"
    sentences = [
        (
            f"A page that waits for {calls} has a median of {words.milliseconds(value['median'])} and a "
            f"p99 of {words.milliseconds(value['p99'])}."
        ),
        f"{words.percent(value['straggler_share'])} of pages wait for a straggler.",
    ]
    if settings.hedge:
        sentences.append(
            f"A second copy after the p{settings.hedge_percentile:g} of one call adds "
            f"{words.percent(value['extra_load'])} of load."
        )
    if settings.call_correlation > 0.0 and settings.calls > 1:
        sentences.append("Its calls share a cause, so slow calls gather on fewer pages than they would apart.")
    return " ".join(sentences)


def _shows(
    holds: Callable[[Parameters, Callable[[str], float]], bool],
) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""
    return lambda settings, result: holds(settings, lambda name: result.figure(name).value)


EXPERIMENTS = (
    Experiment(
        name="slow_median",
        title="The stragglers reach the median",
        goal="Bring the page's median past 100 ms while at most 2% of calls are slow.",
        holds=_shows(lambda p, figure: figure("median") > 100.0 and p.slow_share <= 0.02),
    ),
    Experiment(
        name="cheap_hedge",
        title="A hedge for one call in a hundred",
        goal="With 20 calls or more, bring p99 under 100 ms for at most 2% of extra load.",
        holds=_shows(
            lambda p, figure: (
                p.hedge
                and p.calls >= 20
                and p.slow_share >= 0.01
                and p.slow_mean >= 500.0
                and figure("p99") < 100.0
                and figure("extra_load") <= 2.0
            )
        ),
    ),
    Experiment(
        name="useless_hedge",
        title="Nothing to hedge with",
        goal="Hedge at p95 and still see a p99 of more than ten times the median.",
        holds=_shows(
            lambda p, figure: p.hedge and p.hedge_percentile <= 95.0 and figure("p99") > 10.0 * figure("median")
        ),
    ),
    Experiment(
        name="shared_cause",
        title="All calls slow together",
        goal="With 20 calls or more, leave fewer than 2% of pages with a straggler, without a hedge.",
        holds=_shows(
            lambda p, figure: not p.hedge and p.calls >= 20 and p.slow_share >= 0.01 and figure("straggler_share") < 2.0
        ),
    ),
)

PRESETS = (
    Preset("one_call", "One call", {"calls": 1}),
    Preset("twenty_calls", "Twenty calls", {"calls": 20}),
    Preset("hundred_calls", "A hundred calls", {"calls": 100}),
    Preset("hedge_p95", "Hedged at p95", {"calls": 20, "hedge": True, "hedge_percentile": 95}),
    Preset("hedge_p99", "Hedged at p99", {"calls": 20, "hedge": True, "hedge_percentile": 99}),
    Preset(
        "hedge_in_vain",
        "Hedged, replicas slow together",
        {"calls": 20, "hedge": True, "hedge_percentile": 95, "replica_correlation": 1},
    ),
    Preset("shared_cause", "Calls share a cause", {"calls": 20, "call_correlation": 0.3}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="p99_at_20_calls",
        question="A backend answers in about 13.5 ms; one call in a hundred takes half a second more. "
        "A page waits for 20 such calls at once. Between which times does its p99 lie?",
        figure="p99",
        unit="ms",
        minimum=10.0,
        maximum=5_000.0,
        scale="log",
        parameters={"calls": 20},
        along=("distribution", "tail", "quantile_dots"),
    ),
    PredictionPrompt(
        name="median_at_100_calls",
        question="A backend answers in about 13.5 ms; one call in a hundred takes half a second more. "
        "A page waits for 100 such calls at once. Where does its median lie?",
        figure="median",
        unit="ms",
        minimum=10.0,
        maximum=5_000.0,
        scale="log",
        parameters={"calls": 100},
        along=("distribution", "tail", "quantile_dots"),
    ),
    PredictionPrompt(
        name="p99_hedged",
        question="A page waits for 20 calls, of which one in a hundred takes half a second more; each is sent a second "
        "time once it is slower than 95 in 100. Where does the page's p99 lie now?",
        figure="p99",
        unit="ms",
        minimum=10.0,
        maximum=5_000.0,
        scale="log",
        parameters={"calls": 20, "hedge": True, "hedge_percentile": 95},
        along=("distribution", "tail", "quantile_dots"),
    ),
)

MODEL = Model(
    name="tail_latency",
    title="Tail latency under fan-out",
    summary="A page waits for the slowest of many calls, so a rare slow path becomes ordinary.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=Sampler(
        sample=sample,
        shard_size=shard_size,
        maximum_requests=lambda _: MOST_PAGES,
        reference=reference,
    ),
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
