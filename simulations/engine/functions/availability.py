"""Compute availability: of chains and redundant groups, as downtime, and of many disks."""

from __future__ import annotations

import math

import numpy as np

from simulations.engine import availability as parts
from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_count,
    as_level,
    as_number,
    as_positive,
    as_share,
    rounded,
    write,
)

_MOST_PARTS = 100_000
_MOST_REPLICAS = 50
_DAYS_A_YEAR = 365.0


def chain_availability(availability: float, components: float) -> float:
    """Return the availability of a chain that needs every one of its independent components."""
    return math.pow(as_share("availability", availability), as_count("components", components, _MOST_PARTS))


def redundant_availability(availability: float, replicas: float, shared: float = 0.0, coverage: float = 1.0) -> float:
    """Return the availability of replicas of which one suffices.

    `shared` is the share of a replica's unavailability that all replicas have in common, `coverage` the
    share of failures from which the group fails over.
    """
    group = parts.Group(
        as_count("replicas", replicas, _MOST_REPLICAS),
        1,
        as_share("shared", shared),
        as_share("coverage", coverage),
    )
    return 1.0 - group.unavailability(_down(availability))


def quorum_availability(availability: float, needed: float, replicas: float, shared: float = 0.0) -> float:
    """Return the availability of replicas of which `needed` must work."""
    count = as_count("replicas", replicas, _MOST_REPLICAS)
    least = as_count("needed", needed, count)
    up = as_share("availability", availability)
    own = (1.0 - as_share("shared", shared)) * (1.0 - up)
    return max(1.0 - shared * (1.0 - up) - parts.fewer_than(least, count, own), 0.0)


def chain_of_groups(
    availability: float, components: float, replicas: float, shared: float = 0.0, coverage: float = 1.0
) -> float:
    """Return the availability of a chain each of whose components has replicas."""
    group = 1.0 - redundant_availability(availability, replicas, shared, coverage)
    if group == 1.0:
        return 0.0
    return 1.0 - parts.chain(np.full(as_count("components", components, _MOST_PARTS), group))


def availability_needed(objective: float, components: float) -> float:
    """Return what each of independent components must reach for the chain to meet the objective."""
    return math.pow(as_level("objective", objective), 1.0 / as_count("components", components, _MOST_PARTS))


def downtime_hours(availability: float, days: float = _DAYS_A_YEAR) -> float:
    """Return the hours of downtime in that many days."""
    return 24.0 * as_positive("days", days) * _down(availability)


def downtime_minutes(availability: float, days: float = _DAYS_A_YEAR) -> float:
    """Return the minutes of downtime in that many days."""
    return 1_440.0 * as_positive("days", days) * _down(availability)


def nines_of(availability: float) -> float:
    """Return how many nines an availability has."""
    return parts.nines(_down(as_level("availability", availability)))


def failures_a_day(parts_in_use: float, mttf_years: float) -> float:
    """Return the failures a day among parts that each last `mttf_years` on average."""
    return as_positive("parts_in_use", parts_in_use) / (_DAYS_A_YEAR * as_positive("mttf_years", mttf_years))


def failures_a_day_at_rate(parts_in_use: float, annual_rate: float) -> float:
    """Return the failures a day among parts of which a share `annual_rate` fails in a year."""
    return as_positive("parts_in_use", parts_in_use) * as_share("annual_rate", annual_rate) / _DAYS_A_YEAR


def annual_failure_rate(mttf_years: float) -> float:
    """Return the share of parts that fail in a year when each lasts `mttf_years` at a constant hazard."""
    return -math.expm1(-1.0 / as_positive("mttf_years", mttf_years))


def mirrored_loss_years(mttf_years: float, repair_days: float, pairs: float = 1) -> float:
    """Return the years until one of independent mirrored pairs is lost: MTTF ** 2 / (2 MTTR) for one."""
    lasts, repair = as_positive("mttf_years", mttf_years), as_positive("repair_days", repair_days)
    return lasts * lasts * _DAYS_A_YEAR / (2.0 * repair * as_number("pairs", pairs, 1.0, LONGEST))


def _down(availability: float) -> float:
    return round(1.0 - as_share("availability", availability), 15)


def _explain_redundant(availability: float, replicas: float, shared: float, coverage: float, *, result: float) -> str:
    own = f"(1 - {write(availability)})"
    terms = [f"((1 - {write(shared)}) * {own}) ** {write(replicas)}" if shared else f"{own} ** {write(replicas)}"]
    terms += [f"{write(shared)} * {own}"] if shared else []
    terms += [f"(1 - {write(coverage)}) * {own}"] if coverage < 1.0 else []
    return f"1 - {' - '.join(terms)} = {result:.9g}"


FUNCTIONS = (
    EngineFunction(
        "chain_availability",
        chain_availability,
        "Availability of a chain of independent components.",
        lambda availability, components, result: f"{write(availability)} ** {write(components)} = {result:.9g}",
    ),
    EngineFunction(
        "redundant_availability",
        redundant_availability,
        "Availability of replicas of which one suffices.",
        _explain_redundant,
    ),
    EngineFunction(
        "quorum_availability",
        quorum_availability,
        "Availability of replicas of which several must work.",
        lambda availability, needed, replicas, shared, result: (
            f"P({write(needed)} or more of {write(replicas)} work, each {write(availability)} of the time"
            f"{f', shared cause {write(shared)}' if shared else ''}) = {result:.9g}"
        ),
    ),
    EngineFunction(
        "chain_of_groups",
        chain_of_groups,
        "Availability of a chain of replicated components.",
        lambda availability, components, replicas, shared, coverage, result: (
            f"{redundant_availability(availability, replicas, shared, coverage):.9g} ** {write(components)} = "
            f"{result:.9g}"
        ),
    ),
    EngineFunction(
        "availability_needed",
        availability_needed,
        "Availability that each component of a chain must reach.",
        lambda objective, components, result: f"{write(objective)} ** (1 / {write(components)}) = {result:.9g}",
    ),
    EngineFunction(
        "downtime_hours",
        downtime_hours,
        "Hours of downtime in a span of days.",
        "24 * {days} * (1 - {availability}) = {result}",
    ),
    EngineFunction(
        "downtime_minutes",
        downtime_minutes,
        "Minutes of downtime in a span of days.",
        "1440 * {days} * (1 - {availability}) = {result}",
    ),
    EngineFunction(
        "nines_of", nines_of, "How many nines an availability has.", "-log10(1 - {availability}) = {result}"
    ),
    EngineFunction(
        "failures_a_day",
        failures_a_day,
        "Failures a day by mean lifetime.",
        "{parts_in_use} / (365 * {mttf_years}) = {result}",
    ),
    EngineFunction(
        "failures_a_day_at_rate",
        failures_a_day_at_rate,
        "Failures a day by annual rate.",
        "{parts_in_use} * {annual_rate} / 365 = {result}",
    ),
    EngineFunction(
        "annual_failure_rate",
        annual_failure_rate,
        "Share that fails in a year.",
        "1 - exp(-1 / {mttf_years}) = {result}",
    ),
    EngineFunction(
        "mirrored_loss_years",
        mirrored_loss_years,
        "Years until a mirrored pair is lost.",
        lambda mttf_years, repair_days, pairs, result: (
            f"({write(mttf_years)} * 365) ** 2 / (2 * {write(repair_days)} * {write(pairs)}) days = "
            f"{rounded(result)} years"
        ),
    ),
)
"""The named functions of this module."""
