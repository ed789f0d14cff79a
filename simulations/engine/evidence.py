"""Hold a histogram of draws against the closed form, inside a band that assumes no distribution."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulations.engine import words
from simulations.engine.histogram import RELATIVE_ERROR, Histogram, IntegerArray
from simulations.engine.normal import FloatArray
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

LEVEL = 0.01
"""How often honest draws leave the band."""

_PERCENTILES = (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999)
_MOST_BARS = 120
_MOST_POINTS = 240


@dataclass(frozen=True, slots=True)
class Expectation:
    """A closed form for a page's response time: its upper tail, the inverse, and the mean."""

    tail: Callable[[FloatArray], FloatArray]
    upper_quantile: Callable[[FloatArray], FloatArray]
    mean: float | None


def band_half_width(draws: int, level: float = LEVEL) -> float:
    """Return e so that an empirical distribution stays within e of the true one everywhere.

    It does so with probability 1 - level at least, whatever the distribution: Dvoretzky, Kiefer and
    Wolfowitz (1956) with Massart's constant (1990).
    """
    return math.sqrt(math.log(2.0 / level) / (2.0 * draws))


def largest_gap(histogram: Histogram, tail: Callable[[FloatArray], FloatArray]) -> float:
    """Return the largest distance between drawn and expected distribution, over bucket edges."""
    edges, below = histogram.cumulative()
    return float(np.max(np.abs(below / histogram.count - (1.0 - tail(edges)))))


def against_closed_form(histogram: Histogram, expected: Expectation) -> Result:
    """Return figures, charts and a table that set what was drawn beside what was expected.

    `histogram` holds at least one response time in milliseconds.
    """
    count = histogram.count
    band = band_half_width(count)
    gap = largest_gap(histogram, expected.tail)
    inside = gap <= band
    verdict = (
        f"The drawn distribution stays within {words.percent(100 * gap)} of the closed form, inside "
        f"the band of {words.percent(100 * band)}."
        if inside
        else f"The drawn distribution leaves the closed form by {words.percent(100 * gap)}, outside "
        f"the band of {words.percent(100 * band)}, which honest draws do once in a hundred runs."
    )
    median, p99 = histogram.quantile(0.5), histogram.quantile(0.99)
    narrative = (
        f"{count:,} pages were drawn. Their median is {words.milliseconds(median)} and their p99 "
        f"{words.milliseconds(p99)}. {verdict}"
    )
    return Result(
        figures=_figures(histogram, gap, band),
        charts=(_bars(histogram, expected), _tail(histogram, expected, band)),
        tables=(_quantiles(histogram, expected, band),),
        narrative=narrative,
    )


def _figures(histogram: Histogram, gap: float, band: float) -> tuple[Figure, ...]:
    return (
        Figure("drawn", "Pages drawn", float(histogram.count), "", "How many pages were drawn."),
        Figure("median", "Median", histogram.quantile(0.5), "ms", "Half of the pages drawn."),
        Figure("p95", "p95", histogram.quantile(0.95), "ms", "95 in 100 of the pages drawn."),
        Figure("p99", "p99", histogram.quantile(0.99), "ms", "99 in 100 of the pages drawn."),
        Figure("p99_9", "p99.9", histogram.quantile(0.999), "ms", "999 in 1,000 of them."),
        Figure("mean", "Mean", histogram.mean, "ms", "The average of the pages drawn."),
        Figure("maximum", "Slowest", histogram.maximum, "ms", "The slowest page drawn."),
        Figure(
            "largest_gap",
            "Largest gap",
            100.0 * gap,
            "%",
            "The furthest that the drawn distribution is from the closed form, at any time.",
        ),
        Figure(
            "band",
            "Band",
            100.0 * band,
            "%",
            "Honest draws stay within this distance in 99 runs of 100, whatever the distribution.",
        ),
    )


