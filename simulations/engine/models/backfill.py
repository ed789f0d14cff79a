"""Catch up after an outage and fill in history beside it: how long, and what dividing the work is worth.

Events arrive at a rate and a job works them off faster by a factor s. After an outage of L hours what has gathered is
gone L / (s - 1) later. History is filled in with what is left over, capacity less arrivals. A job that dies loses what
its current piece has done: with deaths at a constant rate f a piece of w hours takes (exp(f w) - 1) / f on average
(Duda, 1983), so one large piece may never end where many small ones hardly notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulations.engine import parameters, words
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.restarts import LONGEST_HOURS, expected_hours
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_CURVE_POINTS = 60
_PIECES = (1, 7, 30, 365)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What arrives, what the job can do, how long it stood still, and the history to compute once more."""

    arrivals: float = parameters.number(
        4_000.0,
        minimum=1,
        maximum=10_000_000,
        step=100,
        unit="rows/s",
        label="Arrive",
        help="Rows of today that the job has to keep up with.",
        scale="log",
    )
    capacity: float = parameters.number(
        6_000.0,
        minimum=1,
        maximum=100_000_000,
        step=100,
        unit="rows/s",
        label="The job does",
        help="Rows that it can work off, whichever they are.",
        scale="log",
    )
    outage: float = parameters.number(
        6.0,
        minimum=0,
        maximum=720,
        step=0.5,
        unit="h",
        label="Stood still",
        help="How long the job did nothing while rows went on arriving.",
    )
    history: float = parameters.number(
        500.0,
        minimum=0.001,
        maximum=1e6,
        step=1,
        unit="million rows",
        label="History",
        help="Rows of the past to be computed once more.",
        scale="log",
    )
    pieces: int = parameters.number(
        1,
        minimum=1,
        maximum=10_000,
        step=1,
        unit="",
        label="In pieces",
        help="Into how many parts the history is divided, each an overwrite of its own.",
        scale="log",
        integer=True,
    )
    deaths: float = parameters.number(
        0.0,
        minimum=0,
        maximum=100,
        step=0.1,
        unit="a day",
        label="The job dies",
        help="By a release, a full disk, a machine that goes. It begins its current piece again.",
    )

    def faults(self) -> tuple[parameters.Fault, ...]:
        """Refuse a job that never catches up."""
        if self.capacity >= 1.001 * self.arrivals:
            return ()
        given = words.shown(self.capacity)
        message = (
            f"capacity must exceed the {self.arrivals:g} rows/s that arrive by a thousandth or more, or the job never "
            f"catches up; you gave {given}."
        )
        return (parameters.Fault("capacity", given, message),)

    @property
    def speed(self) -> float:
        """How many times as fast as rows arrive the job works."""
        return self.capacity / self.arrivals

    @property
    def catch_up_hours(self) -> float:
        """The hours from the job's start until nothing has gathered."""
        return self.outage / (self.speed - 1.0)

    @property
    def work_hours(self) -> float:
        """The hours that the history takes beside today's rows, undisturbed."""
        return 1e6 * self.history / (self.capacity - self.arrivals) / 3_600.0


