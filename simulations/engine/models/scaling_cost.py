"""Model what it costs to scale up and to scale out, and where the one overtakes the other.

One machine costs base * load ** exponent, many cost base * load * (1 + overhead * ln(load)): laws assumed,
not found. The realistic side sells machines in sizes that double and end, runs spare nodes, and lets
nodes get in each other's way by Gunther's universal scalability law (2007).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulations.engine import guesses, parameters
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.pictures import scaling_cost as pictures
from simulations.engine.result import Figure, Result
from simulations.engine.scaling import CostLaws, Machines, Scalability, overhead_for


@dataclass(frozen=True, slots=True)
class Parameters:
    """The load, the two laws of cost, and what becomes of them in practice."""

    load: float = parameters.number(
        4.0,
        minimum=1,
        maximum=64,
        step=0.1,
        unit="×",
        label="Load",
        help="As a multiple of what the base machine carries.",
        scale="log",
    )
    overhead: float = parameters.number(
        1.0,
        minimum=0,
        maximum=3,
        step=0.01,
        unit="",
        label="Coordination overhead",
        help="What many machines cost besides, per unit of load and of its natural logarithm, in base machines.",
    )
    exponent: float = parameters.number(
        1.6,
        minimum=1,
        maximum=2.5,
        step=0.05,
        unit="",
        label="Price exponent",
        help="One machine twice as strong costs 2 to this power as much; 1 is a price in proportion.",
    )
    realistic: bool = parameters.flag(
        False,
        label="Realistic machines",
        help="Sizes that double and end, spare nodes, and nodes that get in each other's way.",
    )
    growth: float = parameters.number(
        3.0,
        minimum=1.1,
        maximum=10,
        step=0.1,
        unit="times",
        label="Growth a year",
        help="The factor by which the load grows in a year.",
        scale="log",
    )
    largest: float = parameters.number(
        16.0,
        minimum=2,
        maximum=64,
        step=1,
        unit="×",
        label="Largest machine",
        help="The load that the largest machine for sale carries, where machines are realistic.",
        scale="log",
    )
    contention: float = parameters.number(
        0.03,
        minimum=0,
        maximum=0.3,
        step=0.005,
        unit="",
        label="Contention",
        help="Share of the work that nodes do one after another, where machines are realistic.",
    )
    coherency: float = parameters.number(
        0.0005,
        minimum=0,
        maximum=0.01,
        step=0.0001,
        unit="",
        label="Coherency delay",
        help="What each pair of nodes costs to keep in agreement, where machines are realistic.",
    )
    spare: int = parameters.number(
        1,
        minimum=0,
        maximum=3,
        step=1,
        unit="",
        label="Spare nodes",
        help="Nodes that stand by for a failure, where machines are realistic.",
        integer=True,
    )
    base: float = parameters.number(
        1_000.0,
        minimum=10,
        maximum=100_000,
        step=10,
        unit="$",
        label="Base machine a month",
        help="An illustrative price.",
        scale="log",
    )


def laws(settings: Parameters) -> CostLaws:
    """Return the smooth laws of cost."""
    return CostLaws(settings.exponent, settings.overhead)


def machines(settings: Parameters) -> Machines | None:
    """Return machines as they are sold, or None where costs follow the smooth laws."""
    if not settings.realistic:
        return None
    return Machines(laws(settings), scalability(settings), settings.largest, settings.spare)


def scalability(settings: Parameters) -> Scalability:
    """Return what nodes carry together."""
    return Scalability(settings.contention, settings.coherency)


def evaluate(settings: Parameters) -> Result:
    """Return both costs at the load, where they cross, what nodes carry, and when ceilings are met.

    Costs are $ a month, loads multiples of the base machine's. Relative error below 1e-9.
    """
    smooth, sold = laws(settings), machines(settings)
    figures = _figures(settings, smooth, sold)
    return Result(
        figures=figures,
        charts=(
            pictures.cost_chart(settings.load, settings.base, smooth, sold),
            pictures.crossing_chart(smooth),
            pictures.nodes_chart(scalability(settings)),
            pictures.growth_chart(settings.growth, settings.base, smooth, sold),
        ),
        tables=(pictures.load_table(settings.load, settings.base, smooth, sold),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating will take, from the parameters alone; there is nothing to run."""
    return Cost(evaluate_ms=10.0, run_seconds=0.0, memory_mb=8.0)


