"""Compute how long copies and erasure codes keep data."""

from __future__ import annotations

from simulations.engine import durability
from simulations.engine.functions.definition import EngineFunction, as_count, as_positive, as_share

_MOST_DISKS = 20
_HOURS_A_DAY = 24.0


def group_loss_years(disks: float, needed: float, mttf_years: float, repair_days: float, shared: float = 0) -> float:
    """Return the mean years until fewer than `needed` of a group's disks are left, failed ones being replaced.

    A share `shared` of the failures takes all of the group at once.
    """
    count = as_count("disks", disks, _MOST_DISKS)
    group = durability.Group(
        count,
        as_count("needed", needed, count),
        as_positive("mttf_years", mttf_years) * durability.HOURS_A_YEAR,
        as_positive("repair_days", repair_days) * _HOURS_A_DAY,
        as_share("shared", shared),
    )
    return group.mean_hours_to_loss / durability.HOURS_A_YEAR


FUNCTIONS = (
    EngineFunction(
        "group_loss_years",
        group_loss_years,
        "Years until a group of disks with spares has lost data.",
        "mean time to absorption of the chain over failed disks, {needed} of {disks} needed, MTTF {mttf_years} years, "
        "repair {repair_days} days, {shared} of failures shared: {result} years",
    ),
)
"""The named functions of this module."""
