"""Compute how long a group of disks keeps its data: a Markov chain over how many of them have failed.

Disks fail independently at a constant rate, failed ones are replaced side by side, and a common cause may take all
of a group at once. A birth and death process with absorption, as in Patterson, Gibson and Katz (1988), "A Case for
Redundant Arrays of Inexpensive Disks", and the beta factor of Fleming (1975).
"""

from __future__ import annotations

from dataclasses import dataclass

HOURS_A_YEAR = 8_760.0
"""Hours in 365 days."""


@dataclass(frozen=True, slots=True)
class Group:
    """Disks of which `needed` hold the data: times in hours, `shared` the share of failures that take all at once."""

    disks: int
    needed: int
    mttf_hours: float
    repair_hours: float
    shared: float = 0.0

    @property
    def mean_hours_to_loss(self) -> float:
        """The mean time until fewer than `needed` disks are left, from a group with all of them working.

        With a rate c of common causes, let g be the mean time that the chain spends on the way from i to i + 1 failed
        disks before c strikes, and u the probability that it gets there before. Both follow from those of i - 1 by
        sums and products of positive numbers, so nothing cancels, however rare a loss is.
        """
        total, reached, spent = 0.0, 1.0, 0.0
        for failed in range(self.disks - self.needed + 1):
            up = (self.disks - failed) * (1.0 - self.shared) / self.mttf_hours
            down = failed / self.repair_hours
            out = up + self._common + self._common * down * spent
            spent = (1.0 + down * spent) / out
            total += reached * spent
            reached *= up / out
        return total

    @property
    def shortcut_hours(self) -> float:
        """The usual approximation where repair is quick and nothing is shared: MTTF ** 2 / (2 MTTR) for a pair."""
        hours = self.mttf_hours / self.disks
        for failed in range(1, self.disks - self.needed + 1):
            hours *= self.mttf_hours / ((self.disks - failed) * self.repair_hours / failed)
        return hours

    @property
    def _common(self) -> float:
        return self.shared / self.mttf_hours
