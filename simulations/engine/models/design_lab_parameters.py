"""Describe the inputs of the design lab: a shop's backend, its objectives, and what happens to it."""

from __future__ import annotations

from dataclasses import dataclass

from simulations.engine import parameters

EVENTS = (
    ("none", "Nothing"),
    ("cache", "The cache is lost, and comes back empty"),
    ("replica", "Half of the database is lost"),
    ("slow", "The database turns slow"),
    ("spike", "Traffic spikes"),
    ("queue", "The queue of orders is down"),
    ("consumer", "The consumer of orders is down"),
)
"""What can happen, with the words shown."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Traffic, cache, database and queue, what is asked of them, and one event."""

    traffic: float = parameters.number(
        1_000.0,
        minimum=10,
        maximum=50_000,
        step=10,
        unit="req/s",
        label="Traffic",
        help="Requests a second, reads and writes.",
        scale="log",
    )
    hit_rate: float = parameters.number(
        90.0,
        minimum=0,
        maximum=100,
        step=0.5,
        unit="%",
        label="Cache hits",
        help="The share of reads that the filled cache answers, in 2 to 7 ms.",
    )
    capacity: float = parameters.number(
        2_000.0,
        minimum=100,
        maximum=20_000,
        step=100,
        unit="req/s",
        label="Database capacity",
        help="What all of its workers together can do.",
        scale="log",
    )
    workers: int = parameters.number(
        40,
        minimum=1,
        maximum=400,
        step=1,
        unit="",
        label="Database workers",
        help="One worker takes workers / capacity for a request: 20 ms by default.",
        scale="log",
        integer=True,
    )
    write_share: float = parameters.number(
        0.0,
        minimum=0,
        maximum=60,
        step=1,
        unit="%",
        label="Writes",
        help="The share of requests that go past the cache to the database, and put an order on the queue.",
    )
    queue_limit: int = parameters.number(
        400,
        minimum=0,
        maximum=1_000,
        step=10,
        unit="",
        label="Places to wait",
        help="How many requests may wait for a database worker; more are refused.",
        integer=True,
    )
    timeout: float = parameters.number(
        1.0,
        minimum=0.05,
        maximum=10,
        step=0.05,
        unit="s",
        label="Timeout",
        help="How long a caller waits for the database.",
        scale="log",
    )
    retries: int = parameters.number(
        0,
        minimum=0,
        maximum=5,
        step=1,
        unit="",
        label="Retries",
        help="How often a failed call to the database is made again.",
        integer=True,
    )
    target: float = parameters.number(
        200.0,
        minimum=5,
        maximum=2_000,
        step=5,
        unit="ms",
        label="Target for p99",
        help="The response time that 99 requests in 100 are to stay within.",
        scale="log",
    )
    availability: float = parameters.number(
        99.9,
        minimum=90,
        maximum=99.999,
        step=0.001,
        unit="%",
        label="Target for availability",
        help="The share of requests that are to succeed.",
        scale="logit",
    )
    event: str = parameters.choice(
        "none",
        options=EVENTS,
        label="Event",
        help="What happens ten seconds into the strip.",
    )
    event_seconds: float = parameters.number(
        10.0,
        minimum=0,
        maximum=300,
        step=1,
        unit="s",
        label="Length of the event",
        help="How long it lasts; a cache that is lost for 0 s is flushed.",
    )
    event_factor: float = parameters.number(
        4.0,
        minimum=1,
        maximum=100,
        step=1,
        unit="×",
        label="Size of the event",
        help="How many times more traffic, or how many times slower the database.",
        scale="log",
    )
    keys: float = parameters.number(
        1_000_000.0,
        minimum=10_000,
        maximum=10_000_000,
        step=10_000,
        unit="",
        label="Keys",
        help="Keys that are asked for alike; an empty cache fills with one at each miss that is answered.",
        scale="log",
    )
    consumers: float = parameters.number(
        500.0,
        minimum=10,
        maximum=20_000,
        step=10,
        unit="req/s",
        label="Orders consumed",
        help="How many orders a second the consumer takes off the queue.",
        scale="log",
    )
