"""Model an overload that outlives its cause: a trigger, callers who time out, and retries that keep the queue full.

The service loses capacity for a while, outright or because one of its replicas turns slow and holds the
threads of a shared pool. Requests are a fluid; see `attempts` for the queue. Healthy and stuck are both
stable for arrivals between capacity / (retries + 1) and capacity: Bronson et al. (2021), HotOS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulations.engine import guesses, words
from simulations.engine.attempts import AttemptQueue, Rules
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.models.cascade_parameters import BUDGET_SHARE, DEFENCES, Parameters, Pool, pool_of
from simulations.engine.normal import FloatArray
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

TRIGGER_AT_S = 5.0
"""When the trigger begins."""

CUT_AFTER_S = 10.0
"""How long after the trigger's end the load is cut, if it is."""

AFTER_S = 60.0
"""How long is watched after the trigger."""

_MOST_STEPS = 400
_SETTLED_S = 5.0
_HALF = 0.5
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Storm:
    """A run step by step: times in seconds from the start, rates a second, the backlog in attempts."""

    time: FloatArray
    arrivals: FloatArray
    capacity: FloatArray
    attempts: FloatArray
    goodput: FloatArray
    failed: FloatArray
    wasted: FloatArray
    backlog: FloatArray
    in_flight: float
    step: float

    def mean(self, rate: FloatArray, start: float, end: float) -> float:
        """Return the mean of a rate between two times."""
        inside = (self.time >= start) & (self.time < end)
        return float(rate[inside].mean())


def run(settings: Parameters) -> Storm:
    """Return the storm of these settings, in at most 400 steps that divide the timeout where they can."""
    horizon = TRIGGER_AT_S + settings.trigger_seconds + AFTER_S
    parts = int(settings.timeout * _MOST_STEPS / horizon)
    step = settings.timeout / parts if parts else horizon / _MOST_STEPS
    time = np.asarray(np.arange(int(horizon / step + 1e-9)) * step, dtype=np.float64)
    middle = time + _HALF * step
    end = TRIGGER_AT_S + settings.trigger_seconds
    pool = pool_of(settings)
    triggered = (middle >= TRIGGER_AT_S) & (middle < end)
    cut = (middle >= end + CUT_AFTER_S) & (middle < end + CUT_AFTER_S + settings.cut_seconds)
    arrivals = settings.arrivals * np.where(cut, 1.0 - settings.cut_share / 100.0, 1.0)
    capacity = np.where(triggered, pool.degraded, pool.healthy)
    queue = AttemptQueue(_rules(settings, step))
    rows = np.array(
        [
            (seen.attempts, seen.succeeded, seen.failed, seen.wasted, seen.backlog)
            for seen in (
                queue.advance(new * step, most * step, pool.failing if bad else 0.0)
                for new, most, bad in zip(arrivals.tolist(), capacity.tolist(), triggered.tolist(), strict=True)
            )
        ]
    )
    attempts, goodput, failed, wasted = rows[:, :4].T / step
    return Storm(time, arrivals, capacity, attempts, goodput, failed, wasted, rows[:, 4], queue.in_flight, step)


def resumes_after(settings: Parameters, storm: Storm) -> float | None:
    """Return the seconds after the trigger from which at least half of all requests succeed; None for never.

    Requests that are turned away count as failed.
    """
    failing = _failing(settings, storm)
    if failing.size == 0:
        return 0.0
    if failing[-1] == storm.time.size - 1:
        return None
    return max(float(storm.time[failing[-1] + 1]) - TRIGGER_AT_S - settings.trigger_seconds, 0.0)


def stuck_above(settings: Parameters) -> float:
    """Return the arrivals a second above which the service can stay overloaded without a trigger."""
    capacity = pool_of(settings).healthy
    if settings.order != "fifo" or settings.breaker:
        return capacity
    share = min(BUDGET_SHARE, settings.retries) if settings.budget else settings.retries
    return capacity / (1.0 + share)


