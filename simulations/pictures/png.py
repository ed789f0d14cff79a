"""Write a state, or a question, as the PNG that other sites show beside a link: 1,200 by 630 pixels."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from simulations.pictures.drawing import Box, Drawing, Shape, draw

WIDTH, HEIGHT = 1200, 630
_FINE = 2
"""Drawn at twice the size and reduced, since Pillow draws lines without smoothing their edges."""

_PAPER, _PANEL, _INK, _SOFT, _RULE, _ACCENT = "#fbfaf6", "#ffffff", "#1c2024", "#575e66", "#dfdcd2", "#0a6a73"
_SERIES = ("#2f5d9e", "#a94d16", "#5b4b9a", "#3a6b35")
_WASHES = ("#d5deeb", "#eddbcf", "#dedaeb", "#d7e1d6")
_CHART = Box(508.0, 96.0, 1130.0, 500.0)
_LEFT, _COLUMN = 64, 340
_DASHES: tuple[tuple[float, ...], ...] = ((), (20.0, 10.0), (6.0, 8.0), (26.0, 8.0, 6.0, 8.0))

_VALUE_SIZES = (42, 32, 24)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Words:
    """What the picture says: the title, up to three figures as pairs of name and value, and a line below."""

    title: str
    figures: Sequence[tuple[str, str]]
    below: str


def state_picture(words: Words, chart: Mapping[str, Any]) -> bytes:
    """Return the picture of a state: its figures, and a chart of its result."""
    image, canvas = _blank()
    _write_column(canvas, words)
    canvas.rounded_rectangle(_scaled(424, 48, 1164, 574), radius=12 * _FINE, fill=_PANEL, outline=_RULE, width=_FINE)
    _draw_chart(canvas, draw(chart, _CHART))
    return _bytes(image)


def question_picture(title: str, question: str) -> bytes:
    """Return the picture of a question that is still to be answered; it gives nothing away."""
    image, canvas = _blank()
    bottom = _paragraph(canvas, title, 64, 60, size=58, width=1060, colour=_INK, most=2)
    _paragraph(canvas, question, 64, bottom + 26, size=38, width=1060, colour=_SOFT, most=6)
    canvas.text((_LEFT * _FINE, 552 * _FINE), "Headroom", font=_font(30), fill=_ACCENT)
    canvas.text((1136 * _FINE, 552 * _FINE), "Commit before you look", font=_font(30), fill=_SOFT, anchor="ra")
    return _bytes(image)


def _blank() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), _PAPER)
    return image, ImageDraw.Draw(image)


def _bytes(image: Image.Image) -> bytes:
    written = io.BytesIO()
    small = image.reduce(_FINE).quantize(128, dither=Image.Dither.NONE)
    small.save(written, "PNG", optimize=True)
    return written.getvalue()


@lru_cache(maxsize=16)
def _font(size: int) -> Font:
    return ImageFont.load_default(size * _FINE)


def _scaled(*numbers: float) -> list[float]:
    return [number * _FINE for number in numbers]


def _write_column(canvas: ImageDraw.ImageDraw, words: Words) -> None:
    bottom = _paragraph(canvas, words.title, _LEFT, 56, size=46, width=_COLUMN, colour=_INK, most=3)
    bottom = max(bottom + 20, 232)
    for name, value in words.figures:
        _paragraph(canvas, name, _LEFT, bottom, size=22, width=_COLUMN, colour=_SOFT, most=1)
        size = next((size for size in _VALUE_SIZES if _fits(canvas, value, size)), _VALUE_SIZES[-1])
        _paragraph(canvas, value, _LEFT, bottom + 26, size=size, width=_COLUMN, colour=_INK, most=1)
        bottom += 92
    canvas.text((_LEFT * _FINE, 552 * _FINE), "Headroom", font=_font(30), fill=_ACCENT)
    _paragraph(canvas, words.below, 424, 588, size=22, width=740, colour=_SOFT, most=1)


def _fits(canvas: ImageDraw.ImageDraw, text: str, size: int) -> bool:
    return canvas.textlength(text, font=_font(size)) <= _COLUMN * _FINE


def _paragraph(
    canvas: ImageDraw.ImageDraw, text: str, x: float, y: float, *, size: int, width: float, colour: str, most: int
) -> float:
    """Write lines of at most a width, the last cut short where there are too many; return where the next may begin."""
    font = _font(size)
    lines = [""]
    for word in text.split():
        wider = f"{lines[-1]} {word}".strip()
        if canvas.textlength(wider, font=font) <= width * _FINE or not lines[-1]:
            lines[-1] = wider
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    for line in lines:
        canvas.text((x * _FINE, y * _FINE), line, font=font, fill=colour)
        y += size * 1.22
    return y


def _draw_chart(canvas: ImageDraw.ImageDraw, drawing: Drawing) -> None:
    box, small = drawing.box, _font(20)
    for tick in drawing.y_ticks:
        canvas.line(_scaled(box.left, tick.at, box.right, tick.at), fill=_RULE, width=_FINE)
        canvas.text((_scaled(box.left - 8)[0], tick.at * _FINE), tick.text, font=small, fill=_SOFT, anchor="rm")
    for tick in drawing.x_ticks:
        canvas.line(_scaled(tick.at, box.bottom, tick.at, box.bottom + 6), fill=_SOFT, width=_FINE)
        canvas.text((tick.at * _FINE, (box.bottom + 10) * _FINE), tick.text, font=small, fill=_SOFT, anchor="ma")
    canvas.line(_scaled(box.left, box.bottom, box.right, box.bottom), fill=_SOFT, width=_FINE)
    canvas.text(_pair(box.left, box.top - 34), drawing.y_title, font=small, fill=_SOFT)
    canvas.text(_pair(box.right, box.bottom + 44), drawing.x_title, font=small, fill=_SOFT, anchor="ra")
    for shape in drawing.shapes:
        _draw_shape(canvas, shape, box)


def _draw_shape(canvas: ImageDraw.ImageDraw, shape: Shape, box: Box) -> None:
    colour = _SERIES[shape.number]
    if shape.kind == "area":
        canvas.polygon([_pair(x, y) for x, y in shape.points], fill=_WASHES[shape.number])
    elif shape.kind == "bars":
        width = max(1.0, (box.right - box.left) / len(shape.points) - 2.0)
        for x, y in shape.points:
            corners = _scaled(x - width / 2, min(y, box.bottom), x + width / 2, box.bottom)
            canvas.rectangle(corners, fill=_WASHES[shape.number])
    elif shape.kind == "dots":
        radius = 7.0 if len(shape.points) <= 4 else 4.0
        for x, y in shape.points:
            canvas.ellipse(_scaled(x - radius, y - radius, x + radius, y + radius), fill=colour, outline=_PANEL)
    else:
        for piece in _dashed(shape.points, _DASHES[shape.number]):
            canvas.line([_pair(x, y) for x, y in piece], fill=colour, width=4 * _FINE, joint="curve")


def _pair(x: float, y: float) -> tuple[float, float]:
    return x * _FINE, y * _FINE


def _dashed(points: Sequence[tuple[float, float]], dashes: Sequence[float]) -> list[list[tuple[float, float]]]:
    """Return the pieces of a line that are inked, walking its length by turns of dash and gap."""
    if not dashes:
        return [list(points)]
    pieces: list[list[tuple[float, float]]] = [[points[0]]]
    turn, left = 0, dashes[0]
    for (x, y), (end_x, end_y) in pairwise(points):
        length = ((end_x - x) ** 2 + (end_y - y) ** 2) ** 0.5
        walked = 0.0
        while length - walked > left:
            walked += left
            at = (x + (end_x - x) * walked / length, y + (end_y - y) * walked / length)
            if turn % 2 == 0:
                pieces[-1].append(at)
            else:
                pieces.append([at])
            turn += 1
            left = dashes[turn % len(dashes)]
        left -= length - walked
        if turn % 2 == 0:
            pieces[-1].append((end_x, end_y))
    return [piece for piece in pieces if len(piece) > 1]
