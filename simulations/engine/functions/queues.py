"""Compute waits, responses and losses of queues, and what a cache asks of the database behind it.

Rates are a second, times in milliseconds, hit rates and shares between 0 and 1.
"""

from __future__ import annotations

import math

from simulations.engine import queueing
from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_count,
    as_level,
    as_number,
    as_positive,
    as_share,
    rounded,
    write,
)
from simulations.engine.queueing import BoundedQueue, ManyServers

_MOST_SERVERS = 10_000
_MOST_PLACES = 1_000_000
_FASTEST_HIT, _SLOWEST_HIT = 2.0, 7.0
_FASTEST_MISS, _SLOWEST_MISS = 10.0, 30.0


def erlang_b(servers: float, offered: float) -> float:
    """Return the share of arrivals lost by that many servers without a queue; `offered` in erlangs."""
    return float(queueing.erlang_b(as_count("servers", servers, _MOST_SERVERS), _as_load(offered)))


def erlang_c(servers: float, offered: float) -> float:
    """Return the share of arrivals that wait; `offered`, in erlangs, is below the number of servers."""
    count, load = as_count("servers", servers, _MOST_SERVERS), _as_load(offered)
    if load >= count:
        raise ValueError(f"offered must lie below the {count} servers; you gave {write(load)}.")
    return queueing.erlang_c(count, load)


def utilisation(arrivals: float, servers: float, service_ms: float) -> float:
    """Return the share of time that a server works."""
    rate = as_number("arrivals", arrivals, 0.0, LONGEST)
    return rate * as_positive("service_ms", service_ms) / (1_000.0 * as_count("servers", servers, _MOST_SERVERS))


def queue_wait_ms(arrivals: float, servers: float, service_ms: float) -> float:
    """Return the mean wait in ms at servers with exponential service and one queue."""
    return 1_000.0 * _queue(arrivals, servers, service_ms).wait


def queue_response_ms(arrivals: float, servers: float, service_ms: float) -> float:
    """Return the mean of wait and service in ms."""
    return 1_000.0 * _queue(arrivals, servers, service_ms).response


def queue_quantile_ms(q: float, arrivals: float, servers: float, service_ms: float) -> float:
    """Return the q-quantile of wait and service in ms."""
    level = as_number("q", q, 0.0, 1.0 - 1e-12)
    return 1_000.0 * _queue(arrivals, servers, service_ms).response_quantile(level)


def queue_loss(arrivals: float, servers: float, service_ms: float, waiting: float) -> float:
    """Return the share of arrivals lost when only `waiting` of them may wait."""
    places = as_count("waiting", waiting, _MOST_PLACES, minimum=0)
    count = as_count("servers", servers, _MOST_SERVERS)
    rate = as_number("arrivals", arrivals, 0.0, LONGEST)
    return float(BoundedQueue(count, places, 1_000.0 / as_positive("service_ms", service_ms)).loss(rate))


def general_wait_ms(arrivals: float, service_ms: float, variation: float) -> float:
    """Return the mean wait in ms at one server whose service has this squared coefficient of variation."""
    load = _stable(arrivals, 1, service_ms)
    return queueing.pollaczek_khinchine(load / service_ms, service_ms, as_number("variation", variation, 0.0, 1e6))


def shared_response_ms(arrivals: float, service_ms: float, size_ms: float) -> float:
    """Return the mean response in ms of a job of `size_ms` at one server that all jobs share."""
    load = _stable(arrivals, 1, service_ms)
    return queueing.processor_sharing(load / service_ms, service_ms, as_positive("size_ms", size_ms))


def varied_wait_ms(
    arrivals: float, servers: float, service_ms: float, arrival_variation: float, service_variation: float
) -> float:
    """Return the approximate mean wait in ms at servers whose arrivals and services vary this much."""
    variations = (
        as_number("arrival_variation", arrival_variation, 0.0, 1e6),
        as_number("service_variation", service_variation, 0.0, 1e6),
    )
    return 1_000.0 * queueing.allen_cunneen(_queue(arrivals, servers, service_ms), *variations)


