"""Explore percentiles: of one service, of the slowest of many calls, of a sample, of two servers.

Four families with a given median: lognormal (`sigma` is the standard deviation of the logarithm),
exponential, Pareto (P(T > t) falls as t ** (-1 / sigma), whose logarithm has standard deviation
sigma too), and two paths: a floor of 10 and an exponential of mean 5 or, once in a hundred calls,
of mean 500, all scaled to the median.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulations.engine import dependence, guesses, normal, parameters, words
from simulations.engine.distributions import Distribution, Hyperexponential, Lognormal, Merged, Pareto
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.normal import FloatArray
from simulations.engine.order_statistics import nearest_rank, percentile_ranks
from simulations.engine.pages import Page, distribution_charts, fan_out_chart, quantile_dots
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table
from simulations.engine.sampling import generator_for

_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
_BARS = 48
_SAMPLES_AT_ONCE = 8_192
_CURVE_POINTS = 120
_TWO_MODE = Hyperexponential(10.0, (0.99, 0.01), (5.0, 500.0))
_EXPONENTIAL_P99 = {"fast": 50.0 / math.log2(100.0), "slow": 500.0 / math.log2(100.0)}


@dataclass(frozen=True, slots=True)
class Parameters:
    """One service, the sample taken of it, the page that calls it, and a second server."""

    family: str = parameters.choice(
        "lognormal",
        options=(
            ("lognormal", "Lognormal"),
            ("exponential", "Exponential"),
            ("pareto", "Pareto"),
            ("two_mode", "Two paths, one call in 100 slow"),
        ),
        label="Shape",
        help="The family of distributions that one call's response time comes from.",
    )
    median: float = parameters.number(
        15.0,
        minimum=1,
        maximum=200,
        step=1,
        unit="ms",
        label="Median",
        help="Half of the calls are faster.",
        scale="log",
    )
    sigma: float = parameters.number(
        0.7,
        minimum=0.1,
        maximum=2,
        step=0.05,
        unit="",
        label="Tail weight",
        help="Standard deviation of the logarithm, for lognormal and Pareto.",
    )
    samples: int = parameters.number(
        1_000,
        minimum=100,
        maximum=100_000,
        step=100,
        unit="",
        label="Requests measured",
        help="How many response times the percentiles are read from.",
        scale="log",
        integer=True,
    )
    calls: int = parameters.number(
        1,
        minimum=1,
        maximum=100,
        step=1,
        unit="",
        label="Parallel calls",
        help="How many such calls one page waits for.",
        scale="log",
        integer=True,
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
    other_median: float = parameters.number(
        45.0,
        minimum=1,
        maximum=2_000,
        step=1,
        unit="ms",
        label="Second server's median",
        help="A second server of the same shape, whose measurements are merged with the first's.",
        scale="log",
    )
    other_share: float = parameters.number(
        0.5,
        minimum=0,
        maximum=1,
        step=0.01,
        unit="",
        label="Second server's traffic",
        help="Share of all requests that the second server answers.",
    )
    seed: int = parameters.number(
        1,
        minimum=0,
        maximum=999_999,
        step=1,
        unit="",
        label="Seed",
        help="Another seed measures other requests of the same service.",
        integer=True,
    )


def distribution(settings: Parameters, median: float) -> Distribution:
    """Return the chosen family with the given median in milliseconds."""
    if settings.family == "lognormal":
        return Lognormal(median, settings.sigma)
    if settings.family == "exponential":
        return Hyperexponential(0.0, (1.0,), (median / math.log(2.0),))
    if settings.family == "pareto":
        return Pareto(median * 2.0**-settings.sigma, 1.0 / settings.sigma)
    scale = median / float(_TWO_MODE.upper_quantile(np.array(0.5)))
    return Hyperexponential(
        _TWO_MODE.origin * scale, _TWO_MODE.weights, tuple(mean * scale for mean in _TWO_MODE.means)
    )


def evaluate(settings: Parameters) -> Result:
    """Return exact percentiles of the page, those of a seeded sample, and those of merged servers.

    Times are in milliseconds. Exact figures have a relative error below 1e-8; the sample depends on
    the seed alone.
    """
    service = distribution(settings, settings.median)
    page = Page(service, settings.calls, settings.call_correlation)
    sample = _sample(settings, page)
    other = distribution(settings, settings.other_median)
    merged = Merged(other, service, settings.other_share)
    figures = (*_page_figures(page), *_sample_figures(sample, page), *_merged_figures(merged))
    return Result(
        figures=figures,
        charts=(
            _histogram_chart(sample, page),
            *distribution_charts(page, service),
            fan_out_chart(page),
            quantile_dots(page, service),
            _merged_chart(merged),
        ),
        tables=(_table(sample, page),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating will take, from the parameters alone; there is nothing to run."""
    correlated = 0.0 < settings.call_correlation < 1.0
    return Cost((28.0 if correlated else 5.0) + 2e-4 * settings.samples, 0.0, 16.0)


