"""Compute what waiting for many calls does to a page: shares, percentiles, hedges, shared causes.

The backend, unless told otherwise, takes 10 ms plus an exponential time of mean 5 ms, or of mean
500 ms once in a hundred calls.
"""

from __future__ import annotations

import math

import numpy as np

from simulations.engine import dependence
from simulations.engine.distributions import Hedged, Hyperexponential
from simulations.engine.functions.definition import (
    MOST_CALLS,
    EngineFunction,
    as_count,
    as_level,
    as_number,
    as_positive,
    as_share,
    rounded,
    write,
)
from simulations.engine.pages import Page

_MOST_CORRELATED_CALLS = 100


def all_below(q: float, calls: float) -> float:
    """Return the share of pages none of whose independent calls is beyond its own q-quantile."""
    return math.pow(as_share("q", q), as_count("calls", calls, MOST_CALLS))


def any_beyond(q: float, calls: float) -> float:
    """Return the share of pages at least one of whose independent calls is beyond its q-quantile."""
    level, count = as_share("q", q), as_count("calls", calls, MOST_CALLS)
    return -math.expm1(count * math.log(level)) if level > 0.0 else 1.0


def any_beyond_correlated(q: float, calls: float, correlation: float) -> float:
    """Return the same share where normal scores of the calls correlate: one factor, as in a run."""
    level = as_share("q", q)
    count = as_count("calls", calls, _MOST_CORRELATED_CALLS)
    return float(dependence.page_tail(1.0 - level, count, as_share("correlation", correlation)))


def backend_level(q: float, calls: float) -> float:
    """Return the level of one call's distribution that is the page's q-quantile: q ** (1 / calls)."""
    return math.pow(as_level("q", q), 1.0 / as_count("calls", calls, MOST_CALLS))


def backend_percentile(q: float, calls: float) -> float:
    """Return the percentile of one call that is the page's q-quantile: 99.95 for p99 of 20 calls."""
    return 100.0 * backend_level(q, calls)


def slow_share_needed(share: float, calls: float) -> float:
    """Return the share of slow calls at which `share` of pages wait for at least one of them."""
    return -math.expm1(math.log1p(-as_level("share", share)) / as_count("calls", calls, MOST_CALLS))


def tail_latency_ms(
    q: float,
    calls: float,
    *,
    slow_share: float = 0.01,
    slow_mean: float = 500.0,
    fast_floor: float = 10.0,
    fast_mean: float = 5.0,
) -> float:
    """Return the q-quantile in ms of a page that waits for `calls` independent calls."""
    backend = _backend(slow_share, slow_mean, fast_floor, fast_mean)
    return _quantile(Page(backend, as_count("calls", calls, MOST_CALLS), 0.0), q)


def tail_mean_ms(
    *, slow_share: float = 0.01, slow_mean: float = 500.0, fast_floor: float = 10.0, fast_mean: float = 5.0
) -> float:
    """Return the mean time of one call in ms."""
    return _backend(slow_share, slow_mean, fast_floor, fast_mean).mean


def tail_expected_maximum_ms(
    calls: float,
    *,
    slow_share: float = 0.01,
    slow_mean: float = 500.0,
    fast_floor: float = 10.0,
    fast_mean: float = 5.0,
) -> float:
    """Return the mean time in ms of a page that waits for `calls` independent calls."""
    backend = _backend(slow_share, slow_mean, fast_floor, fast_mean)
    return Page(backend, as_count("calls", calls, MOST_CALLS), 0.0).mean


def correlated_ms(
    q: float,
    calls: float,
    correlation: float,
    *,
    slow_share: float = 0.01,
    slow_mean: float = 500.0,
    fast_floor: float = 10.0,
    fast_mean: float = 5.0,
) -> float:
    """Return the q-quantile in ms of a page whose calls share a cause: one normal factor."""
    backend = _backend(slow_share, slow_mean, fast_floor, fast_mean)
    count = as_count("calls", calls, _MOST_CORRELATED_CALLS)
    return _quantile(Page(backend, count, as_share("correlation", correlation)), q)


def hedged_ms(
    q: float,
    calls: float,
    after: float,
    *,
    replica_correlation: float = 0.0,
    slow_share: float = 0.01,
    slow_mean: float = 500.0,
    fast_floor: float = 10.0,
    fast_mean: float = 5.0,
) -> float:
    """Return the q-quantile in ms of a page whose calls are sent again past their `after`-quantile."""
    backend = _backend(slow_share, slow_mean, fast_floor, fast_mean)
    delay = float(backend.upper_quantile(np.array(1.0 - as_level("after", after))))
    hedged = Hedged(backend, delay, as_share("replica_correlation", replica_correlation))
    return _quantile(Page(hedged, as_count("calls", calls, MOST_CALLS), 0.0), q)


