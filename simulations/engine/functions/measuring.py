"""Compute what measurements say: grouped times, ranks, samples, budgets and stalled load tools."""

from __future__ import annotations

import bisect
import itertools
import math
from fractions import Fraction

from simulations.engine import order_statistics
from simulations.engine.functions.definition import (
    LONGEST,
    MOST_OBSERVATIONS,
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
from simulations.engine.functions.fan_out import tail_latency_ms

_MOST_RANKED = 1_000_000
_MOST_TRIALS = 100_000


def total_of(values: list[float], counts: list[float]) -> float:
    """Return the sum of all observations, counts[i] of them being values[i]."""
    return math.fsum(value * count for value, count in _groups(values, counts))


def mean_of(values: list[float], counts: list[float]) -> float:
    """Return the mean of all observations, counts[i] of them being values[i]."""
    return total_of(values, counts) / _size(_groups(values, counts))


def deviation_of(values: list[float], counts: list[float]) -> float:
    """Return the standard deviation of all observations, dividing by how many there are."""
    mean = mean_of(values, counts)
    groups = _groups(values, counts)
    return math.sqrt(math.fsum(count * (value - mean) ** 2 for value, count in groups) / _size(groups))


def nearest_rank(values: list[float], counts: list[float], percentile: float) -> float:
    """Return the smallest observation with at least `percentile` per cent at or below it.

    0 gives the smallest one. Hyndman and Fan (1996), type 1.
    """
    groups = sorted(_groups(values, counts))
    percent = as_number("percentile", percentile, 0.0, 100.0)
    return _at_rank(groups, _rank(_size(groups), _exact(percent) / 100))


def interpolated(values: list[float], counts: list[float], percentile: float) -> float:
    """Return the percentile by linear interpolation between neighbouring observations.

    Hyndman and Fan (1996), type 7: what numpy and spreadsheets do unless told otherwise.
    """
    groups = sorted(_groups(values, counts))
    place = _exact(as_number("percentile", percentile, 0.0, 100.0)) / 100 * (_size(groups) - 1)
    low = _at_rank(groups, math.floor(place) + 1)
    high = _at_rank(groups, math.ceil(place) + 1)
    return low + float(place - math.floor(place)) * (high - low)


def rank_of(observations: float, q: float) -> float:
    """Return the rank, from 1, at which the q-quantile of so many observations stands."""
    return _rank(as_count("observations", observations, MOST_OBSERVATIONS), _exact(as_share("q", q)))


def rank_low(observations: float, q: float, level: float = 0.95) -> float:
    """Return the rank above which the true q-quantile lies, at the low end of an interval."""
    return _ranks(observations, q, level)[0]


def rank_high(observations: float, q: float, level: float = 0.95) -> float:
    """Return the rank below which the true q-quantile lies, at the high end of an interval."""
    return _ranks(observations, q, level)[1]


def measured_tail_ms(q: float, calls: float, trials: float, level: float) -> float:
    """Return the `level`-quantile, in ms, of the percentile that so many drawn pages would show.

    The page is that of `tail_latency_ms`; with levels 0.05 and 0.95 nine runs in ten lie between.
    """
    count = as_count("trials", trials, _MOST_TRIALS)
    rank = _rank(count, _exact(as_level("q", q)))
    return tail_latency_ms(order_statistics.order_statistic_level(count, rank, as_level("level", level)), calls)


def observations_for_tail(q: float, beyond: float) -> float:
    """Return how many observations leave `beyond` of them, on average, beyond the q-quantile."""
    return float(as_count("beyond", beyond, 1_000_000) / (1 - _exact(as_level("q", q))))


def expected_beyond(q: float, observations: float) -> float:
    """Return how many of so many observations lie beyond the q-quantile on average."""
    return float((1 - _exact(as_share("q", q))) * as_count("observations", observations, MOST_OBSERVATIONS))


def standard_error(share: float, observations: float) -> float:
    """Return the standard error of a share estimated from so many observations."""
    p = as_share("share", share)
    return math.sqrt(p * (1.0 - p) / as_count("observations", observations, MOST_OBSERVATIONS))


def error_budget_requests(target: float, requests: float) -> float:
    """Return how many of so many requests may miss an objective whose target is a share."""
    allowed = 1 - _exact(as_share("target", target))
    return float(allowed * _exact(as_number("requests", requests, 0.0, LONGEST)))


def stall_quantile_s(stall: float, period: float, q: float) -> float:
    """Return the q-quantile in s of the wait of requests that keep coming through a stall.

    A server stands still for `stall` s in every `period` s. Of evenly spread arrivals the share
    (stall - t) / period waits longer than t.
    """
    whole = as_positive("period", period)
    still = as_number("stall", stall, 0.0, whole)
    return max(0.0, float(_exact(still) - (1 - _exact(as_level("q", q))) * _exact(whole)))


def stalled_requests_closed(duration: float, interval: float) -> float:
    """Return how many quick answers a tool that waits records before the one that meets the stall.

    It means to send every `interval` s for `duration` s; the last of these meets the stall.
    """
    return _whole(as_positive("duration", duration), as_positive("interval", interval)) - 1


def stall_open_ms(
    q: float, normal: float = 100.0, stall: float = 100.0, interval: float = 0.01, service: float = 1.0
) -> float:
    """Return the q-quantile in ms that a tool which keeps its schedule records.

    The server takes `service` ms for `normal` s, then stands still for `stall` s. Requests are due
    every `interval` s and timed from when they were due; the one due at the end just misses it.
    """
    quick, stalled = _open_loop(normal, stall, interval)
    rank = _rank(quick + stalled, _exact(as_share("q", q)))
    waited = max(rank - quick - 1, 0)
    return as_number("service", service, 0.0, 1e9) + 1000.0 * interval * waited


def stall_open_mean_ms(
    normal: float = 100.0, stall: float = 100.0, interval: float = 0.01, service: float = 1.0
) -> float:
    """Return the mean in ms that a tool which keeps its schedule records; as in `stall_open_ms`."""
    quick, stalled = _open_loop(normal, stall, interval)
    waits = 1000.0 * interval * stalled * (stalled - 1) / 2.0
    return as_number("service", service, 0.0, 1e9) + waits / (quick + stalled)


def stall_closed_ms(
    q: float, normal: float = 100.0, stall: float = 100.0, interval: float = 0.01, service: float = 1.0
) -> float:
    """Return the q-quantile in ms that a tool which waits for each answer records.

    The same server as in `stall_open_ms`: one request meets the stall and the tool stands with it.
    """
    sent = _whole(as_positive("normal", normal), as_positive("interval", interval))
    slow = 1000.0 * as_number("stall", stall, 0.0, 1e9)
    met = _rank(sent, _exact(as_share("q", q))) == sent
    return as_number("service", service, 0.0, 1e9) + (slow if met else 0.0)


def stall_closed_mean_ms(
    normal: float = 100.0, stall: float = 100.0, interval: float = 0.01, service: float = 1.0
) -> float:
    """Return the mean in ms that a tool which waits for each answer records."""
    sent = _whole(as_positive("normal", normal), as_positive("interval", interval))
    return as_number("service", service, 0.0, 1e9) + 1000.0 * as_number("stall", stall, 0.0, 1e9) / sent


def _groups(values: list[float], counts: list[float]) -> list[tuple[float, int]]:
    """Return pairs of value and count; raises ValueError unless the lists match and hold something."""
    times = as_list("values", values, lambda name, value: as_number(name, value, -LONGEST, LONGEST))
    sizes = as_list("counts", counts, lambda name, value: as_count(name, value, MOST_OBSERVATIONS, minimum=0))
    if len(times) != len(sizes):
        raise ValueError(f"values and counts must be equally long; you gave {len(times)} and {len(sizes)}.")
    if not any(sizes):
        raise ValueError("counts must add up to at least 1; you gave 0.")
    return [(time, int(size)) for time, size in zip(times, sizes, strict=True)]


def _size(groups: list[tuple[float, int]]) -> int:
    return sum(count for _, count in groups)


def _at_rank(groups: list[tuple[float, int]], rank: int) -> float:
    """Return the observation of a rank, from 1, in groups sorted by value."""
    ends = list(itertools.accumulate(count for _, count in groups))
    return groups[bisect.bisect_left(ends, rank)][0]


def _rank(observations: int, q: Fraction) -> int:
    return max(math.ceil(q * observations), 1)


def _exact(value: float) -> Fraction:
    """Return a number as the decimal it is written as: 0.1 is a tenth."""
    return Fraction(str(value))


def _ranks(observations: float, q: float, level: float) -> tuple[int, int]:
    count = as_count("observations", observations, _MOST_RANKED)
    return order_statistics.percentile_ranks(count, as_level("q", q), as_level("level", level))


def _whole(duration: float, interval: float) -> int:
    """Return how many intervals make up a duration; raises ValueError unless it is a whole number."""
    ratio = duration / interval
    if not 1.0 <= round(ratio) <= MOST_OBSERVATIONS or abs(ratio - round(ratio)) > 1e-6:
        raise ValueError(
            f"interval must go into the time a whole number of times, at most {write(MOST_OBSERVATIONS)}; you gave "
            f"{write(interval)} and {write(duration)}."
        )
    return round(ratio)


def _open_loop(normal: float, stall: float, interval: float) -> tuple[int, int]:
    """Return how many requests due in one period are quick and how many meet the stall."""
    every = as_positive("interval", interval)
    sent = _whole(as_positive("normal", normal), every)
    standing = as_number("stall", stall, 0.0, 1e9)
    stalled = _whole(standing, every) if standing > 0.0 else 0
    return sent - 1, stalled + 1


def _sum(values: list[float], counts: list[float]) -> str:
    return " + ".join(f"{write(count)} * {write(value)}" for value, count in zip(values, counts, strict=True))


def _explain_rank(values: list[float], counts: list[float], percentile: float, *, result: float) -> str:
    size = _size(_groups(values, counts))
    rank = _rank(size, _exact(percentile) / 100)
    return f"rank ceil({write(percentile)} / 100 * {size}) = {rank} of {size} holds {rounded(result)}"


def _explain_interpolated(values: list[float], counts: list[float], percentile: float, *, result: float) -> str:
    size = _size(_groups(values, counts))
    place = float(_exact(percentile) / 100 * (size - 1)) + 1.0
    return f"place {write(percentile)} / 100 * ({size} - 1) + 1 = {write(place)} of {size} holds {rounded(result)}"


_DESCRIBED = (
    ("observations_for_tail", observations_for_tail, "Observations that leave some beyond q.", "{beyond} / (1 - {q})"),
    ("expected_beyond", expected_beyond, "Observations beyond q on average.", "(1 - {q}) * {observations}"),
    (
        "standard_error",
        standard_error,
        "Standard error of an estimated share.",
        "sqrt({share} * (1 - {share}) / {observations})",
    ),
    ("error_budget_requests", error_budget_requests, "Requests that may miss.", "(1 - {target}) * {requests}"),
    ("rank_of", rank_of, "Rank of a percentile among observations.", "ceil({q} * {observations})"),
    (
        "rank_low",
        rank_low,
        "Lower rank of an interval for a percentile.",
        "Binomial({observations}, {q}), lower end of its middle {level}: rank",
    ),
    (
        "rank_high",
        rank_high,
        "Upper rank of an interval for a percentile.",
        "Binomial({observations}, {q}), upper end of its middle {level}: rank",
    ),
    (
        "measured_tail_ms",
        measured_tail_ms,
        "What a run of so many pages would measure.",
        "order statistic at {q} of {trials} pages of {calls} calls, its {level}-quantile",
    ),
    ("stall_quantile_s", stall_quantile_s, "Wait in a stall, on schedule.", "max(0, {stall} - (1 - {q}) * {period})"),
    (
        "stalled_requests_closed",
        stalled_requests_closed,
        "Quick answers of a tool that waits.",
        "{duration} / {interval} - 1",
    ),
    (
        "stall_open_ms",
        stall_open_ms,
        "Percentile of a tool that keeps its schedule.",
        "at {q} of ({normal} s + {stall} s) / {interval} s requests, each timed from when it was due",
    ),
    (
        "stall_open_mean_ms",
        stall_open_mean_ms,
        "Mean of a tool that keeps its schedule.",
        "mean over ({normal} s + {stall} s) / {interval} s requests, each timed from when it was due",
    ),
    (
        "stall_closed_ms",
        stall_closed_ms,
        "Percentile of a tool that waits.",
        "at {q} of {normal} s / {interval} s requests, of which one takes {stall} s longer",
    ),
    (
        "stall_closed_mean_ms",
        stall_closed_mean_ms,
        "Mean of a tool that waits.",
        "{service} + 1000 * {stall} / ({normal} / {interval})",
    ),
)

FUNCTIONS = (
    EngineFunction(
        "total_of",
        total_of,
        "Sum of grouped observations.",
        lambda values, counts, result: f"{_sum(values, counts)} = {rounded(result)}",
    ),
    EngineFunction(
        "mean_of",
        mean_of,
        "Mean of grouped observations.",
        lambda values, counts, result: f"({_sum(values, counts)}) / {write(sum(counts))} = {rounded(result)}",
    ),
    EngineFunction(
        "deviation_of",
        deviation_of,
        "Standard deviation of grouped observations.",
        lambda values, counts, result: (
            f"root of the mean squared distance from {rounded(mean_of(values, counts))} = {rounded(result)}"
        ),
    ),
    EngineFunction("nearest_rank", nearest_rank, "Percentile by nearest rank.", _explain_rank),
    EngineFunction("interpolated", interpolated, "Percentile by interpolation.", _explain_interpolated),
    *(
        EngineFunction(name, call, summary, derivation + " = {result}")
        for name, call, summary, derivation in _DESCRIBED
    ),
)
"""The named functions of this module."""
