"""Read records written under one schema with another: which fields are found, filled in, or missing.

The rules are those of schema resolution in Apache Avro 1.11: fields are matched by name or by the reader's alias, one
that the record lacks takes the reader's default, numbers widen, an unknown symbol takes the reader's default symbol,
and what the reader does not know is passed over. A strict reader refuses what it does not know, as JSON Schema does
with `additionalProperties: false`.
"""

from __future__ import annotations

from dataclasses import dataclass

_WIDENS = {"int": {"int", "long", "double"}, "long": {"long", "double"}, "double": {"double"}, "text": {"text"}}


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name and kind, whether the reader can do without it, and what else it was called.

    `symbols` are the values of a field of kind "symbol"; `fallback` says whether an unknown one is read as another.
    """

    name: str
    kind: str
    has_default: bool = False
    aliases: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    fallback: bool = False


Schema = tuple[Field, ...]


def unreadable(reader: Schema, writer: Schema, *, strict: bool) -> tuple[str, ...]:
    """Return what hinders a reader with one schema from reading all that is written with another; empty if nothing."""
    written = {field.name: field for field in writer}
    hindrances, known = [], set()
    for field in reader:
        name = next((name for name in (field.name, *field.aliases) if name in written), None)
        if name is None:
            if not field.has_default:
                hindrances.append(f"{field.name} is missing and has no default")
            continue
        known.add(name)
        hindrances += _mismatch(field, written[name])
    if strict:
        hindrances += [f"{name} is not known" for name in written if name not in known]
    return tuple(hindrances)


def _mismatch(field: Field, written: Field) -> list[str]:
    if field.kind == written.kind == "symbol":
        strange = [symbol for symbol in written.symbols if symbol not in field.symbols]
        return [f"{symbol} is no symbol of {field.name}" for symbol in strange if not field.fallback]
    if field.kind not in _WIDENS.get(written.kind, set()):
        return [f"{written.kind} of {field.name} cannot be read as {field.kind}"]
    return []


def unread_seconds(rollout_s: float, gap_s: float, order: str, *, backward: bool, forward: bool) -> float:
    """Return the seconds' worth of records that meet a reader that cannot read them, while both sides are rolled out.

    Each side is replaced evenly within `rollout_s`. With `order` "readers" or "writers" that side goes first and the
    other begins `gap_s` after its end; with "together" both go at once and independently. `backward` says whether new
    readers read old records, `forward` whether old readers read new ones. Records are read as they are written.
    """
    if order == "together":
        mixed = rollout_s / 6.0
        return (0.0 if backward else mixed) + (0.0 if forward else mixed)
    readable = backward if order == "readers" else forward
    return 0.0 if readable else rollout_s + gap_s
