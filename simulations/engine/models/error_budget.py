"""Model an error budget: what an incident spends, when an alert notices, and what else it would have paid for.

The burn rate is the share of requests that fail divided by the share that may. Alerts compare its mean
over a long window, and over a twelfth of it so that they end soon, with a threshold: Google's Site
Reliability Workbook (2018), chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulations.engine import guesses, parameters, words
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.normal import FloatArray
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_DAY = 1_440.0
_CURVE_POINTS = 80
_SHORT_WINDOW = 12.0
_STEADY = 1e-12


@dataclass(frozen=True, slots=True)
class Alert:
    """One burn-rate alert: a share of a 30-day budget within a window, and whether it wakes somebody."""

    name: str
    label: str
    hours: float
    budget_share: float
    pages: bool

    @property
    def threshold(self) -> float:
        """The burn rate that spends the share within the window."""
        return self.budget_share * 720.0 / self.hours


ALERTS = (
    Alert("hour", "1 h, page", 1.0, 0.02, pages=True),
    Alert("six_hours", "6 h, page", 6.0, 0.05, pages=True),
    Alert("day", "24 h, ticket", 24.0, 0.1, pages=False),
    Alert("three_days", "72 h, ticket", 72.0, 0.1, pages=False),
)
"""The usual four, with thresholds 14.4, 6, 3 and 1."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The objective, one incident, the errors of every day, and the deploys to be paid for."""

    objective: float = parameters.number(
        99.9,
        minimum=90,
        maximum=99.999,
        step=0.001,
        unit="%",
        label="Objective",
        help="The share of requests that must succeed: the SLO, stricter than any SLA.",
        scale="logit",
    )
    days: int = parameters.number(
        30,
        minimum=7,
        maximum=90,
        step=1,
        unit="d",
        label="Period",
        help="The days over which the objective is kept.",
        integer=True,
    )
    errors: float = parameters.number(
        100.0,
        minimum=0.01,
        maximum=100,
        step=0.01,
        unit="%",
        label="Errors in the incident",
        help="The share of requests that fail while it lasts.",
        scale="log",
    )
    minutes: float = parameters.number(
        10.0,
        minimum=0.5,
        maximum=10_080,
        step=0.5,
        unit="min",
        label="Length of the incident",
        help="From the first failure to the last.",
        scale="log",
    )
    background: float = parameters.number(
        0.0,
        minimum=0,
        maximum=10,
        step=0.01,
        unit="%",
        label="Errors of every day",
        help="The share of requests that fail without any incident.",
    )
    accounting: str = parameters.choice(
        "rolling",
        options=(("rolling", "Rolling period"), ("calendar", "Calendar period")),
        label="Accounting",
        help="Whether spending is forgotten when the period moves past it, or all at once when a new one begins.",
    )
    deploys_failing: float = parameters.number(
        5.0,
        minimum=0.1,
        maximum=100,
        step=0.1,
        unit="%",
        label="Deploys that fail",
        help="The share of deploys that break the service until rolled back.",
        scale="log",
    )
    rollback: float = parameters.number(
        15.0,
        minimum=0.5,
        maximum=480,
        step=0.5,
        unit="min",
        label="Until rolled back",
        help="How long a failed deploy breaks every request.",
        scale="log",
    )


