"""Count non-negative values in buckets of like relative width, and merge such counts exactly.

Each octave is cut into 128 buckets of equal width, as in HdrHistogram (Tene, 2012): a bucket's number is the exponent
and the first seven binary digits of the value, read off its bits without a logarithm, the same on every machine. Its
representative lies within 0.4% of every value counted in it. Everything kept is an integer, a minimum or a maximum:
merging in any order gives the same bits, which is what lets the shards of a run arrive as they like.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from simulations.engine.normal import FloatArray
from simulations.engine.order_statistics import nearest_rank

IntegerArray = npt.NDArray[np.int64]

RELATIVE_ERROR = 0.005
"""The promise: no quantile or bucket representative is further from the values it stands for."""

SMALLEST = 2.0**-20
"""Values below this, in the caller's unit, are counted as zero."""

LARGEST = 2.0**40
"""Values above this are refused."""

_DIGITS = 7
_BUCKETS_PER_OCTAVE = 2**_DIGITS
_FIRST_EXPONENT = -20
_BUCKETS = 60 * _BUCKETS_PER_OCTAVE + 2
_SHIFT = 52 - _DIGITS
_BEFORE_FIRST = (1023 + _FIRST_EXPONENT) * _BUCKETS_PER_OCTAVE - 1
_SUM_QUANTUM = 2.0**20
_HALF = 30
_SUMMED_AS_FLOATS = 2.0**18
_SUMMED_AT_ONCE = 2.0**27
_MAGIC = b"HDH2"
_HEADER = struct.Struct("<4sdd32sHH")
_CHUNK = 24576


