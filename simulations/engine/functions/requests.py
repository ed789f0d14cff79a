"""Compute how long a page takes that asks a cache, a database and a search index."""

from __future__ import annotations

import math

from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_count,
    as_number,
    as_positive,
    as_share,
    rounded,
    write,
)

_FIBRE_INDEX = 1.468
_LIGHT_KM_A_MS = 299.792458


def page_parallel_ms(
    hit_rate: float, *, entry: float = 2.5, cache: float = 1.0, database: float = 12.0, search: float = 20.0
) -> float:
    """Return the mean ms of a page that asks search while it looks into the cache, and the database on a miss."""
    hits, times = as_share("hit_rate", hit_rate), _times(entry, cache, database, search)
    return times[0] + hits * max(times[1], times[3]) + (1.0 - hits) * max(times[1] + times[2], times[3])


def page_serial_ms(
    hit_rate: float, *, entry: float = 2.5, cache: float = 1.0, database: float = 12.0, search: float = 20.0
) -> float:
    """Return the mean ms of a page that asks one after another."""
    hits, times = as_share("hit_rate", hit_rate), _times(entry, cache, database, search)
    return times[0] + times[1] + (1.0 - hits) * times[2] + times[3]


def slowest_shard_ms(mean: float, shards: float) -> float:
    """Return the mean ms of the slowest of shards that each take an exponential time: mean * H(shards)."""
    count = as_count("shards", shards, 100_000)
    return as_positive("mean", mean) * math.fsum(1.0 / each for each in range(1, count + 1))


def fibre_round_trip_ms(kilometres: float) -> float:
    """Return the least round trip through fibre of that length, whose refractive index is 1.468."""
    return 2.0 * as_number("kilometres", kilometres, 0.0, 1e6) * _FIBRE_INDEX / _LIGHT_KM_A_MS


def _times(*times: float) -> list[float]:
    names = ("entry", "cache", "database", "search")
    return [as_number(name, value, 0.0, LONGEST) for name, value in zip(names, times, strict=True)]


FUNCTIONS = (
    EngineFunction(
        "page_parallel_ms",
        page_parallel_ms,
        "Mean time of a page that asks at once.",
        "{entry} + {hit_rate} * max({cache}, {search}) + (1 - {hit_rate}) * max({cache} + {database}, {search}) "
        "= {result}",
    ),
    EngineFunction(
        "page_serial_ms",
        page_serial_ms,
        "Mean time of a page that asks in turn.",
        "{entry} + {cache} + (1 - {hit_rate}) * {database} + {search} = {result}",
    ),
    EngineFunction(
        "slowest_shard_ms",
        slowest_shard_ms,
        "Mean time of the slowest of exponential shards.",
        lambda mean, shards, result: f"{write(mean)} * (1 + 1/2 + ... + 1/{write(shards)}) = {rounded(result)}",
    ),
    EngineFunction(
        "fibre_round_trip_ms",
        fibre_round_trip_ms,
        "Least round trip through fibre.",
        "2 * {kilometres} * 1.468 / 299.792458 = {result}",
    ),
)
"""The named functions of this module."""
