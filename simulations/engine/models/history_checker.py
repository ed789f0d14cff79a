"""Check what clients saw of one register against consistency models, by looking for an order that explains it.

Ann writes 1, and a second write of 2 may follow or run beside it; Ben and Cleo read up to twice, Ann once. A history is
linearizable if one order of all operations explains every read and keeps operations apart in time as they were
(Herlihy and Wing, 1990), sequentially consistent if it keeps each client's own order (Lamport, 1979), causally
consistent if each client may have its own order of the writes that keeps causes before effects (Ahamad and others,
1995). The weaker promises ask less of that order (Terry and others, 1994). All are found by trying every order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulations.engine import histories, parameters, words
from simulations.engine.histories import Operation
from simulations.engine.model import Cost, Experiment, Model, Preset
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table

_LANES = {"Ann": 1.0, "Ben": 2.0, "Cleo": 3.0, "Dan": 4.0}
_ANSWERS = (
    ("none", "no read"),
    ("0", "0, the value before"),
    ("1", "1, the first write"),
    ("2", "2, the second write"),
)
_LATEST = 300.0


def _answer(default: str, who: str) -> str:
    field: str = parameters.choice(default, options=_ANSWERS, label=f"{who} reads", help="What the read returns.")
    return field


def _time(default: float, label: str) -> float:
    field: float = parameters.number(
        default, minimum=0, maximum=_LATEST, step=5, unit="ms", label=label, help="Since the first write began."
    )
    return field


@dataclass(frozen=True, slots=True)
class Parameters:
    """When the writes happen, and when and what each client reads."""

    ben_first: str = _answer("1", "Ben")
    cleo_first: str = _answer("1", "Cleo")
    ann_reads: str = _answer("none", "Ann")
    second: str = parameters.choice(
        "none",
        options=(("none", "There is none"), ("Ann", "Ann"), ("Dan", "Dan")),
        label="Second write by",
        help="Who writes 2; Ann writes 1.",
    )
    ben_second: str = _answer("none", "Ben then")
    cleo_second: str = _answer("none", "Cleo then")
    first_ends: float = _time(70.0, "First write ends")
    second_begins: float = _time(100.0, "Second write begins")
    second_ends: float = _time(130.0, "Second write ends")
    ben_first_at: float = _time(20.0, "Ben reads at")
    cleo_first_at: float = _time(50.0, "Cleo reads at")
    ben_second_at: float = _time(150.0, "Ben then reads at")
    cleo_second_at: float = _time(170.0, "Cleo then reads at")
    ann_reads_at: float = _time(200.0, "Ann reads at")
    read_takes: float = parameters.number(
        10.0, minimum=1, maximum=50, step=1, unit="ms", label="A read takes", help="From its beginning to its answer."
    )

    def faults(self) -> tuple[parameters.Fault, ...]:
        """Refuse a write that ends before it begins, and operations of one client that overlap."""
        if self.second != "none" and self.second_ends < self.second_begins:
            begins = f"second_ends must be at least {self.second_begins:g} ms, when it begins"
            return (_fault("second_ends", self.second_ends, begins),)
        ended: dict[str, float] = {}
        found = []
        for field, operation in _made(self):
            after = ended.get(operation.client)
            if after is not None and operation.start <= after:
                rule = f"{field} must be more than {after:g} ms, when {operation.client} has ended what came before"
                found.append(_fault(field, operation.start, rule))
            ended[operation.client] = operation.end
        return tuple(found)


def _fault(field: str, value: float, rule: str) -> parameters.Fault:
    given = words.shown(value)
    return parameters.Fault(field, given, f"{rule}; you gave {given}.")


def _made(settings: Parameters) -> list[tuple[str, Operation]]:
    """Return the operations that were made, each client's in its order, with the input that says when it begins."""
    made = [("first_ends", Operation("Ann", "write", 1, 0.0, settings.first_ends))]
    if settings.second != "none":
        span = settings.second_begins, settings.second_ends
        made.append(("second_begins", Operation(settings.second, "write", 2, *span)))
    reads = (
        ("Ben", settings.ben_first, "ben_first_at", settings.ben_first_at),
        ("Ben", settings.ben_second, "ben_second_at", settings.ben_second_at),
        ("Cleo", settings.cleo_first, "cleo_first_at", settings.cleo_first_at),
        ("Cleo", settings.cleo_second, "cleo_second_at", settings.cleo_second_at),
        ("Ann", settings.ann_reads, "ann_reads_at", settings.ann_reads_at),
    )
    return made + [
        (field, Operation(client, "read", int(value), at, at + settings.read_takes))
        for client, value, field, at in reads
        if value != "none"
    ]


