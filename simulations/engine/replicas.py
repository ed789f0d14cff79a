"""Play one register on several replicas, cut the network between them, write on either side, and heal.

Replicas stand along a line, `distances` ms of round trip from the near client; the far client stands
beside the last of them. A cut parts the last `cut_off` replicas, and the far client, from the rest.
Three ways to answer:

* quorum: a write waits for `write_quorum` replicas and a read for `read_quorum`, the nearest ones that
  can be reached; where there are fewer it is refused, without effect. The latest time stamp wins.
* always: the same, but fewer replicas will do, as long as there is one.
* leader: one replica orders everything and answers once a majority has heard of it; while the network is
  cut the side that holds a majority has the leader.

What a write did not wait for follows `delay` ms after its answer, across a cut after it has healed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simulations.engine.histories import INITIAL, Operation

NEAR, FAR = "near", "far"
CUT_AT, HEALED_AT = 3_000.0, 13_000.0
TIMEOUT = 1_000.0
"""After how many ms a request that cannot be answered is given up."""

WHILE_CUT: tuple[tuple[str, Literal["write", "read"], float], ...] = (
    (NEAR, "write", 4_000.0),
    (NEAR, "read", 5_500.0),
    (FAR, "read", 7_000.0),
    (FAR, "write", 8_500.0),
    (FAR, "read", 10_000.0),
    (NEAR, "read", 11_500.0),
)
"""The six requests that are made while the network is cut: by whom, what, and when in ms."""

_AFTER_HEALING = 15_500.0
_INSTANT = 1.0


@dataclass(frozen=True, slots=True)
class Replicas:
    """The replicas, how they answer, and how the network between them is cut."""

    mode: str
    distances: tuple[float, ...]
    cut_off: int
    write_quorum: int
    read_quorum: int
    service: float
    delay: float
    far_clock: float

    @property
    def count(self) -> int:
        """How many replicas there are."""
        return len(self.distances)

    @property
    def majority(self) -> int:
        """The smallest number of replicas of which any two sets overlap."""
        return self.count // 2 + 1

    def wait(self, client: str, answers: int) -> float:
        """Return the ms that a client waits for its nearest `answers` replicas, or for a leader's majority."""
        everyone = tuple(range(self.count))
        if self.mode == "leader":
            return self._through_leader(client, 0, everyone)
        return self._direct(client, self._nearest(client, answers, everyone))

    def reachable(self, client: str, at: float) -> tuple[int, ...]:
        """Return the replicas that a client can reach at a time."""
        if self.cut_off == 0 or not CUT_AT <= at < HEALED_AT:
            return tuple(range(self.count))
        split = self.count - self.cut_off
        return tuple(range(split)) if client == NEAR else tuple(range(split, self.count))

    def asked(self, client: str, kind: str, reachable: tuple[int, ...]) -> tuple[int, ...]:
        """Return the replicas that an operation waits for; none if it is refused."""
        if self.mode == "leader":
            leader = self._leader(reachable)
            return () if leader is None else self._nearest_to(self.distances[leader], self.majority, reachable)
        wanted = self.write_quorum if kind == "write" else self.read_quorum
        if self.mode == "quorum" and len(reachable) < wanted:
            return ()
        return self._nearest(client, wanted, reachable)

    def latency(self, client: str, asked: tuple[int, ...], reachable: tuple[int, ...]) -> float:
        """Return how many ms an operation takes that waits for the replicas asked."""
        leader = self._leader(reachable) if self.mode == "leader" else None
        return self._direct(client, asked) if leader is None else self._through_leader(client, leader, reachable)

    def stamp(self, client: str, at: float) -> float:
        """Return the time stamp that a write gets: a leader's order, or the client's clock."""
        return at + (self.far_clock if client == FAR and self.mode != "leader" else 0.0)

    def _leader(self, reachable: tuple[int, ...]) -> int | None:
        if len(reachable) < self.majority:
            return None
        return 0 if 0 in reachable else reachable[-1]

    def _place(self, client: str) -> float:
        return 0.0 if client == NEAR else self.distances[-1]

    def _nearest(self, client: str, wanted: int, among: tuple[int, ...]) -> tuple[int, ...]:
        return self._nearest_to(self._place(client), wanted, among)

    def _nearest_to(self, place: float, wanted: int, among: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(among, key=lambda each: (abs(self.distances[each] - place), each))[:wanted])

    def _direct(self, client: str, asked: tuple[int, ...]) -> float:
        place = self._place(client)
        return max(abs(self.distances[each] - place) for each in asked) + self.service

    def _through_leader(self, client: str, leader: int, among: tuple[int, ...]) -> float:
        place = self.distances[leader]
        followers = self._nearest_to(place, self.majority, among)
        farthest = max(abs(self.distances[each] - place) for each in followers)
        return abs(place - self._place(client)) + farthest + self.service


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it went: `operation` is None if it was refused; `asked` are the replicas waited for."""

    client: str
    kind: Literal["write", "read"]
    start: float
    end: float
    asked: tuple[int, ...]
    operation: Operation | None
    while_cut: bool


def play(replicas: Replicas, age: float) -> tuple[Request, ...]:
    """Return nine requests, one at a time: a write, a read from afar, six while the network is cut, one after.

    The read from afar is sent `age` ms after the write's answer, and at least 1. No request may take
    1,400 ms, nor `age` or the delay be more than 1,000: then none overlaps another, and all is settled when the
    last is sent.
    """
    register = _Register(replicas)
    first = register.request(NEAR, "write", 0.0, while_cut=False)
    requests = [first, register.request(FAR, "read", first.end + max(age, _INSTANT), while_cut=False)]
    requests += [register.request(client, kind, at, while_cut=True) for client, kind, at in WHILE_CUT]
    requests.append(register.request(NEAR, "read", _AFTER_HEALING, while_cut=False))
    return tuple(requests)


def merged_cart(near: frozenset[str], far: frozenset[str]) -> frozenset[str]:
    """Return the union of two versions of a cart: what was added stays, what was removed on one side comes back."""
    return near | far


class _Register:
    """What each replica has been told, and when it gets to know it."""

    def __init__(self, replicas: Replicas) -> None:
        self.replicas = replicas
        self.told: list[list[tuple[float, float, int]]] = [[(-1.0, -1e9, INITIAL)] for _ in range(replicas.count)]
        self.written = INITIAL

    def request(self, client: str, kind: Literal["write", "read"], start: float, *, while_cut: bool) -> Request:
        reachable = self.replicas.reachable(client, start)
        asked = self.replicas.asked(client, kind, reachable)
        if not asked:
            return Request(client, kind, start, start + TIMEOUT, (), None, while_cut)
        end = start + self.replicas.latency(client, asked, reachable)
        value = self._write(client, start, end, asked, reachable) if kind == "write" else self._read(asked, start)
        return Request(client, kind, start, end, asked, Operation(client, kind, value, start, end), while_cut)

    def _write(self, client: str, start: float, end: float, asked: tuple[int, ...], reachable: tuple[int, ...]) -> int:
        self.written += 1
        stamp = self.replicas.stamp(client, start)
        for each, told in enumerate(self.told):
            known = end if each in asked else (end if each in reachable else HEALED_AT) + self.replicas.delay
            told.append((known, stamp, self.written))
        return self.written

    def _read(self, asked: tuple[int, ...], start: float) -> int:
        """Return the value with the latest stamp that one of the replicas asked knew when the read was sent."""
        _, value = max((stamp, value) for each in asked for known, stamp, value in self.told[each] if known <= start)
        return value
