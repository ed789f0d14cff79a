"""Compute times of services whose distribution is given by a figure or two."""

from __future__ import annotations

import math

import numpy as np

from simulations.engine import normal
from simulations.engine.distributions import Hyperexponential, Lognormal, Merged, first_below
from simulations.engine.functions.definition import (
    LONGEST,
    MOST_CALLS,
    EngineFunction,
    as_count,
    as_level,
    as_list,
    as_number,
    as_positive,
    as_share,
    rounded,
    write,
)
from simulations.engine.normal import FloatArray
from simulations.engine.pages import Page

_LOG_100 = math.log(100.0)

# From "Numerical inversion of Laplace transforms of probability distributions" by Abate and Whitt
# in 1995, its algorithm Euler, whose discretisation error is e to the minus shift: 1e-10.
_EULER_SHIFT = 23.0
_EULER_TERMS = 40
_EULER_AVERAGED = 12


def response_time_ms(network: float, queueing: float, service: float) -> float:
    """Return a response time in ms, the sum of its three parts, as the client sees it."""
    parts = {"network": network, "queueing": queueing, "service": service}
    return math.fsum(as_number(name, value, 0.0, LONGEST) for name, value in parts.items())


def exponential_ms(p99: float, q: float) -> float:
    """Return the q-quantile in ms of an exponential time with the given p99."""
    return as_positive("p99", p99) * math.log1p(-as_level("q", q)) / -_LOG_100


def exponential_quantile(mean: float, q: float) -> float:
    """Return the q-quantile of an exponential time with the given mean, in the mean's unit."""
    return -as_positive("mean", mean) * math.log1p(-as_level("q", q))


def slowest_exponential_ms(p99s: list[float], q: float) -> float:
    """Return the q-quantile in ms of the slowest of parallel exponential calls with these p99s."""
    means = np.array(as_list("p99s", p99s, as_positive)) / _LOG_100
    level = as_level("q", q)

    def tail(t: FloatArray) -> FloatArray:
        below = np.log1p(-np.exp(-t[..., None] / means))
        return np.asarray(-np.expm1(below.sum(axis=-1)))

    highest = -means.max() * math.log((1.0 - level) / len(means))
    return float(first_below(tail, np.array(1.0 - level), np.array(0.0), np.array(highest)))


def summed_exponential_ms(p99s: list[float], q: float) -> float:
    """Return the q-quantile in ms of exponential calls with these p99s, made one after another.

    Inverts the sum's Laplace transform (Abate and Whitt, 1995), which also serves equal p99s. The
    probability is exact to 1e-9; q lies between 0.0001 and 0.9999.
    """
    means = np.array(as_list("p99s", p99s, as_positive)) / _LOG_100
    level = as_number("q", q, 0.0001, 0.9999)
    highest = float(np.sum(-means * math.log((1.0 - level) / len(means))))
    ends = np.array(highest * 1e-9), np.array(highest)
    return float(first_below(lambda t: _summed_tail(means, t), np.array(1.0 - level), *ends))


def merged_exponential_ms(first_p99: float, second_p99: float, first_share: float, q: float) -> float:
    """Return the q-quantile in ms of all requests of two exponential servers with these p99s.

    `first_share` of the requests go to the first.
    """
    servers = [
        Hyperexponential(0.0, (1.0,), (as_positive(name, p99) / _LOG_100,))
        for name, p99 in (("first_p99", first_p99), ("second_p99", second_p99))
    ]
    merged = Merged(servers[0], servers[1], as_share("first_share", first_share))
    return float(merged.upper_quantile(np.array(1.0 - as_level("q", q))))


def lognormal_ms(median: float, sigma: float, q: float, calls: float = 1) -> float:
    """Return the q-quantile in ms of a page that waits for `calls` independent lognormal calls."""
    call = Lognormal(as_positive("median", median), as_number("sigma", sigma, 0.001, 10.0))
    page = Page(call, as_count("calls", calls, MOST_CALLS), 0.0)
    return float(page.upper_quantile(np.array(1.0 - as_level("q", q))))


