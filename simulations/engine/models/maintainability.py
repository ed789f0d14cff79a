"""Model what shortcuts cost: features that make the next one dearer, beside features made with care.

The indebted team's features become dearer one by one, the clean team's cost a constant overhead. That
debt compounds is an assumption, not a law; the other choice adds a fixed amount a feature.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulations.engine import guesses, parameters
from simulations.engine.debt import Debt, growth_after_repayment
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.pictures import maintainability as pictures
from simulations.engine.result import Figure, Result

_SPRINT = 20


@dataclass(frozen=True, slots=True)
class Parameters:
    """Debt and care, how many features, what repayment does, and copies of code."""

    debt: float = parameters.number(
        10.0,
        minimum=0,
        maximum=30,
        step=0.5,
        unit="%",
        label="Debt of a feature",
        help="By how much each feature built in haste makes the next one dearer.",
    )
    overhead: float = parameters.number(
        30.0,
        minimum=0,
        maximum=100,
        step=1,
        unit="%",
        label="Overhead of care",
        help="How much more a clean feature costs than a first hasty one.",
    )
    features: int = parameters.number(
        40,
        minimum=1,
        maximum=200,
        step=1,
        unit="features",
        label="Features built",
        help="How many features either team builds.",
        integer=True,
    )
    law: str = parameters.choice(
        "compounding",
        options=(("compounding", "Compounding"), ("linear", "Linear")),
        label="Debt grows",
        help="An assumption: by a share of the cost before, or by a fixed amount a feature.",
    )
    repaid: float = parameters.number(
        0.0,
        minimum=0,
        maximum=50,
        step=5,
        unit="%",
        label="Effort spent on repayment",
        help="Share of the indebted team's effort that pays debt back and builds nothing.",
    )
    effect: float = parameters.number(
        0.4,
        minimum=0,
        maximum=1,
        step=0.05,
        unit="",
        label="What repayment does",
        help="Percentage points of debt that each point of repayment takes off: an assumption.",
    )
    capacity: float = parameters.number(
        5.0,
        minimum=1,
        maximum=50,
        step=1,
        unit="first features",
        label="Effort a sprint",
        help="What a team can do in a sprint, measured in first hasty features.",
    )
    saved_hours: float = parameters.number(
        80.0,
        minimum=1,
        maximum=1_000,
        step=1,
        unit="h",
        label="A copy saves",
        help="Hours saved once by copying code and not sharing it.",
        scale="log",
    )
    extra_hours: float = parameters.number(
        16.0,
        minimum=0.5,
        maximum=200,
        step=0.5,
        unit="h",
        label="A change then costs",
        help="Extra hours that every later change costs because there are two places.",
        scale="log",
    )


def debt_of(settings: Parameters) -> Debt:
    """Return the indebted team's debt after repayment."""
    repaid = settings.repaid / 100.0
    left = growth_after_repayment(settings.debt / 100.0, repaid, settings.effect)
    return Debt(left, repaid, compounding=settings.law == "compounding")


def clean_feature(settings: Parameters) -> float:
    """Return what a clean feature costs, in first hasty ones."""
    return 1.0 + settings.overhead / 100.0


def evaluate(settings: Parameters) -> Result:
    """Return what features cost both teams, when care has paid for itself, and what gets done.

    Costs are multiples of a first feature built in haste. Relative error below 1e-9.
    """
    debt, clean = debt_of(settings), clean_feature(settings)
    figures = _figures(settings, debt, clean)
    return Result(
        figures=figures,
        charts=(
            pictures.cumulative_chart(debt, clean, settings.features),
            pictures.feature_chart(debt, clean, settings.features),
            pictures.sprint_chart(debt, clean, settings.capacity),
            pictures.break_even_chart(debt, settings.debt / 100.0, settings.effect, clean),
        ),
        tables=(pictures.debt_table(debt, clean),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
        frames={"capacity": settings.capacity, "sprints": pictures.sprints(debt, clean, settings.capacity)},
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating will take, from the parameters alone; there is nothing to run."""
    return Cost(evaluate_ms=5.0, run_seconds=0.0, memory_mb=8.0)


def _figures(settings: Parameters, debt: Debt, clean: float) -> tuple[Figure, ...]:
    count = float(settings.features)
    indebted = float(debt.cumulative(np.array(count)))
    following = float(debt.feature(np.array(count + 1.0)))
    twenty = settings.capacity * _SPRINT
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
    return tuple(figure for figure in candidates if figure is not None)


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    features = "One feature costs" if settings.features == 1 else f"{settings.features} features cost"
    sentences = [
        (
            f"{features} {value['indebted']:,.4g} with debt and {value['clean']:,.4g} clean, in first features; "
            f"the next costs {value['following']:,.3g} with debt."
        )
    ]
    if "break_even" in value:
        sentences.append(f"Care has paid for itself after {value['break_even']:,.3g} features; before, haste is ahead.")
    elif value["ratio"] < 1.0:
        sentences.append("Haste stays ahead for as long as anybody would count.")
    elif value["ratio"] == 1.0:
        sentences.append("Both cost the same.")
    else:
        sentences.append("Care is ahead from the first feature on.")
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
                and p.repaid > 0.0
                and figure("growth") == 0.0
                and p.debt > p.effect * (p.repaid - 5.0)
            )
        ),
    ),
    Experiment(
        name="only_an_assumption",
        title="It was the assumption",
        goal="With a debt of 10% and 40 features or more, have debt cost less than three times what care does.",
        holds=_shows(
            lambda p, figure: p.debt == 10.0 and p.features >= 40 and p.repaid == 0.0 and figure("ratio") < 3.0
        ),
    ),
    Experiment(
        name="long_way",
        title="A small debt, a long way",
        goal="At an overhead of 30%, take on a debt that care repays only after more than 25 features.",
        holds=_shows(lambda p, figure: p.overhead == 30.0 and p.debt > 0.0 and figure("break_even") > 25.0),
    ),
)

PRESETS = (
    Preset("tenth", "A tenth a feature", {}),
    Preset("twenty_features", "Twenty features", {"features": 20}),
    Preset("small_debt", "Two per cent", {"debt": 2}),
    Preset("large_debt", "Twenty per cent", {"debt": 20}),
    Preset("linear", "Linear debt", {"law": "linear", "features": 20}),
    Preset("repay_a_quarter", "Repay a quarter of the time", {"repaid": 25}),
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
