"""Say what a sample can tell about a percentile, whatever the distribution."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from simulations.engine.normal import FloatArray

_BISECTIONS = 44
_DEVIATIONS = 10.0
_SPARE = 60


def nearest_rank(count: int, q: float) -> int:
    """Return the rank, from 1, of the q-quantile of `count` values: ceil(q * count), at least 1.

    q in [0, 1] is taken as the decimal it is written as, so 0.999 of 1,000 is rank 999 (Hyndman and
    Fan, 1996, type 1).
    """
    return max(math.ceil(Fraction(str(float(q))) * count), 1)


def binomial_quantile(trials: int, probability: float, q: float) -> int:
    """Return the smallest k with P(Binomial(trials, probability) <= k) >= q.

    Sums the exact probabilities where they count; `probability` and `q` lie in (0, 1).
    """
    first, cumulative = _cumulative(trials, probability)
    return first + int(np.searchsorted(cumulative, q))


def percentile_ranks(count: int, q: float, level: float = 0.95) -> tuple[int, int]:
    """Return two ranks between which the true q-quantile lies with probability about `level`.

    They are the binomial's quantiles at both ends (David and Nagaraja, 2003, section 7.1): for
    1,000 values and q = 0.99, ranks 983 and 996. A rank of `count` means that nothing bounds it
    from above but the largest value.
    """
    rest = 0.5 * (1.0 - level)
    return (
        max(binomial_quantile(count, q, rest), 1),
        min(binomial_quantile(count, q, 1.0 - rest), count),
    )


def order_statistic_level(count: int, rank: int, level: float) -> float:
    """Return u with P(the rank-th smallest of `count` uniform draws <= u) = level.

    The quantile of a Beta(rank, count + 1 - rank) variable (David and Nagaraja, 2003, section 2.1), by
    bisection on the binomial tail; absolute error below 1e-12.
    """
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        first, cumulative = _cumulative(count, middle)
        place = rank - 1 - first
        below = 0.0 if place < 0 else float(cumulative[min(place, cumulative.size - 1)])
        reached = 1.0 - below >= level
        low, high = (low, middle) if reached else (middle, high)
    return high


def _cumulative(trials: int, probability: float) -> tuple[int, FloatArray]:
    """Return the first count that matters, and P(Binomial(trials, probability) <= k) from there to the last.

    Probabilities are built up from the most likely count by the ratios of neighbours, as far as ten standard
    deviations and some more: what lies beyond has a probability below 1e-20.
    """
    most_likely = min(int((trials + 1) * probability), trials)
    reach = math.ceil(_DEVIATIONS * math.sqrt(trials * probability * (1.0 - probability))) + _SPARE
    first, last = max(most_likely - reach, 0), min(most_likely + reach, trials)
    counts = np.arange(first, last, dtype=np.float64)
    steps = np.cumsum(np.log((trials - counts) / (counts + 1.0)))
    logarithms = np.concatenate(([0.0], steps)) + np.arange(last - first + 1) * _log_odds(probability)
    chances = np.exp(logarithms - logarithms[most_likely - first])
    return first, np.cumsum(chances / chances.sum())


def _log_odds(probability: float) -> float:
    return math.log(probability) - math.log1p(-probability)
