"""Price downtime: what an outage costs at its hour, what an availability costs a month, what the next nine is worth.

An outage costs revenue a year / 525,600 x minutes x impact x how busy the minutes are; an availability is
expected to cost revenue x (1 - availability) / 12 a month. Whether revenue is lost or comes later is left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulations.engine import guesses, parameters, words
from simulations.engine.functions.downtime import busyness, minute_cost, monthly_loss, next_nine_worth
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_WINDOWS = {"year": 525_600.0, "month": 43_800.0, "30_days": 43_200.0, "week": 10_080.0}
_NAMES = {"year": "a year", "month": "an average month", "30_days": "30 days", "week": "a week"}
_NINES = (99.0, 99.5, 99.9, 99.95, 99.99, 99.999, 99.9999)
_CURVE_POINTS = 60
_HOURS = np.linspace(0.0, 24.0, 97)


def _price(default: float, label: str, text: str) -> float:
    field: float = parameters.number(default, minimum=0, maximum=1e9, step=1_000, unit="$", label=label, help=text)
    return field


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the system earns, how available it is, one outage, and the price of being better."""

    revenue: float = parameters.number(
        1e9,
        minimum=1e4,
        maximum=1e12,
        step=1e4,
        unit="$",
        label="Revenue a year",
        help="What the system earns in 365 days.",
        scale="log",
    )
    availability: float = parameters.number(
        99.9,
        minimum=90,
        maximum=99.9999,
        step=0.0001,
        unit="%",
        label="Availability",
        help="Share of time that it works.",
    )
    impact: float = parameters.number(
        1.0,
        minimum=0.001,
        maximum=1,
        step=0.001,
        unit="",
        label="Impact",
        help="Share of revenue that stops: all for checkout, a tenth for search, a hundredth for a tool inside.",
        scale="log",
    )
    window: str = parameters.choice(
        "30_days",
        options=(
            ("year", "A year of 365 days"),
            ("month", "An average month, 365 / 12 days"),
            ("30_days", "30 days"),
            ("week", "A week"),
        ),
        label="Downtime in",
        help="The window that downtime is counted in.",
    )
    minutes: float = parameters.number(
        60.0,
        minimum=1,
        maximum=1_440,
        step=1,
        unit="min",
        label="Outage",
        help="How long one outage takes.",
        scale="log",
    )
    hour: float = parameters.number(
        20.0, minimum=0, maximum=24, step=0.5, unit="h", label="Begins at", help="Hour of the day at which it begins."
    )
    swing: float = parameters.number(
        0.0,
        minimum=0,
        maximum=1,
        step=0.05,
        unit="",
        label="Swing of the day",
        help="How far traffic rises above its average at the peak, and falls below it twelve hours later.",
    )
    peak_hour: float = parameters.number(
        20.0, minimum=0, maximum=24, step=0.5, unit="h", label="Busiest at", help="Hour of the day's most traffic."
    )
    running: float = _price(
        10_000.0, "Next nine, a month", "What a tenth of the downtime would cost a month; illustrative."
    )
    build: float = _price(500_000.0, "Next nine, to build", "What it would cost once; illustrative.")

    @property
    def share(self) -> float:
        """The availability as a share of 1."""
        return self.availability / 100.0


