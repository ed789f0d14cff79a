"""Limit requests of one client to so many a window, in four ways, request by request.

A token bucket refills steadily and may be spent at once; a fixed window counts afresh at each beginning; a log keeps
the time of every request admitted; two counters weigh the window before by how much of it still counts.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from simulations.engine.normal import FloatArray

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests a window of seconds; a bucket holds `burst` tokens."""

    requests: int
    window_s: float
    burst: int


def token_bucket(limit: Limit, times: Iterable[float]) -> list[float]:
    """Return the times admitted, of ascending ones, by a bucket that is full at first."""
    rate = limit.requests / limit.window_s
    tokens, last, admitted = float(limit.burst), 0.0, []
    for time in times:
        tokens = min(tokens + rate * (time - last), float(limit.burst))
        last = time
        if tokens >= 1.0 - _ROUNDING:
            tokens -= 1.0
            admitted.append(time)
    return admitted


def fixed_window(limit: Limit, times: Iterable[float]) -> list[float]:
    """Return the times admitted by a counter that begins afresh at every multiple of the window."""
    window, count, admitted = -1, 0, []
    for time in times:
        if (current := math.floor(time / limit.window_s)) != window:
            window, count = current, 0
        if count < limit.requests:
            count += 1
            admitted.append(time)
    return admitted


def sliding_log(limit: Limit, times: Iterable[float]) -> list[float]:
    """Return the times admitted by a log: fewer than the limit within one window before."""
    admitted: list[float] = []
    for time in times:
        if len(admitted) - bisect_right(admitted, time - limit.window_s) < limit.requests:
            admitted.append(time)
    return admitted


def two_counters(limit: Limit, times: Iterable[float]) -> list[float]:
    """Return the times admitted where the window before counts by the share of it that is less than a window ago."""
    window, before, count, admitted = -1, 0, 0, []
    for time in times:
        if (current := math.floor(time / limit.window_s)) != window:
            before = count if current == window + 1 else 0
            window, count = current, 0
        passed = time / limit.window_s - current
        if before * (1.0 - passed) + count < limit.requests - _ROUNDING:
            count += 1
            admitted.append(time)
    return admitted


LIMITERS: dict[str, Callable[[Limit, Iterable[float]], list[float]]] = {
    "bucket": token_bucket,
    "fixed": fixed_window,
    "log": sliding_log,
    "counters": two_counters,
}
"""The four ways by name."""


def most_within(admitted: Sequence[float], span_s: float) -> int:
    """Return the largest number of ascending times within any span of that length, its beginning left out."""
    times = np.asarray(admitted)
    if not times.size:
        return 0
    return int((np.arange(1, times.size + 1) - np.searchsorted(times, times - span_s, side="right")).max())


def at_most(limit: Limit, name: str, span_s: float) -> float:
    """Return how many requests can be admitted within any span of seconds, whatever is asked.

    A bucket its size and what it gains meanwhile. A window is counted from its beginning, so a span meets one more
    than it holds; a log admits the limit once for each window begun. Two counters keep to no less than a fixed
    window's bound.
    """
    windows = span_s / limit.window_s
    if name == "bucket":
        return limit.burst + limit.requests * windows
    begun = math.ceil(windows - _ROUNDING)
    return float(limit.requests * (begun if name == "log" else begun + 1))


def bursts(size: int, count: int, first_s: float, spacing_s: float, length_s: float) -> FloatArray:
    """Return the times of `count` bursts of `size` requests, each spread evenly over `length_s`, in ascending order."""
    within = np.arange(size) * (length_s / size)
    return np.sort((first_s + spacing_s * np.arange(count)[:, None] + within[None, :]).ravel())
