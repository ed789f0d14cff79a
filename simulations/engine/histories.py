"""Check what clients saw of one register against a consistency model, by trying every order.

An order of all operations explains a history if each read returns what the last write before it wrote.
Linearizable: such an order exists that keeps operations apart in real time as they were (Herlihy and
Wing, 1990). Sequential: it need only keep each client's own order (Lamport, 1979). The search is
exponential at worst and meant for histories of up to a dozen operations (Wing and Gong, 1993).
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
    return _explained(operations, lambda first, second: first.end < second.start)


def is_sequential(operations: Sequence[Operation]) -> bool:
    """Return whether some order of the operations explains every read and keeps each client's own order."""
    return _explained(operations, lambda first, second: first.client == second.client and first.end < second.start)


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


def _explained(operations: Sequence[Operation], precedes: Callable[[Operation, Operation], bool]) -> bool:
    count = len(operations)
    before = [
        sum(1 << first for first in range(count) if precedes(operations[first], operations[second]))
        for second in range(count)
    ]
    done = (1 << count) - 1
    seen: set[tuple[int, int]] = set()
    waiting = [(0, INITIAL)]
    while waiting:
        taken, value = waiting.pop()
        if taken == done:
            return True
        if (taken, value) in seen:
            continue
        seen.add((taken, value))
        for place, operation in enumerate(operations):
            if taken >> place & 1 or before[place] & ~taken:
                continue
            if operation.kind == "write" or operation.value == value:
                waiting.append((taken | 1 << place, operation.value))
    return False
