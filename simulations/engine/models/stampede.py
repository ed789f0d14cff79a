"""Model a popular key that expires: who recomputes it, who waits, and what protects the origin.

Requests for the key are Poisson; recomputing takes a fixed time. Without protection every request
between expiry and refill recomputes. With early recomputation each request draws whether to go
first: with x seconds left it does so with probability exp(-x / (beta D)). Vattani, Chierichetti and
Lowenstein (2015), "Optimal Probabilistic Cache Stampede Prevention", PVLDB 8(8).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulations.engine import guesses, parameters, words
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.models.stampede_play import FATES, Acting, Played, play
from simulations.engine.normal import FloatArray
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table
from simulations.engine.sampling import generator_for

_LEVELS = (np.arange(4_000) + 0.5) / 4_000
_CURVE_POINTS = 120
_PROTECTIONS = {
    "none": "None",
    "lock": "One recomputes, others wait",
    "stale": "One recomputes, others get the old value",
    "early": "Early, by chance",
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """A key, the requests for it, what protects it, and the keys that expire with it."""

    requests: float = parameters.number(
        1_000.0,
        minimum=1,
        maximum=100_000,
        step=1,
        unit="req/s",
        label="Requests for the key",
        help="How often this one key is asked for.",
        scale="log",
    )
    recompute: float = parameters.number(
        0.5,
        minimum=0.01,
        maximum=30,
        step=0.01,
        unit="s",
        label="Recompute time",
        help="From a miss to the refilled key.",
        scale="log",
    )
    lifetime: float = parameters.number(
        60.0,
        minimum=1,
        maximum=3_600,
        step=1,
        unit="s",
        label="Time to live",
        help="How long after its refill the key expires.",
        scale="log",
    )
    protection: str = parameters.choice(
        "none",
        options=tuple(_PROTECTIONS.items()),
        label="Protection",
        help="What keeps several requests from recomputing the same key.",
    )
    beta: float = parameters.number(
        1.0,
        minimum=0.25,
        maximum=8,
        step=0.05,
        unit="",
        label="Eagerness",
        help="Early recomputation only: larger is earlier, and less often several at once.",
        scale="log",
    )
    keys: int = parameters.number(
        100,
        minimum=1,
        maximum=100_000,
        step=1,
        unit="",
        label="Keys written together",
        help="Keys like this one that were filled at the same moment, by a deploy or a flush.",
        scale="log",
        integer=True,
    )
    jitter: float = parameters.number(
        0.0,
        minimum=0,
        maximum=600,
        step=1,
        unit="s",
        label="Jitter",
        help="Each key lives longer by a random time of up to this.",
    )
    seed: int = parameters.number(
        1,
        minimum=0,
        maximum=10_000,
        step=1,
        unit="",
        label="Seed",
        help="Another seed plays another expiry of the same key.",
        integer=True,
    )

    def faults(self) -> tuple[parameters.Fault, ...]:
        """Refuse a key that takes longer to recompute than it lives."""
        if self.recompute <= self.lifetime:
            return ()
        given = words.shown(self.recompute)
        message = f"recompute must not exceed the {self.lifetime:g} s that the key lives; you gave {given}."
        return (parameters.Fault("recompute", given, message),)


@dataclass(frozen=True, slots=True)
class _Expiry:
    """What one expiry costs on average: recomputes, requests that wait, and the age of the oldest answer."""

    recomputes: float
    waiting: float
    oldest: float
    early: float


def evaluate(settings: Parameters) -> Result:
    """Return what an expiry costs under the chosen protection, and beside the others.

    Counts are means over many expiries, times are in seconds. Relative error below 1e-3.
    """
    costs = {protection: _expiry(settings, protection) for protection in _PROTECTIONS}
    figures = _figures(settings, costs[settings.protection])
    played = _played(settings)
    return Result(
        figures=figures,
        charts=(_starts_chart(settings), _traffic_chart(settings, figures[0].value), _jitter_chart(settings, costs)),
        tables=(_table(costs),),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
        trace=played.trace(),
        frames=played.frames(),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; there is nothing to run."""
    return Cost(5.0, 0.0, 4.0)


def _first_early(settings: Parameters) -> FloatArray:
    """Return equally likely times before expiry at which the first request recomputes early; 0 for none.

    No request recomputes earlier than x with probability exp(-requests s (e^(-x/s) - e^(-lifetime/s))).
    """
    scale = settings.beta * settings.recompute
    reached = -np.log(_LEVELS) / (settings.requests * scale) + math.exp(-settings.lifetime / scale)
    return np.asarray(-scale * np.log(np.minimum(reached, 1.0)))


def _expiry(settings: Parameters, protection: str) -> _Expiry:
    """Return the means over expiries under one protection."""
    arriving = settings.requests * settings.recompute
    if protection == "none":
        return _Expiry(1.0 + arriving, 1.0 + arriving, settings.lifetime, 0.0)
    if protection == "lock":
        return _Expiry(1.0, 1.0 + arriving, settings.lifetime, 0.0)
    if protection == "stale":
        return _Expiry(1.0, 0.0, settings.lifetime + settings.recompute, 0.0)
    scale = settings.beta * settings.recompute
    ahead = _first_early(settings)
    before = np.minimum(ahead, settings.recompute)
    others = scale * (np.exp((before - ahead) / scale) - np.exp(-ahead / scale))
    late = settings.recompute - before
    waiting = settings.requests * late + (ahead == 0.0)
    again = 1.0 + float(np.mean(settings.requests * (others + late)))
    return _Expiry(again, float(waiting.mean()), settings.lifetime, float(np.mean(ahead > 0.0)))


