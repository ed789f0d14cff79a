"""Follow a team that repays debt by a plan, sprint by sprint, and not by the same share of every sprint.

With a share p of all effort repaid, a feature makes the next dearer by d - e * p (see `debt`). A plan keeps that, p now
being the share of all effort *so far*: at the end of a sprint the team stands where it would had it repaid as much
evenly from the start. Its features so far cost what they did, and the next is dearer or cheaper at once. Evenly more
than d / e of the effort repays nothing further, so what a plan repays beyond that share of the effort so far is lost:
nobody can repay what is not owed. A plan that is the same in every sprint is thus exactly the constant share. All of it
is an assumption, as `debt` is.

After its last sprint a plan goes on at its average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulations.engine.debt import FURTHEST, Debt
from simulations.engine.normal import FloatArray

_STEPS = 100
_SETTLED = 1e-13
_NO_FEATURE = 1e-6
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of building under one growth and one share repaid, with the effort and the features before it."""

    debt: Debt
    effort: float
    features: float

    def effort_for(self, features: FloatArray) -> FloatArray:
        """Return the effort in all by which so many features are built, if they are built in this stage."""
        before = self.debt.cumulative(np.array(self.features))
        return np.asarray(self.effort + self.debt.cumulative(features) - before)

    def features_by(self, effort: FloatArray) -> FloatArray:
        """Return how many features are built by an effort in all that ends in this stage."""
        before = self.debt.cumulative(np.array(self.features))
        return np.asarray(self.debt.features_for(before + effort - self.effort))

    def last_even(self, clean: float, until: float) -> float | None:
        """Return the most features, at most `until`, that cost no more than clean ones, or None if none here do.

        The gap between the two is convex in the features, so that Newton's method from above comes down to its last
        root and passes none.
        """
        at = until
        for _ in range(_STEPS):  # pragma: no branch - a bound against rounding that never settles
            gap = float(self.effort_for(np.array(at))) - clean * at
            if gap <= 0.0:
                return at
            slope = float(self.debt.marginal(np.array(at))) - clean
            step = gap / slope if slope > 0.0 else np.inf
            if at - step < self.features:
                return None
            at -= step
            if step <= _SETTLED * at:
                break
        return at


@dataclass(frozen=True, slots=True)
class Plan:
    """A team under a plan: the stages in which it builds, the last of which goes on for ever.

    `repaid` is the share of the planned effort that repays, `lost` the tokens of each sprint that found no debt.
    """

    stages: tuple[Stage, ...]
    repaid: float
    lost: tuple[float, ...]

    @property
    def growth(self) -> float:
        """How much dearer each feature makes the next from the end of the plan on."""
        return self.stages[-1].debt.growth

    @property
    def doubling(self) -> float | None:
        """None: under a plan the cost may fall and rise again."""
        return None

    def feature(self, number: FloatArray) -> FloatArray:
        """Return what the feature of each number costs, what is repaid while it is built included; 1 is the first."""
        count = np.asarray(number, dtype=np.float64)
        return np.asarray(self.cumulative(count) - self.cumulative(count - 1.0))

    def cumulative(self, features: FloatArray) -> FloatArray:
        """Return the effort by which so many features are built; parts of a feature by the same formula."""
        count = np.asarray(features, dtype=np.float64)
        built = [stage.features for stage in self.stages]
        within = np.maximum(np.searchsorted(built, count, side="left") - 1, 0)
        effort = np.zeros_like(count)
        for place in np.unique(within):
            here = (within == place) & (count > 0.0)
            effort[here] = self.stages[place].effort_for(count[here])
        return effort

    def features_for(self, effort: FloatArray) -> FloatArray:
        """Return how many features an effort buys, parts included; while all of it repays, no more than before."""
        spent = np.asarray(effort, dtype=np.float64)
        within = np.searchsorted([stage.effort for stage in self.stages], spent, side="right") - 1
        features = np.zeros_like(spent)
        for place in np.unique(within[within >= 0]):
            here = within == place
            most = self.stages[place + 1].features if place + 1 < len(self.stages) else np.inf
            features[here] = np.minimum(self.stages[place].features_by(spent[here]), most)
        return features

    def break_even(self, clean: float) -> float | None:
        """Return after how many features those at `clean` each have cost less for good, or None.

        None where they do from the first on, and where they never do.
        """
        until = self._beyond(clean)
        if until is None:
            return None
        for stage in reversed(self.stages):
            found = stage.last_even(clean, until)
            if found is not None:
                return found if found > _NO_FEATURE else None
            until = stage.features
        return None

    def _beyond(self, clean: float) -> float | None:
        """Return so many features that clean ones are cheaper from there on, or None where they never are."""
        last = self.stages[-1]
        many = max(1.0, last.features)
        while many <= FURTHEST:
            count = np.array(many)
            if float(last.effort_for(count)) > clean * many and float(last.debt.marginal(count)) >= clean:
                return many
            many *= 2.0
        return None


def follow(growth: float, effect: float, tokens: Sequence[int], *, of: int, capacity: float, compounding: bool) -> Plan:
    """Return the plan that repays with so many tokens, one number a sprint, and how it goes.

    A sprint's effort is `capacity` first features, a token one part of it `of` so many. `growth` is what a feature adds
    without repayment, `effect` what a share takes off it. Raises ValueError if nothing is ever built.
    """
    planned = len(tokens)
    repaid = sum(tokens) / (of * planned)
    if repaid >= 1.0:
        raise ValueError("A plan has to leave some effort to build with.")
    stages: list[Stage] = []
    lost: list[float] = []
    credit: float = 0
    left, features = growth, 0.0
    for sprint, placed in enumerate(tokens, 1):
        owed = of * sprint * growth / effect if effect > 0.0 else np.inf
        beyond = credit + placed - owed
        is_paid = beyond >= -_ROUNDING
        lost.append(beyond if beyond > _ROUNDING else 0.0)
        credit = owed if is_paid else credit + placed
        left = 0.0 if is_paid else growth - effect * (credit / (of * sprint))
        if placed < of:
            stage = Stage(Debt(left, placed / of, compounding), (sprint - 1) * capacity, features)
            features = float(stage.features_by(np.array(sprint * capacity)))
            stages.append(stage)
    after = Stage(Debt(left, repaid, compounding), planned * capacity, features)
    return Plan((*stages, after), repaid, tuple(lost))
