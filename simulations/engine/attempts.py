"""Step a queue of attempts that time out and are tried again, as a fluid cut into cohorts.

All attempts that arrive in one step form a cohort. The server takes cohorts in order of the queue and
does not know which of them their callers have given up on: work on those is wasted. Within a cohort
first attempts and retries are alike. Bronson et al. (2021), "Metastable Failures in Distributed
Systems", HotOS; Huang et al. (2022), "Metastable Failures in the Wild", OSDI.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

Order = Literal["fifo", "lifo", "drop"]

BUDGET_WINDOW_S = 10.0
"""The seconds of arrivals that a retry budget counts."""

BREAKER_OPEN_S = 5.0
"""How long an open breaker lets nothing through."""

_BREAKER_WINDOW_S = 1.0
_BREAKER_CALLS = 20.0
_BREAKER_SHARE = 0.5
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Rules:
    """How callers and server behave; times in seconds.

    `order` says whom the server takes first: the oldest, the newest, or the oldest that somebody still
    waits for. `places` bounds the queue. `budget` is the share of recent arrivals that may be retried.
    A retry follows `backoff * 2 ** n` after failure n, or with `jitter` at any moment until then.
    """

    step: float
    timeout: float
    retries: int
    order: Order = "fifo"
    places: float | None = None
    budget: float | None = None
    backoff: float = 0.0
    jitter: bool = False
    breaker: bool = False

    def steps(self, seconds: float) -> int:
        """Return how many steps a time takes, one at least."""
        return max(1, round(seconds / self.step))


@dataclass(frozen=True, slots=True)
class Step:
    """What one step saw, in requests or attempts."""

    attempts: float
    succeeded: float
    failed: float
    wasted: float
    backlog: float


@dataclass(slots=True)
class _Cohort:
    """The attempts of one step by their number of earlier failures, and how many are still in the queue."""

    attempts: list[float]
    total: float
    left: float
    abandoned: bool = False


@dataclass(slots=True)
class _Breaker:
    """A circuit breaker: opens when half of the last second's outcomes fail, then tries a few calls."""

    rules: Rules
    outcomes: deque[tuple[float, float]] = field(default_factory=deque)
    opened: int | None = None

    def admits(self, now: int, attempts: float) -> float:
        """Return how many of the attempts pass in this step."""
        if self.opened is None:
            return attempts
        return min(attempts, _BREAKER_CALLS) if now == self.opened + self.rules.steps(BREAKER_OPEN_S) else 0.0

    def observe(self, now: int, succeeded: float, failed: float) -> None:
        """Count outcomes; open, close or stay."""
        self.outcomes.append((succeeded, failed))
        if self.opened is None:
            window = self.rules.steps(_BREAKER_WINDOW_S)
            while len(self.outcomes) > window:
                self.outcomes.popleft()
            if self._failing():
                self.opened = now
                self.outcomes.clear()
            return
        trial = self.opened + self.rules.steps(BREAKER_OPEN_S)
        if now < trial:
            self.outcomes.clear()
        elif now >= trial + self.rules.steps(self.rules.timeout) - 1:
            good = sum(outcome[0] for outcome in self.outcomes)
            bad = sum(outcome[1] for outcome in self.outcomes)
            self.opened = None if good > bad else now
            self.outcomes.clear()

    def _failing(self) -> bool:
        bad = sum(outcome[1] for outcome in self.outcomes)
        calls = bad + sum(outcome[0] for outcome in self.outcomes)
        return calls >= _BREAKER_CALLS and bad >= _BREAKER_SHARE * calls


