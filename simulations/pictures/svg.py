"""Write a drawing as SVG for a page of ours, whose style sheet gives colours by class, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from simulations.pictures.drawing import Box, Drawing, Point, Scale, Shape, draw

WIDTH, HEIGHT = 240, 120
_MARGIN = 6.0
_DASHES = ("", "7 4", "2 3", "10 3 2 3")
_SMALL_DOT = 2.0
_FEW = 4


def thumbnail(chart: Mapping[str, Any]) -> str:
    """Return a small picture of a chart without words, to stand beside a title that names it."""
    drawing = draw(chart, Box(_MARGIN, _MARGIN, WIDTH - _MARGIN, HEIGHT - _MARGIN))
    return (
        f'<svg class="chart thumbnail" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'aria-hidden="true" focusable="false">{_base(drawing)}{"".join(map(_element, drawing.shapes))}</svg>'
    )


def interval_picture(
    rows: Sequence[tuple[str, float, float]], truth: float | None, scale: Scale, words: Sequence[tuple[float, str]]
) -> str:
    """Return intervals on one axis, each under its name, with the truth as a line across where it may be seen.

    `words` are the axis's ticks as they are written.
    """
    width, height, left, right = 360, 64 + 46 * len(rows), 16.0, 344.0
    bottom = height - 34.0

    def across(value: float) -> float:
        return left + min(max(scale.place(value), 0.0), 1.0) * (right - left)

    parts = [f'<path class="base" d="M{left:g} {bottom:g}H{right:g}"/>']
    for value, text in words:
        at = across(value)
        parts.append(f'<text x="{at:.1f}" y="{bottom + 20:g}" text-anchor="middle">{escape(text)}</text>')
        parts.append(f'<path class="grid" d="M{at:.1f} 10V{bottom:g}"/>')
    for number, (name, low, high) in enumerate(rows):
        top = 30.0 + 46.0 * number
        bar = max(across(high) - across(low), 2.0)
        parts.append(
            f'<g class="s{number + 1}"><text class="label" x="{left:g}" y="{top - 6:g}">{escape(name)}</text>'
            f'<rect class="span" x="{across(low):.1f}" y="{top:g}" width="{bar:.1f}" height="14" rx="3"/></g>'
        )
    if truth is not None:
        parts.append(f'<path class="truth" d="M{across(truth):.1f} 10V{bottom:g}"/>')
    return f'<svg class="chart intervals" viewBox="0 0 {width} {height}" aria-hidden="true">{"".join(parts)}</svg>'


def _base(drawing: Drawing) -> str:
    box = drawing.box
    return f'<path class="base" d="M{box.left:g} {box.bottom:g}H{box.right:g}"/>'


def _element(shape: Shape) -> str:
    style = f"s{shape.number + 1}"
    if shape.kind == "line":
        dash = f' stroke-dasharray="{_DASHES[shape.number]}"' if _DASHES[shape.number] else ""
        return f'<path class="line {style}"{dash} d="{_path(shape.points)}"/>'
    if shape.kind == "area":
        return f'<path class="area {style}" d="{_path(shape.points)}Z"/>'
    if shape.kind == "bars":
        bottom = HEIGHT - _MARGIN
        width = max(1.0, (WIDTH - 2 * _MARGIN) / len(shape.points) - 1.0)
        bars = "".join(f"M{x - width / 2:.1f} {bottom:g}V{y:.1f}h{width:.1f}V{bottom:g}Z" for x, y in shape.points)
        return f'<path class="bars {style}" d="{bars}"/>'
    radius = 3.5 if len(shape.points) <= _FEW else _SMALL_DOT
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>' for x, y in shape.points)
    return f'<g class="dot {style}">{dots}</g>'


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
