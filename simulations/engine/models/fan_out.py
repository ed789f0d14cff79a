"""Model how posts reach timelines: written into each when posted, gathered when read, or both.

An author's post is pushed to every follower up to a threshold of followers and pulled by readers beyond
it. Followers are alike, or follow a Pareto distribution cut off at the most that anybody has; the mean
of followers then equals the mean of followees, as each follow has two ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simulations.engine import guesses, words
from simulations.engine.followers import Timelines
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.models.fan_out_parameters import DAY, Parameters, service
from simulations.engine.pictures import fan_out as pictures
from simulations.engine.result import Figure, Result

_TIMELINE_BYTES = 800 * 16
_STEPS = 10


def evaluate(settings: Parameters) -> Result:
    """Return operations, cost and delivery at the threshold, and the threshold of least cost.

    Rates are a second; relative error below 1e-6. The wait is an approximation, exact for one worker.
    """
    whole = service(settings)
    figures = _figures(settings, whole)
    return Result(
        figures=figures,
        charts=(
            pictures.cost_chart(whole, settings.threshold),
            pictures.authors_chart(whole, settings.threshold),
            pictures.delivery_chart(whole, settings.threshold, settings.rate),
            pictures.crossover_chart(whole, settings.followers),
        ),
        tables=(pictures.threshold_table(whole, settings.threshold),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
        trace=_trace(settings),
        frames={
            "followers": settings.followers,
            "rate": settings.rate,
            "seconds": settings.followers / settings.rate,
            "dots": pictures.dots(whole),
        },
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating will take, from the parameters alone; there is nothing to run."""
    return Cost(evaluate_ms=5.0, run_seconds=0.0, memory_mb=8.0)


def _figures(settings: Parameters, whole: Timelines) -> tuple[Figure, ...]:
    at = np.array(settings.threshold)
    all_pushed = whole.posts * whole.followers.mean
    all_pulled = whole.reads * whole.followees
    edges = float(whole.followers.edges_above(at))
    figures = [
        Figure("writes", "Timeline writes", float(whole.writes(at)), "1/s", "Writes into followers' timelines."),
        Figure("lookups", "List reads", float(whole.lookups(at)), "1/s", "Reads of pulled authors' lists."),
        Figure("cost", "Cost", float(whole.cost(at)), "writes/s", "Writes, and reads at their price in writes."),
        Figure("edges_above", "Follows beyond", 100.0 * edges, "%", "Share of follows that lead to pulled authors."),
        Figure(
            "authors_above",
            "Authors beyond",
            100.0 * float(whole.followers.authors_above(at)),
            "%",
            "Share of authors that are pulled.",
        ),
        Figure(
            "merged_lists", "Lists merged a read", whole.followees * edges, "", "Pulled authors that a reader follows."
        ),
        Figure("all_pushed", "If all were pushed", all_pushed, "1/s", "Timeline writes without a threshold."),
        Figure("all_pulled", "If all were pulled", all_pulled, "1/s", "List reads without any push."),
        Figure(
            "crossover",
            "Where both do as much",
            all_pulled / whole.posts,
            "followers",
            "If every author had as many followers, pushing would write as often as pulling reads.",
        ),
        Figure(
            "even_price",
            "Price at which both cost the same",
            all_pushed / all_pulled,
            "writes",
            "Dearer list reads favour pushing all, cheaper ones pulling all.",
        ),
        Figure(
            "post_seconds",
            "This author's post",
            settings.followers / settings.rate,
            "s",
            "Until one worker has written it to every follower.",
        ),
        Figure(
            "utilisation",
            "Workers busy",
            100.0 * whole.utilisation(settings.threshold, settings.workers, settings.rate),
            "%",
            "At 100% or more undelivered posts pile up without end.",
        ),
        Figure(
            "storage",
            "Timelines stored",
            whole.posts * DAY / settings.posts_a_day * _TIMELINE_BYTES / 1e9,
            "GB",
            "800 entries of 16 bytes for each author, who reads too.",
        ),
    ]
    if settings.spread == "unlike":
        meaning = "Push up to here for the least cost; the fewest that anybody has means pull all, the most push all."
        figures.insert(3, Figure("best_threshold", "Cheapest threshold", whole.cheapest(), "followers", meaning))
    if whole.utilisation(settings.threshold, settings.workers, settings.rate) < 1.0:
        wait = whole.wait(settings.threshold, settings.workers, settings.rate)
        figures.append(
            Figure("wait", "Wait for a worker", wait, "s", "Mean wait of a pushed post for its first write.")
        )
    return tuple(figures)


def _trace(settings: Parameters) -> tuple[dict[str, object], ...]:
    """Return the delivery of this author's post, a tenth of the followers an event."""
    return tuple(
        {
            "at_s": settings.followers / settings.rate * step / _STEPS,
            "timelines": round(settings.followers * step / _STEPS),
        }
        for step in range(_STEPS + 1)
    )


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    everybody = "who all have as many followers" if settings.spread == "alike" else "of whom a few have most followers"
    sentences = [
        (
            f"With authors {everybody}, pushing up to {words.counted(settings.threshold, 'followers')} makes "
            f"{words.counted(value['writes'], 'writes')} and {words.counted(value['lookups'], 'list reads')} a second."
        ),
        (
            f"{words.percent(value['authors_above'])} of authors lie beyond, and "
            f"{words.percent(value['edges_above'])} of all follows lead to them."
        ),
        f"A post to {words.counted(settings.followers, 'followers')} takes one worker {value['post_seconds']:,.3g} s.",
    ]
    if "wait" in value:
        sentences.append(f"Posts wait {value['wait']:,.3g} s for a worker on average.")
    else:
        sentences.append("The workers cannot keep up: undelivered posts pile up without end.")
    if "best_threshold" in value:
        sentences.append(f"Cost is least when authors up to {value['best_threshold']:,.0f} followers are pushed.")
    return " ".join(sentences)


