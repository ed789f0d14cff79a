"""Work an estimate out step by step: every step a product of quantities with units and of uncertain factors.

A factor that enters several steps is the same in all. See `simulations.engine.quantities`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulations.engine import parameters
from simulations.engine.quantities import Quantity, quantity

HIGHEST_HIT_RATE = 99.9


def _amount(default: float, ends: tuple[float, float], unit: str, label: str, text: str) -> float:
    """Return a field for an amount that spans powers of ten."""
    field: float = parameters.number(
        default, minimum=ends[0], maximum=ends[1], step=ends[0], unit=unit, label=label, help=text, scale="log"
    )
    return field


@dataclass(frozen=True, slots=True)
class Parameters:
    """Who uses the system and how much, what an action costs it, and what machines and bytes cost us."""

    users: float = _amount(1e8, (1e3, 1e10), "", "Users", "Registered users, drivers or keys: whoever may act.")
    active_share: float = parameters.number(
        30.0,
        minimum=0.1,
        maximum=100,
        step=0.1,
        unit="%",
        label="Active a day",
        help="Share of users who act on a given day.",
        scale="log",
    )
    actions: float = _amount(50.0, (0.01, 1e5), "/day", "Actions", "What each active user does a day.")
    peak: float = parameters.number(
        3.0,
        minimum=1,
        maximum=10,
        step=0.1,
        unit="",
        label="Peak factor",
        help="The busiest time's rate over the average.",
    )
    write_share: float = parameters.number(
        100.0,
        minimum=0,
        maximum=100,
        step=0.01,
        unit="%",
        label="Writes",
        help="Share of actions that store something; the others read.",
    )
    fan_out: float = _amount(1.0, (1, 1e4), "", "Fan-out", "Places that one write is copied to, such as timelines.")
    hit_rate: float = parameters.number(
        0.0,
        minimum=0,
        maximum=HIGHEST_HIT_RATE,
        step=0.1,
        unit="%",
        label="Hit rate",
        help="Share of reads that a cache answers.",
    )
    stored_bytes: float = _amount(1e3, (1, 1e9), "B", "Stored", "Bytes that one write leaves behind.")
    wire_bytes: float = _amount(1e3, (1, 1e9), "B", "Sent", "Bytes that one action puts on the wire.")
    retention: float = _amount(365.0, (1, 7300), "days", "Kept for", "How long what is written stays.")
    copies: float = parameters.number(
        3.0,
        minimum=1,
        maximum=10,
        step=0.1,
        unit="",
        label="Copies",
        help="Bytes on disk a byte stored: replicas, indexes, erasure code.",
    )
    hot_items: float = _amount(1e7, (1, 1e12), "", "Items in memory", "Keys, timelines or positions kept in memory.")
    hot_bytes: float = _amount(500.0, (1, 1e6), "B", "Bytes an item", "Memory that one such item takes.")
    hold: float = _amount(0.1, (0.0001, 1e4), "s", "Action takes", "How long one action is in progress.")
    server_rate: float = _amount(5e3, (1, 1e6), "/s", "One server", "Actions a second that a server handles.")
    store_rate: float = _amount(
        1e4, (1, 1e6), "/s", "One store", "Reads and writes a second that a store's node handles."
    )
    headroom: float = parameters.number(
        2.0,
        minimum=1,
        maximum=5,
        step=0.1,
        unit="",
        label="Headroom",
        help="Machines over what the peak needs.",
    )
    machine_price: float = _amount(500.0, (1, 1e5), "$", "Machine a month", "Price of a server or node; illustrative.")
    storage_price: float = _amount(
        0.02, (0.0001, 1), "$/GB", "Storage a month", "Price of a stored gigabyte; illustrative."
    )
    egress_price: float = _amount(0.05, (0.0001, 1), "$/GB", "Egress", "Price of a gigabyte sent; illustrative.")
    load_within: float = parameters.number(
        1.5,
        minimum=1,
        maximum=10,
        step=0.1,
        unit="",
        label="Load known within",
        help="The daily load may be so many times more or less.",
        scale="log",
    )
    peak_within: float = parameters.number(
        1.5,
        minimum=1,
        maximum=10,
        step=0.1,
        unit="",
        label="Peak known within",
        help="The peak factor may be so many times more or less.",
        scale="log",
    )
    bytes_within: float = parameters.number(
        2.0,
        minimum=1,
        maximum=10,
        step=0.1,
        unit="",
        label="Bytes known within",
        help="Sizes may be so many times more or less.",
        scale="log",
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the estimate; `unit` is the one it is read in."""

    name: str
    label: str
    value: Quantity
    unit: str
    how: str

    @property
    def shown(self) -> float:
        """The value in its unit."""
        return self.value.to(self.unit)


