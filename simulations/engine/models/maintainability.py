"""Model what shortcuts cost: features that make the next one dearer, beside features made with care.

The indebted team's features become dearer one by one, the clean team's cost a constant overhead. That
debt compounds is an assumption, not a law; the other choice adds a fixed amount a feature.

A share of the indebted team's effort may repay debt: the same in every sprint, or tokens placed sprint by sprint, a
fifth of its effort each. What counts under such a plan is the share of all effort so far that was repaid; what is
repaid beyond the debt there is at the time is lost. After its twenty sprints a plan goes on at its average.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simulations.engine import guesses, words
from simulations.engine.debt import Debt, growth_after_repayment
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.models.maintainability_parameters import SPRINTS, TOKENS, Parameters
from simulations.engine.pictures import maintainability as pictures
from simulations.engine.pictures.maintainability import Team
from simulations.engine.repayment import follow
from simulations.engine.result import Figure, Result

_AS_IT_ARISES = (1, 1, 1, 2)


def debt_of(settings: Parameters) -> Debt:
    """Return the indebted team's debt after repayment, that of a plan spread evenly over its sprints."""
    left = growth_after_repayment(settings.debt / 100.0, settings.share, settings.effect)
    return Debt(left, settings.share, compounding=settings.law == "compounding")


def team_of(settings: Parameters, *, compounding: bool) -> Team:
    """Return the indebted team as it repays, every sprint alike or by its plan, under a law of debt."""
    if settings.plan is None:
        even = debt_of(settings)
        return Debt(even.growth, even.repaid, compounding)
    growth, capacity = settings.debt / 100.0, settings.capacity
    return follow(growth, settings.effect, settings.plan, of=TOKENS, capacity=capacity, compounding=compounding)


def clean_feature(settings: Parameters) -> float:
    """Return what a clean feature costs, in first hasty ones."""
    return 1.0 + settings.overhead / 100.0


