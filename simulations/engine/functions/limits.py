"""Compute what a rate limiter lets through."""

from __future__ import annotations

from simulations.engine import limiters, words
from simulations.engine.functions.definition import EngineFunction, as_count, as_positive

_MOST_REQUESTS = 1_000_000_000


def most_admitted(limiter: str, limit: float, window_s: float, span_s: float, burst: float = 1) -> float:
    """Return how many requests a limiter can admit within any span, whatever is asked.

    `limiter` is "bucket", "fixed", "log" or "counters"; `burst` is what a bucket holds.
    """
    if not isinstance(limiter, str) or limiter not in limiters.LIMITERS:
        known = ", ".join(limiters.LIMITERS)
        raise ValueError(f"limiter must be one of {known}; you gave {words.shown(limiter)}.")
    rule = limiters.Limit(
        as_count("limit", limit, _MOST_REQUESTS),
        as_positive("window_s", window_s),
        as_count("burst", burst, _MOST_REQUESTS),
    )
    return limiters.at_most(rule, limiter, as_positive("span_s", span_s))


_DERIVATIONS = {
    "bucket": "{burst} + {limit} * {span_s} / {window_s} = {result}",
    "fixed": "{limit} * (1 + {span_s} / {window_s} rounded up) = {result}",
    "log": "{limit} * ({span_s} / {window_s} rounded up) = {result}",
    "counters": "no more than {limit} in each of 1 + {span_s} / {window_s} windows, rounded up: = {result}",
}


def _explain(limiter: str, limit: float, window_s: float, span_s: float, burst: float, *, result: float) -> str:
    return _DERIVATIONS[limiter].format(
        limit=f"{limit:g}", window_s=f"{window_s:g}", span_s=f"{span_s:g}", burst=f"{burst:g}", result=f"{result:g}"
    )


FUNCTIONS = (
    EngineFunction("most_admitted", most_admitted, "Requests that a limiter can admit within any span.", _explain),
)
"""The named functions of this module."""