def known_within(settings: Parameters) -> Mapping[str, float]:
    """Return the multiple within which each uncertain factor is known, by its name."""
    return {"load": settings.load_within, "peak": settings.peak_within, "bytes": settings.bytes_within}


def work_out(settings: Parameters) -> dict[str, Step]:
    """Return the steps by name, in the order in which one would work them out."""
    writes, reads = settings.write_share / 100.0, 1.0 - settings.write_share / 100.0
    misses = 1.0 - settings.hit_rate / 100.0
    daily = settings.users * settings.active_share / 100.0 * settings.actions
    rate = quantity(daily, "1/day", factors=["load"])
    busy = rate * quantity(settings.peak, factors=["peak"])
    record = quantity(settings.stored_bytes, "B", factors=["bytes"])
    message = quantity(settings.wire_bytes, "B", factors=["bytes"])
    growth = rate * writes * record * settings.copies
    stored = growth * quantity(settings.retention, "day")
    in_store = busy * (reads * misses) + busy * (writes * settings.fan_out)
    servers = busy / quantity(settings.server_rate, "1/s") * settings.headroom
    stores = in_store / quantity(settings.store_rate, "1/s") * settings.headroom
    machines = (servers + stores) * quantity(settings.machine_price, "$/month")
    storage = stored * quantity(settings.storage_price, "$/GB") / quantity(1.0, "month")
    egress = rate * message * quantity(settings.egress_price, "$/GB")
    steps = (
        Step("rate", "average rate", rate, "1/s", "users x active a day x actions / 86,400"),
        Step("peak_rate", "peak rate", busy, "1/s", "average x peak factor"),
        Step("write_rate", "writes at peak", busy * writes, "1/s", "peak x share of writes"),
        Step("pushed", "copies written at peak", busy * (writes * settings.fan_out), "1/s", "writes x fan-out"),
        Step("pulled", "lookups if reads gather", busy * (reads * settings.fan_out), "1/s", "reads x fan-out"),
        Step("missed", "reads past the cache at peak", busy * (reads * misses), "1/s", "reads x (1 - hit rate)"),
        Step("servers", "servers", servers, "", "peak / one server x headroom"),
        Step("stores", "nodes of the store", stores, "", "(missed reads + copies) / one store x headroom"),
        Step("in_progress", "in progress at peak", busy * quantity(settings.hold, "s"), "", "peak x time of an action"),
        Step("growth", "stored a day, all copies", growth, "TB/day", "writes a day x bytes x copies"),
        Step("stored", "stored at the end", stored, "TB", "a day x days kept"),
        Step(
            "memory",
            "in memory",
            quantity(settings.hot_items) * quantity(settings.hot_bytes, "B"),
            "GB",
            "items x bytes",
        ),
        Step("bandwidth", "bandwidth at peak", busy * message, "Gb/s", "peak x bytes sent x 8"),
        Step("origin", "bandwidth past the cache", busy * message * misses, "Gb/s", "bandwidth x (1 - hit rate)"),
        Step("machine_cost", "machines", machines, "$/month", "(servers + nodes) x price"),
        Step("storage_cost", "storage", storage, "$/month", "stored x price"),
        Step("egress_cost", "egress", egress, "$/month", "average rate x bytes sent x price"),
        Step("cost", "all of it", machines + storage + egress, "$/month", "machines + storage + egress"),
    )
    return {step.name: step for step in steps}
