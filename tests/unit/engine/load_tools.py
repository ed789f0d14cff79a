"""Measure a server that stands still, as a load tool that keeps its schedule does and as one that waits does.

A tool that waits for each answer sends nothing while the server stands, so the requests that would have waited are
missing from what it records: coordinated omission (Tene, 2013, "How not to measure latency"). HdrHistogram's
correction puts them back, from the recorded times and the interval at which requests were meant to be sent.
"""

from __future__ import annotations

import numpy as np

from simulations.engine.normal import FloatArray


def open_loop(due: FloatArray, stall: tuple[float, float], service: float) -> FloatArray:
    """Return the time from when each request was due to its answer.

    Times are in one unit. Requests due at `due`, ascending, take `service` each, all at once where they have to; none
    is begun within `stall`, from its first moment to its last.
    """
    begins, ends = stall
    return np.asarray(np.where((due >= begins) & (due < ends), ends - due, 0.0) + service)


def closed_loop(interval: float, until: float, stall: tuple[float, float], service: float) -> FloatArray:
    """Return what a tool records that means to send every `interval` until `until`, and waits for each answer.

    A request that could not be sent in time is sent as soon as the one before is answered, at the next turn of the
    schedule; those missed meanwhile are never sent.
    """
    recorded = []
    turn = 0
    while turn * interval < until:
        taken = float(open_loop(np.array([turn * interval]), stall, service)[0])
        recorded.append(taken)
        turn += max(int(np.ceil(taken / interval - 1e-9)), 1)
    return np.array(recorded)


def corrected(recorded: FloatArray, interval: float) -> FloatArray:
    """Return recorded times with those put back that a tool which waits left out: HdrHistogram's correction.

    Each time t above the interval brings t - interval, t - 2 interval and so on, down to the interval. Raises
    ValueError unless the interval is positive.
    """
    if not interval > 0.0:
        raise ValueError(f"The interval must be positive; you gave {interval}.")
    missing = np.maximum(np.floor(recorded / interval + 1e-9).astype(np.int64) - 1, 0)
    times = np.repeat(recorded, missing)
    number = np.arange(times.size) - np.repeat(np.cumsum(missing) - missing, missing) + 1
    return np.sort(np.concatenate([recorded, times - number * interval]))