def _shows(holds: Callable[[Parameters, Callable[[str], float]], bool]) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""

    def value(result: Result, name: str) -> float:
        return next((figure.value for figure in result.figures if figure.name == name), math.nan)

    return lambda settings, result: holds(settings, lambda name: value(result, name))


EXPERIMENTS = (
    Experiment(
        name="one_in_ten_thousand",
        title="A handful owns the edges",
        goal="Set the threshold so that fewer than one author in 10,000 is pulled, who own over a tenth of follows.",
        holds=_shows(
            lambda p, figure: (
                p.spread == "unlike" and 0.0 < figure("authors_above") < 0.01 and figure("edges_above") > 10.0
            )
        ),
    ),
    Experiment(
        name="indifferent",
        title="The price at which it does not matter",
        goal="While each reader fetches, find the price at which pushing all and pulling all cost the same to 2%.",
        holds=_shows(
            lambda p, figure: p.pull == "readers" and abs(p.price / figure("even_price") - 1.0) < 0.02,
        ),
    ),
    Experiment(
        name="a_threshold_between",
        title="A threshold that pays",
        goal="Find costs whose cheapest threshold is neither end, and set the threshold within a tenth of it.",
        holds=_shows(
            lambda p, figure: (
                p.spread == "unlike"
                and abs(p.threshold / figure("best_threshold") - 1.0) < 0.1
                and figure("best_threshold") < 0.5 * p.most
                and figure("edges_above") < 99.0
            )
        ),
    ),
    Experiment(
        name="stuck_behind_a_celebrity",
        title="Stuck behind a celebrity",
        goal="Let posts wait over half a second on average for workers who are busy less than 80% of the time.",
        holds=_shows(lambda _, figure: figure("wait") > 0.5 and figure("utilisation") < 80.0),
    ),
)

_ALIKE: dict[str, object] = {"spread": "alike", "followers": 200, "price": 1}
_SERVERS: dict[str, object] = {"pull": "servers", "threshold": 10_000}

PRESETS = (
    Preset("hybrid", "Push up to 10,000 followers", {}),
    Preset("push_all", "Push all", {"threshold": 50_000_000}),
    Preset("pull_all", "Pull all", {"threshold": 1}),
    Preset("alike", "All authors alike", {**_ALIKE, "followers": 1_000}),
    Preset("peak", "12,000 posts a second", {**_ALIKE, "posts": 12_000}),
    Preset("measured", "75 deliveries a post, as measured in 2012", {**_ALIKE, "followers": 75, "followees": 75}),
    Preset("shared_lists", "Servers share a copy", _SERVERS),
    Preset("thirty_million", "A post to 30 million", {"followers": 30_000_000, "threshold": 50_000_000}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="follows_of_the_few",
        question="About one author in a thousand has more than 10,000 followers. What share of all follows leads to "
        "them?",
        figure="edges_above",
        unit="%",
        minimum=0.05,
        maximum=100.0,
        scale="log",
        parameters={},
    ),
    PredictionPrompt(
        name="crossover",
        question="4,600 posts and 300,000 timeline reads a second, and each reader follows 200. How many followers "
        "would every author need for pushing to write as often as pulling reads?",
        figure="crossover",
        unit="followers",
        minimum=10.0,
        maximum=10_000_000.0,
        scale="log",
        parameters={**_ALIKE, "followers": 1_000},
        along=("crossover",),
    ),
    PredictionPrompt(
        name="cheapest_threshold",
        question="1,000 servers now keep a copy of each pulled author's list and fetch it every 10 s; an author posts "
        "ten times a day. Up to how many followers should posts be pushed?",
        figure="best_threshold",
        unit="followers",
        minimum=100.0,
        maximum=50_000_000.0,
        scale="log",
        parameters=_SERVERS,
        along=("cost",),
    ),
)

_KNOTS = (20.0, 262.0, 3_430.0, 45_000.0, 589_000.0, 7_710_000.0, 1e8)

GUESS = GuessPrompt(
    name="total_cost",
    question="A hundred servers keep a copy of each pulled author's list and fetch it every 10 s. Posts of authors "
    "with up to so many followers are pushed, the rest pulled. Draw what both cost together, for every "
    "place of that line.",
    shape="curve",
    parameters={"pull": "servers", "servers": 100},
    names=("total",),
    minimum=1e4,
    maximum=1e11,
    scale="log",
    unit="writes/s",
    truth=guesses.curves("cost", ("total",), _KNOTS),
    knots=_KNOTS,
)

MODEL = Model(
    name="fan_out",
    title="Push or pull",
    summary="What it costs to write posts into timelines, to gather them when read, and where to draw the line.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