def database_load(traffic: float, hit_rate: float, write_share: float = 0.0) -> float:
    """Return the requests a second that reach the database: every write, and every read that misses."""
    writes = as_share("write_share", write_share)
    misses = 1.0 - as_share("hit_rate", hit_rate)
    return as_number("traffic", traffic, 0.0, LONGEST) * (writes + (1.0 - writes) * misses)


def hit_rate_needed(traffic: float, capacity: float, write_share: float = 0.0) -> float:
    """Return the least read hit rate at which the database is not overloaded; 0 where none is needed.

    Raises ValueError where the writes alone are too many.
    """
    requests, limit = as_positive("traffic", traffic), as_positive("capacity", capacity)
    writes = requests * as_share("write_share", write_share)
    if writes > limit:
        raise ValueError(
            f"write_share must leave the writes within the capacity of {write(limit)}; you gave {write(write_share)}."
        )
    return max(0.0, 1.0 - (limit - writes) / (requests - writes)) if writes < requests else 0.0


def traffic_ceiling(capacity: float, hit_rate: float, write_share: float = 0.0) -> float:
    """Return the requests a second at which the database reaches its capacity."""
    reaching = database_load(1.0, hit_rate, write_share)
    if reaching == 0.0:
        raise ValueError(f"hit_rate must leave something to the database; you gave {write(hit_rate)}.")
    return as_positive("capacity", capacity) / reaching


def uniform_mixture_ms(q: float, hit_rate: float) -> float:
    """Return the q-quantile in ms where hits take 2 to 7 ms and misses 10 to 30 ms, evenly spread."""
    level, hits = as_level("q", q), as_share("hit_rate", hit_rate)
    if level <= hits:
        return _FASTEST_HIT + (_SLOWEST_HIT - _FASTEST_HIT) * level / hits
    return _FASTEST_MISS + (_SLOWEST_MISS - _FASTEST_MISS) * (level - hits) / (1.0 - hits)


def refill_overload_s(traffic: float, capacity: float, keys: float) -> float:
    """Return the seconds for which an emptied cache of that many keys keeps the database overloaded."""
    return max(0.0, 1.0 - as_positive("capacity", capacity) / as_positive("traffic", traffic)) * (
        as_positive("keys", keys) / capacity
    )


def refill_rest_s(traffic: float, keys: float, start: float, end: float) -> float:
    """Return the seconds in which the hit rate rises from `start` to `end` with every miss answered."""
    first, last = as_share("start", start), as_level("end", end)
    if last < first:
        raise ValueError(f"end must not lie below start; you gave {write(last)}.")
    return as_positive("keys", keys) / as_positive("traffic", traffic) * math.log((1.0 - first) / (1.0 - last))


def _as_load(offered: float) -> float:
    return as_number("offered", offered, 0.0, _MOST_PLACES)


def _stable(arrivals: float, servers: float, service_ms: float) -> float:
    """Return the utilisation, below 1 or ValueError."""
    load = utilisation(arrivals, servers, service_ms)
    if load >= 1.0:
        capacity = 1_000.0 * servers / service_ms
        raise ValueError(f"arrivals must lie below the capacity of {rounded(capacity)} a second; you gave {arrivals}.")
    return load


def _queue(arrivals: float, servers: float, service_ms: float) -> ManyServers:
    _stable(arrivals, servers, service_ms)
    return ManyServers(int(servers), float(arrivals), 1_000.0 / service_ms)


def _explain_wait(arrivals: float, servers: float, service_ms: float, *, result: float) -> str:
    queue = _queue(arrivals, servers, service_ms)
    return (
        f"C({write(servers)}, {rounded(arrivals * service_ms / 1_000.0)}) = {queue.waiting_share:.4g}; "
        f"1000 * {queue.waiting_share:.4g} / ({rounded(queue.servers * queue.service_rate)} - {write(arrivals)}) "
        f"= {rounded(result)}"
    )


