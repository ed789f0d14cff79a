"""Place operations between consistency and availability, and price a wrong answer against a refused one.

Answering regardless costs an operation P(conflict) x cost of a conflict, refusing it P(refused) x margin x share
who leave; the cheaper wins. The places of the cards are our judgement; see `trade_off_cards`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from simulations.engine import words
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.models.trade_off_cards import CARDS, Card
from simulations.engine.models.trade_offs import PROBABILITIES, Parameters
from simulations.engine.parameters import parse
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table
from simulations.engine.sampling import generator_for

DRAWN = 12
"""How many cards are drawn of the deck."""

TOLERANCE = 0.15
"""A place counts as ours if it is no further from it."""

_CURVE_POINTS = 60
_MILLION = 1e6
_CART = {"conflict_probability": 1e-4, "conflict_cost": 0.5, "refusal_probability": 5e-4, "margin": 40, "impact": 1}
_SEAT = {"conflict_probability": 1e-3, "conflict_cost": 600, "refusal_probability": 5e-4, "margin": 80, "impact": 0.5}


def evaluate(settings: Parameters) -> Result:
    """Return both costs for a million operations, and the places of the cards drawn beside ours if compared."""
    cards = drawn(settings.seed)
    figures = (*_price_figures(settings), *(_place_figures(settings, cards) if settings.compare else ()))
    return Result(
        figures=figures,
        charts=(_plane(settings), _line_chart(settings, cards), _flip_chart(settings)),
        tables=(_table(settings, cards),),
        narrative=_narrative(settings, cards),
        frames={
            "reach": _reach(settings),
            "cards": [_frame(settings, card) for card in cards],
        },
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating takes; it is the same for all settings and there is nothing to run."""
    return Cost(3.0, 0.0, 4.0)


def drawn(seed: int) -> tuple[Card, ...]:
    """Return the twelve cards of a draw, in the order in which they are drawn."""
    order = generator_for(seed, 0, 1).permutation(len(CARDS))[:DRAWN]
    return tuple(CARDS[place] for place in order.tolist())


def placed(settings: Parameters, card: Card) -> float:
    """Return where a card was placed."""
    place: float = getattr(settings, f"place_{card.name}")
    return place


def _frame(settings: Parameters, card: Card) -> dict[str, object]:
    """Return what a scene draws of a card; our place for it and the reasons only if compared."""
    place = placed(settings, card)
    frame: dict[str, object] = {"name": card.name, "operation": card.operation, "placed": place}
    if settings.compare:
        reasons = {"worst": card.worst, "pays": card.pays, "recovery": card.recovery}
        alike = _is_ours(abs(place - card.place))
        frame |= {"place": card.place, "completeness": card.completeness, "alike": alike, **reasons}
    return frame


def _reach(settings: Parameters) -> dict[str, list[float]]:
    """Return what a million operations cost with the fewest and the most conflicts, and refusals, that can be set."""
    conflicts = (dataclasses.replace(settings, conflict_probability=share) for share in PROBABILITIES)
    refusals = (dataclasses.replace(settings, refusal_probability=share) for share in PROBABILITIES)
    return {
        "answering": [_MILLION * each.answering for each in conflicts],
        "refusing": [_MILLION * each.refusing for each in refusals],
    }


def _misses(settings: Parameters, cards: tuple[Card, ...]) -> list[float]:
    return [abs(placed(settings, card) - card.place) for card in cards]


def _is_ours(miss: float) -> bool:
    return miss <= TOLERANCE + 1e-9


def _price_figures(settings: Parameters) -> tuple[Figure, ...]:
    answering, refusing = settings.answering, settings.refusing
    cheaper = "answering" if settings.prefers_answering else "refusing"
    advantage = max(answering, refusing) / min(answering, refusing)
    return (
        Figure("answering", "Answering costs", _MILLION * answering, "$", "Conflicts, for a million operations."),
        Figure("refusing", "Refusing costs", _MILLION * refusing, "$", "Refused customers, for a million operations."),
        Figure("advantage", "Cheaper by", advantage, "", f"How many times the dearer costs; {cheaper} is the cheaper."),
        Figure(
            "break_even", "Even at", 100.0 * settings.break_even, "%", "Share of conflicts at which both cost alike."
        ),
        Figure(
            "answer",
            "Answer",
            float(settings.prefers_answering),
            words.YES_NO,
            "Whether answering regardless is cheaper.",
        ),
        Figure("decided", "Decided", float(_decided(settings)), words.YES_NO, "Whether no bar crosses the diagonal."),
    )