def lognormal_mean_ms(median: float, sigma: float) -> float:
    """Return the mean in ms of a lognormal time: median * exp(sigma ** 2 / 2)."""
    return Lognormal(as_positive("median", median), as_number("sigma", sigma, 0.001, 10.0)).mean


def lognormal_mean_level(sigma: float) -> float:
    """Return the level at which the mean of a lognormal time sits: Phi(sigma / 2)."""
    return float(normal.cdf(as_number("sigma", sigma, 0.001, 10.0) / 2.0))


def _summed_tail(means: FloatArray, t: FloatArray) -> FloatArray:
    """Return P(sum of exponentials > t) for each t above 0."""
    times = t[..., None]
    orders = np.arange(_EULER_TERMS + _EULER_AVERAGED + 1)
    s = (_EULER_SHIFT + 2j * math.pi * orders) / (2.0 * times)
    # 1 - prod 1 / (1 + s m), without the cancellation at small s
    transform = -np.expm1(-np.log1p(s[..., None] * means).sum(axis=-1)) / s
    terms = transform.real * np.where(orders == 0, 0.5, (-1.0) ** orders)
    partial = np.cumsum(terms, axis=-1)[..., _EULER_TERMS:]
    weights = np.array([math.comb(_EULER_AVERAGED, k) for k in range(_EULER_AVERAGED + 1)]) / 2.0**_EULER_AVERAGED
    return np.asarray(math.exp(_EULER_SHIFT / 2.0) / t * (partial @ weights))


def _explain_lognormal(median: float, sigma: float, q: float, calls: float, *, result: float) -> str:
    level = q ** (1.0 / calls)
    score = f"z({write(q)})" if calls == 1 else f"z({write(q)} ** (1 / {write(calls)}))"
    z = float(normal.quantile(level))
    return f"{write(median)} * exp({write(sigma)} * {score}) = {rounded(result)}, z = {z:.4f}"


FUNCTIONS = (
    EngineFunction(
        "response_time_ms",
        response_time_ms,
        "Response time from its three parts.",
        "{network} + {queueing} + {service} = {result}",
    ),
    EngineFunction(
        "exponential_ms",
        exponential_ms,
        "Quantile of an exponential time with a given p99.",
        "{p99} * ln(1 - {q}) / ln(0.01) = {result}",
    ),
    EngineFunction(
        "exponential_quantile",
        exponential_quantile,
        "Quantile of an exponential time with a given mean.",
        "-{mean} * ln(1 - {q}) = {result}",
    ),
    EngineFunction(
        "slowest_exponential_ms",
        slowest_exponential_ms,
        "Quantile of the slowest of parallel exponential calls.",
        "product of 1 - 0.01 ** (t / p99) over p99 in {p99s} = {q} at t = {result}",
    ),
    EngineFunction(
        "summed_exponential_ms",
        summed_exponential_ms,
        "Quantile of exponential calls made one after another.",
        "P(sum of exponentials with p99 in {p99s} <= t) = {q} at t = {result}",
    ),
    EngineFunction(
        "merged_exponential_ms",
        merged_exponential_ms,
        "Quantile of the requests of two exponential servers together.",
        "{first_share} * 0.01 ** (t / {first_p99}) + (1 - {first_share}) * 0.01 ** (t / {second_p99}) = 1 - {q} "
        "at t = {result}",
    ),
    EngineFunction("lognormal_ms", lognormal_ms, "Quantile of lognormal calls.", _explain_lognormal),
    EngineFunction(
        "lognormal_mean_ms",
        lognormal_mean_ms,
        "Mean of a lognormal time.",
        "{median} * exp({sigma} ** 2 / 2) = {result}",
    ),
    EngineFunction(
        "lognormal_mean_level",
        lognormal_mean_level,
        "Level at which the mean of a lognormal time sits.",
        "Phi({sigma} / 2) = {result}",
    ),
)
"""The named functions of this module."""
