"""Write down a play on replicas: who was answered, what was wrong, what healing keeps, and events on a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from simulations.engine.histories import Operation
from simulations.engine.replicas import CUT_AT, FAR, HEALED_AT, NEAR, Replicas, Request, merged_cart
from simulations.engine.result import Table

_CART = frozenset({"milk", "bread"})
_NEAR_CART = _CART | {"tea"}
_FAR_CART = (_CART - {"milk"}) | {"rice"}

_REFUSED, _WRONG, _ANSWERED = "refused", "answered wrong", "answered"


def answered(requests: Sequence[Request]) -> tuple[int, int]:
    """Return how many of the six requests made while cut were answered: the near client's and the far one's."""
    near, far = (
        sum(each.while_cut and each.operation is not None and each.client == client for each in requests)
        for client in (NEAR, FAR)
    )
    return near, far


def answered_by_quorums(replicas: int, cut_off: int, written: int, read: int) -> int:
    """Return how many of the six requests strict quorums answer: a write and two reads a side."""
    sides = (replicas - cut_off, cut_off) if cut_off else (replicas, replicas)
    return sum((side >= written) + 2 * (side >= read) for side in sides)


def request_table(requests: Sequence[Request], wrong: AbstractSet[Operation]) -> Table:
    """Return one row a request: when, who, what, and how it went."""
    return Table(
        name="requests",
        caption=f"Nine requests, one at a time. If replicas are cut off, they are from {CUT_AT:,.0f} to "
        f"{HEALED_AT:,.0f} ms.",
        columns=("at, ms", "client", "request", "value", "answer", "after, ms", "replicas"),
        rows=tuple(
            (
                each.start,
                each.client,
                each.kind,
                None if each.operation is None else each.operation.value,
                _outcome(each, wrong),
                each.end - each.start,
                " ".join(str(replica + 1) for replica in each.asked),
            )
            for each in requests
        ),
    )


def merge_tables(replicas: Replicas, requests: Sequence[Request]) -> tuple[Table, ...]:
    """Return what two rules make of a cart written on both sides; nothing unless both sides of a cut were answered."""
    accepted = {each.client for each in requests if each.while_cut and each.kind == "write" and each.operation}
    if replicas.cut_off == 0 or len(accepted) < 2:
        return ()
    outcomes = (
        ("keep both, by union", merged_cart(_NEAR_CART, _FAR_CART)),
        ("last write wins, far is later", _FAR_CART),
        ("last write wins, near is later", _NEAR_CART),
    )
    added = (_NEAR_CART | _FAR_CART) - _CART
    removed = _CART - (_NEAR_CART & _FAR_CART)
    return (
        Table(
            name="healed",
            caption=f"Both sides took a write. Say it was a cart of {_listed(_CART)}: near adds tea, far adds rice and "
            "removes milk.",
            columns=("rule", "cart after healing", "additions lost", "removals undone"),
            rows=tuple(
                (rule, _listed(cart), _listed(added - cart) or "none", _listed(removed & cart) or "none")
                for rule, cart in outcomes
            ),
        ),
    )


def trace(
    replicas: Replicas, requests: Sequence[Request], wrong: AbstractSet[Operation]
) -> tuple[Mapping[str, object], ...]:
    """Return every request with the checker's verdict, and the cut and its healing, in the order of the clock."""
    events: list[Mapping[str, object]] = [
        {
            "at": each.start,
            "until": each.end,
            "event": each.kind,
            "client": each.client,
            "value": None if each.operation is None else each.operation.value,
            "answer": _outcome(each, wrong),
            "replicas": [replica + 1 for replica in each.asked],
        }
        for each in requests
    ]
    if replicas.cut_off:
        events += [
            {"at": CUT_AT, "until": HEALED_AT, "event": "cut"},
            {"at": HEALED_AT, "until": HEALED_AT, "event": "heal"},
        ]
    return tuple(sorted(events, key=_clock))


def frames(replicas: Replicas, requests: Sequence[Request], wrong: AbstractSet[Operation]) -> Mapping[str, object]:
    """Return what a scene draws: replicas on a line, the cut, the lanes of both clients, and the verdict."""
    split = replicas.count - replicas.cut_off
    return {
        "replicas": [
            {"number": place + 1, "distance": distance, "side": NEAR if place < split else FAR}
            for place, distance in enumerate(replicas.distances)
        ],
        "cut": {"from": CUT_AT, "until": HEALED_AT} if replicas.cut_off else None,
        "clients": [
            {"name": client, "distance": place, "round_trips": [abs(each - place) for each in replicas.distances]}
            for client, place in ((NEAR, 0.0), (FAR, replicas.distances[-1]))
        ],
        "linearizable": not wrong,
        "end": max(each.end for each in requests),
    }


def _outcome(request: Request, wrong: AbstractSet[Operation]) -> str:
    if request.operation is None:
        return _REFUSED
    return _WRONG if request.operation in wrong else _ANSWERED


def _listed(items: AbstractSet[str]) -> str:
    return ", ".join(sorted(items))


def _clock(event: Mapping[str, object]) -> float:
    at = event["at"]
    assert isinstance(at, float)
    return at