def _figures(settings: Parameters, smooth: CostLaws, sold: Machines | None) -> tuple[Figure, ...]:
    up, out = pictures.costs_at(settings.load, settings.base, smooth, sold)
    crossing = smooth.crossing
    if crossing is not None and sold is not None:
        crossing = min(crossing, settings.largest)
    candidates = [
        None if up is None else Figure("up", "One machine", up, "$", "A month, of a machine that carries the load."),
        None if out is None else Figure("out", "Many machines", out, "$", "A month, of as many as carry the load."),
        None
        if crossing is None
        else Figure(
            "crossing",
            "Many are cheaper from",
            crossing,
            "×",
            "The load at which the smooth laws cost the same, or the largest machine's where that is less.",
        ),
        None
        if up is None or out is None
        else Figure("ratio", "Many to one", out / up, "", "Below 1 many are cheaper."),
        Figure(
            "doubling",
            "Twice the machine costs",
            2.0**settings.exponent,
            "times",
            "What a machine twice as strong costs as a multiple.",
        ),
        Figure(
            "overhead_at_four",
            "Overhead to cross at 4×",
            overhead_for(settings.exponent, 4.0),
            "",
            "The coordination overhead at which the smooth laws cross at 4 times the base load.",
        ),
        Figure(
            "overhead_at_eight",
            "Overhead to cross at 8×",
            overhead_for(settings.exponent, 8.0),
            "",
            "The same at 8 times.",
        ),
        Figure(
            "load_in_three_years", "Load in three years", settings.growth**3, "×", "At this growth, from the base load."
        ),
        Figure(
            "months_to_largest",
            "Largest machine lasts",
            12.0 * math.log(settings.largest) / math.log(settings.growth),
            "months",
            "Until growth from the base load outgrows the largest machine.",
        ),
        *_node_figures(settings),
    ]
    return tuple(figure for figure in candidates if figure is not None)


def _node_figures(settings: Parameters) -> list[Figure]:
    law = scalability(settings)
    nodes, peak = law.nodes_for(settings.load), law.peak_nodes
    figures = []
    if nodes is not None:
        meaning = "The fewest that carry the load when they get in each other's way, without spare ones."
        figures.append(Figure("nodes", "Nodes needed", float(nodes), "nodes", meaning))
    if peak is not None:
        most = float(law.throughput(np.array(peak)))
        figures += [
            Figure("peak_nodes", "Nodes at the peak", peak, "nodes", "More nodes than this carry less."),
            Figure("peak_load", "Most that nodes carry", most, "×", "The load at that peak."),
        ]
    return figures


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    load = f"{settings.load:g} times the base load"
    up = f"one machine costs ${value['up']:,.0f} a month" if "up" in value else "no machine is large enough"
    out = f"many cost ${value['out']:,.0f}" if "out" in value else "no number of nodes is enough"
    sentences = [f"At {load} {up}, and {out}."]
    if "crossing" in value:
        where = "By the smooth laws many" if settings.realistic else "Many"
        sentences.append(f"{where} machines are cheaper beyond {value['crossing']:.3g} times the base load.")
    elif settings.overhead <= settings.exponent - 1.0:
        sentences.append("Many machines are never dearer than one.")
    else:
        sentences.append("One machine stays cheaper at any load worth naming.")
    if settings.realistic and "peak_nodes" in value:
        sentences.append(
            f"Nodes carry {value['peak_load']:.3g} times the base load at most, {value['peak_nodes']:.0f} of them."
        )
    return " ".join(sentences)


def _shows(holds: Callable[[Parameters, Callable[[str], float]], bool]) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""

    def value(result: Result, name: str) -> float:
        return next((figure.value for figure in result.figures if figure.name == name), math.nan)

    return lambda settings, result: holds(settings, lambda name: value(result, name))


