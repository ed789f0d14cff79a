"""Run the design lab's event: the cache empties and fills, the database sheds, orders wait, step by step."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulations.engine.attempts import AttemptQueue, Rules
from simulations.engine.models.design_lab_parameters import Parameters
from simulations.engine.normal import FloatArray
from simulations.engine.serving import Shop, refill_s

EVENT_AT_S = 10.0
"""When the event begins."""

_AFTER_S = 50.0
_LONGEST_S = 3_600.0
_STEPS = 200
_OVER = 1.0 + 1e-6


@dataclass(frozen=True, slots=True)
class Strip:
    """What a run saw, step by step: seconds, requests a second, shares between 0 and 1, and orders waiting."""

    time: FloatArray
    traffic: FloatArray
    load: FloatArray
    capacity: FloatArray
    errors: FloatArray
    hits: FloatArray
    lag: FloatArray
    step: float

    @property
    def is_overloaded(self) -> npt.NDArray[np.bool_]:
        """Whether the database is asked for more than it can do, in each step."""
        return np.asarray(self.load > _OVER * self.capacity)

    @property
    def overloaded_s(self) -> float:
        """The seconds in which the database is asked for more than it can do."""
        return self.step * float(np.sum(self.is_overloaded))


def shop(settings: Parameters) -> Shop:
    """Return the backend at rest."""
    return Shop(
        settings.traffic,
        settings.hit_rate / 100.0,
        settings.write_share / 100.0,
        settings.capacity,
        settings.workers,
        settings.queue_limit,
        settings.timeout,
        settings.retries,
    )


def refill(settings: Parameters) -> tuple[float, float]:
    """Return the seconds of overload after a flush, and those until the hit rate is back; see `refill_s`."""
    writes = settings.traffic * settings.write_share / 100.0
    left = max(settings.capacity - writes, 0.01 * settings.capacity)
    return refill_s(settings.traffic - writes, left, settings.keys, settings.hit_rate / 100.0)


def run(settings: Parameters) -> Strip:
    """Return the event step by step, ten seconds before it to a while after; an hour at most.

    The event begins with a step, and a step is about a two-hundredth of the strip.
    """
    lasting = settings.event_seconds if settings.event != "none" else 0.0
    after = 1.1 * sum(refill(settings)) if settings.event == "cache" else 0.0
    horizon = min(EVENT_AT_S + lasting + max(after, _AFTER_S), _LONGEST_S)
    begins = max(1, round(EVENT_AT_S * _STEPS / horizon))
    step = EVENT_AT_S / begins
    ends = begins + round(lasting / step)
    places = np.arange(math.ceil(horizon / step))
    time = np.asarray(places * step, dtype=np.float64)
    during = (places >= begins) & (places < ends)
    kind, factor = settings.event, settings.event_factor
    traffic = settings.traffic * np.where(during & (kind == "spike"), factor, 1.0)
    slower = {"replica": 2.0, "slow": factor}.get(kind, 1.0)
    capacity = settings.capacity / np.where(during, slower, 1.0)
    writes = traffic * settings.write_share / 100.0
    refused = writes * (during & (kind == "queue"))
    consumed = settings.consumers * ~(during & (kind == "consumer"))
    queue = AttemptQueue(_rules(settings, step, settings.capacity / slower))
    wanted = settings.hit_rate / 100.0
    filled, lag = wanted, 0.0
    rows = []
    for place, (asked, written, most, turned, taken) in enumerate(
        zip(traffic.tolist(), writes.tolist(), capacity.tolist(), refused.tolist(), consumed.tolist(), strict=True)
    ):
        lost = kind == "cache" and begins <= place < max(ends, begins + 1)
        filled = 0.0 if lost else filled
        misses = (asked - written) * (1.0 - filled)
        orders = written - turned
        seen = queue.advance((misses + orders) * step, most * step)
        if not lost and misses > 0.0:
            filled = min(wanted, filled + seen.succeeded * misses / (misses + orders) / settings.keys)
        lag = max(0.0, lag + (orders - taken) * step)
        rows.append((seen.attempts / step, seen.failed / step + turned, filled, lag))
    load, failed, hits, waiting = np.array(rows).T
    return Strip(time, traffic, load, capacity, np.minimum(failed / traffic, 1.0), hits, waiting, step)


def _rules(settings: Parameters, step: float, least_capacity: float) -> Rules:
    """Return how the queue behaves; where a full queue is worked off within the timeout nobody gives up."""
    patient = settings.queue_limit <= settings.timeout * least_capacity
    timeout = _LONGEST_S if patient else settings.timeout
    return Rules(step=step, timeout=timeout, retries=settings.retries, places=float(settings.queue_limit))