def evaluate(settings: Parameters) -> Result:
    """Return which consistency models the history keeps to, yes or no, and in how many orders it can be explained."""
    operations = [operation for _, operation in _made(settings)]
    figures = _figures(operations)
    return Result(
        figures=figures,
        charts=(_chart(operations),),
        tables=(_operation_table(operations), _model_table({figure.name: figure.value for figure in figures})),
        narrative=_narrative(operations, {figure.name: figure.value for figure in figures}),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes at most: seven operations have few orders, and there is nothing to run."""
    return Cost(4.0, 0.0, 4.0)


def _figures(operations: list[Operation]) -> tuple[Figure, ...]:
    verdicts = (
        ("linearizable", "Linearizable", histories.is_linearizable, "one order of all explains it and respects time"),
        ("sequential", "Sequential", histories.is_sequential, "one order of all explains it, each client's own kept"),
        ("causal", "Causal", histories.is_causal, "each client can have an order that keeps causes before effects"),
        ("own_writes", "Reads own writes", histories.reads_own_writes, "nobody misses a write of their own"),
        ("monotonic", "Monotonic reads", histories.reads_monotonically, "nobody sees an older value than before"),
    )
    return (
        *(
            Figure(name, label, float(holds(operations)), words.YES_NO, f"Whether {meaning}.")
            for name, label, holds, meaning in verdicts
        ),
        Figure(
            "orders",
            "Orders that explain it",
            float(histories.linear_orders(operations)),
            "",
            "Orders of all operations that respect time and in which each read returns what the last write wrote.",
        ),
        Figure(
            "wrong",
            "Reads too many",
            float(len(histories.violations(operations))),
            "",
            "Reads that, taken in the order of their ends, no order in time explains.",
        ),
    )


def _said(operation: Operation) -> str:
    verb = "writes" if operation.kind == "write" else "reads"
    return f"{operation.client} {verb} {operation.value}"


def _chart(operations: list[Operation]) -> Chart:
    return Chart(
        name="history",
        title="The history",
        x=Axis("time", "ms", "linear"),
        y=Axis("client: 1 Ann, 2 Ben, 3 Cleo, 4 Dan", "", "linear"),
        series=tuple(
            Series(
                f"operation_{number}",
                _said(operation),
                (operation.start, operation.end),
                (_LANES[operation.client],) * 2,
            )
            for number, operation in enumerate(operations, 1)
        ),
        caption="Each line is an operation from its beginning to its end; it counts at some moment in between.",
    )


def _operation_table(operations: list[Operation]) -> Table:
    linear, sequential = histories.linear_order(operations), histories.sequential_order(operations)

    def place(order: tuple[int, ...] | None, number: int) -> object:
        return order.index(number) + 1 if order is not None else "none"

    return Table(
        name="operations",
        caption="Where each operation stands in an order that explains all of them, if there is one.",
        columns=("operation", "begins, ms", "ends, ms", "in an order that respects time", "in one of the clients' own"),
        rows=tuple(
            (_said(one), one.start, one.end, place(linear, number), place(sequential, number))
            for number, one in enumerate(operations)
        ),
    )


def _model_table(value: Mapping[str, float]) -> Table:
    promises = (
        ("linearizable", "Linearizable", "one order of all, that of real time"),
        ("sequential", "Sequential", "one order of all that keeps each client's own"),
        ("causal", "Causal", "no effect before its cause"),
        ("own_writes", "Read your writes", "a client sees what it wrote"),
        ("monotonic", "Monotonic reads", "a client never sees older than it saw"),
    )
    return Table(
        name="models",
        caption="From strong to weak. Eventual consistency is missing: no history that ends can refute it.",
        columns=("model", "promises", "this history"),
        rows=tuple((label, promise, "keeps it" if value[name] else "breaks it") for name, label, promise in promises),
    )


def _narrative(operations: list[Operation], value: Mapping[str, float]) -> str:
    names = {
        "linearizable": "linearizable",
        "sequential": "sequentially consistent",
        "causal": "causally consistent",
        "own_writes": "true to each client's own writes",
        "monotonic": "monotonic in its reads",
    }
    kept = [label for name, label in names.items() if value[name]]
    broken = [label for name, label in names.items() if not value[name]]
    told = "; ".join(f"{_said(one)} from {one.start:g} to {one.end:g} ms" for one in operations)
    verdict = f"It is {', '.join(kept)}." if kept else "It keeps no promise."
    lacking = f" It is not {', '.join(broken)}." if broken else ""
    return f"{told}. {verdict}{lacking}"


EXPERIMENTS = (
    Experiment(
        name="not_in_time",
        title="An order, and not that of time",
        goal="Make a history that is sequentially consistent and not linearizable.",
        holds=lambda _, result: result.figure("sequential").value > result.figure("linearizable").value,
    ),
    Experiment(
        name="two_orders",
        title="Two clients, two orders",
        goal="Make a history that is causally consistent and not sequentially consistent.",
        holds=lambda _, result: result.figure("causal").value > result.figure("sequential").value,
    ),
    Experiment(
        name="own_write_gone",
        title="Saved, and gone",
        goal="Let somebody miss a write of their own while nobody's reads go back.",
        holds=lambda _, result: result.figure("monotonic").value > result.figure("own_writes").value,
    ),
    Experiment(
        name="back_in_time",
        title="Back in time",
        goal="Let somebody see an older value than before while nobody misses a write of their own.",
        holds=lambda _, result: result.figure("own_writes").value > result.figure("monotonic").value,
    ),
)

PRESETS = (
    Preset("both_see_it", "Ben and Cleo both see it", {}),
    Preset("ann_ben_cleo", "Cleo sees the value before", {"cleo_first": "0"}),
    Preset(
        "two_writers",
        "Two writers, two opinions",
        {
            "second": "Dan",
            "second_begins": 10,
            "second_ends": 60,
            "ben_first_at": 100,
            "ben_second": "2",
            "cleo_first": "2",
            "cleo_first_at": 100,
            "cleo_second": "1",
        },
    ),
    Preset("own_write", "Ann misses her own write", {"ben_first": "none", "cleo_first": "none", "ann_reads": "0"}),
    Preset("back", "Ben goes back", {"ben_second": "0", "ben_second_at": 40, "cleo_first": "none"}),
)

MODEL = Model(
    name="history_checker",
    title="History checker",
    summary="What clients read and when, and which consistency models allow it: found by trying every order.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=(),
)
