"""Compute where keys lie: how evenly a hash ring spreads them, how hot the hottest is, what a cache of them answers."""

from __future__ import annotations

from simulations.engine import popularity, rings
from simulations.engine.functions.definition import EngineFunction, as_count, as_number, as_share, rounded, write

_MOST_NODES = 10_000
_MOST_POINTS = 10_000


def ring_heaviest(nodes: float, points: float = 1) -> float:
    """Return the largest share of a hash ring that a node holds, in multiples of the mean, on average over rings."""
    return rings.expected_heaviest(as_count("nodes", nodes, _MOST_NODES), as_count("points", points, _MOST_POINTS))


def moved_on_a_ring(nodes: float) -> float:
    """Return the share of keys that move on average when a node is added to so many on a hash ring."""
    return 1.0 / (as_count("nodes", nodes, _MOST_NODES) + 1)


def moved_by_remainder(nodes: float) -> float:
    """Return the share of keys that move when a node is added and the hash's remainder says where a key lies."""
    count = as_count("nodes", nodes, _MOST_NODES)
    return count / (count + 1)


def hottest_share(items: float, exponent: float = 1) -> float:
    """Return the share of requests for the most popular of so many items, by Zipf's law with that exponent."""
    return top_share(items, 1, exponent)


def top_share(items: float, top: float, exponent: float = 1) -> float:
    """Return the share of requests for the `top` most popular of so many items."""
    count = as_count("items", items, popularity.MOST_ITEMS)
    return _zipf(items, exponent).top_share(as_count("top", top, count))


def lru_hit_rate(items: float, size: float, exponent: float = 1, passing: float = 0) -> float:
    """Return the share of requests that a cache of `size` items answers, dropping the least recently used (Che 2002).

    A share `passing` of the requests is for items that nobody asks for again. Within a point for caches of a hundred
    items or more.
    """
    kept = as_count("size", size, popularity.MOST_ITEMS)
    share = as_number("passing", passing, 0.0, 0.99)
    return popularity.cached(_zipf(items, exponent), kept, "lru", share).hit_rate


def _zipf(items: float, exponent: float) -> popularity.Popularity:
    return popularity.zipf(as_count("items", items, popularity.MOST_ITEMS), as_number("exponent", exponent, 0.0, 2.0))


def _explain_lru(items: float, size: float, exponent: float, passing: float, *, result: float) -> str:
    share = as_share("passing", passing)
    through = f", {write(passing)} of the requests for items asked for once" if share else ""
    return (
        f"sum of 1 - exp(-p_i t) = {write(size)} over {write(items)} items with p_i in proportion to "
        f"i ** -{write(exponent)}{through}; sum of p_i (1 - exp(-p_i t)) = {rounded(result)}"
    )


FUNCTIONS = (
    EngineFunction(
        "ring_heaviest",
        ring_heaviest,
        "Largest share of a hash ring, in multiples of the mean.",
        "the largest of {nodes} Gamma variables of shape {points}, over {points}: {result}",
    ),
    EngineFunction(
        "moved_on_a_ring", moved_on_a_ring, "Keys that move to a new node on a ring.", "1 / ({nodes} + 1) = {result}"
    ),
    EngineFunction(
        "moved_by_remainder",
        moved_by_remainder,
        "Keys that move when they lie by the remainder of their hash.",
        "{nodes} / ({nodes} + 1) = {result}",
    ),
    EngineFunction(
        "hottest_share",
        hottest_share,
        "Share of requests for the most popular item, by Zipf's law.",
        "1 / (sum of i ** -{exponent} for i up to {items}) = {result}",
    ),
    EngineFunction(
        "top_share",
        top_share,
        "Share of requests for the most popular items, by Zipf's law.",
        "(sum of i ** -{exponent} for i up to {top}) / (the same up to {items}) = {result}",
    ),
    EngineFunction(
        "lru_hit_rate",
        lru_hit_rate,
        "Hit rate of a cache that drops the least recently used, by Che's approximation.",
        _explain_lru,
    ),
)
"""The named functions of this module."""
