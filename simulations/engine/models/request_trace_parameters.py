"""Describe the inputs of the model of one request's way through a system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulations.engine import parameters
from simulations.engine.hops import Application, Component

_STATES = (
    ("up", "Up"),
    ("slow", "Slow"),
    ("down", "Down, refuses"),
    ("silent", "Silent, never answers"),
)


def _state(label: str, states: tuple[tuple[str, str], ...] = _STATES) -> Any:
    return parameters.choice("up", options=states, label=label, help="What it does when asked.")


def _ms(default: float, label: str, explanation: str, *, minimum: float, maximum: float, step: float = 0.1) -> Any:
    scale: Any = "log" if minimum > 0.0 else "linear"
    return parameters.number(
        default, minimum=minimum, maximum=maximum, step=step, unit="ms", label=label, help=explanation, scale=scale
    )


@dataclass(frozen=True, slots=True)
class Parameters:
    """Who is asked how, in which state each is, what is done without an answer, and how long things take."""

    hit_rate: float = parameters.number(
        0.8,
        minimum=0,
        maximum=1,
        step=0.01,
        unit="",
        label="Cache hit rate",
        help="Share of requests whose timeline is in the cache.",
    )
    request: str = parameters.choice(
        "miss",
        options=(("hit", "A hit"), ("miss", "A miss")),
        label="Follow",
        help="The request that is drawn hop by hop.",
    )
    search_edge: str = parameters.choice(
        "parallel",
        options=(("parallel", "At once"), ("serial", "In turn"), ("apart", "Not waited for")),
        label="Search is asked",
        help="Beside the timeline, after it, or without the page waiting for it.",
    )
    search_state: str = _state("Search index")
    cache_state: str = _state("Cache")
    database_state: str = _state("Database")
    queue_state: str = _state("Queue", (*_STATES, ("full", "Full")))
    search_fallback: str = parameters.choice(
        "skip",
        options=(("skip", "Show the page without"), ("fail", "Fail the page")),
        label="Without search",
        help="What the application does when search does not answer in time.",
    )
    database_fallback: str = parameters.choice(
        "stale",
        options=(("stale", "Show an old timeline"), ("fail", "Fail the page")),
        label="Without the database",
        help="What the application does when the database does not answer in time.",
    )
    queue_policy: str = parameters.choice(
        "drop",
        options=(("drop", "Drop the event"), ("block", "Wait for room")),
        label="When the queue is full",
        help="Whether the page waits, or the event is lost.",
    )
    own_timeouts: bool = parameters.flag(
        True, label="Own timeouts", help="Without them a step waits until the client leaves."
    )
    timeout: float = _ms(100.0, "Timeout", "How long each step waits for an answer.", minimum=0, maximum=2_000, step=10)
    slow_factor: float = parameters.number(
        10.0,
        minimum=1,
        maximum=100,
        step=1,
        unit="times",
        label="Slow means",
        help="How many times as long a slow component takes.",
        scale="log",
    )
    cache_ms: float = _ms(1.0, "Cache", "One look into the cache.", minimum=0.2, maximum=10)
    database_ms: float = _ms(12.0, "Database", "One read of the shards, all at once.", minimum=1, maximum=500)
    search_ms: float = _ms(20.0, "Search", "One query of the search index.", minimum=1, maximum=500)
    shards: int = parameters.number(
        4,
        minimum=1,
        maximum=50,
        step=1,
        unit="",
        label="Shards read",
        help="How many shards the database asks at once; the slowest counts where their times vary.",
        integer=True,
    )
    enqueue_ms: float = _ms(1.0, "Enqueue", "Handing one event to the queue.", minimum=0.1, maximum=50)
    queue_wait_ms: float = _ms(50.0, "Wait for room", "Until a full queue has room.", minimum=1, maximum=1_000)
    refusal_ms: float = _ms(5.0, "Refusal", "Until a component that is down refuses.", minimum=0.1, maximum=1_000)
    balancer_ms: float = _ms(0.5, "Load balancer", "Finding an application server.", minimum=0.1, maximum=10)
    application_ms: float = _ms(2.0, "Application", "Its own computing.", minimum=0.1, maximum=100)
    client_ms: float = _ms(1_000.0, "The client leaves after", "Its own timeout.", minimum=100, maximum=10_000)


def application(settings: Parameters) -> Application:
    """Return the application with everything that it asks."""
    slow = settings.slow_factor

    def component(state: str, ms: float) -> Component:
        return Component("up" if state == "full" else state, ms, slow)  # type: ignore[arg-type]

    return Application(
        balancer=settings.balancer_ms,
        own=settings.application_ms,
        cache=component(settings.cache_state, settings.cache_ms),
        database=component(settings.database_state, settings.database_ms),
        search=component(settings.search_state, settings.search_ms),
        queue=component(settings.queue_state, settings.enqueue_ms),
        queue_full=settings.queue_state == "full",
        queue_blocks=settings.queue_policy == "block",
        queue_wait=settings.queue_wait_ms,
        search_edge=settings.search_edge,
        refusal=settings.refusal_ms,
        timeout=settings.timeout if settings.own_timeouts else settings.client_ms,
        patience=settings.client_ms,
        serves_stale=settings.database_fallback == "stale",
        skips_search=settings.search_fallback == "skip",
    )
