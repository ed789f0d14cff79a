"""Play one expiry of a popular key request by request: who recomputes it, who waits, who is given the old value.

Requests that come too late, or draw early, are the points of a Poisson process whose intensity is that of the requests
times the probability that one of them acts. Points are drawn in the process's own time, in which they come at rate 1,
and mapped back (Çinlar, 1975, "Introduction to Stochastic Processes", section 4.7).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulations.engine.normal import FloatArray

MOST_DRAWN = 64
"""The largest number of requests that are kept of one expiry; where more came, every so many are."""

FATES = {"none": "recompute", "lock": "wait", "stale": "old", "early": "recompute"}
"""What becomes of a request that finds the key missing while another recomputes it, by protection."""


@dataclass(frozen=True, slots=True)
class Acting:
    """When requests act on the key: with `early` s, a request x s ahead of the expiry acts with e^(-x / early).

    Requests come `rate` times a second, the key was filled `lifetime` s before it expires, at time 0.
    """

    rate: float
    lifetime: float
    early: float | None

    def expected_until(self, time: float) -> float:
        """Return how many requests act before `time` on average."""
        ahead = self._ahead(min(time, 0.0))
        return ahead + self.rate * max(time, 0.0)

    def times(self, expected: FloatArray) -> FloatArray:
        """Return by when so many requests have acted on average: the inverse of `expected_until`."""
        before = self._ahead(0.0)
        late = np.maximum(expected - before, 0.0) / self.rate
        if self.early is None:
            return late
        share = np.minimum(expected, before) / (self.rate * self.early) + math.exp(-self.lifetime / self.early)
        return np.asarray(np.where(expected < before, self.early * np.log(share), late))

    def _ahead(self, time: float) -> float:
        if self.early is None:
            return 0.0
        return self.rate * self.early * (math.exp(time / self.early) - math.exp(-self.lifetime / self.early))


@dataclass(frozen=True, slots=True)
class Played:
    """One expiry: when the first request recomputes, when the key is filled again, and who came meanwhile.

    Times are in s from the expiry; `others` counts who came after the first and acted, and `acts` holds every `each`-th
    of their times, ascending.
    """

    first: float
    recompute: float
    fate: str
    others: int
    each: int
    acts: tuple[float, ...]

    @property
    def refilled(self) -> float:
        """When the key holds a new value."""
        return self.first + self.recompute

    @property
    def last_end(self) -> float:
        """When the last recompute ends: with the first, or later if others recompute too."""
        begun = self.acts[-1] if self.fate == "recompute" and self.acts else self.first
        return begun + self.recompute

    def frames(self) -> Mapping[str, object]:
        """Return what a scene draws."""
        return {
            "first": round(self.first, 6),
            "refilled": round(self.refilled, 6),
            "last_end": round(self.last_end, 6),
            "fate": self.fate,
            "others": self.others,
            "each": self.each,
            "acts": [round(act, 6) for act in self.acts],
        }

    def trace(self) -> tuple[Mapping[str, object], ...]:
        """Return what happens when, in the order in which it does."""
        meanwhile = {
            "recompute": f"{self.others:,} more recomputed it meanwhile.",
            "wait": f"{self.others:,} waited for it and are woken.",
            "old": f"{self.others:,} were given the old value meanwhile.",
        }[self.fate]
        events = [
            (self.first, "The first request recomputes the key."),
            (0.0, "The key expires."),
            (self.refilled, f"The key is filled again. {meanwhile}"),
        ]
        if self.last_end > self.refilled:
            events.append((self.last_end, "The last recompute ends, in vain."))
        return tuple({"at": round(at, 6), "label": label} for at, label in sorted(events))


def play(acting: Acting, recompute: float, fate: str, generator: np.random.Generator) -> Played:
    """Return an expiry drawn from the generator, with at most `MOST_DRAWN` of the others' times kept.

    Those kept are order statistics of as many uniform points as others came, drawn as sums of gamma variates.
    """
    first = float(acting.times(np.array([generator.exponential()]))[0])
    begun = acting.expected_until(first)
    meanwhile = acting.expected_until(first + recompute) - begun
    others = int(generator.poisson(meanwhile))
    each = max(math.ceil(others / MOST_DRAWN), 1)
    kept = others // each
    steps = np.cumsum(generator.gamma(each, size=kept))
    whole = (steps[-1] if kept else 0.0) + generator.gamma(others + 1 - each * kept)
    acts = np.clip(acting.times(begun + meanwhile * steps / whole), first, first + recompute)
    return Played(first, recompute, fate, others, each, tuple(acts.tolist()))
