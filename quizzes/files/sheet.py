"""Read CSV as spreadsheets write it: any common separator and encoding mark, cells of many lines, bounded in size."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from quizzes.errors import InvalidGradeFile

LARGEST_BYTES: Final = 5_000_000
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 1_000
SEPARATORS: Final = (",", ";", "\t")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Record:
    """A row of cells and the line of the file on which it begins, counted from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's header and rows; with semicolons between cells a comma separates decimals."""

    header: Record
    rows: tuple[Record, ...]
    decimal_comma: bool


def read_sheet(content: bytes) -> Sheet:
    """Return what a file holds, empty rows left out; raises InvalidGradeFile with the line and the remedy."""
    if len(content) > LARGEST_BYTES:
        raise InvalidGradeFile(
            f"The file has {len(content):,} bytes; {LARGEST_BYTES:,} are the most that is read. Export fewer columns, "
            "or split it by learners."
        )
    text = _decoded(content)
    separator, text, first_line = _separator(text)
    records = _records(text, separator, first_line)
    header = next(records, None)
    if header is None:
        raise InvalidGradeFile("The file is empty. Export the gradebook, change marks in it, and upload that.")
    rows: list[Record] = []
    for record in records:
        if len(rows) == MOST_ROWS:
            raise InvalidGradeFile(f"The file has more than {MOST_ROWS:,} rows. Split it by learners.")
        rows.append(record)
    return Sheet(header, tuple(rows), decimal_comma=separator == ";")


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidGradeFile(
            f"Line {line:,} holds the byte {content[error.start]:#04x}, which is no {encoding.removesuffix('-sig')}. "
            "Save the file as “CSV UTF-8”."
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InvalidGradeFile(f"Line {line:,} holds a null character, so this is no CSV. Save it as “CSV UTF-8”.")
    return text


def _separator(text: str) -> tuple[str, str, int]:
    """Return what separates cells, the text from the header on, and the header's line.

    A first line such as "sep=;" decides, as in Excel; otherwise the separator that parts the header into most cells.
    """
    first, newline, rest = text.partition("\n")
    declared = first.strip().strip('"')
    if declared.lower().startswith("sep=") and declared[4:] in SEPARATORS:
        return declared[4:], rest, 2
    first = first + newline

    def cells(separator: str) -> int:
        return len(next(csv.reader(io.StringIO(first, newline=""), delimiter=separator), []))

    try:
        return max(SEPARATORS, key=cells), text, 1
    except csv.Error as error:
        raise InvalidGradeFile(f"Line 1 cannot be read as CSV: {error}. Save the file as “CSV UTF-8”.") from None


def _records(text: str, separator: str, first_line: int) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = first_line
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InvalidGradeFile(
                f"Line {line:,} cannot be read as CSV: {error}. Look for a quotation mark without its partner there."
            ) from None
        if cells is None:
            return
        if len(cells) > MOST_COLUMNS:
            raise InvalidGradeFile(
                f"Line {line:,} has {len(cells):,} columns; {MOST_COLUMNS:,} are the most there are."
            )
        if any(cell.strip() for cell in cells):
            yield Record(line, tuple(cells))
        line = first_line + reader.line_num
