"""Lay an estimate out as a walk along a logarithmic ruler, where to multiply is to go on by a length.

Every stop is the product of the factors so far, in the unit in which it is read there, with the multiple within which
they leave it known. The last stop is the step of the same estimate in `simulations.engine.models.estimation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulations.engine.models.estimation import Parameters, known_within
from simulations.engine.quantities import Quantity, quantity, significant


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: what it is called, the field that led there by multiplying (1) or dividing (-1), its value and unit."""

    label: str
    field: str | None
    sign: int
    value: Quantity
    unit: str

    def frame(self, settings: Parameters) -> Mapping[str, object]:
        """Return the stop as a scene draws it; `at` is the field's own value and `within` what it is known within."""
        return {
            "label": self.label,
            "field": self.field,
            "sign": self.sign,
            "at": None if self.field is None else getattr(settings, self.field),
            "value": self.value.to(self.unit),
            "within": self.value.error_factor(known_within(settings)),
        }


@dataclass(frozen=True, slots=True)
class Walk:
    """One estimate from its first factor to its last; `unit` is how its last stop is written."""

    name: str
    label: str
    unit: str
    stops: tuple[Stop, ...]

    def frame(self, settings: Parameters) -> Mapping[str, object]:
        """Return the walk as a scene draws it, with its end to one figure, as one would say it aloud."""
        stops = [stop.frame(settings) for stop in self.stops]
        end = self.stops[-1].value.to(self.stops[-1].unit)
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "stops": stops,
            "at_hand": significant(end, 1),
        }


def walks(settings: Parameters) -> tuple[Walk, ...]:
    """Return the estimates that are one product: machines, bytes kept, memory, bandwidth, and what sending costs."""
    users = quantity(settings.users, factors=["load"])
    active = users * (settings.active_share / 100.0)
    actions = active * quantity(settings.actions, "1/day")
    peak = actions * quantity(settings.peak, factors=["peak"])
    busy = peak * settings.headroom
    written = actions * (settings.write_share / 100.0)
    record = written * quantity(settings.stored_bytes, "B", factors=["bytes"])
    copied = record * settings.copies
    items = quantity(settings.hot_items)
    message = quantity(settings.wire_bytes, "B", factors=["bytes"])
    return (
        Walk(
            "servers",
            "Servers",
            "",
            (
                Stop("users", "users", 1, users, ""),
                Stop("active a day", "active_share", 1, active, ""),
                Stop("actions a day", "actions", 1, actions, "1/day"),
                Stop("÷ 86,400 s → a second", None, 1, actions, "1/s"),
                Stop("at the peak", "peak", 1, peak, "1/s"),
                Stop("with headroom", "headroom", 1, busy, "1/s"),
                Stop("servers", "server_rate", -1, busy / quantity(settings.server_rate, "1/s"), ""),
            ),
        ),
        Walk(
            "stored",
            "Storage",
            "B",
            (
                Stop("actions a day", None, 1, actions, "1/day"),
                Stop("writes a day", "write_share", 1, written, "1/day"),
                Stop("bytes a day", "stored_bytes", 1, record, "B/day"),
                Stop("in all copies", "copies", 1, copied, "B/day"),
                Stop("kept in the end", "retention", 1, copied * quantity(settings.retention, "day"), "B"),
            ),
        ),
        Walk(
            "memory",
            "Memory",
            "B",
            (
                Stop("items", "hot_items", 1, items, ""),
                Stop("in memory", "hot_bytes", 1, items * quantity(settings.hot_bytes, "B"), "B"),
            ),
        ),
        Walk(
            "bandwidth",
            "Bandwidth",
            "b/s",
            (
                Stop("actions a second", None, 1, actions, "1/s"),
                Stop("at the peak", "peak", 1, peak, "1/s"),
                Stop("bytes a second", "wire_bytes", 1, peak * message, "B/s"),
                Stop("× 8 → bits a second", None, 1, peak * message, "bit/s"),
            ),
        ),
        Walk(
            "egress_cost",
            "Egress",
            "$",
            (
                Stop("actions a month of 30 days", None, 1, actions, "1/month"),
                Stop("bytes a month", "wire_bytes", 1, actions * message, "B/month"),
                Stop("÷ 10⁹ → gigabytes a month", None, 1, actions * message, "GB/month"),
                Stop(
                    "dollars a month",
                    "egress_price",
                    1,
                    actions * message * quantity(settings.egress_price, "$/GB"),
                    "$/month",
                ),
            ),
        ),
    )
