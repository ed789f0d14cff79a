"""Size a cache: how much of the traffic it answers, by its size, what it throws out, and how requests are spread.

Requests are independent of each other and Zipf distributed over the items; a share of them may be for items that
nobody asks for again, as a crawler's are. The least recently used item is thrown out, and the hit rate is that of
Che, Tung and Wang (2002), "Hierarchical Web Caching Systems": the cache keeps an item for t requests after each one
for it, where t solves sum(1 - exp(-p_i t)) = size, so that h = sum(p_i (1 - exp(-p_i t))). Items thrown out at
random (or first in, first out) are kept with probability p_i t / (1 + p_i t) instead (Fricker and others, 2012).
Items that pass take a place for t requests too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulations.engine import parameters, words
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.popularity import MOST_ITEMS, Cached, Eviction, Popularity, answered, cached, filled, zipf
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_CURVE_POINTS = 24
_EVICTIONS: dict[Eviction, str] = {
    "lru": "The least recently used",
    "random": "Any at random, or the oldest",
    "popular": "Never the most popular (ideal)",
}
_SHORT = {"lru": "least recent", "random": "random"}
_SIZES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Items and how popular they are, the cache before them, and the traffic."""

    items: int = parameters.number(
        10_000,
        minimum=1,
        maximum=MOST_ITEMS,
        step=1,
        unit="",
        label="Items",
        help="Different things that are asked for, of like size.",
        scale="log",
        integer=True,
    )
    size: int = parameters.number(
        1_000,
        minimum=1,
        maximum=MOST_ITEMS,
        step=1,
        unit="items",
        label="Cache",
        help="How many of them the cache holds.",
        scale="log",
        integer=True,
    )
    exponent: float = parameters.number(
        1.0,
        minimum=0,
        maximum=2,
        step=0.05,
        unit="",
        label="Skew",
        help="The exponent of Zipf's law: 0 asks for all items alike, at 1 the second gets half of the first.",
    )
    eviction: str = parameters.choice(
        "lru",
        options=tuple(_EVICTIONS.items()),
        label="Throw out",
        help="Which item makes room when the cache is full.",
    )
    passing: float = parameters.number(
        0.0,
        minimum=0,
        maximum=90,
        step=1,
        unit="%",
        label="Asked for once",
        help="Share of requests for items that nobody asks for again, such as a crawler's.",
    )
    traffic: float = parameters.number(
        10_000.0,
        minimum=1,
        maximum=10_000_000,
        step=1,
        unit="req/s",
        label="Traffic",
        help="Requests that reach the cache.",
        scale="log",
    )

    @property
    def policy(self) -> Eviction:
        """The eviction in the engine's own terms."""
        return next(name for name in _EVICTIONS if name == self.eviction)

    @property
    def passing_share(self) -> float:
        """The share asked for once, of 1."""
        return self.passing / 100.0