def _quantiles(histogram: Histogram, expected: Expectation, band: float) -> Table:
    """Return expected and drawn quantiles with the band of each.

    A drawn quantile is a bucket's representative, so on top of the band's share to either side it may stand off by the
    histogram's relative error, which widens both ends.
    """
    rows: list[tuple[object, ...]] = []
    for q in _PERCENTILES:
        low, closed, high = (_quantile(expected, share) for share in (q - band, q, q + band))
        rows.append(
            (
                words.ordinal_percentile(q),
                closed,
                histogram.quantile(q),
                None if low is None else low * (1.0 - RELATIVE_ERROR),
                None if high is None else high * (1.0 + RELATIVE_ERROR),
            )
        )
    if expected.mean is not None:
        rows.append(("mean", expected.mean, histogram.mean, None, None))
    return Table(
        name="quantiles",
        caption=f"Expected and drawn, in ms. Draws are counted in buckets, which places a drawn percentile to "
        f"{words.percent(100.0 * RELATIVE_ERROR)}; the band is that much wider to either side. Where it reaches beyond "
        "the last draw, the number of draws says nothing about the upper end.",
        columns=("percentile", "expected", "drawn", "lowest in band", "highest in band"),
        rows=tuple(rows),
    )


def _quantile(expected: Expectation, share: float) -> float | None:
    """Return the expected quantile at a share, None where the band has carried the share out of (0, 1)."""
    return float(expected.upper_quantile(np.array(1.0 - share))) if 0.0 < share < 1.0 else None


def _bars(histogram: Histogram, expected: Expectation) -> Chart:
    edges, below = histogram.cumulative()
    kept = _thinned(edges.size, _MOST_BARS)
    edges, below = edges[kept], below[kept]
    positive = np.maximum(edges, edges[1] / 2.0)
    middle = np.sqrt(positive[1:] * positive[:-1])
    drawn = 100.0 * np.diff(below) / histogram.count
    closed = -100.0 * np.diff(expected.tail(edges))
    return Chart(
        name="histogram",
        title="Drawn and expected",
        x=Axis("response time of a page", "ms", "log"),
        y=Axis("share of pages", "%", "linear"),
        series=(
            Series("drawn", "drawn", _floats(middle), _floats(drawn), "bars"),
            Series("expected", "closed form", _floats(middle), _floats(closed)),
        ),
        caption="Share of pages a bar, bars equally wide on a logarithmic axis.",
    )


def _tail(histogram: Histogram, expected: Expectation, band: float) -> Chart:
    edges, below = histogram.cumulative()
    kept = _thinned(edges.size, _MOST_POINTS)
    edges, above = edges[kept], 1.0 - below[kept] / histogram.count
    tail = expected.tail(edges)
    series = []
    for name, label, values, kind in (
        ("drawn", "drawn", above, "dots"),
        ("expected", "closed form", tail, "line"),
        ("low", "band, low", tail - band, "band-low"),
        ("high", "band, high", np.minimum(tail + band, 1.0), "band-high"),
    ):
        shown = (values > 0.0) & (edges > 0.0)
        points = _floats(edges[shown]), _floats(100.0 * values[shown])
        series.append(Series(name, label, *points, kind))
    return Chart(
        name="tail",
        title="Pages slower than t",
        x=Axis("response time of a page", "ms", "log"),
        y=Axis("share of slower pages", "%", "log"),
        series=tuple(series),
        caption="Both axes logarithmic. Dots are draws, the line is the closed form; honest draws "
        "stay between the band's edges at every t at once in 99 runs of 100.",
    )


def _thinned(size: int, most: int) -> IntegerArray:
    """Return indices of at most `most` + 1 of `size` points, with both ends.

    All steps but the last are equal: bars of three buckets beside bars of four would look like noise.
    """
    step = max(1, -(-(size - 1) // most))
    return np.unique(np.append(np.arange(0, size, step), size - 1))


def _floats(values: FloatArray) -> tuple[float, ...]:
    return tuple(values.tolist())
