"""Check what clients saw of one register against a consistency model, by trying every order.

An order of all operations explains a history if each read returns what the last write before it wrote.
Linearizable: such an order exists that keeps operations apart in real time as they were (Herlihy and
Wing, 1990). Sequential: it need only keep each client's own order (Lamport, 1979). The weaker models ask
for an order for each client by itself, of all writes and that client's reads: causal that it keeps what
came before, through any chain of own operations and of reads that saw a write (Ahamad and others, 1995);
read your writes and monotonic reads that it keeps what their names say (Terry and others, 1994). The
search is exponential at worst and meant for histories of up to a dozen operations (Wing and Gong, 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

INITIAL = 0
"""What a register holds before the first write."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A completed operation: who, what, which value written or read, and from when to when in ms."""

    client: str
    kind: Literal["write", "read"]
    value: int
    start: float
    end: float


def is_linearizable(operations: Sequence[Operation]) -> bool:
    """Return whether some order of the operations explains every read and respects real time."""
    return _order(operations, _before_in_time) is not None


def is_sequential(operations: Sequence[Operation]) -> bool:
    """Return whether some order of the operations explains every read and keeps each client's own order."""
    return sequential_order(operations) is not None


def linear_order(operations: Sequence[Operation]) -> tuple[int, ...] | None:
    """Return the places of the operations in an order that explains them and respects real time, if there is one."""
    return _order(operations, _before_in_time)


def sequential_order(operations: Sequence[Operation]) -> tuple[int, ...] | None:
    """Return the places of the operations in an order that keeps each client's own, if one explains them."""
    return _order(operations, _before_at_client)


def linear_orders(operations: Sequence[Operation]) -> int:
    """Return how many orders explain every read and respect real time."""
    before, done = _masks(operations, _before_in_time), (1 << len(operations)) - 1
    ways = {(0, INITIAL): 1}
    for _ in operations:
        following: dict[tuple[int, int], int] = {}
        for (taken, value), number in ways.items():
            for place, operation in enumerate(operations):
                if not taken >> place & 1 and not before[place] & ~taken and _fits(operation, value):
                    state = taken | 1 << place, operation.value
                    following[state] = following.get(state, 0) + number
        ways = following
    return sum(number for (taken, _), number in ways.items() if taken == done)


def is_causal(operations: Sequence[Operation]) -> bool:
    """Return whether each client saw an order of the writes that keeps what came before; values are written once."""
    follows = {
        (first, second)
        for first in operations
        for second in operations
        if _before_at_client(first, second) or (first.kind, second.kind, first.value) == ("write", "read", second.value)
    }
    for middle in operations:
        follows |= {
            (first, second)
            for first in operations
            for second in operations
            if (first, middle) in follows and (middle, second) in follows
        }
    return _for_each_client(operations, lambda first, second: (first, second) in follows)


def reads_own_writes(operations: Sequence[Operation]) -> bool:
    """Return whether each client saw an order of the writes in which its own come in its order and before its reads."""
    return _for_each_client(
        operations, lambda first, second: first.kind == "write" and _before_at_client(first, second)
    )


def reads_monotonically(operations: Sequence[Operation]) -> bool:
    """Return whether each client saw an order of the writes through which its reads never went back."""
    return _for_each_client(
        operations,
        lambda first, second: first.kind == second.kind == "read" and _before_at_client(first, second),
    )


def violations(operations: Sequence[Operation]) -> tuple[int, ...]:
    """Return the places of the reads that break linearizability, in the order in which they ended.

    A read counts if the writes and the reads that ended before it, less those counted already, are
    linearizable without it and not with it.
    """
    kept = [operation for operation in operations if operation.kind == "write"]
    reads = [place for place, operation in enumerate(operations) if operation.kind == "read"]
    found: list[int] = []
    for place in sorted(reads, key=lambda place: operations[place].end):
        if is_linearizable([*kept, operations[place]]):
            kept.append(operations[place])
        else:
            found.append(place)
    return tuple(found)


def _before_in_time(first: Operation, second: Operation) -> bool:
    return first.end < second.start


def _before_at_client(first: Operation, second: Operation) -> bool:
    return first.client == second.client and first.end < second.start


def _fits(operation: Operation, value: int) -> bool:
    return operation.kind == "write" or operation.value == value


def _for_each_client(operations: Sequence[Operation], precedes: Callable[[Operation, Operation], bool]) -> bool:
    clients = {operation.client for operation in operations}
    return all(
        _order([one for one in operations if one.kind == "write" or one.client == client], precedes) is not None
        for client in clients
    )


def _masks(operations: Sequence[Operation], precedes: Callable[[Operation, Operation], bool]) -> list[int]:
    """Return for each operation which must come before it, as bits."""
    places = range(len(operations))
    return [sum(1 << first for first in places if precedes(operations[first], operations[second])) for second in places]


def _order(operations: Sequence[Operation], precedes: Callable[[Operation, Operation], bool]) -> tuple[int, ...] | None:
    before, done = _masks(operations, precedes), (1 << len(operations)) - 1
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, INITIAL, ())]
    while waiting:
        taken, value, order = waiting.pop()
        if taken == done:
            return order
        if (taken, value) in seen:
            continue
        seen.add((taken, value))
        for place, operation in enumerate(operations):
            if not taken >> place & 1 and not before[place] & ~taken and _fits(operation, value):
                waiting.append((taken | 1 << place, operation.value, (*order, place)))
    return None
