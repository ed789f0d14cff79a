"""Follow a queue through a surge: load that rises, capacity that comes later.

Requests are a fluid, served first come first served. The line at time t is N(t) less the least N before, N being what
has arrived less what could have been served (Reich, 1958). N is a parabola while the load rises and straight
elsewhere, so a few instants decide everything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulations.engine.normal import FloatArray

_HALVINGS = 80


@dataclass(frozen=True, slots=True)
class Surge:
    """Rates a second: load rises from `before` to `after` over `ramp_s`; capacity is `first` until `ready_s`.

    `after` is at least `before` and `first` at least `before`; `later` is at least `first`.
    """

    before: float
    after: float
    ramp_s: float
    first: float
    later: float
    ready_s: float

    @property
    def settles(self) -> bool:
        """Whether the capacity in the end exceeds the load in the end."""
        return self.later > self.after

    def load(self, time: FloatArray) -> FloatArray:
        """Return the requests a second that arrive."""
        risen = np.clip(time / self.ramp_s, 0.0, 1.0) if self.ramp_s else np.ones_like(time)
        return self.before + (self.after - self.before) * risen

    def capacity(self, time: FloatArray) -> FloatArray:
        """Return the requests a second that can be served."""
        return np.where(time < self.ready_s, self.first, self.later)

    def arrived(self, time: FloatArray) -> FloatArray:
        """Return the requests that have arrived by a time of 0 or more."""
        rising = np.minimum(time, self.ramp_s)
        risen = 0.5 * rising * rising / self.ramp_s if self.ramp_s else 0.0 * time
        return self.before * time + (self.after - self.before) * (risen + time - rising)

    def waiting(self, time: FloatArray) -> FloatArray:
        """Return the requests that wait at ascending times, which include those of `instants` before the last."""
        net = self._net(time)
        return net - np.minimum.accumulate(net)

    def waits(self, time: FloatArray) -> FloatArray:
        """Return the seconds that a request waits that arrives at a time, under the condition of `waiting`."""
        served_before = self.arrived(time) - np.minimum.accumulate(self._net(time))
        early = self.first * self.ready_s
        begun = np.where(
            served_before < early, served_before / self.first, self.ready_s + (served_before - early) / self.later
        )
        return np.maximum(begun - time, 0.0)

    def instants(self) -> FloatArray:
        """Return the times at which anything turns: a line begins, grows most, is waited in longest, is gone."""
        instants = {0.0, self.ramp_s, self.ready_s}
        if self.after > self.before and self.ramp_s:
            slope = (self.after - self.before) / self.ramp_s
            instants |= {(rate - self.before) / slope for rate in (self.first, self.later) if rate < self.after}
        times = np.array(sorted(instants))
        begins = float(times[np.argmin(self._net(times[times <= self.ready_s]))])
        owed = self.first * self.ready_s + float(self._net(np.array([begins]))[0])
        times = np.union1d(times, self._when_arrived(owed))
        end = self.gone_s(times)
        return times if end is None else np.union1d(times, end)

    def gone_s(self, instants: FloatArray) -> float | None:
        """Return when the first line is gone, or None where it never is or there is none; takes the other instants."""
        after = instants[instants >= self.ready_s]
        waiting = self.waiting(instants)[instants >= self.ready_s]
        if waiting[0] == 0.0:
            return None
        empty = np.flatnonzero(waiting == 0.0)
        if not empty.size:
            return float(after[-1] + waiting[-1] / (self.later - self.after)) if self.settles else None
        low, high = float(after[empty[0] - 1]), float(after[empty[0]])
        least = float(np.min(self._net(instants[instants <= self.ready_s])))
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self._net(np.array([middle]))[0] > least else (low, middle)
        return high

    def _net(self, time: FloatArray) -> FloatArray:
        early = np.minimum(time, self.ready_s)
        return self.arrived(time) - self.first * early - self.later * (time - early)

    def _when_arrived(self, count: float) -> float:
        """Return the time by which so many requests have arrived."""
        risen = float(self.arrived(np.array([self.ramp_s]))[0])
        if count > risen:
            return self.ramp_s + (count - risen) / self.after
        slope = (self.after - self.before) / self.ramp_s if self.ramp_s else 0.0
        reach = self.before + math.sqrt(self.before**2 + 2.0 * slope * count)
        return 2.0 * count / reach if reach else 0.0
