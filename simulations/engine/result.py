"""Hold what a model returns: figures, charts, tables, a narrative, and something to play."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

Scale = Literal["linear", "log"]


class NonFiniteResult(ArithmeticError):
    """Raised when NaN or infinity would leave the engine."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its unit and, in a sentence, what it means; under `words.YES_NO` 1 is yes and 0 no."""

    name: str
    label: str
    value: float
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A chart's axis; `scale` is how it should be drawn."""

    label: str
    unit: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one curve; `kind` is line, dots, bars or band-low and band-high."""

    name: str
    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Chart:
    """Series that share two axes; the caption says what to see."""

    name: str
    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns."""

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a model has to say about one set of parameters.

    `narrative` is a paragraph for people who do not see the charts. `trace` is a sequence of events
    on a clock and `frames` what a scene draws; both are made of JSON values.
    """

    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    narrative: str
    trace: tuple[Mapping[str, object], ...] | None = None
    frames: Mapping[str, object] | None = None

    def figure(self, name: str) -> Figure:
        """Return the figure of that name; raises KeyError naming those there are."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        known = ", ".join(figure.name for figure in self.figures)
        raise KeyError(f"There is no figure {name!r}; there are {known}.")

    def to_json(self) -> dict[str, object]:
        """Return the result as JSON values; raises NonFiniteResult on NaN or infinity."""
        return {field.name: _to_json(getattr(self, field.name), field.name) for field in dataclasses.fields(self)}


def _to_json(value: object, path: str) -> object:
    """Return plain JSON values; `path` names the place in an error."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.generic):
        return _to_json(value.item(), path)
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            raise NonFiniteResult(f"{path} is {value}; a result holds finite numbers only.")
        return value
    if isinstance(value, Mapping):
        return {str(key): _to_json(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_to_json(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if dataclasses.is_dataclass(value):
        return {
            field.name: _to_json(getattr(value, field.name), f"{path}.{field.name}")
            for field in dataclasses.fields(value)
        }
    raise TypeError(f"{path} is a {type(value).__name__}, which a result cannot hold.")
