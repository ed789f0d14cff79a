"""Describe how many followers authors have, and what that makes of pushing and pulling their posts.

Counts of followers are heavy-tailed; the Pareto distribution, cut off at the most that anybody has, is
the fit assumed here. A follow is an edge from a reader to an author.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulations.engine.normal import FloatArray
from simulations.engine.queueing import ManyServers

_HALVINGS = 80
_STAGES = 3
_STAGE_POINTS = 240
_NEXT_TO_NONE = 1e-9


@dataclass(frozen=True, slots=True)
class Pareto:
    """Followers between `least` and `most`, which may be infinite; `exponent` is above 1."""

    exponent: float
    least: float
    most: float

    @classmethod
    def with_mean(cls, mean: float, exponent: float, most: float) -> Pareto:
        """Return the distribution with that mean, which lies below `most`."""
        low, high = mean * (exponent - 1.0) / exponent, mean
        for _ in range(_HALVINGS):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if cls(exponent, middle, most).mean < mean else (low, middle)
        return cls(exponent, low if math.isinf(most) else high, most)

    @property
    def mean(self) -> float:
        """The mean number of followers."""
        kept = -math.expm1(-self.exponent * math.log(self.most / self.least)) if math.isfinite(self.most) else 1.0
        edges = math.pow(self.least, 1.0 - self.exponent) - math.pow(self.most, 1.0 - self.exponent)
        return self.exponent / (self.exponent - 1.0) * math.pow(self.least, self.exponent) * edges / kept

    def authors_above(self, threshold: FloatArray) -> FloatArray:
        """Return the share of authors with more followers than each threshold."""
        return self._share(threshold, -self.exponent)

    def edges_above(self, threshold: FloatArray) -> FloatArray:
        """Return the share of all follows that lead to authors with more followers than each threshold."""
        return self._share(threshold, 1.0 - self.exponent)

    def authors_at(self, share: FloatArray) -> FloatArray:
        """Return the followers that each share of authors has more of; the inverse of `authors_above`."""
        return self._where(share, -self.exponent)

    def edges_at(self, share: FloatArray) -> FloatArray:
        """Return the followers of authors beyond whom each share of follows leads; the inverse of `edges_above`."""
        return self._where(share, 1.0 - self.exponent)

    def square_below(self, threshold: float) -> float:
        """Return the mean square of the followers of authors at or below a finite threshold above `least`."""
        top = min(threshold, self.most)
        power, span = 2.0 - self.exponent, math.log(top / self.least)
        grown = math.expm1(power * span) / power if abs(power) > 1e-9 else span
        return self.exponent * self.least**2 * grown / -math.expm1(-self.exponent * span)

    def _share(self, threshold: FloatArray, power: float) -> FloatArray:
        # In units of the least, so that no power is tiny.
        bounded = np.clip(np.asarray(threshold, dtype=np.float64), self.least, self.most) / self.least
        end = (self.most / self.least) ** power
        return np.asarray((bounded**power - end) / (1.0 - end))

    def _where(self, share: FloatArray, power: float) -> FloatArray:
        end = (self.most / self.least) ** power
        return np.asarray(self.least * (end + np.asarray(share) * (1.0 - end)) ** (1.0 / power))


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every author has the same number of followers."""

    followers: float

    @property
    def least(self) -> float:
        """The fewest followers that an author has."""
        return self.followers

    @property
    def most(self) -> float:
        """The most followers that an author has."""
        return self.followers

    @property
    def mean(self) -> float:
        """The mean number of followers."""
        return self.followers

    def authors_above(self, threshold: FloatArray) -> FloatArray:
        """Return 1 where the threshold lies below everybody's followers, 0 elsewhere."""
        return np.where(np.asarray(threshold) < self.followers, 1.0, 0.0)

    def edges_above(self, threshold: FloatArray) -> FloatArray:
        """Return the same: all follows lead to like authors."""
        return self.authors_above(threshold)

    def authors_at(self, share: FloatArray) -> FloatArray:
        """Return everybody's followers for each share."""
        return np.full(np.shape(share), self.followers)

    def edges_at(self, share: FloatArray) -> FloatArray:
        """Return the same: all follows lead to like authors."""
        return self.authors_at(share)

    def square_below(self, threshold: float) -> float:
        """Return the square of everybody's followers."""
        return self.followers**2