def evaluate(settings: Parameters) -> Result:
    """Return what the service does before, during and after the trigger; rates are a second."""
    storm = run(settings)
    pool = pool_of(settings)
    figures = _figures(settings, storm, pool)
    return Result(
        figures=figures,
        charts=(_rates_chart(storm), _backlog_chart(storm, settings.timeout), _states_chart(settings, pool)),
        tables=(_table(settings),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
        trace=_trace(settings, storm),
        frames={"wasted": tuple(storm.wasted.tolist()), "capacity": tuple(storm.capacity.tolist())},
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; there is nothing to run."""
    return Cost(8.0, 0.0, 4.0)


def _failing(settings: Parameters, storm: Storm) -> npt.NDArray[np.intp]:
    """Return the steps in which less than half of the requests succeed."""
    return np.flatnonzero(storm.goodput < _HALF * settings.arrivals - _LEAST)


def _rules(settings: Parameters, step: float) -> Rules:
    return Rules(
        step=step,
        timeout=settings.timeout,
        retries=settings.retries,
        order=settings.queue_order,
        budget=BUDGET_SHARE if settings.budget else None,
        backoff=settings.backoff,
        jitter=settings.jitter,
        breaker=settings.breaker,
    )


def _figures(settings: Parameters, storm: Storm, pool: Pool) -> tuple[Figure, ...]:
    end = TRIGGER_AT_S + settings.trigger_seconds
    last = float(storm.time[-1]) + storm.step
    worked = float((storm.goodput + storm.wasted).sum())
    attempts = storm.mean(storm.attempts, last - _SETTLED_S, last)
    figures = [
        Figure(
            "goodput",
            "Goodput at the end",
            storm.mean(storm.goodput, last - _SETTLED_S, last),
            "req/s",
            "Requests that succeed, a minute after the trigger.",
        ),
        Figure("attempts", "Attempts at the end", attempts, "req/s", "First tries and retries, at the same time."),
        Figure(
            "during",
            "Goodput in the trigger",
            storm.mean(storm.goodput, end - 0.25 * settings.trigger_seconds - storm.step, end),
            "req/s",
            "Requests that succeed in the trigger's last quarter.",
        ),
        Figure(
            "succeeded",
            "Requests that succeed",
            round(100.0 * float(storm.goodput.sum()) / max(float(storm.arrivals.sum()), _LEAST), 9),
            "%",
            "At whichever attempt, of all that arrive from beginning to end.",
        ),
        Figure(
            "wasted",
            "Work for nobody",
            100.0 * float(storm.wasted.sum()) / worked if worked > 0.0 else 0.0,
            "%",
            "The share of the work that was done for callers who had given up.",
        ),
        Figure("backlog", "Longest queue", float(storm.backlog.max()), "", "The most attempts that wait at a time."),
        Figure(
            "stuck_above",
            "Can stay stuck above",
            stuck_above(settings),
            "req/s",
            "With more arrivals than this, an overload may feed itself after its cause is gone.",
        ),
        Figure("degraded", "Capacity in the trigger", pool.degraded, "req/s", "What the service can do meanwhile."),
    ]
    resumes = resumes_after(settings, storm)
    if resumes is not None:
        figures.append(
            Figure(
                "resumes",
                "Goodput returns after",
                resumes,
                "s",
                "From the trigger's end until at least half of the requests succeed again.",
            )
        )
    if pool.fills is not None:
        figures.append(
            Figure("fills", "Pool full after", pool.fills, "s", "Until the slow replica holds every thread.")
        )
    return tuple(figures)


def _rates_chart(storm: Storm) -> Chart:
    x = tuple(storm.time.tolist())
    return Chart(
        name="rates",
        title="Goodput and attempts",
        x=Axis("time", "s", "linear"),
        y=Axis("rate", "req/s", "linear"),
        series=(
            Series("goodput", "goodput", x, tuple(storm.goodput.tolist())),
            Series("attempts", "attempts", x, tuple(storm.attempts.tolist())),
            Series("arrivals", "arrivals", x, tuple(storm.arrivals.tolist())),
        ),
        caption="The trigger begins after 5 s. Attempts above arrivals once it is over are retries that keep it going.",
    )


def _backlog_chart(storm: Storm, timeout: float) -> Chart:
    x = tuple(storm.time.tolist())
    return Chart(
        name="backlog",
        title="The queue",
        x=Axis("time", "s", "linear"),
        y=Axis("attempts", "", "linear"),
        series=(
            Series("backlog", "waiting", x, tuple(storm.backlog.tolist())),
            Series("hopeless", "worth a timeout", x, tuple((timeout * storm.capacity).tolist())),
        ),
        caption="Above the second line a new attempt waits for its turn longer than its caller waits for it.",
    )


def _states_chart(settings: Parameters, pool: Pool) -> Chart:
    capacity, edge = pool.healthy, stuck_above(settings)
    here = settings.arrivals
    most = max(1.2 * capacity, here)
    stuck = ((edge, most), (0.0, 0.0)) if edge < capacity else ((0.0, most), (0.0, min(most, capacity)))
    return Chart(
        name="states",
        title="Two states for one load",
        x=Axis("arrivals", "req/s", "linear"),
        y=Axis("goodput", "req/s", "linear"),
        series=(
            Series("healthy", "if healthy", (0.0, capacity, most), (0.0, capacity, capacity)),
            Series("stuck", "if once overloaded", stuck[0], stuck[1]),
            Series("here", "this setting", (here,), (min(here, capacity),), "dots"),
        ),
        caption="Where both lines exist, history decides: the same arrivals are served in full, or not at all.",
    )


def _table(settings: Parameters) -> Table:
    pools = [(label, pool_of(settings, trigger="slow_replica", defence=name)) for name, label in DEFENCES]
    return Table(
        name="defences",
        caption=f"A pool of {settings.threads:,} threads over {settings.replicas} replicas, one of them "
        f"{settings.slow_factor:g} times slower: calls a second, and the share of calls that fail.",
        columns=("defence", "capacity, req/s", "calls that fail, %"),
        rows=tuple((label, pool.degraded, 100.0 * pool.failing) for label, pool in pools),
    )


def _trace(settings: Parameters, storm: Storm) -> tuple[dict[str, object], ...]:
    end = TRIGGER_AT_S + settings.trigger_seconds
    events: list[tuple[float, str, str]] = [
        (TRIGGER_AT_S, "trigger", "The trigger begins."),
        (end, "trigger_ends", "The trigger is over."),
    ]
    lost = _failing(settings, storm)
    if lost.size:
        events.append((float(storm.time[lost[0]]), "goodput_lost", "Less than half of the requests succeed."))
    resumes = resumes_after(settings, storm)
    if lost.size and resumes is not None:
        events.append((end + resumes, "goodput_returns", "At least half of the requests succeed again."))
    if settings.cut_share > 0.0:
        events.append((end + CUT_AFTER_S, "cut", f"{settings.cut_share:g}% of the arrivals are turned away."))
        events.append((end + CUT_AFTER_S + settings.cut_seconds, "cut_ends", "All arrivals are let in again."))
    return tuple({"at": at, "event": name, "label": label} for at, name, label in sorted(events))


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    sentences = [
        (
            f"{settings.arrivals:,.0f} requests a second meet a trigger of {settings.trigger_seconds:g} s that leaves "
            f"a capacity of {value['degraded']:,.0f}."
        ),
    ]
    if "resumes" not in value:
        sentences.append(
            f"A minute after it is over {value['goodput']:,.0f} requests a second succeed, of {value['attempts']:,.0f} "
            "attempts."
        )
    elif value["resumes"] == 0.0:
        sentences.append("Goodput is back as soon as the trigger ends.")
    else:
        sentences.append(f"Goodput returns {value['resumes']:.1f} s after it is over.")
    sentences.append(
        f"{words.percent(value['succeeded'])} of all requests succeed, and {words.percent(value['wasted'])} of the "
        "work is for callers who have given up."
    )
    return " ".join(sentences)


def _returns(result: Result) -> bool:
    return any(figure.name == "resumes" for figure in result.figures)


EXPERIMENTS = (
    Experiment(
        name="better_order",
        title="The same retries, another order",
        goal="With two retries or more, no budget and no breaker, have goodput return by whom the server takes first.",
        holds=lambda p, result: (
            p.retries >= 2 and not (p.budget or p.breaker) and p.order != "fifo" and _returns(result)
        ),
    ),
    Experiment(
        name="cut_load",
        title="Turn people away to serve them",
        goal="Free a first-come queue that is stuck by cutting the load, without a budget or a breaker.",
        holds=lambda p, result: (
            p.order == "fifo"
            and not (p.budget or p.breaker)
            and p.cut_share > 0.0
            and _returns(result)
            and result.figure("resumes").value > CUT_AFTER_S
            and p.arrivals > result.figure("stuck_above").value
        ),
    ),
    Experiment(
        name="cap_retries",
        title="A budget for retries",
        goal="Have goodput return with retries allowed but budgeted.",
        holds=lambda p, result: p.retries >= 1 and p.budget and p.order == "fifo" and _returns(result),
    ),
    Experiment(
        name="contain",
        title="Contain one slow replica",
        goal="Let one replica turn slow and keep two requests in three succeeding, without ejecting it.",
        holds=lambda p, result: (
            p.trigger == "slow_replica"
            and p.slow_factor >= 50.0
            and p.defence != "ejection"
            and result.figure("during").value >= 0.66 * p.arrivals
        ),
    ),
)

PRESETS = (
    Preset("stuck", "Two retries: stuck for ever", {}),
    Preset("no_retries", "No retries", {"retries": 0}),
    Preset("budget", "Two retries within a budget", {"budget": True}),
    Preset("drop_stale", "Drop what nobody waits for", {"order": "drop"}),
    Preset("small_load", "A load that cannot get stuck", {"arrivals": 1_900}),
    Preset("cut_too_little", "Load halved for 30 s", {"cut_share": 52.5, "cut_seconds": 30}),
    Preset("slow_disk", "One slow replica of three", {"trigger": "slow_replica", "arrivals": 2_000}),
    Preset(
        "slow_disk_bulkhead",
        "The same behind bulkheads",
        {"trigger": "slow_replica", "arrivals": 2_000, "defence": "bulkhead"},
    ),
)

PREDICTIONS = (
    PredictionPrompt(
        name="resumes_without_retries",
        question="4,000 requests a second, a capacity of 6,000 that falls to 2,000 for 20 s, a timeout of 1 s and no "
        "retries. How many seconds after the capacity is back does goodput return?",
        figure="resumes",
        unit="s",
        minimum=0.1,
        maximum=1_000.0,
        scale="log",
        parameters={"retries": 0},
    ),
    PredictionPrompt(
        name="attempts_with_two_retries",
        question="4,000 requests a second, a capacity of 6,000 that falls to 2,000 for 20 s, a timeout of 1 s and up "
        "to two retries. How many attempts a second arrive a minute after the capacity is back?",
        figure="attempts",
        unit="req/s",
        minimum=100.0,
        maximum=1_000_000.0,
        scale="log",
        parameters={},
    ),
)

_KNOTS = (6.0, 18.0, 31.0, 45.0, 58.0, 71.0, 84.0)

GUESS = GuessPrompt(
    name="goodput_with_a_budget",
    question="4,000 requests a second, a capacity of 6,000 that falls to 2,000 after 5 s and for 20 s, up to three "
    "retries, and a budget that allows only one retry for every ten requests. Draw the answers a second "
    "that are still waited for.",
    shape="curve",
    parameters={"retries": 3, "budget": True},
    names=("goodput",),
    minimum=0.0,
    maximum=5_000.0,
    scale="linear",
    unit="req/s",
    truth=guesses.curves("rates", ("goodput",), _KNOTS),
    knots=_KNOTS,
)

MODEL = Model(
    name="cascade",
    title="Cascade and retry storm",
    summary="A short loss of capacity, impatient callers, and retries that keep a service down once the cause is gone.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
