"""Meet a surge with machines that still have to boot: who waits meanwhile, how long, and when the line is gone.

Load rises from one rate to another, at once or over a while; machines ordered when it begins to rise serve after
their boot. Requests are a fluid, served first come first served, and all of them wait. While load exceeds capacity
the line grows by the difference, (after - capacity) x boot for a surge at once, and it is gone that many requests over
(capacity then - after) later. The line at any time is what has arrived and could not have been served since the
moment it began (Reich, 1958).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulations.engine import parameters, words
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.normal import FloatArray
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table
from simulations.engine.surges import Surge

_GRID = 400
_AT_ONCE = 0.001
_SHOWN = 120
_BOOTS = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)


@dataclass(frozen=True, slots=True)
class Parameters:
    """A load that rises, the machines there are, and those that are ordered."""

    before: float = parameters.number(
        4_000.0,
        minimum=0,
        maximum=1_000_000,
        step=100,
        unit="req/s",
        label="Load before",
        help="Requests that arrive until the surge.",
    )
    after: float = parameters.number(
        8_000.0,
        minimum=0,
        maximum=1_000_000,
        step=100,
        unit="req/s",
        label="Load after",
        help="Requests that arrive once it has risen.",
    )
    ramp: float = parameters.number(
        0.0,
        minimum=0,
        maximum=3_600,
        step=1,
        unit="s",
        label="Rises over",
        help="How long the load takes from one to the other, in a straight line; under a millisecond is at once.",
    )
    each: float = parameters.number(
        1_000.0,
        minimum=1,
        maximum=100_000,
        step=10,
        unit="req/s",
        label="A machine serves",
        help="Requests that one machine can do.",
        scale="log",
    )
    machines: int = parameters.number(
        5, minimum=1, maximum=1_000, step=1, unit="", label="Machines", help="Those that are up.", integer=True
    )
    added: int = parameters.number(
        5,
        minimum=0,
        maximum=1_000,
        step=1,
        unit="",
        label="Ordered",
        help="Machines that are ordered when the load begins to rise.",
        integer=True,
    )
    boot: float = parameters.number(
        30.0,
        minimum=0.1,
        maximum=3_600,
        step=0.1,
        unit="s",
        label="Boot",
        help="From the first request too many to machines that serve: noticing, ordering, starting, warming up.",
        scale="log",
    )
    patience: float = parameters.number(
        5.0,
        minimum=0.1,
        maximum=600,
        step=0.1,
        unit="s",
        label="Patience",
        help="Whoever waits longer counts as late.",
        scale="log",
    )

    def faults(self) -> tuple[parameters.Fault, ...]:
        """Refuse a load that falls, and one that the machines cannot do before it has risen."""
        found = []
        if self.after < self.before:
            given = words.shown(self.after)
            message = f"after must be at least the {self.before:g} req/s before; you gave {given}."
            found.append(parameters.Fault("after", given, message))
        if self.before > self.machines * self.each:
            given = words.shown(self.before)
            most = f"{self.machines * self.each:g} req/s that the machines serve"
            found.append(parameters.Fault("before", given, f"before must not exceed the {most}; you gave {given}."))
        return tuple(found)

    @property
    def surge(self) -> Surge:
        """The surge in the engine's own terms."""
        first = self.machines * self.each
        ramp = self.ramp if self.ramp >= _AT_ONCE else 0.0
        return Surge(self.before, self.after, ramp, first, first + self.added * self.each, self.boot)


