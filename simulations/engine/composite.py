"""Draw pages without drawing their calls: one draw a page, or one multinomial for all of them.

The slowest of n independent calls with distribution F has the distribution F**n. So a page is one exponential draw E,
read at the call's upper tail -expm1(-E / n), which loses no digits however large n is (Devroye, 1986, "Non-Uniform
Random Variate Generation", section V.1); and the counts of a whole histogram are one multinomial draw. Both know the
closed form and therefore say nothing about it. Evidence is drawn call by call, in `simulations.engine.backends`.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from simulations.engine.distributions import Distribution
from simulations.engine.histogram import Histogram, IntegerArray, bucket_edges
from simulations.engine.normal import FloatArray
from simulations.engine.pages import Page

_CHUNK = 24576
_DIGITS = 8
_SHIFT = 52 - _DIGITS
_FIRST_PIECE, _LAST_PIECE = (((1023 + exponent) << _DIGITS) - 1 for exponent in (-24, 6))
_PROMISE = 5e-4
_LEAST_EXPONENTIAL = 2.0**-60
_NEVER = 1e-18
_ALMOST_ALL = 1.0 - 2.0**-53


class CompositeSampler:
    """Draws pages that wait for `calls` independent calls, one draw a page whatever their number.

    The time behind a draw is read from a table of 256 straight pieces an octave, laid through exact values: within
    0.05% of the time, a tenth of the width of the histogram's buckets. What no straight piece describes so well, next
    to a sharp bend of the distribution and beyond the table, where one draw in 17 million falls, is computed exactly.
    """

    def __init__(self, call: Distribution, calls: int) -> None:
        self._call = call
        self._calls = calls

    def draw(self, generator: np.random.Generator, pages: int) -> Histogram:
        """Return the histogram of `pages` pages in milliseconds. Memory stays within a few megabytes."""
        histogram = Histogram()
        draws, times, heights = np.empty(_CHUNK), np.empty(_CHUNK), np.empty(_CHUNK)
        pieces = np.empty(_CHUNK, dtype=np.int64)
        for start in range(0, pages, _CHUNK):
            size = min(_CHUNK, pages - start)
            generator.standard_exponential(out=draws[:size])
            histogram.add(self._read(draws[:size], times[:size], heights[:size], pieces[:size]))
        return histogram

    def times(self, exponentials: FloatArray) -> FloatArray:
        """Return the time behind each standard exponential draw, a vector; large draws are fast pages."""
        times, heights = np.empty_like(exponentials), np.empty_like(exponentials)
        return self._read(exponentials, times, heights, np.empty(exponentials.shape, dtype=np.int64))

    def _read(
        self, exponentials: FloatArray, times: FloatArray, heights: FloatArray, pieces: IntegerArray
    ) -> FloatArray:
        """Write the time behind each draw to `times`, and return it; `heights` and `pieces` are room to work in."""
        intercepts, slopes = self._pieces
        np.right_shift(exponentials.view(np.int64), _SHIFT, out=pieces)
        pieces -= _FIRST_PIECE
        slopes.take(pieces, out=times, mode="clip")
        times *= exponentials
        times += intercepts.take(pieces, out=heights, mode="clip")
        if math.isnan(times.min()):
            bent = np.flatnonzero(np.isnan(times))
            times[bent] = self._exactly(exponentials[bent])
        return times

    @cached_property
    def _pieces(self) -> tuple[FloatArray, FloatArray]:
        """Return intercept and slope of every piece; NaN in the first, for what lies before it, and in bent ones."""
        knots = (np.arange(_FIRST_PIECE, _LAST_PIECE + 2) << _SHIFT).view(np.float64)
        exact = self._exactly(knots)
        lengths = np.diff(knots)
        slopes = np.diff(exact) / lengths
        intercepts = exact[:-1] - slopes * knots[:-1]
        # A curve leaves its chord by a quarter of the length at most for each unit by which its slope turns; where that
        # is too much the middle tells, where even a corner in the curve shows half of what it makes.
        turns = np.abs(np.diff(slopes, prepend=slopes[0], append=slopes[-1]))
        suspects = np.flatnonzero(0.25 * lengths * (turns[:-1] + turns[1:]) > _PROMISE * exact[1:])
        if suspects.size:
            middles = knots[suspects] + 0.5 * lengths[suspects]
            off = intercepts[suspects] + slopes[suspects] * middles - self._exactly(middles)
            intercepts[suspects[np.abs(off) > 0.5 * _PROMISE * exact[suspects + 1]]] = np.nan
        intercepts[0] = np.nan
        return intercepts, slopes

    def _exactly(self, exponentials: FloatArray) -> FloatArray:
        kept = np.maximum(exponentials, _LEAST_EXPONENTIAL)
        return self._call.upper_quantile(-np.expm1(-kept / self._calls))


def draw_counts(page: Page, generator: np.random.Generator, pages: int) -> Histogram:
    """Return the histogram of `pages` pages, one at least, in milliseconds: one multinomial draw whatever their number.

    Counts at bucket edges, and both ends, are distributed as those of `pages` draws. The sum takes each bucket's mean
    for its values, so the mean lacks their spread within buckets, which is below 0.4% of a value divided by the square
    root of `pages`. Pages slower than 2**40 ms, which no histogram counts, are left out.
    """
    edges = bucket_edges()
    tails = page.tail(edges)
    first, last = int(np.argmax(tails < 1.0)) - 1, int(np.flatnonzero(tails[:-1] >= _NEVER)[-1]) + 1
    low, high = edges[first:last], edges[first + 1 : last + 1]
    above, beyond = tails[first:last], tails[first + 1 : last + 1]
    shares = above - beyond
    drawn = generator.multinomial(pages, shares / shares.sum())
    counts = np.zeros(edges.size, dtype=np.int64)
    counts[first:last] = drawn
    hit = np.flatnonzero(drawn)
    least, most = hit[0], hit[-1]
    uniforms = generator.random(2)
    tail_at_least = beyond[least] + shares[least] * uniforms[0] ** (1.0 / drawn[least])
    tail_at_most = above[most] - shares[most] * uniforms[1] ** (1.0 / drawn[most])
    ends = page.upper_quantile(np.minimum([tail_at_least, tail_at_most], _ALMOST_ALL))
    minimum, maximum = np.sort(np.clip(ends, low[[least, most]], high[[least, most]])).tolist()
    if pages == 1:
        maximum = minimum
    means = np.clip(_means(page, low[hit], high[hit], above[hit], beyond[hit]), minimum, maximum)
    return Histogram.from_counts(counts, minimum=minimum, maximum=maximum, total=float(np.sum(drawn[hit] * means)))


def _means(page: Page, low: FloatArray, high: FloatArray, above: FloatArray, beyond: FloatArray) -> FloatArray:
    """Return the mean time of the pages within each bucket, from the tail at its edges and middle by Simpson's rule."""
    middle = page.tail(0.5 * (low + high))
    area = (high - low) * ((above - beyond) + 4.0 * (middle - beyond)) / 6.0
    return low + area / (above - beyond)
