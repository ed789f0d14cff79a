"""Spread keys over nodes by a hash ring: how evenly, how many move when a node is added, and what one hot key does.

Each node has several points on a ring, a key belongs to the next point after its hash (Karger and others, 1997). A
node's share of the ring is Beta distributed with parameters V and (n - 1) V for V points a node, so that its standard
deviation is sqrt((n - 1) / (n V + 1)) of its mean; the heaviest of n is the largest of n Gamma variables. A node that
is added takes 1 / (n + 1) of the ring on average, and no key moves between the others; by the remainder of the hash
n / (n + 1) of the keys would move. Requests are Zipf distributed over the keys: the first gets 1 / H of them, H being
the sum of i^-s. One ring is drawn, by a hash of the number that you choose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulations.engine import parameters, rings, words
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.normal import FloatArray
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_MOST_NODES = 100
_MOST_POINTS = 256
_MOST_KEYS = 100_000
_POINTS_DRAWN = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Nodes and their points on the ring, keys and how requests are spread over them."""

    nodes: int = parameters.number(
        8,
        minimum=1,
        maximum=_MOST_NODES,
        step=1,
        unit="",
        label="Nodes",
        help="Machines, or shards, that share the keys.",
        integer=True,
    )
    points: int = parameters.number(
        16,
        minimum=1,
        maximum=_MOST_POINTS,
        step=1,
        unit="",
        label="Points a node",
        help="How many places on the ring each node has; also called virtual nodes.",
        scale="log",
        integer=True,
    )
    keys: int = parameters.number(
        10_000,
        minimum=1,
        maximum=_MOST_KEYS,
        step=1,
        unit="",
        label="Keys",
        help="Different keys that are asked for.",
        scale="log",
        integer=True,
    )
    exponent: float = parameters.number(
        0.0,
        minimum=0,
        maximum=2,
        step=0.05,
        unit="",
        label="Skew",
        help="The exponent of Zipf's law: 0 asks for all keys alike, at 1 the second gets half of the first.",
    )
    spread: int = parameters.number(
        0,
        minimum=0,
        maximum=1_000,
        step=1,
        unit="",
        label="Keys kept everywhere",
        help="So many of the hottest keys are copied to every node, and their requests are shared evenly.",
        integer=True,
    )
    seed: int = parameters.number(
        1, minimum=1, maximum=1_000, step=1, unit="", label="Ring", help="Another number, another ring.", integer=True
    )


