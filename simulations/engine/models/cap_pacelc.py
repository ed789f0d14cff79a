"""Cut the network between replicas, see who still gets an answer and who gets a wrong one, and what it costs else.

Consistency is linearizability of one register, availability an answer from every side that has a replica
(Gilbert and Lynch, 2002); without a partition the choice is between latency and consistency (Abadi, 2012).
"""

from __future__ import annotations

from simulations.engine import histories, words
from simulations.engine.availability import fewer_than
from simulations.engine.guesses import GuessPrompt
from simulations.engine.histories import Operation
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.models import partition_charts, partition_play
from simulations.engine.models.pacelc_map import pacelc, table
from simulations.engine.models.partition import Parameters, needed, replicas_of, staleness
from simulations.engine.replicas import FAR, NEAR, Replicas, play
from simulations.engine.result import Figure, Result


def evaluate(settings: Parameters) -> Result:
    """Return latencies, the chance of a stale read, and nine requests played before, during and after a cut.

    Times are in milliseconds, shares in per cent. The play takes every delay at its mean.
    """
    replicas = replicas_of(settings)
    requests = play(replicas, settings.age)
    completed = [request.operation for request in requests if request.operation is not None]
    wrong = {completed[place] for place in histories.violations(completed)}
    answered = partition_play.answered(requests)
    figures = _figures(settings, replicas, completed, len(wrong), answered)
    return Result(
        figures=figures,
        charts=(
            partition_charts.plane(settings, replicas, sum(answered)),
            partition_charts.staleness_chart(settings),
            partition_charts.latency_chart(replicas),
            partition_charts.up_chart(settings),
        ),
        tables=(
            partition_play.request_table(requests, wrong),
            *partition_play.merge_tables(replicas, requests),
            table(),
        ),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
        trace=partition_play.trace(replicas, requests, wrong),
        frames={**partition_play.frames(replicas, requests, wrong), "kind": _kind(settings)},
    )


def cost(settings: Parameters) -> Cost:
    """Return what evaluating takes; it is the same for all settings and there is nothing to run."""
    return Cost(8.0, 0.0, 4.0)


def _figures(
    settings: Parameters, replicas: Replicas, completed: list[Operation], wrong: int, answered: tuple[int, int]
) -> tuple[Figure, ...]:
    writes, reads = needed(settings)
    up = settings.node_availability / 100.0
    write_up, read_up = (100.0 * (1.0 - fewer_than(least, settings.replicas, 1.0 - up)) for least in (writes, reads))
    write, read = (replicas.wait(NEAR, each) for each in (settings.write_quorum, settings.read_quorum))
    share = settings.read_share / 100.0
    common = 2 * writes if settings.mode == "leader" else settings.write_quorum + settings.read_quorum
    return (
        Figure("answered", "Answered while cut", float(sum(answered)), "", "Of the six requests made while cut."),
        Figure("violations", "Wrong answers", float(wrong), "", "Operations that no order in real time explains."),
        Figure("write_latency", "A write takes", write, "ms", "For the near client, until enough have it."),
        Figure("stale", "Stale reads", 100.0 * staleness(settings, settings.age), "%", "Of reads sent after the wait."),
        Figure(
            "stale_at_once", "Stale at once", 100.0 * staleness(settings, 0.0), "%", "Of reads right after a write."
        ),
        Figure("read_latency", "A read takes", read, "ms", "For the near client, until enough have answered."),
        Figure("far_write", "A write from afar", replicas.wait(FAR, settings.write_quorum), "ms", "The far client's."),
        Figure("far_read", "A read from afar", replicas.wait(FAR, settings.read_quorum), "ms", "The far client's."),
        Figure("mean_latency", "On average", share * read + (1.0 - share) * write, "ms", "Reads and writes, near."),
        Figure("near_answered", "Answered near", float(answered[0]), "", "Of the near client's three while cut."),
        Figure("far_answered", "Answered far", float(answered[1]), "", "Of the far client's three while cut."),
        Figure(
            "overlap",
            "Replicas in common",
            float(max(common - settings.replicas, 0)),
            "",
            "That a read and the write before it share at least.",
        ),
        Figure("write_up", "Writes possible", write_up, "%", "Share of time that enough replicas work, uncut."),
        Figure("read_up", "Reads possible", read_up, "%", "Share of time that enough replicas work, uncut."),
        Figure(
            "sequential",
            "Explained by some order",
            float(histories.is_sequential(completed)),
            words.YES_NO,
            "Whether an order that keeps each client's own explains every answer.",
        ),
    )


def _kind(settings: Parameters) -> str:
    return pacelc(settings.mode, settings.replicas, settings.write_quorum, settings.read_quorum)


def _narrative(settings: Parameters, value: dict[str, float]) -> str:
    kind = _kind(settings)
    cut = (
        f"With {settings.cut_off} of {settings.replicas} replicas cut off, {value['answered']:.0f} of six requests are "
        f"answered: {value['near_answered']:.0f} near, {value['far_answered']:.0f} far."
        if settings.cut_off
        else f"With {words.counted(settings.replicas, 'replicas')} connected every request is answered."
    )
    wrong = int(value["violations"])
    verdict = {0: "No answer is wrong.", 1: "One answer is wrong."}.get(wrong, f"{wrong} answers are wrong.")
    return (
        f"{cut} {verdict} Uncut, a write takes {value['write_latency']:.0f} ms and a read "
        f"{value['read_latency']:.0f} ms, and {value['stale_at_once']:.1f}% of reads right after a write miss it. "
        f"This is {kind}."
    )


