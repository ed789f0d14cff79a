"""Draw the calls of a page one by one: which path each took, how long, and the copy that a hedge sent after it.

This is evidence: nothing here knows a quantile function, a closed form or which call is going to be the slowest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulations.engine.histogram import Histogram
from simulations.engine.normal import FloatArray
from simulations.engine.pages import chunks

IndexArray = npt.NDArray[np.int64]

_NOT_RARE = 0.2
_SPARE_DEVIATIONS = 5.0


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend whose call takes `floor` plus an exponential time.

    Its mean is `slow` with probability `slow_share`, in (0, 1), otherwise `fast`; all times in milliseconds.
    """

    floor: float
    fast: float
    slow: float
    slow_share: float


@dataclass(frozen=True, slots=True)
class Hedge:
    """A second copy of a call, sent `delay` ms after the first and cancelled on the first answer.

    With probability `correlation` one cause decides both copies' path: they are slow together, waiting for the same
    thing, or fast together.
    """

    delay: float
    correlation: float


def draw_pages(
    backend: Backend, generator: np.random.Generator, *, pages: int, calls: int, hedge: Hedge | None = None
) -> Histogram:
    """Return the histogram in milliseconds of `pages` pages that each wait for the slowest of `calls` calls.

    Every call of every page is drawn. Memory stays within a few megabytes.
    """
    histogram = Histogram()
    buffer = np.empty(max(chunks(pages, calls)) * calls)
    for size in chunks(pages, calls):
        times = buffer[: size * calls]
        slow = _draw_times(backend, generator, times)
        if hedge is not None:
            _take_the_first_answer(backend, hedge, generator, times, slow)
        slowest = times.reshape(calls, size).max(axis=0) if calls > 1 else times
        slowest += backend.floor
        histogram.add(slowest)
    return histogram


def slow_positions(generator: np.random.Generator, share: float, size: int) -> IndexArray:
    """Return which of `size` calls, each slow with probability `share`, are slow, ascending.

    Rare ones are found by the geometric gaps from one to the next, which costs a draw a slow call and not one a call
    (Knuth, 1997, "The Art of Computer Programming", volume 2, section 3.4.1).
    """
    if share > _NOT_RARE:
        return np.flatnonzero(generator.random(size) < share)
    expected = share * size
    gaps = math.ceil(expected + _SPARE_DEVIATIONS * math.sqrt(expected)) + 1
    positions = np.cumsum(generator.geometric(share, gaps)) - 1
    while positions[-1] < size:
        more = positions[-1] + np.cumsum(generator.geometric(share, gaps))
        positions = np.concatenate((positions, more))
    return positions[: np.searchsorted(positions, size)]


def _draw_times(backend: Backend, generator: np.random.Generator, times: FloatArray) -> IndexArray:
    """Fill `times` with what each call takes beyond the floor; return which took the slow path."""
    generator.standard_exponential(out=times)
    times *= backend.fast
    slow = slow_positions(generator, backend.slow_share, times.size)
    times[slow] *= backend.slow / backend.fast
    return slow


def _take_the_first_answer(
    backend: Backend, hedge: Hedge, generator: np.random.Generator, times: FloatArray, slow: IndexArray
) -> None:
    """Replace the time of each late call by that of the first of its two copies, in place."""
    late = np.flatnonzero(times > hedge.delay - backend.floor)
    again = np.empty(late.size)
    _draw_times(backend, generator, again)
    if hedge.correlation > 0.0:
        first_was_slow = np.zeros(times.size, dtype=np.bool_)
        first_was_slow[slow] = True
        together = generator.random(late.size) < hedge.correlation
        fast_together = together & ~first_was_slow[late]
        again[fast_together] = backend.fast * generator.standard_exponential(int(fast_together.sum()))
        again[together & first_was_slow[late]] = np.inf
    times[late] = np.minimum(times[late], hedge.delay + again)