EXPERIMENTS = (
    Experiment(
        name="crossing_at_eight",
        title="What eight times rests on",
        goal="At a price exponent of 1.6, move the crossing to between 7.9 and 8.1 times the base load.",
        holds=_shows(lambda p, figure: p.exponent == 1.6 and not p.realistic and 7.9 <= figure("crossing") <= 8.1),
    ),
    Experiment(
        name="never_dearer",
        title="No crossing at all",
        goal="With some overhead and a price exponent of 1.6 or more, let many machines never be dearer than one.",
        holds=_shows(
            lambda p, figure: p.overhead > 0.0 and p.exponent >= 1.6 and math.isnan(figure("crossing")),
        ),
    ),
    Experiment(
        name="straight_prices",
        title="Prices in proportion",
        goal="With some overhead, choose prices at which many machines never become the cheaper.",
        holds=_shows(
            lambda p, figure: p.overhead > p.exponent - 1.0 and math.isnan(figure("crossing")),
        ),
    ),
    Experiment(
        name="neither_is_enough",
        title="Money does not help",
        goal="Find a load that neither a machine for sale nor any number of nodes carries.",
        holds=_shows(lambda p, figure: p.realistic and math.isnan(figure("up")) and math.isnan(figure("out"))),
    ),
)

PRESETS = (
    Preset("four_times", "Four times the load", {}),
    Preset("ten_times", "Ten times the load", {"load": 10}),
    Preset("little_overhead", "Little to coordinate", {"overhead": 0.5}),
    Preset("much_overhead", "Much to coordinate", {"overhead": 2}),
    Preset("straight_prices", "Prices in proportion to size", {"exponent": 1}),
    Preset("realistic", "Realistic machines", {"realistic": True}),
    Preset("past_the_peak", "Realistic, past every ceiling", {"realistic": True, "load": 20}),
    Preset("no_loss", "Realistic, nodes that never wait", {"realistic": True, "contention": 0, "coherency": 0}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="crossing",
        question="A machine twice as strong costs three times as much (exponent 1.6), and many machines pay an "
        "overhead of 1. From how many times the base load are many machines cheaper?",
        figure="crossing",
        unit="×",
        minimum=1.0,
        maximum=1_000.0,
        scale="log",
        parameters={},
        along=("cost",),
    ),
    PredictionPrompt(
        name="crossing_at_twice_the_overhead",
        question="The overhead of coordination doubles, to 2. Where is the crossing now?",
        figure="crossing",
        unit="×",
        minimum=1.0,
        maximum=1_000.0,
        scale="log",
        parameters={"overhead": 2},
        along=("cost",),
    ),
    PredictionPrompt(
        name="peak_nodes",
        question="Nodes do 3% of their work one after another, and each pair costs 0.05% to keep in agreement. Beyond "
        "how many nodes does one more make the whole carry less?",
        figure="peak_nodes",
        unit="nodes",
        minimum=1.0,
        maximum=10_000.0,
        scale="log",
        parameters={"realistic": True},
        along=("nodes",),
    ),
)

_LINES = ("up", "out")
_KNOTS = (2.0, 3.56, 6.35, 11.3, 20.2, 35.9, 64.0)

GUESS = GuessPrompt(
    name="both_costs",
    question="A machine twice as strong costs 2.6 times as much (exponent 1.4), and many machines pay an overhead of "
    "0.8. Draw what one machine and many cost as the load grows to 64 times.",
    shape="curve",
    parameters={"exponent": 1.4, "overhead": 0.8},
    names=_LINES,
    minimum=100.0,
    maximum=1e7,
    scale="log",
    unit="$",
    truth=guesses.curves("cost", _LINES, _KNOTS),
    knots=_KNOTS,
)

MODEL = Model(
    name="scaling_cost",
    title="Scaling up or out",
    summary="What a bigger machine and more machines cost, where they cross, and what that crossing rests on.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
