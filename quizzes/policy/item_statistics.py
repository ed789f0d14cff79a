"""Statistics of how a question measures: intervals, correlation, and whether variants differ by more than chance.

Pure. Counts may be in the millions; nothing here grows with them but `exact_difference`, which is bounded.

Sources: E. B. Wilson (1927), JASA 22, 209-212, for shares; R. A. Fisher (1921), Metron 1, 3-32, for correlations;
K. Pearson (1900), Phil. Mag. 50, 157-175, for homogeneity; R. A. Fisher (1935), JRSS 98, 39-54, for 2 x 2 tables;
S. Holm (1979), Scand. J. Statist. 6, 65-70, for many tests at once; W. H. Press et al. (2007), Numerical Recipes 6.2,
for the incomplete gamma function (relative error below 1e-12).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from quizzes.policy.proportions import Z_95, proportion

LARGEST_EXACT: Final = 2_000
"""Answers in a 2 x 2 table up to which its p-value is computed exactly; beyond it the normal approximation holds."""

_TINY: Final = 1e-300
_CONVERGED: Final = 1e-14
_MOST_TERMS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval, and how many answers it rests on."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Table:
    """How many of how many were right."""

    right: float
    total: int


def share(successes: float, total: int) -> Estimate | None:
    """Return a share with Wilson's interval, None without observations.

    A sum of fractions from 0 to 1, as partial credit makes them, is taken as well: their variance is at most that of a
    share, so that the interval is then wider than it need be.
    """
    if total == 0:
        return None
    found = proportion(successes, total)
    return Estimate(found.share, found.low, found.high, total)


def correlation(coefficient: float, count: int) -> Estimate | None:
    """Return a correlation with Fisher's interval, None under four pairs or where it does not vary."""
    if count < 4 or not math.isfinite(coefficient):
        return None
    bounded = max(-1.0, min(1.0, coefficient))
    if abs(bounded) == 1.0:
        return Estimate(bounded, bounded, bounded, count)
    centre, reach = math.atanh(bounded), Z_95 / math.sqrt(count - 3)
    return Estimate(bounded, math.tanh(centre - reach), math.tanh(centre + reach), count)


def homogeneity(tables: Sequence[Table]) -> float | None:
    """Return the chi-square p-value of the hypothesis that all groups share one rate, None where it says nothing.

    That is with fewer than two groups, or where all or none are right.
    """
    right, total = sum(table.right for table in tables), sum(table.total for table in tables)
    if len(tables) < 2 or right <= 0 or right >= total:
        return None
    rate = right / total
    statistic = sum(
        (table.right - table.total * rate) ** 2 / (table.total * rate * (1 - rate)) for table in tables if table.total
    )
    return chi_square_beyond(statistic, len(tables) - 1)


def difference(one: Table, other: Table) -> float:
    """Return the two-sided p-value of two groups having the same rate: Fisher's exact where small, else chi-square.

    Counts must be whole where they are small.
    """
    if one.total == 0 or other.total == 0:
        return 1.0
    if one.total + other.total <= LARGEST_EXACT:
        return exact_difference(round(one.right), one.total, round(other.right), other.total)
    return 1.0 if (p := homogeneity([one, other])) is None else p


def exact_difference(right: int, total: int, other_right: int, other_total: int) -> float:
    """Return Fisher's exact two-sided p-value: the chance of a table no more likely than this one, margins given."""
    drawn, whole = right + other_right, total + other_total
    lowest, highest = max(0, drawn - other_total), min(drawn, total)

    def log_chance(k: int) -> float:
        return _log_choose(total, k) + _log_choose(other_total, drawn - k) - _log_choose(whole, drawn)

    # Tables as likely as this one count, whatever rounding does to their logarithms.
    limit = log_chance(right) + 1e-7
    chances = (log_chance(k) for k in range(lowest, highest + 1))
    return min(1.0, math.fsum(math.exp(chance) for chance in chances if chance <= limit))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted so that the chance of any false alarm among them stays below the threshold applied."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted, highest = [1.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, p_values[index] * (len(p_values) - rank)))
        adjusted[index] = highest
    return adjusted


def chi_square_beyond(statistic: float, degrees: int) -> float:
    """Return the chance that chi-square with so many degrees of freedom is at least the statistic."""
    if statistic < _TINY:
        return 1.0
    return _upper_gamma(degrees / 2, statistic / 2)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _upper_gamma(a: float, x: float) -> float:
    """Return the regularised upper incomplete gamma function Q(a, x): a series below a + 1, Lentz's fraction above."""
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for k in range(1, _MOST_TERMS):
            term *= x / (a + k)
            total += term
            if term < total * _CONVERGED:
                break
        return max(0.0, 1 - total * scale)
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    fraction = d
    for k in range(1, _MOST_TERMS):
        step = -k * (k - a)
        b += 2
        d = 1 / _away_from_zero(step * d + b)
        c = _away_from_zero(b + step / c)
        fraction *= d * c
        if abs(d * c - 1) < _CONVERGED:
            break
    return fraction * scale


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
