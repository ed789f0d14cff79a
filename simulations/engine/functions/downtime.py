"""Price downtime: of an outage, by the hour of the day, a month at an availability, and of the next nine."""

from __future__ import annotations

import math

from simulations.engine.functions.definition import LONGEST, EngineFunction, as_number, as_positive, as_share

_MINUTES_A_YEAR = 525_600.0
_HOURS_A_DAY = 24.0
_MONTHS_A_YEAR = 12.0
_NEXT_NINE = 0.9


def outage_cost(revenue: float, minutes: float, impact: float = 1, swing: float = 0, after_peak: float = 0) -> float:
    """Return what an outage costs: revenue a year / 525,600 x minutes x impact x how busy those minutes are.

    `impact` is the share of revenue that the outage stops. Traffic follows the day as 1 + swing x cos; the outage
    begins `after_peak` hours after the day's peak.
    """
    share = as_share("swing", swing)
    length = as_number("minutes", minutes, 0.0, LONGEST)
    busy = busyness(share, as_number("after_peak", after_peak, -_HOURS_A_DAY, _HOURS_A_DAY), length)
    return minute_cost(revenue, impact) * length * busy


def busyness(swing: float, after_peak: float, minutes: float) -> float:
    """Return the mean traffic of minutes that begin so many hours after the peak, 1 being the day's average."""
    begins, length = math.tau * after_peak / _HOURS_A_DAY, math.tau * minutes / 60.0 / _HOURS_A_DAY
    middle, half = begins + length / 2.0, length / 2.0
    return 1.0 + swing * math.cos(middle) * (math.sin(half) / half if half else 1.0)


def minute_cost(revenue: float, impact: float = 1) -> float:
    """Return what an average minute of downtime costs, from a year's revenue."""
    return as_number("revenue", revenue, 0.0, LONGEST) / _MINUTES_A_YEAR * as_share("impact", impact)


def monthly_loss(revenue: float, availability: float, impact: float = 1) -> float:
    """Return the loss to expect a month: revenue x (1 - availability) / 12 x impact."""
    down = 1.0 - as_share("availability", availability)
    return as_number("revenue", revenue, 0.0, LONGEST) * down / _MONTHS_A_YEAR * as_share("impact", impact)


def next_nine_worth(revenue: float, availability: float, impact: float = 1) -> float:
    """Return what a tenth of the downtime would save a month: nine tenths of the loss."""
    return _NEXT_NINE * monthly_loss(revenue, availability, impact)


def payback_months(price: float, saved: float) -> float:
    """Return after how many months a price is earned back that saves so much a month."""
    return as_number("price", price, 0.0, LONGEST) / as_positive("saved", saved)


FUNCTIONS = (
    EngineFunction(
        "outage_cost",
        outage_cost,
        "Cost of an outage from a year's revenue.",
        "{revenue} / 525600 * {minutes} * {impact}, of traffic that swings by {swing}, {after_peak} h after its peak "
        "= {result}",
    ),
    EngineFunction(
        "minute_cost", minute_cost, "Cost of an average minute of downtime.", "{revenue} / 525600 * {impact} = {result}"
    ),
    EngineFunction(
        "monthly_loss",
        monthly_loss,
        "Loss to expect a month at an availability.",
        "{revenue} * (1 - {availability}) / 12 * {impact} = {result}",
    ),
    EngineFunction(
        "next_nine_worth",
        next_nine_worth,
        "What a tenth of the downtime would save a month.",
        "0.9 * {revenue} * (1 - {availability}) / 12 * {impact} = {result}",
    ),
    EngineFunction(
        "payback_months", payback_months, "Months until a price is earned back.", "{price} / {saved} = {result}"
    ),
)
"""The named functions of this module."""
