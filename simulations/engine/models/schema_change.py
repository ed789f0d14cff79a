"""Change a schema while old and new code run: which readers can read which records, and in which order to roll out.

Old and new writers meet old and new readers. New reads old if the change is backward compatible, old reads new if it
is forward compatible, found by resolving the one schema with the other as Apache Avro 1.11 does, or strictly. Each
side is replaced evenly within the rollout. At once, a share u of new writers and of new readers meet the others in
u (1 - u) of all cases, whose mean over the rollout is a sixth; one after the other, all readers of the first kind meet
all records of the other for the length of a rollout and the gap between. Records that were kept are read again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from simulations.engine import parameters, words
from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset
from simulations.engine.result import Axis, Chart, Figure, Result, Series, Table
from simulations.engine.schemas import Field, Schema, unread_seconds, unreadable

_AMOUNT = Field("amount", "int")
_STATE = Field("state", "symbol", symbols=("open", "paid"))
_BASE: Schema = (Field("order", "text"), _AMOUNT, _STATE)
_CURRENCY = Field("currency", "text")


def _with(old: Field, new: Field) -> Schema:
    return tuple(new if field == old else field for field in _BASE)


_REFUNDED = dataclasses.replace(_STATE, symbols=(*_STATE.symbols, "refunded"))
_FALLBACK = dataclasses.replace(_STATE, fallback=True)
_CHANGES: Mapping[str, tuple[str, Schema, Schema]] = {
    "rename": ("Rename a field", _BASE, _with(_AMOUNT, Field("total", "int"))),
    "rename_alias": (
        "Rename it, the old name an alias",
        _BASE,
        _with(_AMOUNT, Field("total", "int", aliases=("amount",))),
    ),
    "add": ("Add a field without a default", _BASE, (*_BASE, _CURRENCY)),
    "add_default": ("Add a field with a default", _BASE, (*_BASE, dataclasses.replace(_CURRENCY, has_default=True))),
    "remove": ("Remove a field without a default", (*_BASE, _CURRENCY), _BASE),
    "remove_default": (
        "Remove a field with a default",
        (*_BASE, dataclasses.replace(_CURRENCY, has_default=True)),
        _BASE,
    ),
    "widen": ("Widen a whole number", _BASE, _with(_AMOUNT, Field("amount", "long"))),
    "narrow": ("Narrow a whole number", _with(_AMOUNT, Field("amount", "long")), _BASE),
    "retype": ("Turn a number into text", _BASE, _with(_AMOUNT, Field("amount", "text"))),
    "symbol": ("Add a symbol", _BASE, _with(_STATE, _REFUNDED)),
    "symbol_fallback": (
        "Add a symbol, unknown ones read as another",
        _with(_STATE, _FALLBACK),
        _with(_STATE, dataclasses.replace(_REFUNDED, fallback=True)),
    ),
}
_ORDERS = {"together": "Both at once", "readers": "Readers first", "writers": "Writers first"}
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """A change, how strict readers are, how both sides are rolled out, and what is kept."""

    change: str = parameters.choice(
        "rename",
        options=tuple((name, label) for name, (label, _, _) in _CHANGES.items()),
        label="Change",
        help="What the new schema does with the old one.",
    )
    strict: bool = parameters.flag(
        default=False, label="Strict readers", help="They refuse a record with a field that they do not know."
    )
    order: str = parameters.choice(
        "together", options=tuple(_ORDERS.items()), label="Roll out", help="Which side gets the new schema first."
    )
    rollout: float = parameters.number(
        30.0,
        minimum=0.1,
        maximum=10_080,
        step=1,
        unit="min",
        label="A rollout takes",
        help="From the first machine of a side to its last.",
        scale="log",
    )
    gap: float = parameters.number(
        60.0,
        minimum=0,
        maximum=100_000,
        step=10,
        unit="min",
        label="Gap",
        help="From the end of the first side's rollout to the beginning of the other's.",
    )
    rate: float = parameters.number(
        1_000.0,
        minimum=0.01,
        maximum=1_000_000,
        step=1,
        unit="records/s",
        label="Written",
        help="Records that are written, and read at once.",
        scale="log",
    )
    kept: float = parameters.number(
        7.0,
        minimum=0,
        maximum=3_650,
        step=1,
        unit="days",
        label="Kept",
        help="How long records are kept that somebody may read again.",
    )


def evaluate(settings: Parameters) -> Result:
    """Return who can read what, and how many records meet a reader that cannot: while rolling out, and later."""
    backward, forward = _compatible(settings.change, strict=settings.strict)
    figures = _figures(settings, backward=backward, forward=forward)
    return Result(
        figures=figures,
        charts=(_chart(settings, backward=backward, forward=forward),),
        tables=(_matrix(settings), _changes(settings)),
        narrative=_narrative(settings, {figure.name: figure.value for figure in figures}),
    )


def cost(_: Parameters) -> Cost:
    """Return what evaluating takes; it is the same for all settings and there is nothing to run."""
    return Cost(2.0, 0.0, 2.0)


def _compatible(change: str, *, strict: bool) -> tuple[bool, bool]:
    """Return whether new readers read old records, and old readers new ones."""
    _, old, new = _CHANGES[change]
    return not unreadable(new, old, strict=strict), not unreadable(old, new, strict=strict)


def _unread(settings: Parameters, order: str, *, backward: bool, forward: bool) -> float:
    seconds = unread_seconds(60.0 * settings.rollout, 60.0 * settings.gap, order, backward=backward, forward=forward)
    return settings.rate * seconds


def _figures(settings: Parameters, *, backward: bool, forward: bool) -> tuple[Figure, ...]:
    unread = {order: _unread(settings, order, backward=backward, forward=forward) for order in _ORDERS}
    lost = 0.0 if backward else settings.rate * settings.kept * _DAY
    return (
        Figure("unread", "Not read", unread[settings.order], "records", "While both sides are rolled out."),
        Figure("kept_unread", "Kept and not readable", lost, "records", "For new readers, of what was written before."),
        Figure("pairs", "Pairs that work", 2.0 + backward + forward, "of 4", "Old and new readers with both writers."),
        Figure("backward", "New reads old", float(backward), words.YES_NO, "Whether new readers read old records."),
        Figure("forward", "Old reads new", float(forward), words.YES_NO, "Whether old readers read new records."),
        Figure("least", "At best", min(unread.values()), "records", "Not read in the order that suits the change."),
    )


def _chart(settings: Parameters, *, backward: bool, forward: bool) -> Chart:
    """Return the share of new readers and writers through the rollout, and of records that are not read."""
    length, gap = settings.rollout, settings.gap
    starts = {"together": (0.0, 0.0), "readers": (0.0, length + gap), "writers": (length + gap, 0.0)}[settings.order]
    end = max(starts) + length
    steps = 60
    corners = {start + add for start in starts for add in (0.0, length)}
    times = sorted(corners | {end * step / steps for step in range(steps + 1)})
    readers, writers = ([min(max((time - start) / length, 0.0), 1.0) for time in times] for start in starts)
    unread = [
        (0.0 if backward else new * (1.0 - written)) + (0.0 if forward else written * (1.0 - new))
        for new, written in zip(readers, writers, strict=True)
    ]
    x = tuple(times)
    return Chart(
        name="rollout",
        title="Side by side",
        x=Axis("time", "min", "linear"),
        y=Axis("share", "%", "linear"),
        series=tuple(
            Series(name, label, x, tuple(100.0 * each for each in values))
            for name, label, values in (
                ("readers", "new readers", readers),
                ("writers", "new writers", writers),
                ("unread", "not read", unread),
            )
        ),
        caption="Between the two lines old and new meet; what cannot be read is the cost of having them apart.",
    )


def _matrix(settings: Parameters) -> Table:
    _, old, new = _CHANGES[settings.change]
    schemas = (("old", old), ("new", new))

    def said(reader: Schema, writer: Schema) -> str:
        return "; ".join(unreadable(reader, writer, strict=settings.strict)) or "read"

    return Table(
        name="matrix",
        caption="Each reader with each writer's records.",
        columns=("reader", "written by old", "written by new"),
        rows=tuple((name, *(said(reader, writer) for _, writer in schemas)) for name, reader in schemas),
    )


def _changes(settings: Parameters) -> Table:
    advice = {
        (True, True): "any order",
        (True, False): "readers first",
        (False, True): "writers first; what is kept stays unreadable",
        (False, False): "no order: expand, then contract",
    }
    rows = []
    for name, (label, _, _) in _CHANGES.items():
        backward, forward = _compatible(name, strict=settings.strict)
        rows.append((label, "yes" if backward else "no", "yes" if forward else "no", advice[backward, forward]))
    return Table(
        name="changes",
        caption="Every change, with readers as strict as they are here.",
        columns=("change", "new reads old", "old reads new", "roll out"),
        rows=tuple(rows),
    )


def _narrative(settings: Parameters, value: Mapping[str, float]) -> str:
    reads = {True: "can", False: "cannot"}
    label = _CHANGES[settings.change][0]
    kept = (
        f" {words.counted(value['kept_unread'], 'records that are kept', 'record that is kept')} cannot be read "
        f"by new readers."
        if value["kept_unread"]
        else ""
    )
    return (
        f"{label}: new readers {reads[bool(value['backward'])]} read old records, old readers "
        f"{reads[bool(value['forward'])]} read new ones. {_ORDERS[settings.order]}, "
        f"{words.counted(value['unread'], 'records meet', 'record meets')} "
        f"a reader that cannot read them; in the best order {value['least']:,.0f} do.{kept}"
    )


EXPERIMENTS = (
    Experiment(
        name="order_matters",
        title="The order decides",
        goal="Lose no record with a change that loses some in another order.",
        holds=lambda _, result: result.figure("unread").value == 0.0 and result.figure("pairs").value == 3.0,
    ),
    Experiment(
        name="quiet_and_unreadable",
        title="A quiet rollout, an unreadable past",
        goal="Roll out without losing a record, and make what is kept unreadable.",
        holds=lambda _, result: result.figure("unread").value == 0.0 and result.figure("kept_unread").value > 0.0,
    ),
    Experiment(
        name="too_strict",
        title="Too strict",
        goal="Lose records by a change that would lose none, in any order, with readers that are not strict.",
        holds=lambda p, result: (
            p.strict and result.figure("unread").value > 0.0 and all(_compatible(p.change, strict=False))
        ),
    ),
)

PRESETS = (
    Preset("rename", "A field is renamed", {}),
    Preset("alias", "Renamed with an alias, readers first", {"change": "rename_alias", "order": "readers"}),
    Preset("optional", "A field with a default is added", {"change": "add_default"}),
    Preset("strict", "The same, and strict readers", {"change": "add_default", "strict": True}),
    Preset("required", "A field without a default, writers first", {"change": "add", "order": "writers"}),
    Preset("symbol", "A new symbol, writers first", {"change": "symbol", "order": "writers"}),
)

PREDICTIONS = (
    PredictionPrompt(
        name="renamed_at_once",
        question="1,000 records a second are written and read at once. A field is renamed; readers and writers are "
        "replaced at the same time, evenly over 30 minutes. How many records meet a reader that cannot read them?",
        figure="unread",
        unit="records",
        minimum=1_000.0,
        maximum=10_000_000.0,
        scale="log",
        parameters={},
    ),
)

MODEL = Model(
    name="schema_change",
    title="Schema compatibility",
    summary="Old and new readers meet old and new records: which changes go in which order, and what is lost.",
    parameters=Parameters,
    evaluate=evaluate,
    cost=cost,
    sampler=None,
    experiments=EXPERIMENTS,
    presets=PRESETS,
    predictions=PREDICTIONS,
)
