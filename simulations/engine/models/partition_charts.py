"""Draw replicas and a cut: what each choice of quorums answers and costs, stale reads, waits, and replicas up."""

from __future__ import annotations

import dataclasses

import numpy as np

from simulations.engine.availability import fewer_than
from simulations.engine.models import partition_play
from simulations.engine.models.partition import Parameters, needed, staleness
from simulations.engine.replicas import FAR, NEAR, Replicas
from simulations.engine.result import Axis, Chart, Series

_CURVE_POINTS = 60


def plane(settings: Parameters, replicas: Replicas, answered: int) -> Chart:
    """Return every choice of W and R as a dot: what is answered under this cut, and what it costs without one."""
    count, share = settings.replicas, settings.read_share / 100.0
    quorums = dataclasses.replace(replicas, mode="quorum")
    place = {
        (w, r): (
            100.0 * partition_play.answered_by_quorums(count, settings.cut_off, w, r) / 6.0,
            share * quorums.wait(NEAR, r) + (1.0 - share) * quorums.wait(NEAR, w),
        )
        for w in range(1, count + 1)
        for r in range(1, count + 1)
    }
    groups = (("overlapping", "reads overlap writes", True), ("apart", "reads may miss writes", False))
    here = (
        100.0 * answered / 6.0,
        share * replicas.wait(NEAR, settings.read_quorum) + (1.0 - share) * replicas.wait(NEAR, settings.write_quorum),
    )
    chosen = {
        name: [at for (w, r), at in place.items() if (w + r > count) is overlapping] for name, _, overlapping in groups
    }
    return Chart(
        name="plane",
        title="Cut and uncut",
        x=Axis("answered while cut", "%", "linear"),
        y=Axis("an operation takes, uncut", "ms", "linear"),
        series=(
            *(
                Series(name, label, tuple(x for x, _ in chosen[name]), tuple(y for _, y in chosen[name]), "dots")
                for name, label, _ in groups
                if chosen[name]
            ),
            Series("here", "this setting", (here[0],), (here[1],), "dots"),
        ),
        caption="Each dot is a choice of how many a write waits for and a read asks. Those to the right answer more "
        "under this cut, those below are faster without one.",
    )


def staleness_chart(settings: Parameters) -> Chart:
    """Return the share of reads that miss a write, by the time since its answer."""
    times = np.linspace(0.0, max(5.0 * settings.delay, 1.1 * settings.age), _CURVE_POINTS)
    return Chart(
        name="staleness",
        title="Stale reads",
        x=Axis("time since the write's answer", "ms", "linear"),
        y=Axis("reads that miss it", "%", "linear"),
        series=(
            Series(
                "stale",
                "stale",
                tuple(times.tolist()),
                tuple(100.0 * staleness(settings, each) for each in times.tolist()),
            ),
            Series("here", "this setting", (settings.age,), (100.0 * staleness(settings, settings.age),), "dots"),
        ),
        caption="A read of R replicas drawn at random; the curve falls R times as fast as the delay has it.",
    )


def latency_chart(replicas: Replicas) -> Chart:
    """Return what an operation takes by the number of replicas that it waits for, for both clients."""
    answers = range(1, replicas.count + 1)
    waits = {client: tuple(replicas.wait(client, each) for each in answers) for client in (NEAR, FAR)}
    quorums = (replicas.write_quorum, replicas.read_quorum)
    x = tuple(float(each) for each in answers)
    return Chart(
        name="latency",
        title="Waiting for answers",
        x=Axis("replicas waited for", "", "linear"),
        y=Axis("an operation takes", "ms", "linear"),
        series=(
            Series("near", "near client", x, waits[NEAR]),
            Series("far", "far client", x, waits[FAR]),
            Series(
                "here",
                "write and read",
                tuple(float(each) for each in quorums),
                tuple(replicas.wait(NEAR, each) for each in quorums),
                "dots",
            ),
        ),
        caption="The time is the distance of the last replica that is waited for; the others cost nothing.",
    )


def up_chart(settings: Parameters) -> Chart:
    """Return the share of time that too few replicas work, by how many are needed."""
    answers = range(1, settings.replicas + 1)
    up = settings.node_availability / 100.0
    lacking = tuple(100.0 * fewer_than(each, settings.replicas, 1.0 - up) for each in answers)
    least = needed(settings)
    return Chart(
        name="replicas_up",
        title="Too few replicas up",
        x=Axis("replicas needed", "", "linear"),
        y=Axis("share of time with fewer", "%", "log"),
        series=(
            Series("lacking", "fewer up", tuple(float(each) for each in answers), lacking),
            Series(
                "here",
                "write and read",
                tuple(float(each) for each in least),
                tuple(lacking[each - 1] for each in least),
                "dots",
            ),
        ),
        caption="Without a cut, each replica failing on its own: every further one that is needed costs nines.",
    )