def evaluate(settings: Parameters) -> Result:
    """Return the hit rate in per cent and the misses a second, by size, policy and skew.

    The approximation is within a point of the true hit rate for caches of a hundred items or more.
    """
    popularity = zipf(settings.items, settings.exponent)
    here = _answered(settings, popularity, settings.size, settings.policy)
    figures = _figures(settings, popularity, here)
    return Result(
        figures=figures,
        charts=(_size_chart(settings, popularity, here), _skew_chart(settings, here), _popularity_chart(popularity)),
        tables=(_table(settings, popularity),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes at most; there is nothing to run."""
    return Cost(8.0, 0.0, 4.0)


def _answered(settings: Parameters, popularity: Popularity, size: float, eviction: Eviction) -> Cached:
    return cached(popularity, size, eviction, settings.passing_share)


def _figures(settings: Parameters, popularity: Popularity, here: Cached) -> tuple[Figure, ...]:
    ideal = _answered(settings, popularity, settings.size, "popular").hit_rate
    undisturbed = cached(popularity, settings.size, settings.policy).hit_rate
    figures = [
        Figure("hit_rate", "Hit rate", 100.0 * here.hit_rate, "%", "Of all requests, those that the cache answers."),
        Figure("misses", "Misses", settings.traffic * (1.0 - here.hit_rate), "req/s", "What reaches the database."),
        Figure(
            "share",
            "Share of items kept",
            100.0 * min(settings.size / settings.items, 1.0),
            "%",
            "The cache's size over the number of items.",
        ),
        Figure("ideal", "At best", 100.0 * ideal, "%", "Hit rate of a cache that always keeps the most popular."),
        Figure(
            "undisturbed",
            "Without passers-by",
            100.0 * undisturbed,
            "%",
            "Hit rate if every request were for an item that is asked for again.",
        ),
        Figure(
            "most_popular",
            "The most popular item",
            100.0 * float(popularity.each[0]),
            "%",
            "Its share of the requests for items that are asked for again.",
        ),
        Figure(
            "tenth",
            "The top tenth",
            100.0 * popularity.top_share(0.1 * settings.items),
            "%",
            "Share of those requests that is for the most popular tenth of the items.",
        ),
    ]
    if np.isfinite(here.lifetime):
        seconds = here.lifetime / settings.traffic
        figures.append(Figure("lifetime", "Kept for", seconds, "s", "After the last request for an item, on average."))
    return tuple(figures)


def _size_chart(settings: Parameters, popularity: Popularity, here: Cached) -> Chart:
    sizes = np.geomspace(max(1e-4 * settings.items, 1.0), max(settings.items, 2), _CURVE_POINTS)
    ideal = tuple(100.0 * _answered(settings, popularity, size, "popular").hit_rate for size in sizes.tolist())
    return Chart(
        name="by_size",
        title="A larger cache",
        x=Axis("share of items kept", "%", "log"),
        y=Axis("hit rate", "%", "linear"),
        series=(
            _curve(settings, popularity, "lru"),
            _curve(settings, popularity, "random"),
            Series("popular", "ideal", tuple((100.0 * sizes / settings.items).tolist()), ideal),
            Series(
                "here",
                "this setting",
                (100.0 * min(settings.size / settings.items, 1.0),),
                (100.0 * here.hit_rate,),
                "dots",
            ),
        ),
        caption="Each step to the right is a cache so many times larger; the first places are worth most.",
    )


def _curve(settings: Parameters, popularity: Popularity, eviction: Eviction) -> Series:
    """Return size and hit rate over a range of lifetimes, which needs no equation to be solved."""
    passing = settings.passing_share
    lifetimes = np.geomspace(1.0, 1e3 * settings.items, 2 * _CURVE_POINTS)
    sizes = np.array([filled(popularity, each, eviction, passing) for each in lifetimes.tolist()])
    shown = (sizes >= max(0.5, 1e-4 * settings.items)) & (sizes <= settings.items)
    rates = [answered(popularity, each, eviction, passing) for each in lifetimes[shown].tolist()]
    return Series(
        name=eviction,
        label=_SHORT[eviction],
        x=tuple((100.0 * sizes[shown] / settings.items).tolist()),
        y=tuple(100.0 * rate for rate in rates),
    )


def _skew_chart(settings: Parameters, here: Cached) -> Chart:
    exponents = np.linspace(0.0, 2.0, 11).tolist()
    return Chart(
        name="by_skew",
        title="More or less alike",
        x=Axis("skew", "", "linear"),
        y=Axis("hit rate", "%", "linear"),
        series=(
            Series(
                "hit_rate",
                "this cache",
                tuple(exponents),
                tuple(
                    100.0 * _answered(settings, zipf(settings.items, each), settings.size, settings.policy).hit_rate
                    for each in exponents
                ),
            ),
            Series("here", "this setting", (settings.exponent,), (100.0 * here.hit_rate,), "dots"),
        ),
        caption="The hit rate is as much a property of who is asking as of the cache.",
    )


def _popularity_chart(popularity: Popularity) -> Chart:
    reached = np.cumsum(popularity.counts)
    chosen = np.unique(np.searchsorted(reached, np.geomspace(1.0, reached[-1], 60)).clip(max=reached.size - 1))
    shares = np.minimum(np.cumsum(popularity.counts * popularity.each), 1.0)
    return Chart(
        name="popularity",
        title="Who is asked for",
        x=Axis("most popular items", "", "log"),
        y=Axis("of the requests", "%", "linear"),
        series=(Series("share", "share", tuple(reached[chosen].tolist()), tuple((100.0 * shares[chosen]).tolist())),),
        caption="Share of the requests that goes to so many of the most popular items.",
    )


def _table(settings: Parameters, popularity: Popularity) -> Table:
    sizes = sorted({max(1, round(share * settings.items)) for share in _SIZES} | {settings.size})
    return Table(
        name="sizes",
        caption="Hit rate and misses by the cache's size.",
        columns=("items kept", "hit rate, %", "at best, %", "misses, req/s"),
        rows=tuple(
            (
                size,
                100.0 * (rate := _answered(settings, popularity, size, settings.policy).hit_rate),
                100.0 * _answered(settings, popularity, size, "popular").hit_rate,
                settings.traffic * (1.0 - rate),
            )
            for size in sizes
        ),
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    kept = f" An item stays {value['lifetime']:,.3g} s after it was last asked for." if "lifetime" in value else ""
    passing = (
        f" Without the {words.percent(settings.passing)} asked for once it would be "
        f"{words.percent(value['undisturbed'])}."
        if settings.passing
        else ""
    )
    return (
        f"A cache for {settings.size:,} of {words.counted(settings.items, 'items')} answers "
        f"{words.percent(value['hit_rate'])} of the "
        f"requests; {value['misses']:,.0f} a second reach the database. The most popular tenth of the items gets "
        f"{words.percent(value['tenth'])}, the first alone {words.percent(value['most_popular'])}.{kept}{passing}"
    )


EXPERIMENTS = (
    Experiment(
        name="small_and_enough",
        title="A hundredth is enough",
        goal="Answer 80% of the requests with a cache for at most 1% of a thousand items or more.",
        holds=lambda p, result: (
            p.items >= 1_000 and p.size <= 0.01 * p.items and result.figure("hit_rate").value >= 80.0
        ),
    ),
    Experiment(
        name="no_favourites",
        title="Nobody's favourite",
        goal="Have the cache answer no larger share of the requests than the share of the items it holds, and a half.",
        holds=lambda p, result: (
            p.size < p.items
            and p.passing == 0.0
            and result.figure("hit_rate").value <= 1.5 * result.figure("share").value
        ),
    ),
    Experiment(
        name="crawler",
        title="A crawler comes by",
        goal="Let requests for things asked for once push out so much that other requests lose 5 points of hit rate.",
        holds=lambda p, result: (
            p.passing > 0.0
            and p.eviction != "popular"
            and result.figure("undisturbed").value - result.figure("hit_rate").value / (1.0 - p.passing_share) >= 5.0
        ),
    ),
)

PRESETS = (
    Preset("shop", "A shop's ten thousand products", {}),
    Preset("twice", "Twice the cache", {"size": 2_000}),
    Preset("ten_times", "Ten times the items", {"items": 100_000}),
    Preset("alike", "All items alike", {"exponent": 0}),
    Preset("steep", "A few favourites", {"exponent": 1.5}),
    Preset("crawler", "A crawler makes half of the requests", {"passing": 50}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="a_tenth_of_items",
        question="Of 10,000 products the second is asked for half as often as the first, the third a third as often, "
        "and so on. A cache keeps 1,000 of them and drops the least recently used. What is its hit rate?",
        figure="hit_rate",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        scale="linear",
        parameters={},
    ),
    PredictionPrompt(
        name="twice_the_cache",
        question="A cache that keeps 1,000 of 10,000 products, each asked for by Zipf's law, answers 68% of the "
        "requests. It is made twice as large. What is its hit rate then?",
        figure="hit_rate",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        scale="linear",
        parameters={"size": 2_000},
    ),
)

MODEL = Model(
    name="cache_size",
    title="How large a cache",
    summary="What a cache answers by its size, when a few things are asked for often and most of them seldom.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