def _decided(settings: Parameters) -> bool:
    """Return whether the cheaper side stays so when either cost is so many times off, the other as given."""
    low, high = sorted((settings.answering, settings.refusing))
    return low * settings.within < high


def _place_figures(settings: Parameters, cards: tuple[Card, ...]) -> tuple[Figure, ...]:
    misses = _misses(settings, cards)
    return (
        Figure("mean_miss", "Off on average", sum(misses) / DRAWN, "", "Mean distance of your places from ours."),
        Figure(
            "ours", "Placed alike", float(sum(map(_is_ours, misses))), "", f"Of twelve, within {TOLERANCE} of ours."
        ),
    )


def _plane(settings: Parameters) -> Chart:
    x, y, off = _MILLION * settings.refusing, _MILLION * settings.answering, settings.within
    examples = [parse(Parameters, example) for example in (_CART, _SEAT)]
    low = min(x, y, *(_MILLION * min(each.answering, each.refusing) for each in examples)) / off
    high = max(x, y, *(_MILLION * max(each.answering, each.refusing) for each in examples)) * off
    return Chart(
        name="plane",
        title="Wrong answers against refused ones",
        x=Axis("refusing costs a million operations", "$", "log"),
        y=Axis("answering costs a million operations", "$", "log"),
        series=(
            Series("even", "both alike", (low, high), (low, high)),
            Series("refusing_error", "error in refusing", (x / off, x * off), (y, y)),
            Series("answering_error", "error in answering", (x, x), (y / off, y * off)),
            Series(
                "examples",
                "a cart, a seat",
                tuple(_MILLION * each.refusing for each in examples),
                tuple(_MILLION * each.answering for each in examples),
                "dots",
            ),
            Series("here", "this setting", (x,), (y,), "dots"),
        ),
        caption="Both axes logarithmic. Below the diagonal answer, above it refuse; a bar that crosses it means that "
        "the numbers do not decide.",
    )


def _line_chart(settings: Parameters, cards: tuple[Card, ...]) -> Chart:
    y = tuple(card.completeness for card in cards)
    ours = (Series("ours", "ours", tuple(card.place for card in cards), y, "dots"),) if settings.compare else ()
    shown = y if settings.compare else (0.5,) * DRAWN
    return Chart(
        name="cards",
        title="Twelve operations",
        x=Axis("0 consistency first, 1 availability first", "", "linear"),
        y=Axis("0 in time, 1 complete", "", "linear"),
        series=(
            Series("line", "the line", (0.0, 1.0), (0.5, 0.5)),
            Series("yours", "yours", tuple(placed(settings, card) for card in cards), shown, "dots"),
            *ours,
        ),
        caption="An operation is a dot, a product is not: its features lie apart. Our places are a judgement.",
    )


def _flip_chart(settings: Parameters) -> Chart:
    probabilities = np.geomspace(1e-7, 1.0, _CURVE_POINTS)
    x = tuple((100.0 * probabilities).tolist())
    refusing = _MILLION * settings.refusing
    return Chart(
        name="conflicts",
        title="How many conflicts turn it",
        x=Axis("operations that conflict", "%", "log"),
        y=Axis("cost of a million operations", "$", "log"),
        series=(
            Series("answering", "answering", x, tuple((_MILLION * settings.conflict_cost * probabilities).tolist())),
            Series("refusing", "refusing", x, (refusing,) * _CURVE_POINTS),
            Series(
                "here",
                "this setting",
                (100.0 * settings.conflict_probability,),
                (_MILLION * settings.answering,),
                "dots",
            ),
        ),
        caption="Where the lines cross both cost the same; right of it refuse.",
    )


