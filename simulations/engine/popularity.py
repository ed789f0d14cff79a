"""Share requests among items by Zipf's law, and say how many of them a cache of a given size answers.

Item i of N is asked for with probability i^-s / H, H being the sum of all i^-s. The first items are kept one by one,
the rest in groups of ranks two per cent apart, so that ten million items take a few hundred numbers: the mean
popularity of a group stands for its members, to a relative error of 1e-4 in what is computed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulations.engine.normal import FloatArray

MOST_ITEMS = 10_000_000
"""The largest number of items."""

Eviction = Literal["lru", "random", "popular"]

_ALONE = 200
_WIDTH = 1.02
_STEPS = 100
_SETTLED = 1e-12
_ENDLESS = 1e15


@dataclass(frozen=True, slots=True, eq=False)
class Popularity:
    """Items by falling popularity: how many a group has, and with what probability a request is for one of them."""

    counts: FloatArray
    each: FloatArray

    @property
    def items(self) -> float:
        """How many items there are."""
        return float(self.counts.sum())

    def top_share(self, items: float) -> float:
        """Return the share of requests that go to so many of the most popular items."""
        reached = np.concatenate(([0.0], np.cumsum(self.counts)))
        shares = np.concatenate(([0.0], np.cumsum(self.counts * self.each)))
        return float(np.interp(items, reached, shares))


def zipf(items: int, exponent: float) -> Popularity:
    """Return the popularity of `items` items, between 1 and `MOST_ITEMS`, with an exponent of 0 or more."""
    alone = np.arange(1.0, min(items, _ALONE) + 1.0)
    weights, counts = alone**-exponent, np.ones_like(alone)
    if items > _ALONE:
        groups = math.ceil(math.log(items / _ALONE) / math.log(_WIDTH))
        ends = np.unique(np.floor(np.geomspace(_ALONE, items, groups + 1) + 0.5))
        counts = np.concatenate((counts, np.diff(ends)))
        weights = np.concatenate((weights, np.diff(_power_sums(ends, exponent)) / np.diff(ends)))
    return Popularity(counts, weights / float((weights * counts).sum()))


def _power_sums(ranks: FloatArray, exponent: float) -> FloatArray:
    """Return the sum of i^-exponent up to each rank, less a constant: Euler and Maclaurin, for ranks of 200 or more."""
    logs = np.log(ranks)
    rest = 1.0 - exponent
    integral = logs if rest == 0.0 else np.expm1(rest * logs) / rest
    return np.asarray(integral + 0.5 * ranks**-exponent - exponent / 12.0 * ranks ** (-exponent - 1.0))


@dataclass(frozen=True, slots=True)
class Cached:
    """What a cache answers: the share of requests, and after how many requests an item not asked for is dropped.

    `lifetime` is infinite where nothing is dropped within 1e15 requests.
    """

    hit_rate: float
    lifetime: float


def cached(popularity: Popularity, size: float, eviction: Eviction, passing: float = 0.0) -> Cached:
    """Return what a cache of `size` items answers, if a share `passing` of requests is for items never asked again.

    For "lru" by the approximation of Che, Tung and Wang (2002), for "random" (or first in, first out) by its
    counterpart (Fricker, Robert and Roberts, 2012): an item stays for the same number of requests, whichever it is,
    and that number is where the expected contents fill the cache. "popular" keeps the most popular: no policy that
    does not know the future does better for independent requests.
    """
    staying = 1.0 - passing
    if eviction == "popular":
        return Cached(staying * popularity.top_share(size), math.inf)
    if size >= popularity.items + passing * _ENDLESS:
        return Cached(staying, math.inf)
    lifetime = _lifetime(popularity, size, eviction, passing)
    return Cached(answered(popularity, lifetime, eviction, passing), lifetime)


def answered(popularity: Popularity, lifetime: float, eviction: Eviction, passing: float = 0.0) -> float:
    """Return the hit rate where each item stays for `lifetime` requests."""
    kept = contents(popularity, (1.0 - passing) * lifetime, eviction)
    return (1.0 - passing) * float((popularity.counts * popularity.each * kept).sum())


def contents(popularity: Popularity, lifetime: float, eviction: Eviction) -> FloatArray:
    """Return the probability that an item of each group is in the cache, by the lifetime in requests for items."""
    asked = popularity.each * lifetime
    return np.asarray(-np.expm1(-asked) if eviction == "lru" else asked / (1.0 + asked))


def filled(popularity: Popularity, lifetime: float, eviction: Eviction, passing: float = 0.0) -> float:
    """Return how many places are taken where each item stays for `lifetime` requests."""
    kept = contents(popularity, (1.0 - passing) * lifetime, eviction)
    return float((popularity.counts * kept).sum()) + passing * lifetime


def _lifetime(popularity: Popularity, size: float, eviction: Eviction, passing: float) -> float:
    """Return the lifetime in requests at which what is kept fills the cache.

    What is kept never exceeds the lifetime, so that lies at the size or above. Newton's method in logarithms, with
    bisection where a step would leave the bracket.
    """
    wanted, low = math.log(size), math.log(size)
    high = low + 1.0
    while filled(popularity, math.exp(high), eviction, passing) < size:
        low, high = high, high + 1.0
    place, step = low, 1e-4
    for _ in range(_STEPS):
        here, beside = (
            math.log(filled(popularity, math.exp(at), eviction, passing)) - wanted for at in (place, place + step)
        )
        low, high = (place, high) if here < 0.0 else (low, place)
        slope = (beside - here) / step
        following = place - here / slope if slope > 0.0 else low
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - place) < _SETTLED:
            break
        place, step = following, max(min(step, 0.1 * abs(following - place)), 1e-7)
    return math.exp(place)
