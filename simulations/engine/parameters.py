"""Describe, check and write down the inputs of a model.

A model's inputs are a frozen dataclass whose fields are made by `number`, `choice` and `flag`. From
that one description come the controls of a page, the schema of the API, the refusal of bad input
and the canonical query under which a result is cached.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlencode

from simulations.engine import words

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    P = TypeVar("P", bound=DataclassInstance)

Scale = Literal["linear", "log", "logit"]

_LONGEST_NUMBER = 400
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_SPECIFICATION = "specification"
_FLAG_WORDS = {"on": True, "off": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one input: its name, the value as shown to people, and why."""

    field: str
    value: str
    message: str


class InvalidParameters(ValueError):
    """Raised with every fault of an input at once, so that a caller can mend them together."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(" ".join(fault.message for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Number:
    minimum: float
    maximum: float
    step: float
    unit: str
    label: str
    help: str
    scale: Scale
    integer: bool

    def read(self, value: object) -> float:
        """Return the value as a number in range, or raise ValueError saying what it must be."""
        kind = "a whole number" if self.integer else "a number"
        found = _as_number(value)
        if found is None:
            raise ValueError(f"must be {kind} {self._range()}")
        if not self.minimum <= found <= self.maximum:
            raise ValueError(f"must lie {self._range()}")
        if self.integer and found != int(found):
            raise ValueError(f"must be {kind} {self._range()}")
        return int(found) if self.integer else float(found) + 0.0

    def write(self, value: Any) -> str:
        return _decimal(value)

    def describe(self) -> dict[str, object]:
        return {"kind": "number", **dataclasses.asdict(self), "options": None}

    def _range(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"between {_decimal(self.minimum)} and {_decimal(self.maximum)}{unit}"


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[tuple[str, str], ...]
    label: str
    help: str

    def read(self, value: object) -> str:
        """Return the value if it is one of the options, or raise ValueError listing them."""
        values = [option for option, _ in self.options]
        if isinstance(value, str) and value in values:
            return value
        raise ValueError(f"must be one of {', '.join(values)}")

    def write(self, value: Any) -> str:
        return str(value)

    def describe(self) -> dict[str, object]:
        options = [{"value": value, "label": label} for value, label in self.options]
        return _without_range("choice", self.label, self.help, options)


@dataclass(frozen=True, slots=True)
class _Flag:
    label: str
    help: str

    def read(self, value: object) -> bool:
        """Return the value as a bool, or raise ValueError saying which words are understood."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in _FLAG_WORDS:
            return _FLAG_WORDS[value]
        raise ValueError("must be on or off")

    def write(self, value: Any) -> str:
        return "on" if value else "off"

    def describe(self) -> dict[str, object]:
        return _without_range("flag", self.label, self.help, None)


_Specification = _Number | _Choice | _Flag


def number(
    default: float,
    *,
    minimum: float,
    maximum: float,
    step: float,
    unit: str,
    label: str,
    help: str,  # noqa: A002 - the word that a reader of a model expects
    scale: Scale = "linear",
    integer: bool = False,
) -> Any:
    """Return a dataclass field for a number.

    `step` and `scale` say how a control should move; any number in the closed range is accepted.
    `integer` fields hold `int`, others `float`. Raises ValueError if the default is out of range.
    """
    return _field(default, _Number(minimum, maximum, step, unit, label, help, scale, integer))


def choice(
    default: str,
    *,
    options: tuple[tuple[str, str], ...],
    label: str,
    help: str,  # noqa: A002 - as above
) -> Any:
    """Return a dataclass field for one of `options`, pairs of value and label."""
    return _field(default, _Choice(options, label, help))


def flag(
    default: bool,  # noqa: FBT001 - a default stands first, as in number and choice
    *,
    label: str,
    help: str,  # noqa: A002 - as above
) -> Any:
    """Return a dataclass field for something that is on or off."""
    return _field(default, _Flag(label, help))


def parse(parameters_type: type[P], raw: Mapping[str, object]) -> P:
    """Return parameters from JSON values or query strings; a missing name takes its default.

    A parameters class may define `faults()` returning what is wrong between its fields. Raises
    InvalidParameters with every fault.
    """
    specifications = _specifications(parameters_type)
    faults = [
        Fault(words.shown(name), words.shown(value), _unknown(name, specifications))
        for name, value in raw.items()
        if name not in specifications
    ]
    values: dict[str, object] = {}
    for name, specification in specifications.items():
        if name not in raw:
            continue
        try:
            values[name] = specification.read(raw[name])
        except ValueError as refusal:
            shown = words.shown(raw[name])
            faults.append(Fault(name, shown, f"{name} {refusal}; you gave {shown}."))
    if faults:
        raise InvalidParameters(tuple(faults))
    parameters = parameters_type(**values)
    between_fields: tuple[Fault, ...] = getattr(parameters, "faults", tuple)()
    if between_fields:
        raise InvalidParameters(between_fields)
    return parameters


def canonical(parameters: DataclassInstance) -> dict[str, str]:
    """Return every field in declaration order, each in its shortest exact decimal form.

    `parse(type(parameters), canonical(parameters)) == parameters` always holds.
    """
    return {
        name: specification.write(getattr(parameters, name))
        for name, specification in _specifications(type(parameters)).items()
    }


def canonical_query(parameters: DataclassInstance) -> str:
    """Return the canonical form as a URL query, fields in declaration order."""
    return urlencode(canonical(parameters))


def describe(parameters_type: type[DataclassInstance]) -> list[dict[str, object]]:
    """Return the inputs as JSON-ready rows, in declaration order.

    Each row has name, label, help, kind (number, choice or flag), unit, minimum, maximum, step,
    scale, integer, default and options; what does not apply to a kind is None.
    """
    defaults = {field.name: field.default for field in dataclasses.fields(parameters_type)}
    return [
        {"name": name, "default": defaults[name], **specification.describe()}
        for name, specification in _specifications(parameters_type).items()
    ]


def _field(default: object, specification: _Specification) -> Any:
    checked = specification.read(default)
    return dataclasses.field(default=checked, metadata={_SPECIFICATION: specification})


def _specifications(parameters_type: type[DataclassInstance]) -> dict[str, _Specification]:
    return {field.name: field.metadata[_SPECIFICATION] for field in dataclasses.fields(parameters_type)}


def _without_range(kind: str, label: str, explanation: str, options: object) -> dict[str, object]:
    absent = dict.fromkeys(("unit", "minimum", "maximum", "step", "scale", "integer"))
    return {"kind": kind, "label": label, "help": explanation, **absent, "options": options}


def _unknown(name: object, specifications: Mapping[str, _Specification]) -> str:
    known = ", ".join(specifications)
    return f"{words.shown(name)} is not an input of this model; its inputs are {known}."


def _as_number(value: object) -> float | None:
    """Return a JSON number or the ASCII decimal text of one as a number, anything else as None."""
    if isinstance(value, str):
        if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
            return None
        return int(value) if value.isdigit() else float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return value if isinstance(value, float) and not math.isnan(value) else None


def _decimal(value: float) -> str:
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")
