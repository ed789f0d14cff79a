"""Follow one request through the systems that answer it: who is asked when, who is waited for, what it yields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

State = Literal["up", "slow", "down", "silent"]
Page = Literal["fresh", "stale", "incomplete", "failed"]
Events = Literal["kept", "lost", "none"]

_WORKER_MS = 5.0
_WORST: dict[Page, int] = {"fresh": 0, "incomplete": 1, "stale": 2, "failed": 3}


@dataclass(frozen=True, slots=True)
class Component:
    """A system that takes `ms` to answer while up, `slow` times as long while slow."""

    state: State
    ms: float
    slow: float = 1.0

    def asked(self, refusal: float, timeout: float) -> tuple[float, bool]:
        """Return how many ms the caller waits and whether it is answered.

        A component that is down refuses after `refusal` ms, a silent one never answers; a caller
        waits no longer than its timeout.
        """
        if self.state in ("down", "silent"):
            return (min(refusal, timeout) if self.state == "down" else timeout), False
        takes = self.ms * (self.slow if self.state == "slow" else 1.0)
        return min(takes, timeout), takes <= timeout


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a request, in ms since the client sent it; `waited` says whether the answer waits for it."""

    name: str
    start: float
    end: float
    waited: bool
    answered: bool
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """The orchestrator: what it asks in which order, how long it waits, and what it does without an answer.

    `search_edge` is parallel, serial or apart. A queue that is full blocks for `queue_wait` ms with
    `queue_blocks` and drops the event otherwise. The client leaves after `patience` ms.
    """

    balancer: float
    own: float
    cache: Component
    database: Component
    search: Component
    queue: Component
    queue_full: bool
    queue_blocks: bool
    queue_wait: float
    search_edge: str
    refusal: float
    timeout: float
    patience: float
    serves_stale: bool
    skips_search: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request: its hops, its time in ms, its page and its event."""

    hops: tuple[Hop, ...]
    total: float
    page: Page
    events: Events

    @property
    def critical(self) -> tuple[Hop, ...]:
        """The hops that make up the total, one after another."""
        return tuple(hop for hop in self.hops if hop.critical)


def follow(application: Application, *, hit: bool) -> Answer:
    """Return what becomes of a request that finds its timeline in the cache, or does not.

    A failed step costs its caller the timeout or the time to the refusal; a cache that fails is
    bypassed; a page that fails does so at once.
    """
    received = application.balancer + application.own
    entry = [
        Hop("balancer", 0.0, application.balancer, True, True),
        Hop("application", application.balancer, received, True, True),
    ]
    timeline, page = _timeline(application, received, hit=hit)
    branches = [timeline]
    if application.search_edge != "serial" or page != "failed":
        start = timeline[-1].end if application.search_edge == "serial" else received
        search = _asked("search", application.search, start, application, waited=application.search_edge != "apart")
        if application.search_edge == "serial":
            branches = [[*timeline, search]]
        else:
            branches.append([search])
        page = _worse(page, _without_search(application, search))
    return _answer(application, entry, branches, page)


def _timeline(application: Application, start: float, *, hit: bool) -> tuple[list[Hop], Page]:
    cache = _asked("cache", application.cache, start, application)
    if hit and cache.answered:
        return [cache], "fresh"
    database = _asked("database", application.database, cache.end, application)
    if database.answered:
        return [cache, database], "fresh"
    return [cache, database], "stale" if application.serves_stale else "failed"


def _without_search(application: Application, search: Hop) -> Page:
    if search.answered:
        return "fresh"
    return "incomplete" if application.skips_search or not search.waited else "failed"


def _answer(application: Application, entry: list[Hop], branches: list[list[Hop]], page: Page) -> Answer:
    waited = [branch for branch in branches if branch[-1].waited]
    if page == "failed":
        failing = [branch for branch in waited if _fails(application, branch[-1])]
        path = [*entry, *min(failing, key=lambda branch: branch[-1].end)]
        after: list[Hop] = []
    else:
        path = [*entry, *max(waited, key=lambda branch: branch[-1].end)]
        after = _queued(application, path[-1].end)
        path += [hop for hop in after if hop.waited]
    total, events = path[-1].end, _events(after)
    if total > application.patience:
        total, page = application.patience, "failed"
    critical = {hop.name for hop in path if hop.start < total}
    hops = [*entry, *(hop for branch in branches for hop in branch), *after]
    return Answer(tuple(_seen(hop, application.patience, critical) for hop in hops), total, page, events)


def _seen(hop: Hop, patience: float, critical: set[str]) -> Hop:
    """Return the hop as far as the client waits for it."""
    end = min(hop.end, patience) if hop.name in critical else hop.end
    return replace(hop, end=end, critical=hop.name in critical)


def _fails(application: Application, last: Hop) -> bool:
    forgiven = application.skips_search if last.name == "search" else application.serves_stale
    return not last.answered and not forgiven


def _queued(application: Application, start: float) -> list[Hop]:
    """Return the enqueueing of an event and its work, which nobody waits for unless the queue is full and blocks."""
    if application.queue_full and not application.queue_blocks:
        return [Hop("queue", start, start, False, False)]
    if application.queue_full:
        blocking = replace(application.queue, state="up", ms=application.queue_wait)
        queue = _asked("queue", blocking, start, application)
    else:
        queue = _asked("queue", application.queue, start, application, waited=False)
    if not queue.answered:
        return [queue]
    return [queue, Hop("worker", queue.end, queue.end + _WORKER_MS, False, True)]


def _events(after: list[Hop]) -> Events:
    if not after:
        return "none"
    return "kept" if after[0].answered else "lost"


def _asked(name: str, component: Component, start: float, application: Application, *, waited: bool = True) -> Hop:
    takes, answered = component.asked(application.refusal, application.timeout)
    return Hop(name, start, start + takes, waited, answered)


def _worse(one: Page, other: Page) -> Page:
    return max(one, other, key=lambda page: _WORST[page])
