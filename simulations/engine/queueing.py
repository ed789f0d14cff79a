"""Compute waiting in queues: Erlang's formulas, many servers, bounded queues, general service times.

Rates and times may have any unit as long as they share it: requests a second and seconds, or requests
a millisecond and milliseconds. Arrivals are Poisson unless said otherwise. Kleinrock (1975), "Queueing
Systems", volume 1; Harchol-Balter (2013), "Performance Modeling and Design of Computer Systems".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simulations.engine.distributions import first_below
from simulations.engine.normal import FloatArray

IntArray = npt.NDArray[np.int64]

_SAME_RATE = 1e-6
_LEAST = 1e-300
_TICKS_A_SERVER = 28
_POISSON_DEVIATIONS = 9.0
_CELLS_AT_ONCE = 20_000


def erlang_b(servers: int, offered: float | FloatArray) -> FloatArray:
    """Return the share of arrivals lost by `servers` without a queue, for each offered load in erlangs.

    Erlang (1917), by the recursion over the number of servers, which loses no digits.
    """
    load = np.asarray(offered, dtype=np.float64)
    if load.size == 1:
        return np.full(load.shape, _erlang_b(servers, load.item()))
    lost = np.ones_like(load)
    for server in range(1, servers + 1):
        lost = load * lost / (server + load * lost)
    return lost


def erlang_c(servers: int, offered: float) -> float:
    """Return the share of arrivals that wait at `servers` with an unbounded queue.

    `offered` is the arrival rate times the mean service time; below `servers`, or ValueError.
    """
    utilisation = _below_one(offered / servers)
    lost = float(erlang_b(servers, offered))
    return lost / (1.0 - utilisation * (1.0 - lost))


@dataclass(frozen=True)
class ManyServers:
    """The queue M/M/c: exponential service at `service_rate` by each server, first come first served.

    Raises ValueError where the arrivals reach the capacity: no wait is finite then.
    """

    servers: int
    arrival_rate: float
    service_rate: float

    def __post_init__(self) -> None:
        _below_one(self.utilisation)

    @property
    def utilisation(self) -> float:
        """The share of time that a server works."""
        return self.arrival_rate / (self.servers * self.service_rate)

    @cached_property
    def waiting_share(self) -> float:
        """The share of arrivals that find every server busy: Erlang's C."""
        return erlang_c(self.servers, self.arrival_rate / self.service_rate)

    @property
    def spare_rate(self) -> float:
        """The capacity that is left: the rate at which a wait ends, given that there is one."""
        return self.servers * self.service_rate - self.arrival_rate

    @property
    def wait(self) -> float:
        """The mean wait before service."""
        return self.waiting_share / self.spare_rate

    @property
    def response(self) -> float:
        """The mean of wait and service together."""
        return self.wait + 1.0 / self.service_rate

    @property
    def waiting(self) -> float:
        """The mean number waiting, by Little's law (1961)."""
        return self.arrival_rate * self.wait

    @property
    def present(self) -> float:
        """The mean number waiting or in service, by Little's law."""
        return self.arrival_rate * self.response

    def wait_tail(self, t: FloatArray) -> FloatArray:
        """Return P(wait > t) for each t."""
        return np.asarray(self.waiting_share * np.exp(-self.spare_rate * np.asarray(t)))

    def response_tail(self, t: FloatArray) -> FloatArray:
        """Return P(wait + service > t) for each t.

        Where the spare capacity equals one server's rate to a millionth, the limit of the formula.
        """
        times = np.asarray(t, dtype=np.float64)
        spare, rate = self.spare_rate, self.service_rate
        served = np.exp(-rate * times)
        if abs(spare - rate) < _SAME_RATE * rate:
            return np.asarray(served * (1.0 + self.waiting_share * rate * times))
        # (spare e^(-rate t) - rate e^(-spare t)) / (spare - rate), without cancellation where both are alike
        gap = abs(spare - rate)
        queued = served - rate * np.exp(-min(spare, rate) * times) * np.expm1(-gap * times) / gap
        return np.asarray((1.0 - self.waiting_share) * served + self.waiting_share * queued)

    def response_quantile(self, q: float) -> float:
        """Return the smallest t that a share q of the requests do not exceed."""
        tail = 1.0 - q
        served = math.log(2.0 / tail) / self.service_rate
        waited = math.log(max(2.0 * self.waiting_share / tail, 1.0)) / self.spare_rate
        return float(
            first_below(self.response_tail, np.array(tail), np.array(0.0), np.array(2.0 * max(served, waited)))
        )