def evaluate(settings: Parameters) -> Result:
    """Return what features cost both teams, when care has paid for itself, and what gets done.

    Costs are multiples of a first feature built in haste. Relative error below 1e-9.
    """
    compounds, clean = settings.law == "compounding", clean_feature(settings)
    team, other = (team_of(settings, compounding=law) for law in (compounds, not compounds))
    even = None if settings.plan is None else debt_of(settings)
    figures = _figures(settings, team, clean)
    return Result(
        figures=figures,
        charts=(
            pictures.cumulative_chart(team, clean, settings.features, even),
            pictures.feature_chart(team, other, clean, settings.features),
            pictures.sprint_chart(team, clean, settings.capacity, even),
            pictures.break_even_chart(team, debt_of(settings), settings.debt / 100.0, settings.effect, clean),
        ),
        tables=(pictures.debt_table(clean, compounding=compounds),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
        frames={
            "capacity": settings.capacity,
            "sprints": pictures.sprints(team, clean, settings.capacity, even),
            **_placed(settings, team),
        },
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating will take, from the parameters alone; there is nothing to run."""
    return Cost(evaluate_ms=5.0, run_seconds=0.0, memory_mb=8.0)


def _figures(settings: Parameters, debt: Team, clean: float) -> tuple[Figure, ...]:
    count = float(settings.features)
    indebted = float(debt.cumulative(np.array(count)))
    following = float(debt.feature(np.array(count + 1.0)))
    twenty = settings.capacity * SPRINTS
    even, doubling = debt.break_even(clean), debt.doubling
    candidates = [
        None
        if even is None
        else Figure(
            "break_even", "Care has paid after", even, "features", "From here on the clean team has spent less in all."
        ),
        Figure("indebted", "With debt, in all", indebted, "first features", "Effort for all features built in haste."),
        Figure("clean", "Clean, in all", clean * count, "first features", "Effort for as many clean features."),
        Figure("following", "The next one costs", following, "first features", "One more feature with this debt."),
        Figure(
            "ratio", "Debt against care", indebted / (clean * count), "times", "Below 1 the shortcut is still ahead."
        ),
        None
        if doubling is None
        else Figure("doubling", "Cost doubles after", doubling, "features", "Until one feature costs twice the first."),
        Figure(
            "velocity",
            "Features a sprint",
            settings.capacity / following,
            "features",
            "What the indebted team now gets done in a sprint.",
        ),
        Figure(
            "clean_velocity",
            "Features a sprint, clean",
            settings.capacity / clean,
            "features",
            "What the clean team gets done in every sprint.",
        ),
        Figure(
            "done",
            "Done in 20 sprints",
            float(debt.features_for(np.array(twenty))),
            "features",
            "What the indebted team has built by then.",
        ),
        Figure("clean_done", "Done in 20, clean", twenty / clean, "features", "What the clean team has built by then."),
        Figure("growth", "Debt left", 100.0 * debt.growth, "%", "How much dearer each feature makes the next."),
        Figure(
            "copy_changes",
            "A copy has paid until change",
            settings.saved_hours / settings.extra_hours,
            "changes",
            "After so many changes a copy has cost the hours that it saved.",
        ),
    ]
    return tuple(figure for figure in (*candidates, *_plan_figures(settings, debt, twenty)) if figure is not None)


def _placed(settings: Parameters, team: Team) -> dict[str, object]:
    """Return a plan's tokens sprint by sprint and those of them that are lost, for a scene."""
    if settings.plan is None or isinstance(team, Debt):
        return {}
    rows = enumerate(zip(settings.plan, team.lost, strict=True), 1)
    return {"plan": [{"sprint": number, "tokens": tokens, "lost": lost} for number, (tokens, lost) in rows]}


def _plan_figures(settings: Parameters, team: Team, effort: float) -> tuple[Figure, ...]:
    """Return what only a plan has: its tokens, and what other teams build by its end."""
    if settings.plan is None or isinstance(team, Debt):
        return ()
    spent = np.array(effort)
    unpaid = Debt(settings.debt / 100.0, 0.0, settings.law == "compounding")
    return (
        Figure("tokens", "Tokens that repay", float(sum(settings.plan)), "tokens", "Of a hundred in twenty sprints."),
        Figure("lost", "Of them lost", sum(team.lost), "tokens", "They repaid when nothing more was owed."),
        Figure(
            "even_done",
            "Done in 20, spread evenly",
            float(debt_of(settings).features_for(spent)),
            "features",
            "What as many tokens build by then if every sprint repays alike.",
        ),
        Figure(
            "unpaid_done",
            "Done in 20, never repaid",
            float(unpaid.features_for(spent)),
            "features",
            "What the indebted team builds by then if it repays nothing.",
        ),
    )


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    features = "One feature costs" if settings.features == 1 else f"{settings.features} features cost"
    sentences = [
        (
            f"{features} {value['indebted']:,.4g} with debt and {value['clean']:,.4g} clean, in first features; "
            f"the next costs {value['following']:,.3g} with debt."
        )
    ]
    if "break_even" in value:
        sentences.append(
            f"Care has paid for itself after {words.counted(value['break_even'], 'features', form=',.3g')}; "
            f"before, haste is ahead."
        )
    elif value["ratio"] < 1.0:
        sentences.append("Haste stays ahead for as long as anybody would count.")
    elif value["ratio"] == 1.0:
        sentences.append("Both cost the same.")
    else:
        sentences.append("Care is ahead from the first feature on.")
    if settings.plan is not None:
        sentences.append(
            f"In {SPRINTS} sprints {words.counted(value['tokens'], 'tokens repay', 'token repays')} debt, "
            f"{value['lost']:.3g} of them lost, and "
            f"{words.counted(value['done'], 'features are', 'feature is', form='.3g')} done; spread evenly "
            f"{value['even_done']:.3g} would be, and "
            f"{value['unpaid_done']:.3g} without repayment. After that the plan goes on at its average."
        )
    sentences.append(f"That debt is {settings.law} is an assumption.")
    return " ".join(sentences)


def _shows(holds: Callable[[Parameters, Callable[[str], float]], bool]) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""

    def value(result: Result, name: str) -> float:
        return next((figure.value for figure in result.figures if figure.name == name), math.nan)

    return lambda settings, result: holds(settings, lambda name: value(result, name))


EXPERIMENTS = (
    Experiment(
        name="haste_wins",
        title="Where haste is right",
        goal="With a debt of 10% or more, build several features and still spend less than the clean team.",
        holds=_shows(lambda p, figure: p.debt >= 10.0 and p.features >= 3 and figure("ratio") < 1.0),
    ),
    Experiment(
        name="debt_stands_still",
        title="Debt that stands still",
        goal="With a debt of 10% or more, repay just enough that features no longer become dearer, and no more than 5 "
        "points beyond.",
        holds=_shows(
            lambda p, figure: (
                p.debt >= 10.0
                and p.effect <= 0.4
                and p.share > 0.0
                and figure("growth") == 0.0
                and p.debt > p.effect * (100.0 * p.share - 5.0)
            )
        ),
    ),
    Experiment(
        name="only_an_assumption",
        title="It was the assumption",
        goal="With a debt of 10% and 40 features or more, have debt cost less than three times what care does.",
        holds=_shows(
            lambda p, figure: p.debt == 10.0 and p.features >= 40 and p.share == 0.0 and figure("ratio") < 3.0
        ),
    ),
    Experiment(
        name="long_way",
        title="A small debt, a long way",
        goal="At an overhead of 30%, take on a debt that care repays only after more than 25 features.",
        holds=_shows(
            lambda p, figure: p.overhead == 30.0 and p.debt > 0.0 and p.plan is None and figure("break_even") > 25.0
        ),
    ),
    Experiment(
        name="when_not_how_much",
        title="When, not how much",
        goal="With a debt of 10% or more, repay sprint by sprint and build at least 12 features more in 20 sprints "
        "than as many tokens build spread evenly.",
        holds=_shows(
            lambda p, figure: (
                p.debt >= 10.0
                and p.effect <= 0.4
                and p.capacity <= 5.0
                and p.plan is not None
                and figure("done") >= figure("even_done") + 12.0
            )
        ),
    ),
    Experiment(
        name="too_late",
        title="Repaid too late",
        goal="With a debt of 10% or more, repay with 5 to 20 tokens and still build less in 20 sprints than without "
        "repaying at all.",
        holds=_shows(
            lambda p, figure: (
                p.debt >= 10.0
                and p.effect >= 0.4
                and p.plan is not None
                and 5.0 <= figure("tokens") <= 20.0
                and figure("done") < figure("unpaid_done")
            )
        ),
    ),
)


def _plan(first: int, *tokens: int) -> dict[str, object]:
    """Return a plan that places tokens from a first sprint on."""
    return {"repayment": "plan", **{f"sprint_{sprint}": placed for sprint, placed in enumerate(tokens, first)}}


PRESETS = (
    Preset("tenth", "A tenth a feature", {}),
    Preset("twenty_features", "Twenty features", {"features": 20}),
    Preset("small_debt", "Two per cent", {"debt": 2}),
    Preset("large_debt", "Twenty per cent", {"debt": 20}),
    Preset("linear", "Linear debt", {"law": "linear", "features": 20}),
    Preset("repay_a_quarter", "Repay a quarter of the time", {"repaid": 25}),
    Preset("repay_early", "Ten tokens early", _plan(1, *_AS_IT_ARISES, *_AS_IT_ARISES)),
    Preset("repay_late", "Ten tokens late", _plan(13, *_AS_IT_ARISES, *_AS_IT_ARISES)),
    Preset("clean_up", "One clean-up sprint", _plan(10, TOKENS)),
    Preset("prototype", "A prototype of five features", {"features": 5}),
    Preset("copy", "A copy that changes dearly", {"saved_hours": 80, "extra_hours": 40}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="break_even",
        question="Each feature built in haste makes the next 10% dearer; care costs 30% more on every feature. After "
        "how many features has care paid for itself?",
        figure="break_even",
        unit="features",
        minimum=1.0,
        maximum=200.0,
        scale="log",
        parameters={},
        along=("cumulative",),
    ),
    PredictionPrompt(
        name="twenty_features",
        question="The first hasty feature costs 1, and each makes the next 10% dearer. What do 20 of them cost "
        "together?",
        figure="indebted",
        unit="first features",
        minimum=10.0,
        maximum=1_000.0,
        scale="log",
        parameters={"features": 20},
    ),
    PredictionPrompt(
        name="done_in_twenty_sprints",
        question="A team can do five first features a sprint. With a debt of 10% a feature, how many features has it "
        "built after 20 sprints?",
        figure="done",
        unit="features",
        minimum=1.0,
        maximum=200.0,
        scale="log",
        parameters={"features": 20},
    ),
)

GUESS = GuessPrompt(
    name="care_has_paid",
    question="Each feature built in haste makes the next 5% dearer; care costs 30% more on every feature. Mark "
    "after how many features both teams have spent the same.",
    shape="mark",
    parameters={"debt": 5},
    names=(guesses.MARK,),
    minimum=1.0,
    maximum=200.0,
    scale="log",
    unit="features",
    truth=guesses.mark("break_even"),
)

MODEL = Model(
    name="maintainability",
    title="Cost of shortcuts",
    summary="What haste saves at first and costs later, and when care has paid for itself.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