def _table(settings: Parameters, cards: tuple[Card, ...]) -> Table:
    if not settings.compare:
        return Table(
            name="cards",
            caption="The cards drawn. Ours show once you compare.",
            columns=("operation", "yours"),
            rows=tuple((card.operation, placed(settings, card)) for card in cards),
        )
    return Table(
        name="cards",
        caption="Your places beside ours, which are a judgement.",
        columns=("operation", "yours", "ours", "apart", "at worst", "who pays", "put right by", "basis"),
        rows=tuple(
            (
                card.operation,
                placed(settings, card),
                card.place,
                round(miss, 9),
                card.worst,
                card.pays,
                card.recovery,
                card.basis,
            )
            for card, miss in zip(cards, _misses(settings, cards), strict=True)
        ),
    )


def _narrative(settings: Parameters, cards: tuple[Card, ...]) -> str:
    answering, refusing = _MILLION * settings.answering, _MILLION * settings.refusing
    cheaper = "answer regardless" if settings.prefers_answering else "refuse"
    doubt = f"if one of them is {settings.within:g} times off" if settings.within > 1.0 else "if both are as given"
    sentences = [
        (
            f"A million operations cost ${answering:,.2f} in conflicts if all are answered and ${refusing:,.2f} in "
            f"lost customers if some are refused, so {cheaper}."
        ),
        f"That {'stands' if _decided(settings) else 'does not stand'} {doubt}.",
    ]
    if settings.compare:
        misses = _misses(settings, cards)
        sentences.append(
            f"Of {DRAWN} cards {sum(map(_is_ours, misses))} lie where we would place them, "
            f"{sum(misses) / DRAWN:.2f} off on average."
        )
    return " ".join(sentences)


EXPERIMENTS = (
    Experiment(
        name="refuse",
        title="Better no answer than a wrong one",
        goal="Make refusing a hundred times cheaper while at most one operation in a thousand conflicts.",
        holds=lambda p, result: (
            not p.prefers_answering and p.conflict_probability <= 0.001 and result.figure("advantage").value >= 100.0
        ),
    ),
    Experiment(
        name="undecided",
        title="Numbers that do not decide",
        goal="Know both costs within a factor of two, and find them too close to decide by.",
        holds=lambda p, result: p.within <= 2.0 and result.figure("decided").value == 0.0,
    ),
    Experiment(
        name="patience",
        title="Customers who come back",
        goal="Find an operation to refuse only because most of the refused come back.",
        holds=lambda p, _: p.impact < 0.5 and not p.prefers_answering and p.refusing / p.impact > p.answering,
    ),
    Experiment(
        name="same_map",
        title="The same map",
        goal="Place all twelve cards within 0.15 of ours.",
        holds=lambda p, _: all(map(_is_ours, _misses(p, drawn(p.seed)))),
    ),
)

PRESETS = (
    Preset("cart", "Adding to a cart", _CART),
    Preset("seat", "Assigning a seat", _SEAT),
)

PREDICTIONS = (
    PredictionPrompt(
        name="cart",
        question="Adding to a cart: one in 10,000 conflicts and costs 50 cents to put right; refusing instead would "
        "turn away 5 in 10,000, each worth $40. How many times dearer is refusing?",
        figure="advantage",
        unit="",
        minimum=1.0,
        maximum=10_000.0,
        scale="log",
        parameters=_CART,
    ),
    PredictionPrompt(
        name="seat",
        question="Assigning a seat: one in 1,000 conflicts and costs $600; refusing would turn away 5 in 10,000, each "
        "worth $80, and half of them leave. How many times dearer is answering?",
        figure="advantage",
        unit="",
        minimum=1.0,
        maximum=10_000.0,
        scale="log",
        parameters=_SEAT,
    ),
)

GUESS = GuessPrompt(
    name="twelve_places",
    question="Place each of the twelve where it should stand if replicas cannot hear each other.",
    shape="placement",
    parameters={},
    names=tuple(card.name for card in drawn(Parameters().seed)),
    minimum=0.0,
    maximum=1.0,
    scale="linear",
    unit="",
    truth=lambda settings, _: {card.name: (card.place,) for card in drawn(settings.seed)},
    near=TOLERANCE,
)

MODEL = Model(
    name="trade_off_mapper",
    title="Trade-off mapper",
    summary="Place twelve operations between consistency and availability, then let a wrong answer's price decide one.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
