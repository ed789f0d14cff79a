"""Describe replicas of one register and a cut between them: the settings, and what follows from them at once."""

from __future__ import annotations

from dataclasses import dataclass

from simulations.engine import parameters, words
from simulations.engine.functions.replication import stale_read
from simulations.engine.parameters import Fault
from simulations.engine.replicas import Replicas

_MOST = 7


def _distance(place: int, default: float) -> float:
    field: float = parameters.number(
        default,
        minimum=0,
        maximum=500,
        step=1,
        unit="ms",
        label=f"Replica {place}",
        help=f"Round trip to replica {place} from the near client, who stands beside replica 1.",
    )
    return field


@dataclass(frozen=True, slots=True)
class Parameters:
    """The replicas, how many answers are waited for, where the network is cut, and how writes spread."""

    mode: str = parameters.choice(
        "quorum",
        options=(
            ("quorum", "Quorums: refuse without enough replicas"),
            ("always", "Always answer: fewer will do"),
            ("leader", "One leader, who needs a majority"),
        ),
        label="Answers by",
        help="What happens when fewer replicas than wanted can be reached.",
    )
    replicas: int = parameters.number(
        3, minimum=1, maximum=_MOST, step=1, unit="", label="Replicas", help="Copies of the value.", integer=True
    )
    write_quorum: int = parameters.number(
        2,
        minimum=1,
        maximum=_MOST,
        step=1,
        unit="",
        label="A write waits for",
        help="Replicas that must have a write before it is answered. A leader always waits for a majority.",
        integer=True,
    )
    read_quorum: int = parameters.number(
        2,
        minimum=1,
        maximum=_MOST,
        step=1,
        unit="",
        label="A read asks",
        help="Replicas that a read waits for; the newest answer counts. A leader always asks a majority.",
        integer=True,
    )
    cut_off: int = parameters.number(
        0,
        minimum=0,
        maximum=_MOST - 1,
        step=1,
        unit="",
        label="Cut off",
        help="The last so many replicas, and the far client, are cut off from the others for ten seconds.",
        integer=True,
    )
    distance_2: float = _distance(2, 70.0)
    distance_3: float = _distance(3, 150.0)
    distance_4: float = _distance(4, 90.0)
    distance_5: float = _distance(5, 210.0)
    distance_6: float = _distance(6, 120.0)
    distance_7: float = _distance(7, 180.0)
    service: float = parameters.number(
        0.0, minimum=0, maximum=100, step=1, unit="ms", label="A replica takes", help="Time of a replica's own work."
    )
    delay: float = parameters.number(
        50.0,
        minimum=1,
        maximum=1_000,
        step=1,
        unit="ms",
        label="Others hear after",
        help="Mean time until a replica that the write did not wait for has it.",
        scale="log",
    )
    age: float = parameters.number(
        0.0,
        minimum=0,
        maximum=1_000,
        step=1,
        unit="ms",
        label="Read sent after",
        help="Time between a write's answer and the read from afar.",
    )
    far_clock: float = parameters.number(
        0.0,
        minimum=-5_000,
        maximum=5_000,
        step=100,
        unit="ms",
        label="Far clock",
        help="How far the far client's clock is ahead; behind if negative. Without a leader clocks order writes.",
    )
    read_share: float = parameters.number(
        90.0, minimum=0, maximum=100, step=1, unit="%", label="Reads", help="Share of operations that read."
    )
    node_availability: float = parameters.number(
        99.0,
        minimum=50,
        maximum=99.99,
        step=0.01,
        unit="%",
        label="Replica up",
        help="Share of time that a replica works, independent of the others.",
    )

    def faults(self) -> tuple[Fault, ...]:
        """Return what asks for more replicas than there are."""
        there = words.with_unit(str(self.replicas), "replicas")
        limits = {"write_quorum": self.replicas, "read_quorum": self.replicas, "cut_off": self.replicas - 1}
        return tuple(
            Fault(name, str(value), f"{name} is {value}, but of {there} it can be at most {limit}.")
            for name, limit in limits.items()
            if (value := getattr(self, name)) > limit
        )


def replicas_of(settings: Parameters) -> Replicas:
    """Return the replicas that the settings describe."""
    distances = (0.0, *(getattr(settings, f"distance_{place}") for place in range(2, settings.replicas + 1)))
    return Replicas(
        mode=settings.mode,
        distances=distances,
        cut_off=settings.cut_off,
        write_quorum=settings.write_quorum,
        read_quorum=settings.read_quorum,
        service=settings.service,
        delay=settings.delay,
        far_clock=settings.far_clock,
    )


def needed(settings: Parameters) -> tuple[int, int]:
    """Return how many replicas must work for a write and for a read to be answered."""
    if settings.mode == "leader":
        return (settings.replicas // 2 + 1,) * 2
    return (1, 1) if settings.mode == "always" else (settings.write_quorum, settings.read_quorum)


def staleness(settings: Parameters, elapsed: float) -> float:
    """Return the probability that a read sent so many ms after a write's answer misses it, uncut."""
    if settings.mode == "leader":
        return 0.0
    return stale_read(settings.replicas, settings.write_quorum, settings.read_quorum, elapsed, settings.delay)