@dataclass(frozen=True)
class BoundedQueue:
    """The queue M/M/c/c+K: `waiting` places behind `servers`; an arrival that finds them full is lost.

    Its methods take arrays of arrival rates and times. It may be overloaded: waits stay bounded.
    """

    servers: int
    waiting: int
    service_rate: float

    @property
    def capacity(self) -> float:
        """The rate at which all servers together complete."""
        return self.servers * self.service_rate

    def loss(self, arrival_rate: float | FloatArray) -> FloatArray:
        """Return the share of arrivals that find every place taken, for each arrival rate."""
        load, blocked = self._loads(arrival_rate)
        exponent = np.log(load)
        below = np.exp(self.waiting * np.minimum(exponent, 0.0))
        beyond = np.exp(-self.waiting * np.maximum(exponent, 0.0))
        # both sums of load ** j over the places for waiting, times load ** -waiting where that is beyond 1
        queued = np.where(exponent > 0.0, 1.0, load) * _geometric(-np.abs(exponent), self.waiting)
        return np.asarray(below * blocked / (beyond + blocked * queued))

    def throughput(self, arrival_rate: float | FloatArray) -> FloatArray:
        """Return the rate of completions for each arrival rate."""
        return np.asarray(np.asarray(arrival_rate) * (1.0 - self.loss(arrival_rate)))

    def waiting_share(self, arrival_rate: float | FloatArray) -> FloatArray:
        """Return the share of accepted arrivals that have to wait, for each arrival rate."""
        return self._waiting_share(*self._loads(arrival_rate))

    def responses(self, arrival_rate: float | FloatArray) -> Responses:
        """Return the response times at one or several arrival rates, to be asked for tails."""
        load, blocked = self._loads(np.atleast_1d(np.asarray(arrival_rate, dtype=np.float64)))
        return Responses(self, self._survival(load, self._waiting_share(load, blocked)))

    def response_tail(self, arrival_rate: float, t: FloatArray) -> FloatArray:
        """Return P(wait + service > t) of an accepted arrival, for each t of a vector."""
        return self.responses(arrival_rate).tails(t)[:, 0]

    @property
    def ticks(self) -> int:
        """How many ticks of the servers' common clock count: what a tail costs to compute."""
        return self.waiting + _TICKS_A_SERVER * self.servers

    @property
    def longest(self) -> float:
        """A time that an accepted request exceeds with a probability of less than 1e-10."""
        ticks = self.waiting + 26.0 * self.servers
        return (ticks + 7.0 * math.sqrt(ticks)) / self.capacity

    @cached_property
    def log_factorials(self) -> FloatArray:
        """The logarithm of i factorial for every tick that counts."""
        return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1.0, self.ticks + 1.0)))])

    def _loads(self, arrival_rate: float | FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the utilisation asked for, kept above 0, and the loss that there would be without a queue."""
        load = np.maximum(np.asarray(arrival_rate, dtype=np.float64) / self.capacity, _LEAST)
        return load, erlang_b(self.servers, load * self.servers)

    def _waiting_share(self, load: FloatArray, blocked: FloatArray) -> FloatArray:
        exponent = np.log(load)
        queued = blocked * _geometric(-np.abs(exponent), self.waiting)
        idle = (1.0 - blocked) * np.exp(-max(self.waiting - 1, 0) * np.maximum(exponent, 0.0))
        return np.asarray(queued / np.maximum(idle + queued, _LEAST))

    def _survival(self, load: FloatArray, waits: FloatArray) -> FloatArray:
        """Return the chance of not being served after i ticks: a row a tick, a column a load."""
        ticks = np.arange(self.log_factorials.size)[:, None]
        stays = math.log(max(1.0 - 1.0 / self.servers, _LEAST))
        served_at_once = np.exp(ticks * stays)
        if self.waiting == 0:
            return np.asarray(served_at_once + np.zeros_like(waits))
        exponent = np.log(load)
        scale = (self.waiting - 1) * np.maximum(exponent, 0.0)
        moved = ticks[: self.waiting + 1]
        in_queue = np.exp(np.where(exponent > 0.0, 0.0, moved * exponent))
        in_queue = in_queue * _geometric(-np.abs(exponent), self.waiting - moved)
        higher = np.maximum(exponent, stays)
        in_service = np.exp(np.maximum(moved - 1, 0) * higher - scale)
        in_service = in_service * _geometric(-np.abs(exponent - stays), moved)
        whole = _geometric(-np.abs(exponent), self.waiting)
        # Once as many ticks have passed as there are places, everybody is in service.
        late = in_service[-1] * np.exp((ticks[self.waiting + 1 :] - self.waiting) * stays)
        behind = np.concatenate([in_queue + in_service, late])
        return np.asarray((1.0 - waits) * served_at_once + waits * behind / whole)


@dataclass(frozen=True)
class Responses:
    """The times from arrival to completion at a bounded queue, a column an arrival rate.

    By uniformisation (Jensen 1953): on a clock that ticks at the rate of all servers together a tick
    moves a waiting request one place up, and ends a service once in `servers`. `survival` holds the
    chance of not being served after i ticks.
    """

    queue: BoundedQueue
    survival: FloatArray

    def tails(self, t: FloatArray) -> FloatArray:
        """Return P(response > t), a row a time and a column an arrival rate. Absolute error below 1e-11."""
        ticks = self.queue.capacity * np.asarray(t, dtype=np.float64)
        reach = _POISSON_DEVIATIONS * np.sqrt(ticks) + 40.0
        first, last = np.maximum(ticks - reach, 0.0).astype(np.int64), (ticks + reach).astype(np.int64)
        start, stop = int(first.min()), min(int(last.max()), self.survival.shape[0])
        if ticks.size * (stop - start) <= _CELLS_AT_ONCE:
            chances = _poisson(ticks[:, None], np.arange(start, stop), self.queue.log_factorials)
            return np.minimum(chances @ self.survival[start:stop], 1.0)
        tails = np.zeros((ticks.size, self.survival.shape[1]))
        for row, (start, stop, mean) in enumerate(zip(first.tolist(), last.tolist(), ticks.tolist(), strict=True)):
            counts = np.arange(start, min(stop, self.survival.shape[0]))
            tails[row] = _poisson(mean, counts, self.queue.log_factorials) @ self.survival[start:stop]
        return np.minimum(tails, 1.0)


def pollaczek_khinchine(arrival_rate: float, service: float, variation: float) -> float:
    """Return the mean wait of M/G/1, first come first served (Pollaczek 1930, Khinchine 1932).

    `variation` is the squared coefficient of variation of the service time: 0 constant, 1 exponential.
    Raises ValueError where the arrivals reach the capacity.
    """
    utilisation = _below_one(arrival_rate * service)
    return utilisation * service * (1.0 + variation) / (2.0 * (1.0 - utilisation))


def processor_sharing(arrival_rate: float, service: float, size: float) -> float:
    """Return the mean response of a job of `size` at a server that all jobs share, whatever their sizes.

    Raises ValueError where the arrivals reach the capacity.
    """
    return size / (1.0 - _below_one(arrival_rate * service))


def allen_cunneen(queue: ManyServers, arrival_variation: float, service_variation: float) -> float:
    """Return the approximate mean wait of G/G/c from that of M/M/c (Allen 1978).

    The variations are squared coefficients of variation; exact for M/M/c, and for M/G/1.
    """
    return 0.5 * (arrival_variation + service_variation) * queue.wait


def _erlang_b(servers: int, load: float) -> float:
    """Return the same for one load, which is many times faster in plain numbers."""
    lost = 1.0
    for server in range(1, servers + 1):
        lost = load * lost / (server + load * lost)
    return lost


def _below_one(utilisation: float) -> float:
    if not 0.0 <= utilisation < 1.0:
        raise ValueError(f"The utilisation must lie below 1 for a queue to settle; it is {utilisation:.6g}.")
    return utilisation


def _geometric(exponent: FloatArray, terms: int | IntArray) -> FloatArray:
    """Return the sum of exp(exponent * j) over j from 0 to terms - 1; exact where the exponent is 0."""
    safe = np.where(exponent == 0.0, -1.0, exponent)
    return np.asarray(np.where(exponent == 0.0, terms, np.expm1(terms * safe) / np.expm1(safe)))


def _poisson(mean: float | FloatArray, count: IntArray, log_factorials: FloatArray) -> FloatArray:
    """Return the Poisson probability of each count; a mean of 0 counts as tiny. Arguments broadcast."""
    return np.asarray(np.exp(count * np.log(np.maximum(mean, _LEAST)) - mean - log_factorials[count]))
