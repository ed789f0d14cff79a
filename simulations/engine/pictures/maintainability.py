"""Draw an indebted team beside a clean one: what features cost, what gets done, and when care pays."""

from __future__ import annotations

import numpy as np

from simulations.engine.debt import Debt, growth_after_repayment
from simulations.engine.result import Axis, Chart, Series, Table

_POINTS = 80
_SPRINTS = 40
_DEBTS = np.linspace(0.01, 0.3, 59)
_TABLE_DEBTS = (0.02, 0.05, 0.1, 0.15, 0.2)


def cumulative_chart(debt: Debt, clean: float, features: int) -> Chart:
    """Return what all features so far have cost, for both teams."""
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
        ),
        caption="Before the lines cross the shortcut wins. How fast they part after it rests on the law assumed.",
    )


def feature_chart(debt: Debt, clean: float, features: int) -> Chart:
    """Return what the next feature costs, for both teams and for the law not chosen."""
    count = np.linspace(1.0, max(float(features), 2.0), _POINTS)
    other = Debt(debt.growth, debt.repaid, compounding=not debt.compounding)
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


def sprint_chart(debt: Debt, clean: float, capacity: float) -> Chart:
    """Return the features done by each sprint, for both teams."""
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
        ),
        caption="The same effort every sprint. The indebted team leads first and then hardly moves.",
    )


def break_even_chart(debt: Debt, drawn: float, effect: float, clean: float) -> Chart:
    """Return when care has paid for itself against the debt taken on, which is `drawn` here."""
    points = []
    for each in _DEBTS.tolist():
        left = growth_after_repayment(each, debt.repaid, effect)
        found = Debt(left, debt.repaid, debt.compounding).break_even(clean)
        points.append((100.0 * each, 0.0 if found is None else found))
    here = debt.break_even(clean)
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
        caption="After so many features the clean team is ahead. Zero stands where there is nothing to catch up.",
    )


def debt_table(debt: Debt, clean: float) -> Table:
    """Return break-even and doubling by debt, under the law chosen and without repayment."""
    rows = []
    for each in _TABLE_DEBTS:
        found = Debt(each, 0.0, debt.compounding)
        rows.append((100.0 * each, found.break_even(clean), found.doubling, float(found.feature(np.array(21.0)))))
    return Table(
        name="debts",
        caption="Without repayment: when care has paid for itself, when a feature costs double, what the 21st costs.",
        columns=("debt, %", "break-even, features", "doubles after, features", "feature 21"),
        rows=tuple(rows),
    )


def sprints(debt: Debt, clean: float, capacity: float) -> list[dict[str, float]]:
    """Return both teams' features sprint by sprint, for a scene."""
    effort = capacity * np.arange(1, _SPRINTS + 1, dtype=np.float64)
    done = zip(debt.features_for(effort).tolist(), (effort / clean).tolist(), strict=True)
    return [{"sprint": number, "indebted": indebted, "clean": tidy} for number, (indebted, tidy) in enumerate(done, 1)]