def hedge_extra_load(after: float) -> float:
    """Return the share of calls sent a second time when that happens past their `after`-quantile."""
    return round(1.0 - as_level("after", after), 12)


def _backend(slow_share: float, slow_mean: float, fast_floor: float, fast_mean: float) -> Hyperexponential:
    share = as_share("slow_share", slow_share)
    means = as_positive("fast_mean", fast_mean), as_positive("slow_mean", slow_mean)
    return Hyperexponential(as_number("fast_floor", fast_floor, 0.0, 1e9), (1.0 - share, share), means)


def _quantile(page: Page, q: float) -> float:
    return float(page.upper_quantile(np.array(1.0 - as_level("q", q))))


def _explain_tail(q: float, calls: float, *, result: float, **backend: float) -> str:
    return (
        f"{write(q)} ** (1 / {write(calls)}) = {backend_level(q, calls):.6f} of calls take "
        f"{rounded(result)} ms or less ({_words(**backend)})"
    )


def _explain_correlated(q: float, calls: float, correlation: float, *, result: float, **backend: float) -> str:
    return (
        f"P(slowest of {write(calls)} calls <= {rounded(result)} ms) = {write(q)}, integrated over the shared "
        f"factor, correlation {write(correlation)} ({_words(**backend)})"
    )


def _explain_hedged(
    q: float, calls: float, after: float, *, replica_correlation: float, result: float, **backend: float
) -> str:
    delay = tail_latency_ms(after, 1, **backend)
    together = f", replicas slow together {write(replica_correlation)}" if replica_correlation else ""
    return (
        f"with S(t) = P(call > t) and d = {rounded(delay)} ms: "
        f"(1 - S(t) S(t - d)) ** {write(calls)} = {write(q)} at t = {rounded(result)} ms{together} "
        f"({_words(**backend)})"
    )


def _words(slow_share: float, slow_mean: float, fast_floor: float, fast_mean: float) -> str:
    usual = f"{write(fast_floor)} + Exp({write(fast_mean)}) ms"
    return f"{usual}, Exp({write(slow_mean)}) for {write(slow_share)} of the calls"


_MEAN = "{fast_floor} + (1 - {slow_share}) * {fast_mean} + {slow_share} * {slow_mean} = {result}"

FUNCTIONS = (
    EngineFunction("all_below", all_below, "Share of pages with no call beyond q.", "{q} ** {calls} = {result}"),
    EngineFunction("any_beyond", any_beyond, "Share of pages with a call beyond q.", "1 - {q} ** {calls} = {result}"),
    EngineFunction(
        "any_beyond_correlated",
        any_beyond_correlated,
        "Share of pages with a call beyond q when the calls share a cause.",
        "1 - E[P(call <= its {q}-quantile, given the shared factor) ** {calls}] = {result}, correlation {correlation}",
    ),
    EngineFunction(
        "backend_level",
        backend_level,
        "Level of one call behind the page's q-quantile.",
        lambda q, calls, result: f"{write(q)} ** (1 / {write(calls)}) = {result:.6f}",
    ),
    EngineFunction(
        "backend_percentile",
        backend_percentile,
        "Percentile of one call behind the page's q-quantile.",
        lambda q, calls, result: f"100 * {write(q)} ** (1 / {write(calls)}) = {result:.4f}",
    ),
    EngineFunction(
        "slow_share_needed",
        slow_share_needed,
        "Share of slow calls that makes a share of pages slow.",
        "1 - (1 - {share}) ** (1 / {calls}) = {result}",
    ),
    EngineFunction("tail_latency_ms", tail_latency_ms, "Quantile of a page of independent calls.", _explain_tail),
    EngineFunction("tail_mean_ms", tail_mean_ms, "Mean time of one call.", _MEAN),
    EngineFunction(
        "tail_expected_maximum_ms",
        tail_expected_maximum_ms,
        "Mean time of a page of independent calls.",
        "integral of 1 - P(call <= t) ** {calls} over t = {result}",
    ),
    EngineFunction(
        "correlated_ms", correlated_ms, "Quantile of a page whose calls share a cause.", _explain_correlated
    ),
    EngineFunction("hedged_ms", hedged_ms, "Quantile of a page whose late calls are sent again.", _explain_hedged),
    EngineFunction("hedge_extra_load", hedge_extra_load, "Share of calls sent twice.", "1 - {after} = {result}"),
)
"""The named functions of this module."""
