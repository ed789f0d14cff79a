"""Place a chart's series in a box: scales, shapes and round ticks, for whoever writes them as SVG or PNG."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Point = tuple[float, float]
Kind = Literal["line", "area", "bars", "dots"]

COLOURS = 4
"""How many colours and dashes series are told apart by."""

_ROOM_ABOVE = 0.06
_NEAR = 1.2
_STEPS = (1.0, 2.0, 5.0, 10.0)
_MOST_DECADES = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Shape:
    """One series placed: a line's or an area's corners, the tops of bars, or the middles of dots.

    `number` counts series from 0, for colour and dash.
    """

    kind: Kind
    number: int
    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis with the value there as it is written."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart placed in its box."""

    box: Box
    shapes: tuple[Shape, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_title: str
    y_title: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to places between 0 and 1; `logarithmic` takes positive values alone."""

    low: float
    high: float
    logarithmic: bool

    def place(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high."""
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def takes(self, value: float) -> bool:
        """Return whether the axis can hold a value."""
        return value > 0.0 or not self.logarithmic

    def ticks(self) -> list[float]:
        """Return three to about seven round values within the ends."""
        if self.logarithmic and self.high / self.low >= 20.0:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            every = max(1, -(-(last - first + 1) // _MOST_DECADES))
            return [10.0**power for power in range(first, last + 1, every)]
        raw = (self.high - self.low) / 5.0
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(factor * power for factor in _STEPS if factor * power >= raw * (1.0 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def draw(chart: Mapping[str, Any], box: Box) -> Drawing:
    """Return a chart of a result, as JSON values, placed in a box.

    Values that a logarithmic axis can't hold are left out, and points that would lie on the one before.
    """
    series = chart["series"]
    x = _across(chart["x"], [value for row in series for value in row["x"]])
    y = _upward(chart["y"], [value for row in series for value in row["y"]], series)
    place = _placer(x, y, box)
    lines = [row for row in series if row["kind"] == "line"]
    others = [row for row in series if row["kind"] in {"bars", "dots"}]
    numbers = {row["name"]: number % COLOURS for number, row in enumerate([*lines, *others])}
    shapes = [*_bands(series, place)]
    for row in [*others, *lines]:
        points = tuple(place(row["x"], row["y"]))
        if points:
            kept = _thinned(points) if row["kind"] == "line" else points
            shapes.append(Shape(row["kind"], numbers[row["name"]], row["label"], kept))
    width, height = box.right - box.left, box.bottom - box.top
    return Drawing(
        box=box,
        shapes=tuple(shapes),
        x_ticks=tuple(Tick(box.left + x.place(value) * width, short(value)) for value in x.ticks()),
        y_ticks=tuple(Tick(box.bottom - y.place(value) * height, short(value)) for value in y.ticks()),
        x_title=_title(chart["x"]),
        y_title=_title(chart["y"]),
    )


def short(value: float) -> str:
    """Return an axis's value in a few characters: 20k, 3M, 0.05."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):g}{letter}"
    return f"{value:,.6g}" if abs(value) >= 1.0 or value == 0.0 else f"{value:.3g}"


def _across(axis: Mapping[str, Any], values: Sequence[float]) -> Scale:
    return _scale(axis, values, low_room=1.0, high_room=1.0)


def _upward(axis: Mapping[str, Any], values: Sequence[float], series: Iterable[Mapping[str, Any]]) -> Scale:
    if axis["scale"] == "log":
        return _scale(axis, values, low_room=1.15, high_room=1.15)
    low, high = min(values), max(values)
    if low >= 0.0 or any(row["kind"] == "bars" for row in series):
        low = min(low, 0.0)
    return Scale(low, high + ((high - low) * _ROOM_ABOVE or 1.0), logarithmic=False)


def _scale(axis: Mapping[str, Any], values: Sequence[float], *, low_room: float, high_room: float) -> Scale:
    if axis["scale"] == "log":
        usable = [value for value in values if value > 0.0] or [1.0]
        low, high = min(usable), max(usable)
        return Scale(low / low_room, high * high_room if high > low else low * 10.0, logarithmic=True)
    low, high = min(values), max(values)
    return Scale(low, high if high > low else low + 1.0, logarithmic=False)


def _placer(x: Scale, y: Scale, box: Box) -> Callable[[Sequence[float], Sequence[float]], list[Point]]:
    width, height = box.right - box.left, box.bottom - box.top

    def place(xs: Sequence[float], ys: Sequence[float]) -> list[Point]:
        return [
            (box.left + x.place(across) * width, box.bottom - y.place(up) * height)
            for across, up in zip(xs, ys, strict=True)
            if x.takes(across) and y.takes(up)
        ]

    return place


def _bands(
    series: Iterable[Mapping[str, Any]], place: Callable[[Sequence[float], Sequence[float]], list[Point]]
) -> list[Shape]:
    """Return the area between a band's edges, where there is one."""
    edges = {row["kind"]: row for row in series if row["kind"] in {"band-low", "band-high"}}
    if len(edges) < 2:
        return []
    low, high = (place(edges[kind]["x"], edges[kind]["y"]) for kind in ("band-low", "band-high"))
    if not low or not high:  # all of an edge may be off a logarithmic axis
        return []
    return [Shape("area", 2, edges["band-high"]["label"], (*high, *reversed(low)))]


def _thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return a line's corners without those that lie within about a pixel of the one before; both ends stay."""
    kept = [points[0]]
    for point in points[1:-1]:
        if math.dist(point, kept[-1]) >= _NEAR:
            kept.append(point)
    return (*kept, points[-1]) if len(points) > 1 else tuple(kept)


def _title(axis: Mapping[str, Any]) -> str:
    label, unit = str(axis["label"]), str(axis["unit"])
    return f"{label}, {unit}" if unit else label