def _sample(settings: Parameters, page: Page) -> FloatArray:
    """Return the response times of the pages measured, in ascending order.

    The largest of n scores is one draw, and the shared factor another.
    """
    generator = generator_for(settings.seed, 0, 1)
    shared, own = math.sqrt(page.correlation), math.sqrt(1.0 - page.correlation)
    uniform = 1.0 - generator.random(settings.samples)
    factor = generator.standard_normal(settings.samples)
    times = np.empty(settings.samples)
    for start in range(0, settings.samples, _SAMPLES_AT_ONCE):
        part = slice(start, start + _SAMPLES_AT_ONCE)
        largest = normal.upper_quantile(dependence.call_tail(uniform[part] * (1.0 - 1e-16), page.calls, 0.0))
        times[part] = page.call.upper_quantile(normal.sf(own * largest + shared * factor[part]))
    times.sort()
    return times


def _page_figures(page: Page) -> tuple[Figure, ...]:
    median, p95, p99, p99_9 = _quantiles(page.upper_quantile)
    figures = [
        Figure("median", "Median", median, "ms", "Half of the pages are at least this fast."),
        Figure("p95", "p95", p95, "ms", "One page in 20 takes longer."),
        Figure("p99", "p99", p99, "ms", "One page in 100 takes longer."),
        Figure("p99_9", "p99.9", p99_9, "ms", "One page in 1,000 takes longer."),
        Figure(
            "backend_percentile",
            "Percentile behind p99",
            100.0 * (1.0 - float(page.call_tail(np.array(0.01)))),
            "",
            "The page's p99 is this percentile of one call.",
        ),
    ]
    mean = page.call.mean
    if math.isfinite(mean):
        below = 100.0 * (1.0 - float(page.call.sf(np.array(mean))))
        figures += [
            Figure("mean", "Mean of a call", mean, "ms", "The average of single calls."),
            Figure("mean_percentile", "Where the mean sits", below, "", "The mean is this percentile of one call."),
        ]
    return tuple(figures)


def _sample_figures(sample: FloatArray, page: Page) -> tuple[Figure, ...]:
    low, high = percentile_ranks(sample.size, 0.99)
    figures = [
        Figure("sample_median", "Measured median", _measured(sample, 0.5), "ms", "The sample's median."),
        Figure("sample_p99", "Measured p99", _measured(sample, 0.99), "ms", "The sample's p99."),
        Figure("sample_p99_9", "Measured p99.9", _measured(sample, 0.999), "ms", "The sample's p99.9."),
        Figure("sample_mean", "Measured mean", float(sample.mean()), "ms", "The sample's mean."),
        Figure("sample_maximum", "Slowest measured", float(sample[-1]), "ms", "The sample's largest value."),
        Figure("p99_low", "p99, low end", _at_rank(page, low, sample.size), "ms", _end_meaning(low, sample.size)),
    ]
    if high < sample.size:
        height = _at_rank(page, high, sample.size)
        figures.append(Figure("p99_high", "p99, high end", height, "ms", _end_meaning(high, sample.size)))
    return tuple(figures)


def _at_rank(page: Page, rank: int, size: int) -> float:
    """Return the time that a fraction rank / size of pages does not exceed; rank is below size."""
    return float(page.upper_quantile(np.array(1.0 - rank / size)))


def _end_meaning(rank: int, size: int) -> str:
    return (
        f"An end of the 95% interval that such a sample gives for p99: its value of rank {rank:,} of {size:,}, "
        "where that rank typically lies."
    )


