"""Describe the inputs of the cascade model, and the pool of threads behind which one replica turns slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from simulations.engine import parameters
from simulations.engine.attempts import Order

BUDGET_SHARE = 0.1
"""The retries that a budget allows, as a share of recent arrivals."""

READ_S = 0.005
"""How long a healthy replica takes."""

CALL_TIMEOUT_S = 0.05
"""When the defence by timeout gives up on one replica."""


DEFENCES = (
    ("none", "None"),
    ("timeout", "Call timeout of 50 ms"),
    ("bulkhead", "Bulkheads: threads divided by replica"),
    ("ejection", "Ejection: health check by latency"),
)
"""What can be done against a slow replica, with the words shown."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The load, how callers and server behave, what goes wrong, and what is done about it."""

    arrivals: float = parameters.number(
        4_000.0,
        minimum=10,
        maximum=50_000,
        step=10,
        unit="req/s",
        label="Arrivals",
        help="Requests a second, retries not counted.",
        scale="log",
    )
    capacity: float = parameters.number(
        6_000.0,
        minimum=10,
        maximum=50_000,
        step=10,
        unit="req/s",
        label="Capacity",
        help="Attempts that the service can work off in a second. A slow replica has its own: the pool's.",
        scale="log",
    )
    timeout: float = parameters.number(
        1.0,
        minimum=0.05,
        maximum=10,
        step=0.05,
        unit="s",
        label="Timeout",
        help="How long a caller waits before giving up on an attempt.",
        scale="log",
    )
    retries: int = parameters.number(
        2,
        minimum=0,
        maximum=5,
        step=1,
        unit="",
        label="Retries",
        help="How often a caller tries again.",
        integer=True,
    )
    backoff: float = parameters.number(
        0.0,
        minimum=0,
        maximum=10,
        step=0.1,
        unit="s",
        label="Backoff",
        help="The pause before the first retry; it doubles with each.",
    )
    jitter: bool = parameters.flag(
        False,
        label="Jitter",
        help="Retry at any moment of the pause instead of at its end.",
    )
    budget: bool = parameters.flag(
        False,
        label="Retry budget",
        help="Allow no more retries than 10% of the arrivals of the last 10 s.",
    )
    order: str = parameters.choice(
        "fifo",
        options=(("fifo", "Oldest first"), ("lifo", "Newest first"), ("drop", "Oldest that is still wanted")),
        label="Order of service",
        help="Whom the server takes next. Only the last knows that a caller has given up.",
    )
    breaker: bool = parameters.flag(
        False,
        label="Circuit breaker",
        help="Callers stop for 5 s when half of a second's attempts fail, then try 20 calls.",
    )
    trigger: str = parameters.choice(
        "capacity",
        options=(("capacity", "Capacity falls"), ("slow_replica", "One replica turns slow")),
        label="Trigger",
        help="What goes wrong.",
    )
    trigger_capacity: float = parameters.number(
        2_000.0,
        minimum=0,
        maximum=50_000,
        step=10,
        unit="req/s",
        label="Capacity in the trigger",
        help="What is left of the capacity when it falls.",
    )
    trigger_seconds: float = parameters.number(
        20.0,
        minimum=1,
        maximum=60,
        step=1,
        unit="s",
        label="Length of the trigger",
        help="How long it lasts.",
    )
    cut_share: float = parameters.number(
        0.0,
        minimum=0,
        maximum=100,
        step=0.5,
        unit="%",
        label="Load cut",
        help="The share of arrivals that is turned away from 10 s after the trigger's end.",
    )
    cut_seconds: float = parameters.number(
        30.0,
        minimum=1,
        maximum=45,
        step=1,
        unit="s",
        label="Length of the cut",
        help="How long they are turned away.",
    )
    replicas: int = parameters.number(
        3,
        minimum=2,
        maximum=20,
        step=1,
        unit="",
        label="Replicas",
        help="Replicas that share the calls equally; a healthy one answers in 5 ms.",
        integer=True,
    )
    slow_factor: float = parameters.number(
        100.0,
        minimum=1,
        maximum=1_000,
        step=1,
        unit="×",
        label="Slow replica",
        help="How many times slower one replica turns while it still passes its health check.",
        scale="log",
    )
    threads: int = parameters.number(
        200,
        minimum=20,
        maximum=2_000,
        step=10,
        unit="",
        label="Threads",
        help="Threads of the pool; each is held while its call waits for a replica.",
        scale="log",
        integer=True,
    )
    defence: str = parameters.choice(
        "none",
        options=DEFENCES,
        label="Against the slow replica",
        help="What keeps one slow replica from holding every thread.",
    )

    @property
    def queue_order(self) -> Order:
        """The order of service, as the queue names it."""
        return cast("Order", self.order)


@dataclass(frozen=True, slots=True)
class Pool:
    """Capacities a second without and in the trigger, the share of calls that fail in it, and when the pool fills."""

    healthy: float
    degraded: float
    failing: float
    fills: float | None


def pool_of(settings: Parameters, *, trigger: str | None = None, defence: str | None = None) -> Pool:
    """Return what the service can do; `trigger` and `defence` stand in for those of the settings.

    A call holds its thread for the mean time of the replicas. A call timeout shortens the hold and fails
    the calls that it ends; a bulkhead fails the calls that the slow replica's own threads cannot take.
    """
    if (trigger or settings.trigger) == "capacity":
        return Pool(settings.capacity, settings.trigger_capacity, 0.0, None)
    healthy = settings.threads / READ_S
    slow = settings.slow_factor * READ_S
    share = 1.0 / settings.replicas
    kind = defence or settings.defence
    if kind == "ejection":
        return Pool(healthy, healthy, 0.0, None)
    if kind == "bulkhead":
        taken = min(settings.threads * share / slow, settings.arrivals * share)
        return Pool(healthy, healthy, share - taken / settings.arrivals, None)
    held = min(slow, CALL_TIMEOUT_S) if kind == "timeout" else slow
    failing = share if held < slow else 0.0
    fills = (settings.threads / settings.arrivals - (1.0 - share) * READ_S) / share
    degraded = settings.threads / ((1.0 - share) * READ_S + share * held)
    return Pool(healthy, degraded, failing, max(fills, 0.0) if fills < held else None)