@dataclass(frozen=True, slots=True)
class SharedLists:
    """Application servers that keep each big author's list and fetch it again every `refresh` seconds.

    `posts_a_second` is the mean rate of one author.
    """

    servers: float
    refresh: float
    posts_a_second: float

    @property
    def threshold(self) -> float:
        """The followers beyond which fetching is cheaper than pushing, one fetch as dear as one write."""
        return self.servers / (self.refresh * self.posts_a_second)


@dataclass(frozen=True, slots=True)
class Timelines:
    """A service whose readers see the posts of those they follow; rates are a second.

    Posts of authors with more followers than a threshold are pulled when read, all others pushed into
    every follower's timeline. `price` is that of reading one list, in writes. Authors above the threshold
    post `eagerness` times as often as others. With `shared`, lists are fetched by servers, not by readers.
    """

    posts: float
    reads: float
    followees: float
    followers: Pareto | Uniform
    price: float
    eagerness: float
    shared: SharedLists | None

    def writes(self, threshold: FloatArray) -> FloatArray:
        """Return the writes into timelines for each threshold."""
        above = self.followers.authors_above(threshold)
        pushed = 1.0 - self.followers.edges_above(threshold)
        return np.asarray(self.posts * self.followers.mean * pushed / (1.0 + (self.eagerness - 1.0) * above))

    def lookups(self, threshold: FloatArray) -> FloatArray:
        """Return the reads of big authors' lists for each threshold."""
        if self.shared is None:
            return self.reads * self.followees * self.followers.edges_above(threshold)
        authors = self.posts / self.shared.posts_a_second
        return authors * self.followers.authors_above(threshold) * self.shared.servers / self.shared.refresh

    def cost(self, threshold: FloatArray) -> FloatArray:
        """Return the cost for each threshold, in writes; a server's fetch costs as much as a write."""
        price = self.price if self.shared is None else 1.0
        return np.asarray(self.writes(threshold) + price * self.lookups(threshold))

    def cheapest(self) -> float:
        """Return the threshold of least cost between the fewest and the most followers, to a millionth."""
        low, high = self.followers.least, self.followers.most
        for _ in range(_STAGES):
            tried = np.geomspace(low, high, _STAGE_POINTS)
            place = int(np.argmin(self.cost(tried)))
            low, high = float(tried[max(place - 1, 0)]), float(tried[min(place + 1, tried.size - 1)])
        return float(tried[place])

    def pushed_posts(self, threshold: float) -> float:
        """Return the posts a second whose authors are at or below the threshold."""
        above = float(self.followers.authors_above(np.array(threshold)))
        return self.posts * (1.0 - above) / (1.0 + (self.eagerness - 1.0) * above)

    def utilisation(self, threshold: float, workers: int, rate: float) -> float:
        """Return the share of time that workers who each write `rate` a second are busy."""
        return float(self.writes(np.array(threshold))) / (workers * rate)

    def wait(self, threshold: float, workers: int, rate: float) -> float:
        """Return the mean seconds that a pushed post waits before its first write.

        A post is one job of one worker, as long as its author has followers: the queue M/G/c by Allen and
        Cunneen's approximation (1978), exact for one worker. Raises ValueError where workers don't keep up.
        """
        posts = self.pushed_posts(threshold)
        if posts < _NEXT_TO_NONE * self.posts:
            return 0.0
        mean = float(self.writes(np.array(threshold))) / posts / rate
        square = self.followers.square_below(threshold) / rate**2
        return square / (2.0 * mean**2) * ManyServers(workers, posts, 1.0 / mean).wait
