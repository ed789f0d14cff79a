"""Compute what quorums overlap, how stale a read may be, how long a majority takes, and which side may answer."""

from __future__ import annotations

import math

from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_count,
    as_list,
    as_number,
    as_positive,
    rounded,
    write,
)

_MOST_REPLICAS = 1_000


def majority(replicas: float) -> float:
    """Return the smallest number of replicas of which any two sets overlap: floor(n / 2) + 1."""
    return float(as_count("replicas", replicas, _MOST_REPLICAS) // 2 + 1)


def failures_tolerated(replicas: float) -> float:
    """Return how many replicas may fail while a majority is left: floor((n - 1) / 2)."""
    return float((as_count("replicas", replicas, _MOST_REPLICAS) - 1) // 2)


def quorum_overlap(replicas: float, written: float, read: float) -> float:
    """Return how many replicas every read has in common with the write before it, at least: w + r - n, or 0."""
    count, writes, reads = _quorums(replicas, written, read)
    return float(max(writes + reads - count, 0))


def stale_read(replicas: float, written: float, read: float, elapsed: float = 0, delay: float = 50) -> float:
    """Return the probability that a read misses a write that was answered `elapsed` ms before.

    The read asks `read` replicas drawn at random; those that the write did not wait for hear of it after
    exponential times of mean `delay` ms: C(n - w, r) / C(n, r) * exp(-r t / d). After Bailis and others
    (2012), "Probabilistically bounded staleness for practical partial quorums".
    """
    count, writes, reads = _quorums(replicas, written, read)
    waited = as_number("elapsed", elapsed, 0.0, LONGEST) / as_positive("delay", delay)
    return math.comb(count - writes, reads) / math.comb(count, reads) * math.exp(-reads * waited)


def answers_after_ms(round_trips: list[float], answers: float) -> float:
    """Return the ms until so many replicas have answered that are asked at once: a round trip by rank."""
    times = sorted(as_list("round_trips", round_trips, lambda name, each: as_number(name, each, 0.0, LONGEST)))
    return times[as_count("answers", answers, len(times)) - 1]


def can_answer(reachable: float, needed: float) -> float:
    """Return 1 if a side that reaches so many replicas can do what needs so many, otherwise 0."""
    side = as_count("reachable", reachable, _MOST_REPLICAS, 0)
    return float(side >= as_count("needed", needed, _MOST_REPLICAS))


def _quorums(replicas: float, written: float, read: float) -> tuple[int, int, int]:
    count = as_count("replicas", replicas, _MOST_REPLICAS)
    return count, as_count("written", written, count), as_count("read", read, count)


FUNCTIONS = (
    EngineFunction("majority", majority, "The smallest majority of replicas.", "floor({replicas} / 2) + 1 = {result}"),
    EngineFunction(
        "failures_tolerated",
        failures_tolerated,
        "Replicas that may fail while a majority is left.",
        "floor(({replicas} - 1) / 2) = {result}",
    ),
    EngineFunction(
        "quorum_overlap",
        quorum_overlap,
        "Replicas that a read and the write before it have in common at least.",
        "max({written} + {read} - {replicas}, 0) = {result}",
    ),
    EngineFunction(
        "stale_read",
        stale_read,
        "Probability that a read misses the write before it.",
        lambda replicas, written, read, elapsed, delay, result: (
            f"C({write(replicas)} - {write(written)}, {write(read)}) / C({write(replicas)}, {write(read)})"
            f"{f' * exp(-{write(read)} * {write(elapsed)} / {write(delay)})' if elapsed else ''} = {rounded(result)}"
        ),
    ),
    EngineFunction(
        "answers_after_ms",
        answers_after_ms,
        "Time until so many replicas have answered.",
        "place {answers} of {round_trips} in order = {result}",
    ),
    EngineFunction(
        "can_answer",
        can_answer,
        "Whether a side has the replicas that an operation needs.",
        "{reachable} >= {needed}: {result}",
    ),
)
"""The named functions of this module."""