def _running(settings: Parameters, one: _Expiry, jitter: FloatArray) -> FloatArray:
    """Return how many recomputes run at once at the worst moment, for each jitter."""
    together = np.minimum(1.0, settings.recompute / np.maximum(jitter, settings.recompute))
    return np.asarray(np.maximum(settings.keys * together, 1.0) * one.recomputes)


def _figures(settings: Parameters, one: _Expiry) -> tuple[Figure, ...]:
    scale = settings.beta * settings.recompute
    mode = min(scale * max(math.log(settings.requests * scale), 0.0), settings.lifetime)
    median = float(np.median(_first_early(settings)))
    peak = float(_running(settings, one, np.array(settings.jitter)))
    return (
        Figure("recomputes", "Recomputes", one.recomputes, "", "How many requests recompute the key at one expiry."),
        Figure("waiting", "Requests that wait", one.waiting, "", "Requests at one expiry that get no answer at once."),
        Figure(
            "peak",
            "Recomputes at once",
            peak,
            "",
            f"At the worst moment, with {settings.keys:,} such keys expiring together or spread by the jitter.",
        ),
        Figure("oldest", "Oldest answer", one.oldest, "s", "No request is given a value older than this."),
        Figure(
            "first_early",
            "First early recompute",
            median,
            "s",
            "Under early recomputation half of the expiries are foreseen at least this long before.",
        ),
        Figure(
            "first_early_mode",
            "Its most probable time",
            mode,
            "s",
            "How long before expiry the first early recompute comes most often: beta D ln(requests beta D).",
        ),
        Figure(
            "foreseen",
            "Expiries foreseen",
            100.0 * one.early,
            "%",
            "How often some request recomputes before the key expires.",
        ),
        Figure(
            "woken",
            "Woken in vain",
            max(one.waiting - 1.0, 0.0) if settings.protection == "lock" else 0.0,
            "",
            "Requests that the lock's release wakes only to find the work done.",
        ),
    )


def _starts_chart(settings: Parameters) -> Chart:
    scale = settings.beta * settings.recompute
    start = min(
        settings.lifetime, max(4.0 * settings.recompute, scale * math.log(settings.requests * scale + 1.0) * 2.0)
    )
    after = settings.recompute
    time = np.linspace(-start, 1.5 * after, _CURVE_POINTS)
    refilled = np.exp(
        -settings.requests
        * scale
        * np.maximum(np.exp(np.minimum(time - after, 0.0) / scale) - math.exp(-settings.lifetime / scale), 0.0)
    )
    early = settings.requests * np.exp(np.minimum(time, 0.0) / scale) * np.where(time < after, refilled, 0.0)
    none = np.where((time >= 0.0) & (time < after), settings.requests, 0.0)
    x = tuple(time.tolist())
    return Chart(
        name="starts",
        title="When recomputes start",
        x=Axis("time from expiry", "s", "linear"),
        y=Axis("recomputes started", "per second", "linear"),
        series=(
            Series("none", "no protection", x, tuple(none.tolist())),
            Series("early", "early, by chance", x, tuple(early.tolist())),
        ),
        caption="Without protection everybody who comes before the refill recomputes; early, a few do before expiry.",
    )


def _traffic_chart(settings: Parameters, here: float) -> Chart:
    rates = np.geomspace(1.0, 100_000.0, 25).tolist()
    labels = {"none": "no protection", "early": "early, by chance", "lock": "one at a time"}
    return Chart(
        name="by_traffic",
        title="A more popular key",
        x=Axis("requests for the key", "req/s", "log"),
        y=Axis("recomputes an expiry", "", "log"),
        series=(
            *(
                Series(name, label, tuple(rates), tuple(_at_rate(settings, rate, name) for rate in rates))
                for name, label in labels.items()
            ),
            Series("here", "this setting", (settings.requests,), (here,), "dots"),
        ),
        caption="Unprotected, recomputes grow with the traffic; a lock or an early draw keeps them at a handful.",
    )


def _at_rate(settings: Parameters, rate: float, protection: str) -> float:
    changed = Parameters(requests=rate, recompute=settings.recompute, lifetime=settings.lifetime, beta=settings.beta)
    return _expiry(changed, protection).recomputes