FUNCTIONS = (
    EngineFunction("erlang_b", erlang_b, "Share of arrivals lost.", "B({servers}, {offered}) = {result}"),
    EngineFunction("erlang_c", erlang_c, "Share of arrivals that wait.", "C({servers}, {offered}) = {result}"),
    EngineFunction(
        "utilisation",
        utilisation,
        "Share of time that a server works.",
        "{arrivals} * {service_ms} / (1000 * {servers}) = {result}",
    ),
    EngineFunction("queue_wait_ms", queue_wait_ms, "Mean wait at servers with one queue.", _explain_wait),
    EngineFunction(
        "queue_response_ms",
        queue_response_ms,
        "Mean of wait and service at servers with one queue.",
        "mean wait + {service_ms} = {result}, for {arrivals} a second at {servers} servers",
    ),
    EngineFunction(
        "queue_quantile_ms",
        queue_quantile_ms,
        "Quantile of wait and service at servers with one queue.",
        "P(wait + service <= {result} ms) = {q}, for {arrivals} a second at {servers} servers of {service_ms} ms",
    ),
    EngineFunction(
        "queue_loss",
        queue_loss,
        "Share of arrivals lost with a bounded queue.",
        "P({servers} + {waiting} places taken) = {result}, for {arrivals} a second and {service_ms} ms of service",
    ),
    EngineFunction(
        "general_wait_ms",
        general_wait_ms,
        "Mean wait at one server by the variation of its service.",
        lambda arrivals, service_ms, variation, result: (
            f"u = {write(arrivals)} * {write(service_ms)} / 1000; "
            f"u * {write(service_ms)} * (1 + {write(variation)}) / (2 * (1 - u)) = {rounded(result)}"
        ),
    ),
    EngineFunction(
        "shared_response_ms",
        shared_response_ms,
        "Mean response at a server that all jobs share.",
        "{size_ms} / (1 - {arrivals} * {service_ms} / 1000) = {result}",
    ),
    EngineFunction(
        "varied_wait_ms",
        varied_wait_ms,
        "Approximate mean wait by the variation of arrivals and service.",
        "({arrival_variation} + {service_variation}) / 2 * wait of {servers} exponential servers of {service_ms} ms at "
        "{arrivals} a second = {result}",
    ),
    EngineFunction(
        "database_load",
        database_load,
        "Requests that reach the database behind a cache.",
        "{traffic} * ({write_share} + (1 - {write_share}) * (1 - {hit_rate})) = {result}",
    ),
    EngineFunction(
        "hit_rate_needed",
        hit_rate_needed,
        "Least hit rate that spares the database.",
        "1 - ({capacity} - {write_share} * {traffic}) / ((1 - {write_share}) * {traffic}), not below 0 = {result}",
    ),
    EngineFunction(
        "traffic_ceiling",
        traffic_ceiling,
        "Traffic at which the database reaches its capacity.",
        "{capacity} / ({write_share} + (1 - {write_share}) * (1 - {hit_rate})) = {result}",
    ),
    EngineFunction(
        "uniform_mixture_ms",
        uniform_mixture_ms,
        "Quantile where hits take 2 to 7 ms and misses 10 to 30 ms.",
        "{hit_rate} * U(2, 7) + (1 - {hit_rate}) * U(10, 30) at level {q} = {result}",
    ),
    EngineFunction(
        "refill_overload_s",
        refill_overload_s,
        "Time for which an emptied cache overloads the database.",
        "({keys} - {keys} * {capacity} / {traffic}) / {capacity}, not below 0 = {result}",
    ),
    EngineFunction(
        "refill_rest_s",
        refill_rest_s,
        "Time in which a cache fills with every miss answered.",
        "{keys} / {traffic} * ln((1 - {start}) / (1 - {end})) = {result}",
    ),
)
"""The named functions of this module."""