EXPERIMENTS = (
    Experiment(
        name="minority_refuses",
        title="One side is refused everything",
        goal="Cut the network so that one client is refused all and the other gets three answers, none of them wrong.",
        holds=lambda p, result: (
            p.cut_off > 0
            and {result.figure(name).value for name in ("near_answered", "far_answered")} == {0.0, 3.0}
            and result.figure("violations").value == 0.0
        ),
    ),
    Experiment(
        name="even_split",
        title="Every replica works and nobody is answered",
        goal="Cut the network so that none of the six requests is answered.",
        holds=lambda _, result: result.figure("answered").value == 0.0,
    ),
    Experiment(
        name="reads_live_on",
        title="Reads outlive the cut",
        goal="Answer all four reads made while the network is cut, no write, and nothing wrong.",
        holds=lambda p, result: (
            p.cut_off > 0
            and result.figure("answered").value == 4.0
            and result.figure("near_answered").value == result.figure("far_answered").value == 2.0
            and result.figure("violations").value == 0.0
        ),
    ),
    Experiment(
        name="always_answered",
        title="Available, and wrong",
        goal="Answer all six requests while the network is cut, and have one answer wrong.",
        holds=lambda p, result: (
            p.cut_off > 0 and result.figure("answered").value == 6.0 and result.figure("violations").value >= 1.0
        ),
    ),
    Experiment(
        name="overlap_is_not_enough",
        title="R + W > N, and still wrong",
        goal="With reads that overlap writes and strict quorums, bring about a wrong answer.",
        holds=lambda p, result: (
            p.mode == "quorum" and result.figure("overlap").value >= 1.0 and result.figure("violations").value >= 1.0
        ),
    ),
)

_ONE_OF_THREE = {"write_quorum": 1, "read_quorum": 1}

PRESETS = (
    Preset("majority", "Majorities of three", {"cut_off": 1}),
    Preset("minority_near", "The near side is the minority", {"cut_off": 2}),
    Preset("one_of_three", "One replica will do", {**_ONE_OF_THREE, "cut_off": 1}),
    Preset("all_for_a_write", "Write to all, read from one", {"write_quorum": 3, "read_quorum": 1, "cut_off": 1}),
    Preset("always", "Always answer", {"mode": "always", "cut_off": 1}),
    Preset("leader", "One leader of five", {"mode": "leader", "replicas": 5, "cut_off": 2}),
    Preset("slow_clock", "Majorities, and a clock behind", {"far_clock": -5_000}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="majority_write",
        question="Three replicas are 0, 70 and 150 ms of round trip away. A write is answered once two have it. How "
        "long does it take?",
        figure="write_latency",
        unit="ms",
        minimum=0.0,
        maximum=300.0,
        scale="linear",
        parameters={"write_quorum": 2},
    ),
    PredictionPrompt(
        name="stale_at_once",
        question="Three replicas. A write is answered once one of them has it, a read asks one. Of the reads sent "
        "right after a write's answer, how many miss it?",
        figure="stale_at_once",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        scale="linear",
        parameters=_ONE_OF_THREE,
    ),
    PredictionPrompt(
        name="answered_while_cut",
        question="Three replicas, majorities for reads and writes. One replica and the far client are cut off. Each "
        "side sends a write and two reads. How many of the six are answered?",
        figure="answered",
        unit="",
        minimum=0.0,
        maximum=6.0,
        scale="linear",
        parameters={"cut_off": 1},
    ),
)

_WHILE_CUT = ("near_write", "near_read", "far_read", "far_write", "far_read_again", "near_read_again")


def _answered_while_cut(_: Parameters, result: Result) -> dict[str, tuple[float, ...]]:
    """Return 1 for each request made while the network is cut that is answered, 0 for one refused, as they are sent."""
    requests = [event for event in result.trace or () if event["event"] in ("write", "read")]
    made = requests[2:-1]
    return {name: (0.0 if event["answer"] == "refused" else 1.0,) for name, event in zip(_WHILE_CUT, made, strict=True)}


GUESS = GuessPrompt(
    name="who_is_answered",
    question="Five replicas; a write waits for three of them, a read for two. The network parts two replicas and "
    "the far client from the rest. Tick the requests that are still answered.",
    shape="ticks",
    parameters={"replicas": 5, "cut_off": 2, "write_quorum": 3, "read_quorum": 2},
    names=_WHILE_CUT,
    minimum=0.0,
    maximum=1.0,
    scale="linear",
    unit="",
    truth=_answered_while_cut,
)

MODEL = Model(
    name="cap_pacelc",
    title="CAP and PACELC",
    summary="Cut the network between replicas: who is still answered, who is answered wrong, and what it costs uncut.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
    guess=GUESS,
)