def evaluate(settings: Parameters) -> Result:
    """Return how much more than the average the busiest node holds and serves, and what moves when one is added.

    What is expected is exact to 1e-4; what is drawn is one ring.
    """
    placed = rings.ring(settings.nodes, settings.points, settings.seed)
    shares = settings.nodes * placed.shares()
    requests = _requests(settings)
    loads = settings.nodes * _loads(settings, placed, requests)
    figures = _figures(settings, shares, loads, requests)
    return Result(
        figures=figures,
        charts=(_load_chart(shares, loads), _points_chart(settings, shares), _moved_chart(settings)),
        tables=(_table(shares, loads),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating takes; it grows with the points and the keys, and there is nothing to run."""
    return Cost(4.0 + 3e-4 * settings.keys + 2e-4 * settings.nodes * settings.points, 0.0, 16.0)


def _requests(settings: Parameters) -> FloatArray:
    """Return the share of the requests that each key gets, the hottest first."""
    weights = np.arange(1.0, settings.keys + 1.0) ** -settings.exponent
    return np.asarray(weights / weights.sum())


def _loads(settings: Parameters, placed: rings.Ring, requests: FloatArray) -> FloatArray:
    """Return the share of the requests that each node serves."""
    owners = placed.owner_of(rings.keys(settings.keys, settings.seed))[settings.spread :]
    owned = np.bincount(owners, requests[settings.spread :], settings.nodes)
    return np.asarray(owned + requests[: settings.spread].sum() / settings.nodes)


def _figures(settings: Parameters, shares: FloatArray, loads: FloatArray, requests: FloatArray) -> tuple[Figure, ...]:
    nodes = settings.nodes
    added = float(rings.ring(nodes + 1, settings.points, settings.seed).shares()[-1])
    return (
        Figure("busiest", "Busiest node", float(loads.max()), "times the mean", "Requests it serves, on this ring."),
        Figure("largest", "Largest share", float(shares.max()), "times the mean", "Of this ring, held by one node."),
        Figure(
            "expected_largest",
            "Over many rings",
            rings.expected_heaviest(nodes, settings.points),
            "times the mean",
            "The largest share of the ring that some node has, on average.",
        ),
        Figure("moved", "Keys that move", 100.0 * added, "%", "To a node that is added to this ring."),
        Figure("expected_moved", "On average", 100.0 / (nodes + 1), "%", "Keys that move to a node that is added."),
        Figure(
            "moved_by_remainder",
            "By the remainder",
            100.0 * nodes / (nodes + 1),
            "%",
            "Keys that would move if the hash were divided by the number of nodes.",
        ),
        Figure("hottest", "Hottest key", 100.0 * float(requests[0]), "%", "Its share of all requests."),
        Figure(
            "usable",
            "Usable capacity",
            100.0 / float(loads.max()),
            "%",
            "Of all nodes together, at the moment when the busiest of them is full.",
        ),
        Figure(
            "deviation",
            "Spread of the shares",
            100.0 * rings.relative_spread(nodes, settings.points),
            "%",
            "Standard deviation of a node's share of the ring, over its mean.",
        ),
    )


def _load_chart(shares: FloatArray, loads: FloatArray) -> Chart:
    x = tuple(float(node) for node in range(1, len(shares) + 1))
    return Chart(
        name="by_node",
        title="Node by node",
        x=Axis("node", "", "linear"),
        y=Axis("times the mean", "", "linear"),
        series=(
            Series("requests", "requests", x, tuple(loads.tolist()), "bars"),
            Series("share", "of the ring", x, tuple(shares.tolist()), "dots"),
            Series("mean", "the mean", (0.0, x[-1] + 1.0), (1.0, 1.0)),
        ),
        caption="When the highest bar is full, what the others lack up to it is bought and cannot be used.",
    )


def _points_chart(settings: Parameters, shares: FloatArray) -> Chart:
    x = tuple(float(points) for points in _POINTS_DRAWN)
    return Chart(
        name="by_points",
        title="More points a node",
        x=Axis("points a node", "", "log"),
        y=Axis("largest share, times the mean", "", "linear"),
        series=(
            Series(
                "expected",
                "many rings",
                x,
                tuple(rings.expected_heaviest(settings.nodes, points) for points in _POINTS_DRAWN),
            ),
            Series("here", "this ring", (float(settings.points),), (float(shares.max()),), "dots"),
        ),
        caption="What the heaviest node has too much falls with the square root of the points, not with their number.",
    )


def _moved_chart(settings: Parameters) -> Chart:
    nodes = np.arange(1.0, max(20, settings.nodes) + 1.0)
    x = tuple(nodes.tolist())
    return Chart(
        name="moved",
        title="One node more",
        x=Axis("nodes before", "", "linear"),
        y=Axis("keys that move", "%", "linear"),
        series=(
            Series("ring", "ring", x, tuple((100.0 / (nodes + 1.0)).tolist())),
            Series("remainder", "remainder", x, tuple((100.0 * nodes / (nodes + 1.0)).tolist())),
            Series("here", "this setting", (float(settings.nodes),), (100.0 / (settings.nodes + 1),), "dots"),
        ),
        caption="On a ring only what the new node takes over moves. By the remainder nearly everything changes places.",
    )


def _table(shares: FloatArray, loads: FloatArray) -> Table:
    return Table(
        name="nodes",
        caption="Each node's share of the ring and of the requests, in multiples of the mean.",
        columns=("node", "share of the ring", "requests"),
        rows=tuple(
            (node, share, load)
            for node, (share, load) in enumerate(zip(shares.tolist(), loads.tolist(), strict=True), 1)
        ),
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    everywhere = f", the hottest {settings.spread:,} of them kept everywhere" if settings.spread else ""
    return (
        f"{words.counted(settings.nodes, 'nodes')} with {words.counted(settings.points, 'points')} each: the "
        f"largest share of this ring is "
        f"{value['largest']:.2f} times the mean, {value['expected_largest']:.2f} over many rings. With "
        f"{words.counted(settings.keys, 'keys')}{everywhere}, the busiest node serves {value['busiest']:.2f} "
        f"times the mean, so that "
        f"{words.percent(value['usable'])} of the capacity can be used. The hottest key gets "
        f"{words.percent(value['hottest'])} of the requests. A node that is added takes "
        f"{words.percent(value['moved'])} of the ring; by the remainder {words.percent(value['moved_by_remainder'])} "
        "of the keys would move."
    )


EXPERIMENTS = (
    Experiment(
        name="points_even_out",
        title="Many points, an even ring",
        goal="Spread the ring over 8 nodes or more so that the largest share is at most 1.1 times the mean over many "
        "rings.",
        holds=lambda p, result: p.nodes >= 8 and result.figure("expected_largest").value <= 1.1,
    ),
    Experiment(
        name="one_key_is_enough",
        title="One key is enough",
        goal="On a ring whose largest share is at most 1.3 times the mean, let one node serve 1.5 times the mean.",
        holds=lambda p, result: (
            p.spread == 0
            and p.nodes > 1
            and p.keys >= 1_000
            and result.figure("largest").value <= 1.3
            and result.figure("busiest").value >= 1.5
        ),
    ),
    Experiment(
        name="hot_keys_everywhere",
        title="The hottest, everywhere",
        goal="With a skew of 1 or more on 8 nodes or more, bring the busiest node to at most 1.25 times the mean.",
        holds=lambda p, result: (
            p.exponent >= 1.0 and p.nodes >= 8 and p.keys >= 1_000 and result.figure("busiest").value <= 1.25
        ),
    ),
)

PRESETS = (
    Preset("ring", "Eight nodes, sixteen points each", {}),
    Preset("one_point", "One point each", {"points": 1}),
    Preset("many_points", "Two hundred points each", {"points": 200}),
    Preset("favourites", "A few keys are asked for most", {"points": 200, "exponent": 1}),
    Preset("everywhere", "The hundred hottest kept everywhere", {"points": 200, "exponent": 1, "spread": 100}),
    Preset("fleet", "A hundred nodes", {"nodes": 100, "points": 128}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="one_point_each",
        question="Eight nodes each get one random place on a ring. How much of the ring does the luckiest hold, in "
        "multiples of the mean, on average over many rings?",
        figure="expected_largest",
        unit="times the mean",
        minimum=1.0,
        maximum=8.0,
        scale="linear",
        parameters={"points": 1},
    ),
    PredictionPrompt(
        name="nine_by_the_remainder",
        question="Keys go to one of eight nodes by the remainder of their hash divided by eight. A ninth is added. "
        "How many of the keys change their node?",
        figure="moved_by_remainder",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        scale="linear",
        parameters={},
    ),
)

MODEL = Model(
    name="sharding_ring",
    title="Sharding ring",
    summary="How evenly a hash ring spreads keys, what moves when a node is added, and what a hot key does to it.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