def evaluate(settings: Parameters) -> Result:
    """Return how long the line gets, how long anybody waits, and when it is gone: requests and seconds."""
    surge = settings.surge
    instants = surge.instants()
    gone = surge.gone_s(instants)
    end = 1.1 * float(instants[-1]) + (1.0 if surge.settles else settings.boot)
    time = np.union1d(np.linspace(0.0, end, _GRID), instants)
    figures = _figures(settings, surge, time, gone)
    return Result(
        figures=figures,
        charts=(_line_chart(surge, time), _rate_chart(surge, time), _wait_chart(settings, surge, time)),
        tables=(_table(settings),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; it is the same for all settings and there is nothing to run."""
    return Cost(8.0, 0.0, 4.0)


def _late(surge: Surge, time: FloatArray, patience: float) -> float:
    """Return how many requests wait longer than `patience`; the wait rises and falls once."""
    waits = surge.waits(time)
    late = np.flatnonzero(waits > patience)
    if not late.size:
        return 0.0
    first, last = int(late[0]), int(late[-1])
    begun = np.interp(patience, waits[first - 1 : first + 1], time[first - 1 : first + 1])
    ended = np.interp(-patience, -waits[last : last + 2], time[last : last + 2])
    start, end = surge.arrived(np.array([begun, ended])).tolist()
    return float(end - start)


def _figures(settings: Parameters, surge: Surge, time: FloatArray, gone: float | None) -> tuple[Figure, ...]:
    line, waits = surge.waiting(time), surge.waits(time)
    ready = int(np.searchsorted(time, settings.boot))
    used, needed = surge.before / surge.first, surge.after / surge.later
    figures = [
        Figure("at_ready", "Waiting when ready", float(line[ready]), "requests", "As the machines ordered serve."),
        Figure("used_before", "Busy before", 100.0 * used, "%", "Share of the capacity that is used until the surge."),
        Figure("used_after", "Busy after", 100.0 * needed, "%", "Load after over all machines; above 100% it grows."),
    ]
    if surge.settles:
        drain = 0.0 if gone is None else gone - settings.boot
        figures[:0] = [
            Figure("longest_line", "Longest line", float(line.max()), "requests", "Waiting at the worst moment."),
            Figure("longest_wait", "Longest wait", float(waits.max()), "s", "Of anybody."),
            Figure("drain", "Gone after", drain, "s", "From the moment that the machines serve to an empty line."),
            Figure(
                "late",
                "Late",
                _late(surge, time, settings.patience),
                "requests",
                f"Those that wait longer than {settings.patience:g} s.",
            ),
        ]
        figures.append(
            Figure(
                "wait_at_ready", "Wait when ready", float(waits[ready]), "s", "Of who arrives as they begin to serve."
            )
        )
    else:
        figures.insert(
            0,
            Figure(
                "growth", "Line grows by", surge.after - surge.later, "req/s", "For ever, or until somebody gives up."
            ),
        )
    return tuple(figures)


def _thinned(time: FloatArray) -> FloatArray:
    """Return every few of the times."""
    return time[:: max(1, len(time) // _SHOWN)]


def _line_chart(surge: Surge, time: FloatArray) -> Chart:
    shown = np.isin(time, np.union1d(_thinned(time), surge.instants()))
    return Chart(
        name="line",
        title="The line",
        x=Axis("time since the load began to rise", "s", "linear"),
        y=Axis("requests waiting", "", "linear"),
        series=(
            Series("line", "waiting", tuple(time[shown].tolist()), tuple(surge.waiting(time)[shown].tolist())),
            Series(
                "ready",
                "machines ready",
                (surge.ready_s,),
                (float(surge.waiting(time)[np.searchsorted(time, surge.ready_s)]),),
                "dots",
            ),
        ),
        caption="It grows by what arrives too much, and shrinks by what the new machines leave over.",
    )


def _rate_chart(surge: Surge, time: FloatArray) -> Chart:
    shown = _thinned(time)
    end = float(time[-1])
    ready = min(surge.ready_s, end)
    return Chart(
        name="rates",
        title="Load and capacity",
        x=Axis("time since the load began to rise", "s", "linear"),
        y=Axis("requests", "per second", "linear"),
        series=(
            Series("load", "load", tuple(shown.tolist()), tuple(surge.load(shown).tolist())),
            Series(
                "capacity",
                "capacity",
                (0.0, ready, ready, end),
                (surge.first, surge.first, surge.later, surge.later),
            ),
        ),
        caption="The area between them, before the machines are ready, is the line.",
    )


def _wait_chart(settings: Parameters, surge: Surge, time: FloatArray) -> Chart:
    shown = np.isin(time, np.union1d(_thinned(time), surge.instants()))
    return Chart(
        name="waits",
        title="Who waits longest",
        x=Axis("arrives", "s", "linear"),
        y=Axis("waits", "s", "linear"),
        series=(
            Series("wait", "waits", tuple(time[shown].tolist()), tuple(surge.waits(time)[shown].tolist())),
            Series("patience", "patience", (0.0, float(time[-1])), (settings.patience, settings.patience)),
        ),
        caption="The longest wait is that of somebody who came earlier and is served as the machines begin.",
    )


def _table(settings: Parameters) -> Table:
    rows = []
    for boot in sorted({*_BOOTS, settings.boot}):
        surge = dataclasses.replace(settings.surge, ready_s=boot)
        instants = surge.instants()
        gone = surge.gone_s(instants)
        line = float(surge.waiting(instants)[np.searchsorted(instants, boot)])
        longest = float(surge.waits(instants).max()) if surge.settles else "never served"
        ends = "never" if not surge.settles else 0.0 if gone is None else gone
        rows.append((boot, line, longest, ends))
    return Table(
        name="boots",
        caption="The same surge with machines that boot faster or slower.",
        columns=("boot, s", "waiting when ready", "longest wait, s", "line gone after, s"),
        rows=tuple(rows),
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    begun = (
        f"Load rises from {settings.before:,.0f} to {words.counted(settings.after, 'requests')} a second; "
        f"{words.counted(settings.machines, 'machines serve', 'machine serves')}"
        f" {settings.surge.first:,.0f} and {settings.added} more are ready after {settings.boot:g} s."
    )
    if "growth" in value:
        return f"{begun} That is not enough: the line grows by {value['growth']:,.0f} a second and never ends."
    if not value["longest_line"]:
        return f"{begun} Nobody waits."
    return (
        f"{begun} By then {words.counted(value['at_ready'], 'requests wait', 'request waits')}. The longest "
        f"wait is {value['longest_wait']:.1f} s, "
        f"{words.counted(value['late'], 'requests wait', 'request waits')} longer than {settings.patience:g} s, "
        f"and the line is gone "
        f"{value['drain']:.1f} s after the machines are ready."
    )


def _is_surge(p: Parameters) -> bool:
    """Whether the load rises by half or more, so that meeting it is no accident."""
    return p.after >= 1.5 * p.before > 0.0


EXPERIMENTS = (
    Experiment(
        name="warm_minimum",
        title="A warm minimum",
        goal="With a boot of 30 s or more, let the load double at once and nobody wait longer than a second.",
        holds=lambda p, result: (
            p.after >= 2.0 * p.before > 0.0
            and p.ramp == 0.0
            and p.boot >= 30.0
            and result.figure("used_after").value < 100.0
            and result.figure("longest_wait").value <= 1.0
        ),
    ),
    Experiment(
        name="a_rhythm",
        title="A rhythm, and no surge",
        goal="With a boot of 30 s or more and too few machines for the load to come, let it rise and nobody be late.",
        holds=lambda p, result: (
            _is_surge(p)
            and p.boot >= 30.0
            and p.machines * p.each < p.after
            and result.figure("used_after").value < 100.0
            and result.figure("late").value == 0.0
        ),
    ),
    Experiment(
        name="just_enough",
        title="Just enough is a long time",
        goal="Order enough machines for the load, and still have the line take ten minutes or more to go.",
        holds=lambda p, result: (
            p.boot <= 60.0 and result.figure("used_after").value < 100.0 and result.figure("drain").value >= 600.0
        ),
    ),
)

PRESETS = (
    Preset("surge", "A message to everybody", {}),
    Preset("warm", "Eight machines kept warm", {"machines": 8, "added": 2}),
    Preset("tight", "Just enough ordered", {"after": 8_900, "added": 4}),
    Preset("quick", "A boot of five seconds", {"boot": 5}),
    Preset("morning", "A morning: ten minutes' rise", {"ramp": 600}),
    Preset("too_few", "Too few, whatever the boot", {"added": 2}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="line_gone",
        question="Five machines serve 5,000 requests a second. 8,000 a second come, five more machines are ordered at "
        "once, and 30 s later they serve. How long after that is the line gone?",
        figure="drain",
        unit="s",
        minimum=1.0,
        maximum=1_000.0,
        scale="log",
        parameters={},
    ),
    PredictionPrompt(
        name="longest_wait",
        question="Five machines serve 5,000 requests a second. 8,000 a second come, and five more machines are ordered "
        "at once, which take 30 s to boot. How long does the unluckiest request wait?",
        figure="longest_wait",
        unit="s",
        minimum=0.0,
        maximum=60.0,
        scale="linear",
        parameters={},
    ),
)

MODEL = Model(
    name="elastic_boot",
    title="Elastic capacity",
    summary="A surge meets machines that still have to boot: how long the line gets, and who waits longest.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
