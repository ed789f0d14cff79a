"""Describe a page that waits for n like calls at once: its distribution, its curves and its draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulations.engine import dependence
from simulations.engine.distributions import Distribution, mean_of_tail
from simulations.engine.evidence import Expectation
from simulations.engine.histogram import Histogram
from simulations.engine.normal import FloatArray, sf
from simulations.engine.result import Axis, Chart, Series

FAN_OUTS: tuple[int, ...] = tuple(range(1, 101))
"""The numbers of calls at which a curve against fan-out is computed: all, so that its knees are where they are."""

DOTS = 100
"""How many dots show a distribution by its quantiles, each an equal share of it."""

_CURVE_POINTS = 160
_NOTHING_LEFT = 1e-17
_ELEMENTS_A_CHUNK = 65536
_LEAST_PAGES_A_CHUNK = 2048


@dataclass(frozen=True, slots=True)
class Page:
    """A page as slow as the slowest of `calls` calls, whose scores correlate by `correlation`."""

    call: Distribution
    calls: int
    correlation: float

    def tail(self, t: FloatArray) -> FloatArray:
        """Return P(page > t) for each t in milliseconds."""
        return dependence.page_tail(self.call.sf(t), self.calls, self.correlation)

    def upper_quantile(self, tail: FloatArray) -> FloatArray:
        """Return the smallest t with P(page > t) <= tail, for each tail in (0, 1)."""
        return self.call.upper_quantile(self.call_tail(tail))

    def call_tail(self, tail: FloatArray) -> FloatArray:
        """Return the call's upper tail at which the page's is `tail`."""
        return dependence.call_tail(tail, self.calls, self.correlation)

    @property
    def mean(self) -> float:
        """The mean in milliseconds; infinity where a call has none."""
        if self.calls == 1 or self.correlation == 1.0 or math.isinf(self.call.mean):
            return self.call.mean
        last = float(self.call.upper_quantile(np.array(_NOTHING_LEFT)))
        return mean_of_tail(self.tail, self.call.knots, last)

    @property
    def expectation(self) -> Expectation:
        """The closed form against which draws are held."""
        mean = self.mean
        return Expectation(self.tail, self.upper_quantile, mean if math.isfinite(mean) else None)

    def draw(self, generator: np.random.Generator, pages: int) -> Histogram:
        """Return the histogram of `pages` pages, every call of each drawn by its normal score.

        A call's time rises with its score, so the slowest call is the one with the largest score and
        only that one is turned into milliseconds. Memory stays within a few megabytes.
        """
        shared, own = math.sqrt(self.correlation), math.sqrt(1.0 - self.correlation)
        histogram = Histogram()
        for size in chunks(pages, self.calls):
            scores = generator.standard_normal((self.calls, size)).max(axis=0)
            scores *= own
            scores += shared * generator.standard_normal(size)
            histogram.add(self.call.upper_quantile(sf(scores)))
        return histogram


def chunks(pages: int, calls: int) -> list[int]:
    """Return the sizes of the chunks in which pages are drawn: about what fits the processor's cache."""
    size = max(_ELEMENTS_A_CHUNK // calls, _LEAST_PAGES_A_CHUNK)
    full, rest = divmod(pages, size)
    return [size] * full + [rest] * (rest > 0)


def fan_out_curves(
    call: Distribution, correlation: float, tails: Sequence[float], fan_outs: Sequence[int]
) -> FloatArray:
    """Return times in milliseconds, one row a tail and one column a fan-out."""
    targets = np.asarray(tails, dtype=np.float64)[:, None]
    counts = np.asarray(fan_outs, dtype=np.float64)[None, :]
    return call.upper_quantile(dependence.call_tail(targets, counts, correlation))


def fan_out_chart(page: Page) -> Chart:
    """Return median and p99 against the number of calls, with a dot for this page."""
    median, p99 = fan_out_curves(page.call, page.correlation, (0.5, 0.01), FAN_OUTS)
    here = page.upper_quantile(np.array([0.5, 0.01]))
    calls = tuple(float(count) for count in FAN_OUTS)
    return Chart(
        name="fan_out",
        title="Response time against fan-out",
        x=Axis("parallel calls", "", "log"),
        y=Axis("response time of a page", "ms", "log"),
        series=(
            Series("median", "median", calls, tuple(median.tolist())),
            Series("p99", "p99", calls, tuple(p99.tolist())),
            Series("here", "this setting", (float(page.calls),) * 2, tuple(here.tolist()), "dots"),
        ),
        caption="Response time of a page in ms, both axes logarithmic. Lines are exact, the dots are this setting.",
    )


def distribution_charts(page: Page, backend: Distribution) -> tuple[Chart, Chart]:
    """Return the distribution of page and backend: as shares answered, and as tails on log axes."""
    ends = np.concatenate(
        [
            backend.upper_quantile(np.array([0.999, 1e-4])),
            page.upper_quantile(np.array([0.999, 1e-4])),
        ]
    )
    times = np.geomspace(ends.min(), ends.max(), _CURVE_POINTS)
    x = tuple(times.tolist())
    tails = {
        "page": ("page", 100.0 * page.tail(times)),
        "backend": ("one call", 100.0 * backend.sf(times)),
    }
    time_axis = Axis("response time", "ms", "log")
    answered = Chart(
        name="distribution",
        title="Answered within t",
        x=time_axis,
        y=Axis("share answered", "%", "linear"),
        series=tuple(Series(name, label, x, tuple((100.0 - tail).tolist())) for name, (label, tail) in tails.items()),
        caption="Read across at 50% and at 99%: the page meets the backend's curve far to the right.",
    )
    slower = Chart(
        name="tail",
        title="Slower than t",
        x=time_axis,
        y=Axis("share slower", "%", "log"),
        series=tuple(Series(name, label, *_positive(times, tail)) for name, (label, tail) in tails.items()),
        caption="Both axes logarithmic: the page's tail is the backend's, lifted.",
    )
    return answered, slower


def quantile_dots(page: Page, backend: Distribution) -> Chart:
    """Return a hundred dots for one call and a hundred for the page, each one share in a hundred."""
    shares = (np.arange(DOTS) + 0.5) / DOTS
    y = tuple((100.0 * shares).tolist())
    one = backend.upper_quantile(1.0 - shares)
    whole = page.upper_quantile(1.0 - shares)
    return Chart(
        name="quantile_dots",
        title="A hundred calls, a hundred pages",
        x=Axis("response time", "ms", "log"),
        y=Axis("percentile", "%", "linear"),
        series=(
            Series("backend", "one call", tuple(one.tolist()), y, "dots"),
            Series("page", "page", tuple(whole.tolist()), y, "dots"),
        ),
        caption="Each dot is one call or one page in a hundred.",
    )


def _positive(times: FloatArray, tail: FloatArray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    shown = tail > 0.0
    return tuple(times[shown].tolist()), tuple(tail[shown].tolist())