def evaluate(settings: Parameters) -> Result:
    """Return what the incident spends, when each alert fires, and what is left for deploys.

    Exact; times are in minutes, and in days where said so.
    """
    figures = _figures(settings)
    return Result(
        figures=figures,
        charts=(_budget_chart(settings), _detection_chart(settings), _deploys_chart(settings)),
        tables=(_table(settings),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; there is nothing to run."""
    return Cost(2.0, 0.0, 2.0)


def minutes_until(alert: Alert, burning: float, background: float, lasting: float) -> float | None:
    """Return the minutes from the start of an incident to the alert, or None if it ends before.

    The window holds the background's burn rate until the incident replaces it; 0 where the background
    alone reaches the threshold.
    """
    if background >= alert.threshold - _STEADY:
        return 0.0
    if burning < alert.threshold - _STEADY:
        return None
    needed = 60.0 * alert.hours * (alert.threshold - background) / (burning - background)
    return needed if needed <= lasting * (1.0 + _STEADY) else None


def spent(settings: Parameters, day: FloatArray) -> FloatArray:
    """Return the share of the budget spent by each day, the incident beginning on day 0.

    A rolling period ends on that day; a calendar one begins on day 0 and again after each period.
    """
    period = float(settings.days)
    length = settings.minutes / _DAY
    start = day - period if settings.accounting == "rolling" else period * np.maximum(np.floor(day / period), 0.0)
    overlap = np.maximum(np.minimum(day, length) - np.maximum(start, 0.0), 0.0)
    running = day - start
    normal, burning = _burn_rates(settings)
    return np.asarray((normal * running + (burning - normal) * overlap) / period)


def _allowed(settings: Parameters) -> float:
    """Return the share of requests that may fail, without the digits that a percentage loses."""
    return round(1.0 - settings.objective / 100.0, 12)


def _burn_rates(settings: Parameters) -> tuple[float, float]:
    """Return the burn rates without and during the incident, whose errors include those of every day."""
    normal = settings.background / 100.0 / _allowed(settings)
    return normal, max(settings.errors / 100.0 / _allowed(settings), normal)


def _budget(settings: Parameters) -> float:
    """Return the minutes of complete failure that the period allows."""
    return settings.days * _DAY * _allowed(settings)


def _first(settings: Parameters) -> tuple[Alert, float] | None:
    """Return the alert that fires first and the minutes until it does."""
    normal, burning = _burn_rates(settings)
    fired = [(alert, minutes_until(alert, burning, normal, settings.minutes)) for alert in ALERTS]
    noticed = [(alert, minutes) for alert, minutes in fired if minutes is not None]
    return min(noticed, key=lambda pair: pair[1], default=None)


def _figures(settings: Parameters) -> tuple[Figure, ...]:
    normal, burning = _burn_rates(settings)
    budget = _budget(settings)
    incident = (burning - normal) * settings.minutes / (settings.days * _DAY)
    left = budget * (1.0 - incident - normal)
    figures = [
        Figure("left", "Budget left", left, "min", "Minutes of complete failure that the period still allows."),
        Figure("share", "Spent by the incident", 100.0 * incident, "%", "The share of the period's whole budget."),
        Figure("burn_rate", "Burn rate", burning, "×", "How many times faster than allowed the incident spends."),
        Figure("lasts", "A whole budget lasts", settings.days / burning, "d", "At the incident's burn rate."),
        Figure(
            "budget",
            "Budget",
            budget,
            "min",
            f"Minutes of complete failure allowed in {words.counted(settings.days, 'days')}.",
        ),
        Figure(
            "deploys",
            "Deploys affordable",
            max(left, 0.0) / (settings.deploys_failing / 100.0 * settings.rollback),
            "",
            "How many deploys spend what is left, on average.",
        ),
        Figure(
            "background", "Spent every day", 100.0 * normal, "%", "What the errors of every day take of the budget."
        ),
    ]
    first = _first(settings)
    if first is not None:
        alert, minutes = first
        unnoticed = (burning - normal) * minutes / (settings.days * _DAY)
        figures += [
            Figure(
                "alert_after", "First alert after", minutes, "min", f"The alert over {alert.hours:g} h comes first."
            ),
            Figure(
                "spent_unnoticed",
                "Spent before the alert",
                100.0 * unnoticed,
                "%",
                "The share of the budget that the incident spends before anybody is told.",
            ),
        ]
    return tuple(figures)


def _budget_chart(settings: Parameters) -> Chart:
    period, length = float(settings.days), settings.minutes / _DAY
    turns = [0.0, length, period, period + length]
    day = np.unique(np.concatenate([np.linspace(-0.1 * period, 1.5 * period, 33), turns, [np.nextafter(period, 0.0)]]))
    return Chart(
        name="budget",
        title="The budget over time",
        x=Axis("days since the incident began", "d", "linear"),
        y=Axis("budget left", "%", "linear"),
        series=(
            Series("left", "budget left", tuple(day.tolist()), tuple((100.0 * (1.0 - spent(settings, day))).tolist())),
            Series("nothing", "nothing left", (float(day[0]), float(day[-1])), (0.0, 0.0)),
        ),
        caption="A rolling period forgets the incident a period later; a calendar one forgives everything on one day.",
    )


def _detection_chart(settings: Parameters) -> Chart:
    normal, burning = _burn_rates(settings)
    lines = []
    for alert in ALERTS:
        least = alert.threshold * _allowed(settings)
        if least >= 1.0 or normal >= alert.threshold:
            continue
        errors = np.geomspace(least, 1.0, _CURVE_POINTS)
        rates = errors / _allowed(settings)
        minutes = 60.0 * alert.hours * (alert.threshold - normal) / np.maximum(rates - normal, alert.threshold - normal)
        lines.append(Series(alert.name, alert.label, tuple((100.0 * errors).tolist()), tuple(minutes.tolist())))
    whole = _whole_line(settings)
    first = _first(settings)
    here = (
        []
        if first is None or first[1] == 0.0
        else [Series("here", "this incident", (100.0 * burning * _allowed(settings),), (first[1],), "dots")]
    )
    return Chart(
        name="detection",
        title="When an alert notices",
        x=Axis("errors in the incident", "%", "log"),
        y=Axis("time until the alert", "min", "log"),
        series=(*lines, *whole, *here),
        caption="Each alert needs a share of the budget spent within its window; below its threshold it never fires.",
    )


def _whole_line(settings: Parameters) -> tuple[Series, ...]:
    """Return after how long an incident has spent all that every day leaves of the budget, or nothing if nothing is."""
    normal, _ = _burn_rates(settings)
    if normal >= 1.0:
        return ()
    errors = np.geomspace(_allowed(settings) * (normal + 1.0), 1.0, _CURVE_POINTS)
    minutes = settings.days * _DAY * (1.0 - normal) / (errors / _allowed(settings) - normal)
    return (Series("all", "all of the budget", tuple((100.0 * errors).tolist()), tuple(minutes.tolist())),)


def _deploys_chart(settings: Parameters) -> Chart:
    shares = np.geomspace(0.1, 100.0, _CURVE_POINTS)
    left = max(_figures(settings)[0].value, 0.0)
    x = tuple(shares.tolist())
    here = left / (settings.deploys_failing / 100.0 * settings.rollback)
    return Chart(
        name="deploys",
        title="What the budget pays for",
        x=Axis("deploys that fail", "%", "log"),
        y=Axis("deploys affordable", "", "linear"),
        series=(
            Series("left", "with what is left", x, tuple((left / (shares / 100.0 * settings.rollback)).tolist())),
            Series("here", "this setting", (settings.deploys_failing,), (here,), "dots"),
        ),
        caption="Halve the failures or the time to roll back, and the same budget pays for twice the deploys.",
    )


def _table(settings: Parameters) -> Table:
    normal, burning = _burn_rates(settings)
    rows: list[tuple[object, ...]] = []
    for alert in ALERTS:
        minutes = minutes_until(alert, burning, normal, settings.minutes)
        short = 60.0 * alert.hours / _SHORT_WINDOW
        filled = min(settings.minutes / short, 1.0)
        over = (normal + (burning - normal) * filled - alert.threshold) / max(burning - normal, _STEADY)
        ends = None if minutes is None or normal >= alert.threshold else max(over, 0.0) * short
        rows.append((alert.label, alert.threshold, minutes, ends))
    return Table(
        name="alerts",
        caption="Each alert in minutes; empty where it stays silent. It ends when a twelfth of its window is below the "
        "threshold again.",
        columns=("alert", "threshold", "fires after", "ends after the incident"),
        rows=tuple(rows),
    )


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    sentences = [
        (
            f"{settings.objective:g}% over {words.counted(settings.days, 'days')} allows {value['budget']:.1f} "
            f"minutes of complete "
            f"failure. The incident spends {words.percent(value['share'])} of that."
        )
    ]
    if value["left"] < 0.0:
        sentences.append(f"The period overspends by {-value['left']:.1f} minutes.")
    else:
        sentences.append(
            f"{value['left']:.1f} minutes are left, enough for {value['deploys']:,.0f} deploys at this failure rate."
        )
    if "alert_after" in value:
        sentences.append(f"The first alert comes after {value['alert_after']:.3g} minutes.")
    else:
        sentences.append("No alert fires.")
    return " ".join(sentences)


def _paged(settings: Parameters) -> bool:
    normal, burning = _burn_rates(settings)
    return any(minutes_until(alert, burning, normal, settings.minutes) is not None for alert in ALERTS if alert.pages)


def _is(holds: Callable[[Parameters, Callable[[str], float]], bool]) -> Callable[[Parameters, Result], bool]:
    """Return a predicate on parameters and result from one on parameters and figure values."""
    return lambda settings, result: holds(settings, lambda name: result.figure(name).value)


EXPERIMENTS = (
    Experiment(
        name="one_outage",
        title="One outage spends it all",
        goal="Find a complete outage of less than an hour that overspends the budget.",
        holds=_is(lambda p, figure: p.errors == 100.0 and p.minutes < 60.0 and figure("left") < 0.0),
    ),
    Experiment(
        name="slow_burn",
        title="A burn that wakes nobody",
        goal="Spend more than half of the budget in an incident for which nobody is paged.",
        holds=lambda settings, result: result.figure("share").value > 50.0 and not _paged(settings),
    ),
    Experiment(
        name="minutes_matter",
        title="Nobody can react in time",
        goal="Choose an objective whose whole budget is spent before five minutes of a complete outage have passed.",
        holds=_is(lambda p, figure: p.errors == 100.0 and figure("budget") < 5.0),
    ),
    Experiment(
        name="daily_errors",
        title="Nothing left before anything happens",
        goal="Let the errors of every day alone take the whole budget.",
        holds=_is(lambda _, figure: figure("background") >= 100.0),
    ),
)

PRESETS = (
    Preset("ten_minutes", "Ten minutes down", {}),
    Preset("one_in_a_hundred", "One request in 100 fails, for a day", {"errors": 1, "minutes": 1_440}),
    Preset("slow", "A slow burn over days", {"errors": 0.25, "minutes": 10_080}),
    Preset("four_nines", "Four nines", {"objective": 99.99}),
    Preset("calendar", "A calendar month", {"accounting": "calendar", "minutes": 30}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="left_after_ten_minutes",
        question="An objective of 99.9% over 30 days, and a complete outage of ten minutes. How many minutes of "
        "outage does the period still allow?",
        figure="left",
        unit="min",
        minimum=0.1,
        maximum=1_000.0,
        scale="log",
        parameters={},
    ),
    PredictionPrompt(
        name="alert_on_outage",
        question="An alert compares the last hour with 14.4 times the allowed error rate. Everything fails. After how "
        "many minutes does it fire?",
        figure="alert_after",
        unit="min",
        minimum=0.01,
        maximum=60.0,
        scale="log",
        parameters={},
    ),
    PredictionPrompt(
        name="lasts_at_one_percent",
        question="An objective of 99.9% over 30 days, and one request in a hundred fails. How many days does a whole "
        "budget last?",
        figure="lasts",
        unit="d",
        minimum=0.01,
        maximum=100.0,
        scale="log",
        parameters={"errors": 1, "minutes": 1_440},
        along=("budget",),
    ),
)

_KNOTS = (2.3, 9.0, 18.0, 27.0, 33.8, 40.5, 45.0)

GUESS = GuessPrompt(
    name="budget_comes_back",
    question="An objective of 99.9% over 30 days, and a complete outage of twenty minutes. Draw the budget that is "
    "left over the 45 days from then on.",
    shape="curve",
    parameters={"minutes": 20},
    names=("left",),
    minimum=0.0,
    maximum=100.0,
    scale="linear",
    unit="%",
    truth=guesses.curves("budget", ("left",), _KNOTS),
    knots=_KNOTS,
)

MODEL = Model(
    name="error_budget",
    title="Error budget",
    summary="An objective allows some failure; incidents spend it, alerts watch how fast, and deploys want the rest.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