class AttemptQueue:
    """The queue, step by step; deterministic, its memory grows with the attempts that wait."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.backlog = 0.0
        self.scheduled = 0.0
        self._now = 0
        self._patience = rules.steps(rules.timeout)
        self._queue: deque[_Cohort] = deque()
        self._recent: deque[_Cohort] = deque()
        self._returning = [0.0] * (rules.retries + 1)
        self._changes: dict[int, list[float]] = {}
        self._breaker = _Breaker(rules) if rules.breaker else None
        self._budget: deque[tuple[float, float]] = deque(maxlen=rules.steps(BUDGET_WINDOW_S))
        self._tokens = 0.0

    @property
    def in_flight(self) -> float:
        """The requests that have neither succeeded nor failed: waiting in the queue, or to be tried again."""
        return self.scheduled + sum(cohort.left for cohort in self._recent)

    def advance(self, arrivals: float, capacity: float, failing: float = 0.0) -> Step:
        """Return what a step with so many new requests and so much service sees.

        `failing` is the share of served attempts that fail all the same.
        """
        offered = self._offered(arrivals)
        total = sum(offered)
        passed = total if self._breaker is None else self._breaker.admits(self._now, total)
        room = passed if self.rules.places is None else self.rules.places + capacity - self.backlog
        admitted = min(passed, max(room, 0.0))
        stopped = total - passed
        share = admitted / total if total > 0.0 else 0.0
        lost = [attempts * (passed - admitted) / total if total > 0.0 else 0.0 for attempts in offered]
        cohort = _Cohort([attempts * share for attempts in offered], admitted, admitted)
        self._queue.append(cohort)
        self._recent.append(cohort)
        self.backlog += admitted
        succeeded, wasted = self._serve(capacity, failing, lost)
        self._abandon(lost)
        if self._breaker is not None:
            self._breaker.observe(self._now, succeeded, sum(lost))
        failed = self._retry(arrivals, lost) + stopped
        self._now += 1
        return Step(total, succeeded, failed, wasted, self.backlog)

    def _offered(self, arrivals: float) -> list[float]:
        """Return the attempts of this step by their earlier failures, retries that are due among them."""
        change = self._changes.pop(self._now, None)
        if change is not None:
            self._returning = [
                max(now + by, 0.0) if now + by > _NOTHING else 0.0
                for now, by in zip(self._returning, change, strict=True)
            ]
        self.scheduled = max(self.scheduled - sum(self._returning), 0.0)
        return [arrivals, *self._returning[1:]]

    def _serve(self, capacity: float, failing: float, lost: list[float]) -> tuple[float, float]:
        """Take cohorts until the capacity is used; return what succeeded and what was served in vain."""
        succeeded = wasted = 0.0
        newest = self.rules.order == "lifo"
        queue = self._queue
        while capacity > _NOTHING and queue:
            cohort = queue[-1] if newest else queue[0]
            served = min(capacity, cohort.left)
            cohort.left -= served
            capacity -= served
            self.backlog -= served
            if cohort.abandoned:
                wasted += served
            else:
                succeeded += served * (1.0 - failing)
                if failing > 0.0 and cohort.total > 0.0:
                    for number, attempts in enumerate(cohort.attempts):
                        lost[number] += attempts * failing * served / cohort.total
            if cohort.left <= _NOTHING:
                self.backlog = max(self.backlog - cohort.left, 0.0)
                cohort.left = 0.0
                if newest:
                    queue.pop()
                else:
                    queue.popleft()
        return succeeded, wasted

    def _abandon(self, lost: list[float]) -> None:
        """Let the callers give up whose patience ends with this step."""
        if len(self._recent) < self._patience:
            return
        cohort = self._recent.popleft()
        cohort.abandoned = True
        if cohort.left <= 0.0:
            return
        for number, attempts in enumerate(cohort.attempts):
            lost[number] += attempts * cohort.left / cohort.total
        if self.rules.order == "drop":
            self.backlog = max(self.backlog - cohort.left, 0.0)
            cohort.left = 0.0

    def _retry(self, arrivals: float, lost: list[float]) -> float:
        """Schedule what may be tried again; return how many requests have failed for good."""
        wanted = sum(lost[:-1])
        granted = 1.0
        if self.rules.budget is not None:
            if len(self._budget) == self._budget.maxlen:
                earned, used = self._budget[0]
                self._tokens -= self.rules.budget * earned - used
            self._tokens += self.rules.budget * arrivals
            granted = min(1.0, max(self._tokens, 0.0) / wanted) if wanted > _NOTHING else 0.0
            self._tokens -= wanted * granted
            self._budget.append((arrivals, wanted * granted))
        for number, attempts in enumerate(lost[:-1]):
            if attempts * granted > _NOTHING:
                self._schedule(number + 1, attempts * granted)
        return lost[-1] + wanted * (1.0 - granted)

    def _schedule(self, number: int, attempts: float) -> None:
        """Let attempts return after their backoff: at once, or evenly over it with jitter."""
        wait = round(self.rules.backoff * 2.0 ** (number - 1) / self.rules.step)
        start, span = (1, max(wait, 1)) if self.rules.jitter else (1 + wait, 1)
        self._change(self._now + start, number, attempts / span)
        self._change(self._now + start + span, number, -attempts / span)
        self.scheduled += attempts

    def _change(self, at: int, number: int, by: float) -> None:
        self._changes.setdefault(at, [0.0] * (self.rules.retries + 1))[number] += by