def _merged_figures(merged: Merged) -> tuple[Figure, ...]:
    tail = np.array(0.01)
    other, own, both = (float(each.upper_quantile(tail)) for each in (merged.first, merged.second, merged))
    average = merged.share * other + (1.0 - merged.share) * own
    return (
        Figure("first_p99", "First server's p99", own, "ms", "The p99 of the first server alone."),
        Figure("other_p99", "Second server's p99", other, "ms", "The p99 of the second server alone."),
        Figure("merged_p99", "Merged p99", both, "ms", "The p99 of all requests of both servers."),
        Figure(
            "average_p99",
            "Averaged p99",
            average,
            "ms",
            "What averaging both p99s by traffic would report; no request need be near it.",
        ),
    )


def _table(sample: FloatArray, page: Page) -> Table:
    ranks = {q: percentile_ranks(sample.size, q) for q in _QUANTILES.values()}
    shares = sorted({*ranks, *(rank / sample.size for ends in ranks.values() for rank in ends if rank < sample.size)})
    exact = dict(zip(shares, page.upper_quantile(1.0 - np.array(shares)).tolist(), strict=True))
    rows: list[tuple[object, ...]] = []
    for name, q in _QUANTILES.items():
        least, most = (exact.get(rank / sample.size) for rank in ranks[q])
        tail_points = sample.size - nearest_rank(sample.size, q)
        rows.append((name, exact[q], _measured(sample, q), least, most, tail_points))
    return Table(
        name="percentiles",
        caption="Response time of a page in ms. Low and high are the ends of a typical 95% interval from a sample of "
        "this size; without a high end nothing but the sample's own maximum bounds the percentile.",
        columns=("percentile", "exact", "measured", "low", "high", "measurements beyond"),
        rows=tuple(rows),
    )


def _histogram_chart(sample: FloatArray, page: Page) -> Chart:
    edges = np.geomspace(sample[0] * (1.0 - 1e-9), sample[-1] * (1.0 + 1e-9), _BARS + 1)
    counts = np.diff(np.searchsorted(sample, edges))
    middle = tuple(np.sqrt(edges[1:] * edges[:-1]).tolist())
    expected = -100.0 * np.diff(page.tail(edges))
    return Chart(
        name="histogram",
        title="Response times measured",
        x=Axis("response time", "ms", "log"),
        y=Axis("share of pages", "%", "linear"),
        series=(
            Series("sample", "measured", middle, tuple((100.0 * counts / sample.size).tolist()), "bars"),
            Series("exact", "exact", middle, tuple(expected.tolist())),
        ),
        caption="Bars equally wide on a logarithmic axis; the line is the distribution they come from.",
    )


def _merged_chart(merged: Merged) -> Chart:
    tails = np.array([0.999, 0.001])
    ends = np.concatenate([merged.first.upper_quantile(tails), merged.second.upper_quantile(tails)])
    times = np.geomspace(max(ends.min(), ends.max() * 1e-6), ends.max(), _CURVE_POINTS)
    x = tuple(times.tolist())
    return Chart(
        name="merged",
        title="Two servers, one service",
        x=Axis("response time", "ms", "log"),
        y=Axis("share answered", "%", "linear"),
        series=tuple(
            Series(name, label, x, tuple((100.0 * (1.0 - each.sf(times))).tolist()))
            for name, label, each in (
                ("first", "first server", merged.second),
                ("other", "second server", merged.first),
                ("merged", "both", merged),
            )
        ),
        caption="The merged curve runs between the two; at 99% it follows whoever owns the tail.",
    )


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    waits = "one call" if settings.calls == 1 else f"the slowest of {settings.calls} calls"
    low = words.milliseconds(value["p99_low"])
    high = value.get("p99_high")
    interval = f"above {low}" if high is None else f"between {low} and {words.milliseconds(high)}"
    sentences = [
        (
            f"A page that waits for {waits} has a median of {words.milliseconds(value['median'])} and a "
            f"p99 of {words.milliseconds(value['p99'])}."
        ),
        (
            f"{settings.samples:,} measurements read a p99 of {words.milliseconds(value['sample_p99'])}, and typically "
            f"leave it open {interval}."
        ),
        (
            f"Merged with the second server the p99 is {words.milliseconds(value['merged_p99'])}, where averaging "
            f"both would say {words.milliseconds(value['average_p99'])}."
        ),
    ]
    if "mean" not in value:
        sentences.append("A Pareto tail this heavy has no mean.")
    return " ".join(sentences)