def _jitter_chart(settings: Parameters, costs: dict[str, _Expiry]) -> Chart:
    jitter = np.linspace(0.0, max(2.0 * settings.jitter, 60.0), 61)
    here = float(_running(settings, costs[settings.protection], np.array(settings.jitter)))
    x = tuple(jitter.tolist())
    return Chart(
        name="by_jitter",
        title="Keys written together",
        x=Axis("jitter", "s", "linear"),
        y=Axis("recomputes at once", "", "log"),
        series=(
            *(
                Series(name, label, x, tuple(_running(settings, costs[name], jitter).tolist()))
                for name, label in (("none", "no protection"), ("lock", "one a key"))
            ),
            Series("here", "this setting", (settings.jitter,), (here,), "dots"),
        ),
        caption="A lock holds each key to one; only jitter keeps all keys from being recomputed at the same moment.",
    )


def _table(costs: dict[str, _Expiry]) -> Table:
    return Table(
        name="protections",
        caption="One expiry of one key under each protection, on average.",
        columns=("protection", "recomputes", "requests that wait", "oldest answer, s", "foreseen, %"),
        rows=tuple(
            (label, costs[name].recomputes, costs[name].waiting, costs[name].oldest, 100.0 * costs[name].early)
            for name, label in _PROTECTIONS.items()
        ),
    )


def _played(settings: Parameters) -> Played:
    """Return one expiry played from the seed."""
    early = settings.beta * settings.recompute if settings.protection == "early" else None
    acting = Acting(settings.requests, settings.lifetime, early)
    return play(acting, settings.recompute, FATES[settings.protection], generator_for(settings.seed, 0, 1))


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    sentences = [
        (
            f"When the key expires, {value['recomputes']:,.1f} requests recompute it on average and "
            f"{value['waiting']:,.1f} wait."
        ),
        (
            f"With {words.counted(settings.keys, 'keys')} written together, up to "
            f"{words.counted(value['peak'], 'recomputes run', 'recompute runs')} at once."
        ),
    ]
    if settings.protection == "early":
        sentences.append(
            f"{words.percent(value['foreseen'])} of expiries are foreseen, half of them {value['first_early']:.2f} s "
            "ahead or more."
        )
    if settings.protection == "stale":
        sentences.append(f"No answer is older than {value['oldest']:.1f} s.")
    return " ".join(sentences)


EXPERIMENTS = (
    Experiment(
        name="lock_still_waits",
        title="One recompute, and still a crowd",
        goal="Have one request recompute while more than 100 others wait for it.",
        holds=lambda _, result: result.figure("recomputes").value < 1.5 and result.figure("waiting").value > 100.0,
    ),
    Experiment(
        name="nobody_waits",
        title="Nobody waits, and nothing is older than its time to live",
        goal="Bring the requests that wait below one an expiry without serving an old value.",
        holds=lambda settings, result: (
            result.figure("waiting").value < 1.0 and result.figure("oldest").value <= settings.lifetime
        ),
    ),
    Experiment(
        name="quiet_key",
        title="Early draws that come too late",
        goal="Choose early recomputation for a key so quiet that most of its expiries are not foreseen.",
        holds=lambda settings, result: settings.protection == "early" and result.figure("foreseen").value < 50.0,
    ),
    Experiment(
        name="jitter_spreads",
        title="Spread what expires together",
        goal="With 1,000 keys or more written together, keep the recomputes at once to 20.",
        holds=lambda settings, result: settings.keys >= 1_000 and result.figure("peak").value <= 20.0,
    ),
)

PRESETS = (
    Preset("unprotected", "No protection", {}),
    Preset("single_flight", "One recomputes, others wait", {"protection": "lock"}),
    Preset("stale", "Serve the old value meanwhile", {"protection": "stale"}),
    Preset("early", "Early, by chance", {"protection": "early"}),
    Preset("deploy", "A thousand keys after a deploy", {"protection": "lock", "keys": 1_000}),
    Preset("deploy_jitter", "The same with jitter", {"protection": "lock", "keys": 1_000, "jitter": 60}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="recomputes_unprotected",
        question="A key is asked for 1,000 times a second and takes half a second to recompute. It expires. "
        "How many requests recompute it?",
        figure="recomputes",
        unit="",
        minimum=1.0,
        maximum=100_000.0,
        scale="log",
        parameters={},
    ),
    PredictionPrompt(
        name="recomputes_early",
        question="A key is asked for 1,000 times a second and takes half a second to recompute. Each request may do so "
        "before it expires, by a draw that grows likelier as expiry nears. How many requests recompute it each time?",
        figure="recomputes",
        unit="",
        minimum=1.0,
        maximum=1_000.0,
        scale="log",
        parameters={"protection": "early"},
    ),
)

_KNOTS = (1.0, 6.81, 46.4, 316.0, 2_150.0, 14_700.0, 1e5)

GUESS = GuessPrompt(
    name="early_draws",
    question="A key takes 2 s to recompute. Each request may recompute it before it expires, by a draw that grows "
    "likelier as expiry nears, and nobody takes a lock. Draw how many requests recompute it each time, "
    "from one request a second to 100,000.",
    shape="curve",
    parameters={"recompute": 2},
    names=("early",),
    minimum=1.0,
    maximum=1e6,
    scale="log",
    unit="recomputes",
    truth=guesses.curves("by_traffic", ("early",), _KNOTS),
    knots=_KNOTS,
)

MODEL = Model(
    name="stampede",
    title="Cache stampede",
    summary="A popular key expires, and everybody who misses it does the same work at once.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