def evaluate(settings: Parameters) -> Result:
    """Return the hours until the job has caught up and until history is filled in, on average over its deaths."""
    figures = _figures(settings)
    return Result(
        figures=figures,
        charts=(_behind_chart(settings), _speed_chart(settings), _pieces_chart(settings)),
        tables=(_table(settings),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; it is the same for all settings and there is nothing to run."""
    return Cost(3.0, 0.0, 4.0)


def _filled(settings: Parameters, pieces: float, deaths: float) -> float:
    return expected_hours(settings.work_hours, pieces, deaths)


def _figures(settings: Parameters) -> tuple[Figure, ...]:
    work, filled = settings.work_hours, _filled(settings, settings.pieces, settings.deaths)
    return (
        Figure(
            "catch_up", "Caught up after", settings.catch_up_hours, "h", "From the job's start, fresh rows included."
        ),
        Figure(
            "backfill",
            "History filled in after",
            filled,
            "h",
            f"On average, once the job has caught up; {LONGEST_HOURS:,.0f} h stand for never.",
        ),
        Figure("undisturbed", "Undisturbed", work, "h", "What the history would take if the job never died."),
        Figure("gathered", "Gathered", 3_600.0 * settings.arrivals * settings.outage, "rows", "During the outage."),
        Figure("speed", "Speed", settings.speed, "times arrivals", "What the job does over what arrives."),
        Figure(
            "whole",
            "In one piece",
            _filled(settings, 1, settings.deaths),
            "h",
            "What the history would take on average if every death began it again.",
        ),
        Figure("piece", "A piece takes", work / settings.pieces, "h", "Undisturbed; also the most that a death costs."),
        Figure(
            "wasted",
            "Done again",
            100.0 * (1.0 - work / filled),
            "%",
            "Share of the time spent on what a death takes away.",
        ),
    )


def _behind_chart(settings: Parameters) -> Chart:
    caught = settings.outage + settings.catch_up_hours
    end = max(1.2 * caught, 1.0)
    return Chart(
        name="behind",
        title="How far behind",
        x=Axis("time since the job stopped", "h", "linear"),
        y=Axis("age of the newest row done", "h", "linear"),
        series=(
            Series("behind", "behind", (0.0, settings.outage, caught, end), (0.0, settings.outage, 0.0, 0.0)),
            Series("start", "starts again", (settings.outage,), (settings.outage,), "dots"),
        ),
        caption="It falls behind by an hour an hour, and catches up by what it does faster.",
    )


def _speed_chart(settings: Parameters) -> Chart:
    speeds = np.geomspace(0.01, max(9.0, 1.2 * (settings.speed - 1.0)), _CURVE_POINTS) + 1.0
    x = tuple(speeds.tolist())
    return Chart(
        name="by_speed",
        title="Room to catch up",
        x=Axis("speed, times arrivals", "", "log"),
        y=Axis("caught up after, times the outage", "", "log"),
        series=(
            Series("catch_up", "caught up", x, tuple((1.0 / (speeds - 1.0)).tolist())),
            Series("here", "this setting", (settings.speed,), (1.0 / (settings.speed - 1.0),), "dots"),
        ),
        caption="At twice the arrivals it takes as long as the outage did; a job that just fits never ends.",
    )


def _pieces_chart(settings: Parameters) -> Chart:
    pieces = np.unique(np.round(np.geomspace(1.0, 10_000.0, _CURVE_POINTS))).tolist()
    x = tuple(pieces)
    here = (Series("here", "this setting", (float(settings.pieces),), (_hours(settings, settings.pieces),), "dots"),)
    return Chart(
        name="by_pieces",
        title="Divided work",
        x=Axis("pieces", "", "log"),
        y=Axis("history filled in after", "h", "log"),
        series=(
            Series("filled", "on average", x, tuple(_hours(settings, each) for each in pieces)),
            Series("undisturbed", "undisturbed", (x[0], x[-1]), (max(settings.work_hours, 1e-9),) * 2),
            *here,
        ),
        caption="A death costs at most a piece. Below a few pieces a death the work is mostly done again.",
    )


def _hours(settings: Parameters, pieces: float) -> float:
    return max(_filled(settings, pieces, settings.deaths), 1e-9)


def _table(settings: Parameters) -> Table:
    return Table(
        name="pieces",
        caption="The same history in fewer or more pieces.",
        columns=("pieces", "a piece, h", "filled in after, h", "done again, %"),
        rows=tuple(
            (
                each,
                settings.work_hours / each,
                (hours := _filled(settings, each, settings.deaths)),
                100.0 * (1.0 - settings.work_hours / hours),
            )
            for each in sorted({*_PIECES, settings.pieces})
        ),
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    filled = (
        "never filled in"
        if value["backfill"] >= LONGEST_HOURS
        else f"filled in after {value['backfill']:,.1f} h on average"
    )
    return (
        f"The job works at {value['speed']:,.2f} times the speed at which rows arrive. After {settings.outage:g} h of "
        f"standing still it has caught up in {value['catch_up']:,.1f} h. The {settings.history:,g} million rows of "
        f"history, in {words.counted(settings.pieces, 'pieces')} and with "
        f"{words.counted(settings.deaths, 'deaths', form='g')} a day, are then {filled}; "
        f"undisturbed it would take {value['undisturbed']:,.1f} h. {words.percent(value['wasted'])} of the time goes "
        "into doing things again."
    )


EXPERIMENTS = (
    Experiment(
        name="no_room",
        title="No room to catch up",
        goal="Let the job take ten times as long to catch up as it stood still.",
        holds=lambda p, result: p.outage > 0.0 and result.figure("catch_up").value >= 9.999 * p.outage,
    ),
    Experiment(
        name="again_and_again",
        title="Again and again",
        goal="With at most two deaths a day, let history take ten times as long as it would undisturbed.",
        holds=lambda p, result: (
            p.deaths <= 2.0 and result.figure("backfill").value >= 10.0 * result.figure("undisturbed").value
        ),
    ),
    Experiment(
        name="in_pieces",
        title="A day at a time",
        goal="With a death a day or more and 24 hours of work or more, lose at most 5% of the time.",
        holds=lambda p, result: (
            p.deaths >= 1.0 and result.figure("undisturbed").value >= 24.0 and result.figure("wasted").value <= 5.0
        ),
    ),
)

PRESETS = (
    Preset("outage", "Six hours, at one and a half times the speed", {}),
    Preset("at_twice", "At twice the speed", {"capacity": 8_000}),
    Preset("hardly", "Hardly faster than rows arrive", {"capacity": 4_400}),
    Preset("alone", "History alone, five thousand rows a second", {"arrivals": 1, "capacity": 5_001}),
    Preset("dies_daily", "Dies twice a day", {"deaths": 2}),
    Preset("by_day", "The same, a day at a time", {"deaths": 2, "pieces": 365}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="caught_up",
        question="A job stands still for 6 hours and then works at one and a half times the speed at which rows "
        "arrive. How long until it has caught up?",
        figure="catch_up",
        unit="h",
        minimum=0.0,
        maximum=48.0,
        scale="linear",
        parameters={},
    ),
    PredictionPrompt(
        name="dies_twice_a_day",
        question="Filling in history takes 69 hours undisturbed. The job dies twice a day, at random moments, and "
        "begins from the start each time. How long until it has finished, on average?",
        figure="backfill",
        unit="h",
        minimum=10.0,
        maximum=100_000.0,
        scale="log",
        parameters={"deaths": 2},
    ),
)

MODEL = Model(
    name="backfill",
    title="Catching up and filling in",
    summary="How long a job takes to catch up and to compute history once more, and what it is worth to divide it.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