def _quantiles(upper_quantile: Callable[[FloatArray], FloatArray]) -> list[float]:
    tails = 1.0 - np.array(list(_QUANTILES.values()))
    values: list[float] = upper_quantile(tails).tolist()
    return values


def _measured(sample: FloatArray, q: float) -> float:
    return float(sample[nearest_rank(sample.size, q) - 1])


EXPERIMENTS = (
    Experiment(
        name="median_moves",
        title="The median of many calls",
        goal="Without touching the service, bring the page's median past four times the call's.",
        holds=lambda settings, result: result.figure("median").value > 4.0 * settings.median,
    ),
    Experiment(
        name="average_lies",
        title="An average of percentiles that is far off",
        goal="Find two servers whose merged p99 is more than 1.5 times the averaged one.",
        holds=lambda _, result: result.figure("merged_p99").value > 1.5 * result.figure("average_p99").value,
    ),
    Experiment(
        name="just_the_maximum",
        title="A p99.9 that is just the maximum",
        goal="Measure so few requests that their p99.9 is the slowest of them.",
        holds=lambda settings, _: nearest_rank(settings.samples, 0.999) == settings.samples,
    ),
    Experiment(
        name="mean_past_p90",
        title="A mean that few calls reach",
        goal="Shape the service so that nine calls in ten are faster than the mean.",
        holds=lambda _, result: any(
            figure.name == "mean_percentile" and figure.value >= 90.0 for figure in result.figures
        ),
    ),
)

PRESETS = (
    Preset("one_call", "One call", {"calls": 1}),
    Preset("fifty_calls", "Fifty calls", {"calls": 50}),
    Preset("heavy_tail", "A heavier tail", {"sigma": 1}),
    Preset("two_paths", "Two paths", {"family": "two_mode", "calls": 20}),
    Preset(
        "two_servers",
        "Two servers, p99 of 50 and 500 ms",
        {
            "family": "exponential",
            "median": _EXPONENTIAL_P99["fast"],
            "other_median": _EXPONENTIAL_P99["slow"],
        },
    ),
)

PREDICTIONS = (
    PredictionPrompt(
        name="median_of_50_calls",
        question="One call has a median of 15 ms. A page waits for 50 of them. Where does its median lie?",
        figure="median",
        unit="ms",
        minimum=5.0,
        maximum=1_000.0,
        scale="log",
        parameters={"calls": 50},
        along=("histogram", "distribution", "tail", "quantile_dots"),
    ),
    PredictionPrompt(
        name="merged_p99",
        question="Two servers share the traffic equally; one has a p99 of 50 ms, the other of 500 ms. Where does "
        "the p99 of all their requests lie?",
        figure="merged_p99",
        unit="ms",
        minimum=20.0,
        maximum=1_000.0,
        scale="log",
        parameters=PRESETS[-1].parameters,
        along=("merged",),
    ),
    PredictionPrompt(
        name="slowest_of_a_thousand",
        question="A thousand response times are measured of a service with a median of 15 ms and a p99 of 76 ms. How "
        "slow is the slowest of them?",
        figure="sample_maximum",
        unit="ms",
        minimum=20.0,
        maximum=10_000.0,
        scale="log",
        parameters={"samples": 1000, "calls": 1},
        along=("histogram", "distribution", "tail"),
    ),
)

GUESS = GuessPrompt(
    name="p99_of_both",
    question="Two servers share the traffic equally; one has a p99 of 20 ms, the other of 400 ms. Mark where the p99 "
    "of all their requests lies.",
    shape="mark",
    parameters={"family": "exponential", "median": 3.0103, "other_median": 60.206},
    names=(guesses.MARK,),
    minimum=0.1,
    maximum=1e6,
    scale="log",
    unit="ms",
    truth=guesses.mark("merged_p99"),
)

MODEL = Model(
    name="percentiles",
    title="Percentiles",
    summary="What a percentile says, how far a sample can be trusted with it, and how it moves under fan-out.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
