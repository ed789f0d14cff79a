"""Draw an indebted team beside a clean one: what features cost, what gets done, and when care pays."""

from __future__ import annotations

import numpy as np

from simulations.engine.debt import Debt, growth_after_repayment
from simulations.engine.repayment import Plan
from simulations.engine.result import Axis, Chart, Series, Table

Team = Debt | Plan
"""An indebted team: one that repays in every sprint alike, or by a plan."""

_EVEN = "spread evenly"

_POINTS = 80
_SPRINTS = 40
_DEBTS = np.linspace(0.01, 0.3, 59)
_TABLE_DEBTS = (0.02, 0.05, 0.1, 0.15, 0.2)


def cumulative_chart(debt: Team, clean: float, features: int, even: Debt | None = None) -> Chart:
    """Return what all features so far have cost, for both teams, and for a plan's tokens spread evenly."""
    count = np.linspace(1.0, max(float(features), 2.0), _POINTS)
    x = tuple(count.tolist())
    here = (float(debt.cumulative(np.array(float(features)))), clean * features)
    return Chart(
        name="cumulative",
        title="Cost so far",
        x=Axis("features built", "features", "linear"),
        y=Axis("effort in all", "first features", "log"),
        series=(
            Series("indebted", "with debt", x, tuple(debt.cumulative(count).tolist())),
            Series("clean", "clean", x, tuple((clean * count).tolist())),
            Series("here", "this many", (float(features),) * 2, here, "dots"),
            *(() if even is None else (Series("even", _EVEN, x, tuple(even.cumulative(count).tolist())),)),
        ),
        caption="Before the lines cross the shortcut wins. How fast they part after it rests on the law assumed.",
    )


def feature_chart(debt: Team, other: Team, clean: float, features: int) -> Chart:
    """Return what the next feature costs, for both teams and for the `other` law, the one not chosen."""
    count = np.linspace(1.0, max(float(features), 2.0), _POINTS)
    x = tuple(count.tolist())
    return Chart(
        name="feature",
        title="The next feature",
        x=Axis("feature number", "features", "linear"),
        y=Axis("its cost", "first features", "log"),
        series=(
            Series("indebted", "with debt", x, tuple(debt.feature(count).tolist())),
            Series("clean", "clean", x, (clean,) * _POINTS),
            Series("other", "other law", x, tuple(other.feature(count).tolist())),
        ),
        caption="Compounding and linear debt begin alike. Which of them holds is an assumption.",
    )


def sprint_chart(debt: Team, clean: float, capacity: float, even: Debt | None = None) -> Chart:
    """Return the features done by each sprint, for both teams, and for a plan's tokens spread evenly."""
    effort = capacity * np.arange(_SPRINTS + 1, dtype=np.float64)
    x = tuple(float(sprint) for sprint in range(_SPRINTS + 1))
    return Chart(
        name="sprints",
        title="What gets done",
        x=Axis("sprint", "", "linear"),
        y=Axis("features done", "features", "linear"),
        series=(
            Series("indebted", "with debt", x, tuple(debt.features_for(effort).tolist())),
            Series("clean", "clean", x, tuple((effort / clean).tolist())),
            *(() if even is None else (Series("even", _EVEN, x, tuple(even.features_for(effort).tolist())),)),
        ),
        caption="The same effort every sprint. The indebted team leads first and then hardly moves.",
    )


def break_even_chart(team: Team, debt: Debt, drawn: float, effect: float, clean: float) -> Chart:
    """Return when care has paid for itself against the debt taken on, which is `drawn` here.

    The curve repays in every sprint alike, as `debt` does; the dot is the team's own.
    """
    points = []
    for each in _DEBTS.tolist():
        left = growth_after_repayment(each, debt.repaid, effect)
        found = Debt(left, debt.repaid, debt.compounding).break_even(clean)
        points.append((100.0 * each, 0.0 if found is None else found))
    here = team.break_even(clean)
    dots = () if here is None else (Series("here", "this setting", (100.0 * drawn,), (here,), "dots"),)
    return Chart(
        name="break_even",
        title="When care pays",
        x=Axis("debt of a feature", "%", "linear"),
        y=Axis("break-even", "features", "linear"),
        series=(
            Series("break_even", "break-even", tuple(x for x, _ in points), tuple(y for _, y in points)),
            *dots,
        ),
        caption="After so many features the clean team is ahead. Zero stands where there is nothing to catch up."
        + (" The curve spreads the plan's tokens evenly." if isinstance(team, Plan) else ""),
    )


def debt_table(clean: float, *, compounding: bool) -> Table:
    """Return break-even and doubling by debt, under the law chosen and without repayment."""
    rows = []
    for each in _TABLE_DEBTS:
        found = Debt(each, 0.0, compounding)
        rows.append((100.0 * each, found.break_even(clean), found.doubling, float(found.feature(np.array(21.0)))))
    return Table(
        name="debts",
        caption="Without repayment: when care has paid for itself, when a feature costs double, what the 21st costs.",
        columns=("debt, %", "break-even, features", "doubles after, features", "feature 21"),
        rows=tuple(rows),
    )


def sprints(debt: Team, clean: float, capacity: float, even: Debt | None = None) -> list[dict[str, float]]:
    """Return each team's features sprint by sprint, for a scene; those of a plan's tokens spread evenly as `even`."""
    effort = capacity * np.arange(1, _SPRINTS + 1, dtype=np.float64)
    teams = {"indebted": debt.features_for(effort), "clean": effort / clean}
    if even is not None:
        teams["even"] = even.features_for(effort)
    done = zip(*(features.tolist() for features in teams.values()), strict=True)
    return [{"sprint": number, **dict(zip(teams, row, strict=True))} for number, row in enumerate(done, 1)]
