"""Prepare wide tables for a narrow screen, where each row becomes a block of named cells."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Final

MOST_PIXELS: Final = 354
"""The reading column of a phone 390 pixels wide."""

CHARACTER_PIXELS: Final = 7.5
"""The mean width of a character of a table's 14 pixel type; figures are a little wider, letters a little narrower."""

GUTTER_PIXELS: Final = 14
MOST_CHARACTERS: Final = 100
"""A row of more text than this has columns of two or three words on a phone, though no word of it sticks out."""

FEWEST_COLUMNS: Final = 3
"""Two columns wrap well at any width."""

_ROW: Final = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL: Final = re.compile(r"<(?P<tag>t[hd])(?P<attributes>[^>]*)>(?P<inner>.*?)</(?P=tag)>", re.DOTALL)
_NOTE: Final = re.compile(r'<span popover="" id="[^"]*" class="[^"]*">.*?</span>', re.DOTALL)
_COMPUTED: Final = re.compile(r"<button[^>]*>(.*?)</button>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_FIGURES: Final = 'class="n"'
"""What the renderer writes on the cells of a column aligned to the right, which the style keeps on one line."""

_UNBROKEN: Final = "\N{NO-BREAK SPACE}"


def prepared_for_phones(table: str) -> str:
    """Return a table's HTML so marked that a narrow screen can stack it; one that fits a phone is returned as it is.

    A stacked table names its parts by `role`, since a browser forgets what rows and cells are when style takes
    their layout from them, and gives each cell its column's name in `data-label`.
    """
    rows = [_CELL.findall(row) for row in _ROW.findall(table)]
    words = [[_words(inner, unbroken=tag == "td" and _FIGURES in told) for tag, told, inner in row] for row in rows]
    if not words or fits_a_phone(words):
        return table
    names = [_TAG.sub("", _NOTE.sub("", inner)).strip() for _, _, inner in rows[0]]
    marked = _ROW.sub(lambda row: f'<tr role="row">{_named(row[1], names)}</tr>', table)
    for tag, role in (
        ("table", 'class="stacks" role="table"'),
        ("thead", 'role="rowgroup"'),
        ("tbody", 'role="rowgroup"'),
    ):
        marked = marked.replace(f"<{tag}>", f"<{tag} {role}>")
    return marked


def fits_a_phone(rows: list[list[str]]) -> bool:
    """Say whether a table of these texts, a row a list, reads well in `MOST_PIXELS`."""
    if len(rows[0]) < FEWEST_COLUMNS:
        return True
    columns = [[row[index] for row in rows if index < len(row)] for index in range(len(rows[0]))]
    longest_words = [max((len(word) for text in column for word in text.split(" ")), default=0) for column in columns]
    pixels = sum(longest_words) * CHARACTER_PIXELS + (len(columns) - 1) * GUTTER_PIXELS
    return pixels <= MOST_PIXELS and all(sum(map(len, row)) <= MOST_CHARACTERS for row in rows)


def _words(inner: str, *, unbroken: bool) -> str:
    """Return what a reader sees of a cell; a computed number is one word, and so is a cell that is `unbroken`."""
    shown = _COMPUTED.sub(lambda number: number[1].replace(" ", _UNBROKEN), _NOTE.sub("", inner))
    text = unescape(_TAG.sub("", shown))
    return text.replace(" ", _UNBROKEN) if unbroken else text


def _named(row: str, names: list[str]) -> str:
    """Return the cells of a row with their roles, each cell of the body with the name of its column."""
    columns = iter(names)

    def named(cell: re.Match[str]) -> str:
        attributes, inner = cell["attributes"], cell["inner"]
        if cell["tag"] == "th":
            return f'<th{attributes} role="columnheader">{inner}</th>'
        label = escape(unescape(next(columns, "")))
        return f'<td{attributes} role="cell" data-label="{label}"><span class="cell">{inner}</span></td>'

    return _CELL.sub(named, row)