def evaluate(settings: Parameters) -> Result:
    """Return the cost of a minute, of the outage and of a month, and what the next nine is worth, in dollars."""
    figures = _figures(settings)
    return Result(
        figures=figures,
        charts=(_loss_chart(settings), _hour_chart(settings), _worth_chart(settings)),
        tables=(_table(settings),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
        frames={"day": _day(settings)},
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating takes; it is the same for all settings and there is nothing to run."""
    return Cost(4.0, 0.0, 4.0)


def _figures(settings: Parameters) -> tuple[Figure, ...]:
    minute = minute_cost(settings.revenue, settings.impact)
    busy = busyness(settings.swing, settings.hour - settings.peak_hour, settings.minutes)
    worth = next_nine_worth(settings.revenue, settings.share, settings.impact)
    down = (1.0 - settings.share) * _WINDOWS[settings.window]
    net = worth - settings.running
    figures = [
        Figure("minute", "A minute", minute, "$", "Of downtime, averaged over the year."),
        Figure("outage", "This outage", minute * settings.minutes * busy, "$", "Its minutes, as busy as they are."),
        Figure(
            "month",
            "A month",
            monthly_loss(settings.revenue, settings.share, settings.impact),
            "$",
            "The loss to expect at this availability.",
        ),
        Figure("next_nine", "Next nine, a month", worth, "$", "What a tenth of the downtime would save."),
        Figure("hour", "An hour", 60.0 * minute, "$", "Of downtime, averaged over the year."),
        Figure("downtime", "Downtime", down, "min", f"Allowed by this availability in {_NAMES[settings.window]}."),
        Figure("busyness", "How busy", busy, "", "Traffic during the outage over the day's average."),
        Figure("net", "Left a month", net, "$", "What the next nine saves less what it costs a month."),
    ]
    worth_up_to = _worth_up_to(settings)
    if worth_up_to is not None:
        meaning = "Availability up to which the next nine saves at least what it costs a month."
        figures.append(Figure("worth_up_to", "A nine pays up to", worth_up_to, "%", meaning))
    if net > 0.0:
        figures.append(Figure("payback", "Paid back after", settings.build / net, "months", "What building it cost."))
    return tuple(figures)


def _day(settings: Parameters) -> dict[str, list[float]]:
    """Return what a minute costs at each quarter of an hour, and at the peak without a swing and with all of it."""
    hours = _HOURS.tolist()
    minute = minute_cost(settings.revenue, settings.impact)
    return {
        "hours": hours,
        "minute": [minute * busyness(settings.swing, hour - settings.peak_hour, 0.0) for hour in hours],
        "peak": [minute * busyness(swing, 0.0, 0.0) for swing in (0.0, 1.0)],
    }


def _worth_up_to(settings: Parameters) -> float | None:
    """Return the availability in per cent up to which the next nine saves its price; None where no nine does."""
    down = settings.running / next_nine_worth(settings.revenue, 0.0, settings.impact)
    return 100.0 * (1.0 - down) if down < 1.0 else None


def _table(settings: Parameters) -> Table:
    return Table(
        name="nines",
        caption="Downtime in minutes that an availability allows, and the loss to expect a month in dollars.",
        columns=("availability, %", *(_NAMES[window] for window in _WINDOWS), "loss a month, $"),
        rows=tuple(
            (
                each,
                *(round((100.0 - each) / 100.0 * minutes, 9) for minutes in _WINDOWS.values()),
                round(monthly_loss(settings.revenue, each / 100.0, settings.impact), 6),
            )
            for each in sorted({*_NINES, settings.availability})
        ),
    )


def _loss_chart(settings: Parameters) -> Chart:
    down = np.geomspace(1e-4, 10.0, _CURVE_POINTS)
    x = tuple(down.tolist())
    a_year = settings.revenue * settings.impact / 12.0 / 100.0
    saved = tuple(next_nine_worth(settings.revenue, 1.0 - each / 100.0, settings.impact) for each in x)
    priced = (Series("price", "its price", x, (settings.running,) * _CURVE_POINTS),) if settings.running else ()
    return Chart(
        name="loss",
        title="A month by availability",
        x=Axis("time down", "%", "log"),
        y=Axis("a month", "$", "log"),
        series=(
            Series("loss", "loss", x, tuple((a_year * down).tolist())),
            Series("saved", "next nine saves", x, saved),
            *priced,
            Series(
                "here",
                "this setting",
                (100.0 - settings.availability,),
                (a_year * (100.0 - settings.availability),),
                "dots",
            ),
        ),
        caption="Both axes logarithmic: every nine is worth a tenth of the one before, and seldom costs less. Left of "
        "where the price crosses, the next nine costs more than it saves.",
    )


def _hour_chart(settings: Parameters) -> Chart:
    flat = minute_cost(settings.revenue, settings.impact) * settings.minutes

    def price(hour: float) -> float:
        return flat * busyness(settings.swing, hour - settings.peak_hour, settings.minutes)

    x = tuple(_HOURS.tolist())
    return Chart(
        name="hour",
        title="The same outage by the hour",
        x=Axis("begins at", "h", "linear"),
        y=Axis("cost of the outage", "$", "linear"),
        series=(
            Series("outage", "this outage", x, tuple(price(hour) for hour in x)),
            Series("average", "on average", (0.0, 24.0), (flat, flat)),
            Series("here", "this setting", (settings.hour,), (price(settings.hour),), "dots"),
        ),
        caption="The same minutes cost more in the evening than at night; the day's average hides both.",
    )


def _worth_chart(settings: Parameters) -> Chart:
    revenues = np.geomspace(1e4, 1e12, _CURVE_POINTS)
    x = tuple(revenues.tolist())
    worth = tuple(next_nine_worth(each, settings.share, settings.impact) for each in x)
    here = next_nine_worth(settings.revenue, settings.share, settings.impact)
    priced = (Series("price", "price", x, (settings.running,) * _CURVE_POINTS),) if settings.running else ()
    return Chart(
        name="worth",
        title="Who should buy the next nine",
        x=Axis("revenue a year", "$", "log"),
        y=Axis("a month", "$", "log"),
        series=(
            Series("worth", "worth", x, worth),
            *priced,
            Series("here", "this setting", (settings.revenue,), (here,), "dots"),
        ),
        caption="Left of where the lines cross the next nine costs more each month than it saves.",
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    outcome = (
        f"pays for itself in {value['payback']:,.1f} months"
        if "payback" in value
        else "costs more each month than it saves"
    )
    return (
        f"A minute down costs ${value['minute']:,.2f}, this outage of "
        f"{words.counted(settings.minutes, 'minutes', form='g')} "
        f"${value['outage']:,.0f}. At {words.percent(settings.availability)} the loss to expect is "
        f"${value['month']:,.0f} a month. A tenth of the downtime would save ${value['next_nine']:,.0f} of it "
        f"and {outcome}."
    )


EXPERIMENTS = (
    Experiment(
        name="nine_too_many",
        title="A nine too many",
        goal="With revenue of $1 billion or more, raise availability until the next nine costs more than it saves.",
        holds=lambda p, result: p.revenue >= 1e9 and p.running > 0.0 and result.figure("net").value <= 0.0,
    ),
    Experiment(
        name="bad_hour",
        title="A bad hour",
        goal="Let an outage cost more than 1.5 times what its minutes cost on average.",
        holds=lambda _, result: result.figure("busyness").value > 1.5,
    ),
    Experiment(
        name="cheap_outage",
        title="Nobody noticed",
        goal="Have an hour of downtime or more cost under $5,000 at revenue of $1 billion or more.",
        holds=lambda p, result: p.revenue >= 1e9 and p.minutes >= 60.0 and result.figure("outage").value < 5_000.0,
    ),
)

PRESETS = (
    Preset("checkout", "Checkout of a $1 billion shop", {}),
    Preset("search", "Its search", {"impact": 0.1}),
    Preset("internal", "A tool inside", {"impact": 0.01}),
    Preset("evening", "An evening, with the day's swing", {"swing": 0.8}),
    Preset("four_nines", "Four nines", {"availability": 99.99}),
    Preset("six_hours", "Six hours of a $118 G network", {"revenue": 117.9e9, "minutes": 360}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="minute",
        question="A shop earns $1 billion a year. What does a minute of downtime cost it on average?",
        figure="minute",
        unit="$",
        minimum=10.0,
        maximum=1e6,
        scale="log",
        parameters={},
    ),
    PredictionPrompt(
        name="next_nine",
        question="A shop earns $1 billion a year and is up 99.9% of the time. "
        "What would a fourth nine save it a month?",
        figure="next_nine",
        unit="$",
        minimum=100.0,
        maximum=1e7,
        scale="log",
        parameters={"availability": 99.9},
    ),
)

GUESS = GuessPrompt(
    name="last_nine_that_pays",
    question="A part of a shop through which three in ten of its sales go, $1 billion a year in all. A tenth of the "
    "downtime would cost $10,000 a month. Mark the availability up to which the next nine pays.",
    shape="mark",
    parameters={"impact": 0.3},
    names=(guesses.MARK,),
    minimum=0.9,
    maximum=0.999999,
    scale="logit",
    unit="",
    truth=guesses.mark("worth_up_to", unit=100.0),
)

MODEL = Model(
    name="downtime_cost",
    title="Cost of downtime",
    summary="What a minute, an outage and an availability cost, and whether the next nine is worth its price.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
