"""Compute what waiting for help costs: machines that boot, jobs that die and begin again."""

from __future__ import annotations

from simulations.engine import restarts
from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_count,
    as_number,
    as_positive,
    rounded,
    write,
)

_MOST_PIECES = 1_000_000


def longest_wait_s(arrivals: float, capacity: float, boot_s: float) -> float:
    """Return the longest wait in a surge at once, if the capacity after the boot exceeds the arrivals.

    It is that of the request that is served as the boot ends: capacity x boot requests had come before it.
    """
    rate = as_positive("arrivals", arrivals)
    return as_positive("boot_s", boot_s) * max(0.0, 1.0 - as_number("capacity", capacity, 0.0, LONGEST) / rate)


def hours_with_restarts(work_hours: float, pieces: float, deaths_a_day: float) -> float:
    """Return the mean hours of work in equal pieces, whose current one begins again whenever it is interrupted."""
    return restarts.expected_hours(
        as_number("work_hours", work_hours, 0.0, 1e9),
        as_count("pieces", pieces, _MOST_PIECES),
        as_number("deaths_a_day", deaths_a_day, 0.0, 1e6),
    )


def _explain_restarts(work_hours: float, pieces: float, deaths_a_day: float, *, result: float) -> str:
    if not deaths_a_day:
        return f"{write(work_hours)} h undisturbed = {rounded(result)}"
    rate = f"{write(deaths_a_day)} / 24"
    return f"{write(pieces)} * (exp({rate} * {write(work_hours)} / {write(pieces)}) - 1) / ({rate}) = {rounded(result)}"


FUNCTIONS = (
    EngineFunction(
        "longest_wait_s",
        longest_wait_s,
        "Longest wait in a surge while machines boot.",
        "{boot_s} - {capacity} * {boot_s} / {arrivals} = {result}",
    ),
    EngineFunction(
        "hours_with_restarts",
        hours_with_restarts,
        "Hours of work whose current piece begins again at each interruption.",
        _explain_restarts,
    ),
)
"""The named functions of this module."""
