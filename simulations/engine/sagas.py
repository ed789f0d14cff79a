"""Step through one change to several services, by a saga or by two-phase commit, with a coordinator that may die.

A saga commits step by step and undoes what was done if a later step is refused (Garcia-Molina and Salem, 1987). In
two-phase commit every service prepares, and holds its locks until it hears what the coordinator has decided (Gray,
1978); without a decision on record it is to abort. The coordinator notes each answer before it goes on. When it comes
back it goes on from its notes, so that the last call may be made twice; without notes it does not come back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Protocol = Literal["saga", "commit"]


@dataclass(frozen=True, slots=True)
class Change:
    """How many services it needs, which of them refuses (0 for none), and what the coordinator can rely on.

    `noted` says whether its notes outlive it, `idempotent` whether a service recognises a call made twice.
    """

    protocol: Protocol
    services: int
    refusing: int
    noted: bool
    idempotent: bool
    call_ms: float
    down_ms: float


@dataclass(frozen=True, slots=True)
class Event:
    """What happened at which time in ms, and to which service; 0 is the coordinator."""

    time: float
    what: str
    service: int


class _Died(Exception):
    """The coordinator is gone."""


@dataclass(slots=True)
class Play:
    """The course of one change: its events, how often each service has its effect, and what others had to bear.

    `locked_ms` is the longest that a service held locks, `split_ms` how long others could see the effect at one
    service and its absence at another that was not locked. Both count up to the last event.
    """

    change: Change
    dies_after: int
    events: list[Event] = field(default_factory=list)
    effects: list[int] = field(default_factory=list)
    held_since: dict[int, float] = field(default_factory=dict)
    notes: list[tuple[str, int]] = field(default_factory=list)
    locked_ms: float = 0.0
    split_ms: float = 0.0
    time: float = 0.0

    @property
    def settled(self) -> bool:
        """Whether all services have the effect once or none has it, and none is locked."""
        return not self.held_since and (set(self.effects) in ({0}, {1}))

    @property
    def doubled(self) -> int:
        """How many services have the effect more than once, or had one undone that they never had."""
        return sum(effect not in (0, 1) for effect in self.effects)

    def wait(self, milliseconds: float) -> None:
        """Let time pass."""
        open_to_see = {effect for place, effect in enumerate(self.effects, 1) if place not in self.held_since}
        self.split_ms += milliseconds if len(open_to_see) > 1 else 0.0
        self.time += milliseconds

    def note(self, what: str, service: int = 0) -> None:
        """Write down what is known."""
        self.notes.append((what, service))
        self._happened(f"note: {what}", service)

    def call(self, what: str, service: int, effect: int = 0) -> None:
        """Let a service do or undo its part, which an idempotent one does no more than once."""
        self.wait(self.change.call_ms)
        place = service - 1
        again = self.change.idempotent and self.effects[place] == max(effect, 0)
        self.effects[place] += 0 if effect and again else effect
        self._happened(what, service)

    def lock(self, service: int) -> None:
        """Let a service prepare and hold its locks; a second time changes nothing."""
        self.wait(self.change.call_ms)
        self.held_since.setdefault(service, self.time)
        self._happened("prepares", service)

    def release(self, what: str, service: int, effect: int) -> None:
        """Tell a service what was decided; one that holds no locks has nothing to do."""
        self.wait(self.change.call_ms)
        since = self.held_since.pop(service, None)
        if since is not None:
            self.effects[service - 1] += effect
            self.locked_ms = max(self.locked_ms, self.time - since)
        self._happened(what, service)

    def _happened(self, what: str, service: int) -> None:
        self.events.append(Event(self.time, what, service))
        if len(self.events) == self.dies_after:
            raise _Died


def play(change: Change, dies_after: int = 0) -> Play:
    """Return the course of a change whose coordinator dies after so many events; after 0, or too many, it lives."""
    course = Play(change, dies_after, effects=[0] * change.services)
    coordinate = _saga if change.protocol == "saga" else _two_phase_commit
    try:
        coordinate(course)
    except _Died:
        course.events.append(Event(course.time, "dies", 0))
        course.wait(change.down_ms)
        for since in course.held_since.values():
            course.locked_ms = max(course.locked_ms, course.time - since)
        course.dies_after = 0
        if change.noted:
            course.events.append(Event(course.time, "is back, and reads its notes", 0))
            coordinate(course)
    return course


def _saga(course: Play) -> None:
    change = course.change
    if ("begins", 0) not in course.notes:
        course.note("begins")
    for service in range(1, change.services + 1):
        if any(what == "refused" for what, _ in course.notes):
            break
        if ("done", service) in course.notes:
            continue
        if service == change.refusing:
            course.call("refuses", service)
            course.note("refused", service)
        else:
            course.call("does it", service, 1)
            course.note("done", service)
    refused = next((service for what, service in course.notes if what == "refused"), 0)
    for service in range(refused - 1, 0, -1):
        if ("undone", service) not in course.notes:
            course.call("undoes it", service, -1)
            course.note("undone", service)
    if ("ended", 0) not in course.notes:
        course.note("ended")


def _two_phase_commit(course: Play) -> None:
    change = course.change
    decision = next((what for what, _ in course.notes if what in ("commit", "abort")), None)
    if decision is None and course.notes:
        decision = "abort"  # it died before it decided, and nobody else can have been told otherwise
        course.note(decision)
    if decision is None:
        course.note("begins")
        decision = "commit"
        for service in range(1, change.services + 1):
            if service == change.refusing:
                course.call("refuses", service)
                decision = "abort"
                break
            course.lock(service)
        course.note(decision)
    told, effect = ("commits", 1) if decision == "commit" else ("aborts", 0)
    for service in range(1, change.services + 1):
        if service in course.held_since:
            course.release(told, service, effect)
    if ("ended", 0) not in course.notes:
        course.note("ended")