class Histogram:
    """Counts of non-negative values, exact to a relative error of 0.5%.

    The sum is kept in whole multiples of 2**-20, so the mean is exact to that resolution. Values
    up to 2**40 are accepted, of which those below 2**-20 count as zero.
    """

    __slots__ = ("_counts", "_maximum", "_minimum", "_scratch", "_total")

    def __init__(self) -> None:
        self._counts: IntegerArray = np.zeros(_BUCKETS, dtype=np.int64)
        self._scratch: IntegerArray = np.empty(0, dtype=np.int64)
        self._minimum = math.inf
        self._maximum = -math.inf
        self._total = 0

    @property
    def count(self) -> int:
        """How many values were added."""
        return int(self._counts.sum())

    @property
    def minimum(self) -> float:
        """The smallest value added; raises ValueError when there is none."""
        self._require_values()
        return self._minimum

    @property
    def maximum(self) -> float:
        """The largest value added; raises ValueError when there is none."""
        self._require_values()
        return self._maximum

    @property
    def mean(self) -> float:
        """The mean of the values added, each rounded to 2**-20; raises ValueError when empty."""
        return float(Fraction(self._total, self._require_values()) / Fraction(_SUM_QUANTUM))

    def add(self, values: npt.ArrayLike) -> None:
        """Count each of `values`, an array of any shape.

        Raises ValueError, and counts nothing, if one is negative, above 2**40 or not finite.
        """
        flat = np.ravel(np.asarray(values, dtype=np.float64))
        if flat.size == 0:
            return
        minimum, maximum = float(flat.min()), float(flat.max())
        if not (minimum >= 0.0 and maximum <= LARGEST):
            raise ValueError(
                f"A histogram counts values from 0 to {LARGEST:.0f}; it was given a minimum of "
                f"{minimum} and a maximum of {maximum}."
            )
        if self._scratch.size < min(flat.size, _CHUNK):
            self._scratch = np.empty(min(flat.size, _CHUNK), dtype=np.int64)
        first = max(int(np.float64(minimum).view(np.int64) >> _SHIFT) - _BEFORE_FIRST, 0)
        for start in range(0, flat.size, _CHUNK):
            self._add_chunk(flat[start : start + _CHUNK], first, maximum)
        self._minimum = min(self._minimum, minimum)
        self._maximum = max(self._maximum, maximum)

    def merge(self, other: Histogram) -> Histogram:
        """Return a new histogram of the values of both; associative and commutative, bit for bit."""
        merged = Histogram()
        merged._counts = self._counts + other._counts
        merged._minimum = min(self._minimum, other._minimum)
        merged._maximum = max(self._maximum, other._maximum)
        merged._total = self._total + other._total
        return merged

    def quantile(self, q: float) -> float:
        """Return the nearest-rank quantile: the value of rank ceil(q * count), at least 1.

        Within 0.5% of the exact one for values of at least 2**-20, and exact at both ends (Hyndman and Fan, 1996,
        type 1).
        q is taken as the decimal it is written as, so 0.99 of 1,000 is rank 990. Raises ValueError
        for q outside [0, 1] or when empty.
        """
        count = self._require_values()
        if not 0.0 <= q <= 1.0:
            raise ValueError(f"A quantile must lie between 0 and 1; you gave {q}.")
        rank = nearest_rank(count, q)
        if rank == 1:
            return self._minimum
        if rank == count:
            return self._maximum
        bucket = int(np.searchsorted(np.cumsum(self._counts), rank))
        return min(max(_representative(bucket), self._minimum), self._maximum)

    def cumulative(self) -> tuple[FloatArray, IntegerArray]:
        """Return bucket edges and the count of values below each, over the occupied range.

        The first count is 0 and the last is `count`; both arrays are empty for an empty histogram.
        Counts at edges are exact, so a distribution can be held against them without the 0.5%.
        """
        occupied = np.flatnonzero(self._counts)
        if occupied.size == 0:
            return np.empty(0), np.empty(0, dtype=np.int64)
        first, last = int(occupied[0]), int(occupied[-1]) + 1
        edges = _edges(np.arange(first, last + 1))
        below = np.concatenate(([0], np.cumsum(self._counts[first:last])))
        return edges, below.astype(np.int64)

    def to_json(self) -> dict[str, object]:
        """Return JSON values; the exact sum is a string, as it may pass 2**53."""
        occupied = np.flatnonzero(self._counts)
        return {
            "relative_error": RELATIVE_ERROR,
            "count": self.count,
            "minimum": self._minimum if occupied.size else None,
            "maximum": self._maximum if occupied.size else None,
            "total": str(self._total),
            "buckets": [[int(bucket), int(self._counts[bucket])] for bucket in occupied],
        }

    @classmethod
    def from_counts(cls, counts: IntegerArray, *, minimum: float, maximum: float, total: float) -> Histogram:
        """Return the histogram of values of which counts by bucket, both ends and the sum are known.

        Buckets are numbered as in `bucket_edges`. Raises ValueError where the counts are not one a bucket, or an end
        lies outside its bucket.
        """
        histogram = cls()
        if counts.shape != histogram._counts.shape or counts.min() < 0:
            raise ValueError(f"A histogram has {_BUCKETS} counts of 0 or more; it was given {counts.shape}.")
        occupied = np.flatnonzero(counts)
        if occupied.size == 0:
            return histogram
        low, high = _edges(np.array([occupied[0], occupied[-1] + 1])).tolist()
        if not low <= minimum <= maximum <= high:
            raise ValueError(f"The ends {minimum} and {maximum} do not lie between {low} and {high}, as the counts do.")
        histogram._counts = counts.astype(np.int64)
        histogram._minimum, histogram._maximum = minimum, maximum
        histogram._total = round(total * _SUM_QUANTUM)
        return histogram

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Histogram:
        """Return the histogram that `to_json` wrote; raises ValueError if it was not that."""
        histogram = cls()
        try:
            buckets = data["buckets"]
            for bucket, count in buckets:  # type: ignore[attr-defined]
                histogram._counts[_checked(bucket, _BUCKETS - 1)] = _checked(count, 2**62)
            histogram._total = int(str(data["total"]))
            if buckets:
                histogram._minimum = float(str(data["minimum"]))
                histogram._maximum = float(str(data["maximum"]))
        except (KeyError, TypeError, ValueError) as fault:
            raise ValueError(f"This is not a histogram: {fault}.") from fault
        return histogram

    def to_bytes(self) -> bytes:
        """Return a compact form, the same bytes for equal histograms."""
        occupied = np.flatnonzero(self._counts)
        first = int(occupied[0]) if occupied.size else 0
        stop = int(occupied[-1]) + 1 if occupied.size else 0
        total = self._total.to_bytes(32, "little")
        header = _HEADER.pack(_MAGIC, self._minimum, self._maximum, total, first, stop - first)
        return zlib.compress(header + self._counts[first:stop].astype("<i8").tobytes(), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Histogram:
        """Return the histogram that `to_bytes` wrote; raises ValueError if it was not that."""
        try:
            plain = zlib.decompress(data)
            magic, minimum, maximum, total, first, length = _HEADER.unpack_from(plain)
            counts = np.frombuffer(plain, dtype="<i8", offset=_HEADER.size)
        except (zlib.error, struct.error, ValueError) as fault:
            raise ValueError(f"These bytes are not a histogram: {fault}.") from fault
        if magic != _MAGIC or counts.size != length or first + length > _BUCKETS:
            raise ValueError("These bytes are not a histogram: the header does not fit them.")
        histogram = cls()
        histogram._counts[first : first + length] = counts
        histogram._minimum, histogram._maximum = minimum, maximum
        histogram._total = int.from_bytes(total, "little")
        return histogram

    def __eq__(self, other: object) -> bool:
        """Two histograms are equal when everything that they keep is."""
        if not isinstance(other, Histogram):
            return NotImplemented
        return (
            self._total == other._total
            and self._minimum == other._minimum
            and self._maximum == other._maximum
            and bool(np.array_equal(self._counts, other._counts))
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if self.count == 0:
            return "Histogram(empty)"
        return f"Histogram(count={self.count}, minimum={self._minimum}, maximum={self._maximum})"

    def _add_chunk(self, values: FloatArray, first: int, maximum: float) -> None:
        """Count one chunk of values, small enough to stay in the processor's cache; none lies below bucket `first`."""
        buckets = np.right_shift(values.view(np.int64), _SHIFT, out=self._scratch[: values.size])
        buckets -= _BEFORE_FIRST + first
        if first == 0:
            np.maximum(buckets, 0, out=buckets)
        counts = np.bincount(buckets)
        self._counts[first : first + counts.size] += counts
        scaled = np.multiply(values, _SUM_QUANTUM, out=buckets.view(np.float64))
        np.rint(scaled, out=scaled)
        if maximum <= _SUMMED_AS_FLOATS:  # whole numbers whose sum stays below 2**53: no partial sum is rounded
            self._total += int(scaled.sum())
            return
        quanta = scaled.astype(np.int64)
        if maximum <= _SUMMED_AT_ONCE:
            self._total += int(quanta.sum())
            return
        # The sum of a chunk may pass 2**63, so its halves are summed apart.
        high = quanta >> _HALF
        self._total += (int(high.sum()) << _HALF) + int((quanta - (high << _HALF)).sum())

    def _require_values(self) -> int:
        count = self.count
        if count == 0:
            raise ValueError("This histogram is empty: it has no minimum, mean or quantile.")
        return count


def bucket_edges() -> FloatArray:
    """Return the lower edge of every bucket and, last, `LARGEST`, which the last bucket holds alone.

    Bucket 0 holds what counts as zero.
    """
    return _edges(np.arange(_BUCKETS))


def _edges(bucket: IntegerArray) -> FloatArray:
    """Return the lower edge of each bucket, exactly; bucket 0 holds what counts as zero."""
    octave, place = np.divmod(bucket - 1, _BUCKETS_PER_OCTAVE)
    edges = np.ldexp(1.0 + place / _BUCKETS_PER_OCTAVE, octave + _FIRST_EXPONENT)
    return np.where(bucket == 0, 0.0, edges)


def _representative(bucket: int) -> float:
    """Return the value whose relative distance to both edges is the same."""
    low, high = (float(edge) for edge in _edges(np.array([bucket, bucket + 1])))
    return 2.0 * low * high / (low + high)


def _checked(value: object, largest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise ValueError(f"{value!r} is not a whole number from 0 to {largest}")
    return value
