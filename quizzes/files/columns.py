"""The columns of a grade file: as Canvas's gradebook and Moodle's text export order and name them.

Both as read in their sources: Canvas's `gradebook_exporter.rb` and `gradebook_importer.rb`, Moodle's
`grade_export_txt.php` and `grade/export/lib.php` (see docs/reference/grade-files.md).
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Final
from uuid import UUID

from quizzes.errors import InvalidGradeFile
from quizzes.files.sheet import Sheet
from quizzes.files.text import guarded, plain

STATE: Final = "Headroom state"
STATE_PREFIX: Final = "v1:"
SIGNATURE_LENGTH: Final = 6
POINTS_POSSIBLE: Final = "Points Possible"
CANVAS_TOTALS: Final = ("Current Score", "Unposted Current Score", "Final Score", "Unposted Final Score")
MOODLE_TOTAL: Final = "Course total (Real)"
MOODLE_TIME: Final = "Last downloaded from this course"
_IDENTIFIED: Final = {"id", "id number"}
_ADDRESSED: Final = {"sis login id", "email address", "email", "e-mail", "e-mail address"}
_CARRIED: Final = {
    "student",
    "lastname",
    "firstname",
    "first name",
    "last name",
    "surname",
    "section",
    "sis user id",
    "integration id",
    "root account",
    "institution",
    "department",
    "suspended in this course",
    MOODLE_TOTAL.lower(),
    MOODLE_TIME.lower(),
}
_NUMBERED: Final = re.compile(r"\(([0-9]{1,15})\)$")
_SCORES: Final = re.compile(
    r"(?:^|\s)(?:Unposted )?(?:Current|Final) (?:Score|Points|Grade)$|^Override (?:Score|Grade|Status)"
)


class Shape(StrEnum):
    """Whose file it is like."""

    CANVAS = "canvas"
    MOODLE = "moodle"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of marks: an assignment's, or that of one question of it."""

    assignment_id: UUID
    title: str
    item_key: str = ""

    @property
    def number(self) -> int:
        """What names the column whatever its title: at most 15 digits, which spreadsheets keep."""
        return column_number(self.assignment_id, self.item_key)


class Kind(StrEnum):
    """What a column of a file that was uploaded is."""

    MARKS = "marks"
    ID = "id"
    ADDRESS = "address"
    STATE = "state"
    CARRIED = "carried"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Columns:
    """A file's columns by their place: those of marks, who a row is about, and the names of those that are none."""

    marks: Mapping[int, Column]
    id: int | None
    address: int | None
    state: int | None
    unknown: tuple[str, ...]


def column_number(assignment_id: UUID, item_key: str = "") -> int:
    """Return a number for an assignment or a question of it, the same in every file."""
    return int.from_bytes(blake2b(assignment_id.bytes + item_key.encode(), digest_size=6).digest(), "big")


def signature(number: int, text: str) -> str:
    """Return six characters that say what a mark was when it was exported."""
    digest = blake2b(f"{number}={text}".encode(), digest_size=5).digest()
    return urlsafe_b64encode(digest)[:SIGNATURE_LENGTH].decode()


def state_text(signatures: Iterable[str]) -> str:
    """Return a row's state: what each of its marks was."""
    return STATE_PREFIX + "".join(signatures)


def read_state(cell: str) -> frozenset[str] | None:
    """Return the signatures in a row's state; None where there is none that can be read."""
    text = cell.strip()
    if not text.startswith(STATE_PREFIX):
        return None
    body = text.removeprefix(STATE_PREFIX)
    starts = range(0, len(body), SIGNATURE_LENGTH)
    return frozenset(body[start : start + SIGNATURE_LENGTH] for start in starts)


def header_of(shape: Shape, columns: Sequence[Column], categories: Sequence[str]) -> list[str]:
    """Return the header of a file to be downloaded."""
    if shape == Shape.CANVAS:
        totals = [f"{category} {total}" for category in categories for total in CANVAS_TOTALS]
        marks = [guarded(f"{column.title} ({column.number})") for column in columns]
        return ["Student", "ID", "SIS Login ID", "Section", *marks, *map(guarded, totals), *CANVAS_TOTALS, STATE]
    marks = [f"Assignment: {column.title} ({column.number}) (Real)" for column in columns]
    who = ["First name", "Last name", "ID number", "Institution", "Department", "Email address"]
    return [*who, *marks, MOODLE_TOTAL, MOODLE_TIME, STATE]


def read_columns(sheet: Sheet, known: Sequence[Column]) -> Columns:
    """Return what each column of a file is.

    Marks are found by the number in their title, else by the title, if only one has it. Raises InvalidGradeFile where
    no column names learners or holds marks, or where two are one.
    """
    by_number = {column.number: column for column in known}
    titles = Counter(column.title for column in known)
    by_title = {column.title: column for column in known if titles[column.title] == 1}
    marks: dict[int, Column] = {}
    places: dict[Kind, int] = {}
    unknown: list[str] = []
    for place, cell in enumerate(sheet.header.cells):
        title = plain(cell.strip()).strip()
        column = _column_called(title, by_number, by_title)
        if column is not None:
            if column in marks.values():
                raise InvalidGradeFile(f"Two columns are “{column.title}”. Remove one of them and upload again.")
            marks[place] = column
            continue
        kind = _kind_of(title)
        if kind in {Kind.ID, Kind.ADDRESS, Kind.STATE}:
            if kind in places:
                raise InvalidGradeFile(f"Two columns are called “{title}”. Remove one of them and upload again.")
            places[kind] = place
        elif kind == Kind.UNKNOWN:
            unknown.append(title)
    if Kind.ID not in places and Kind.ADDRESS not in places:
        raise InvalidGradeFile(
            "No column says who a row is about. Learners are found by “ID” or “ID number”, or by “SIS Login ID” or "
            "“Email address”, never by name. Export the gradebook and change marks in that file."
        )
    if not marks:
        raise InvalidGradeFile(
            "No column is an assignment of this course. Columns are found by the number in their title, or by the "
            "title as the gradebook has it. Export the gradebook and change marks in that file."
        )
    return Columns(marks, places.get(Kind.ID), places.get(Kind.ADDRESS), places.get(Kind.STATE), tuple(unknown))


def _column_called(title: str, by_number: Mapping[int, Column], by_title: Mapping[str, Column]) -> Column | None:
    name = title.removesuffix("(Real)").strip()
    numbered = _NUMBERED.search(name)
    found = by_number.get(int(numbered[1])) if numbered else None
    return found or by_title.get(name) or by_title.get(name.removeprefix("Assignment:").strip())


def _kind_of(title: str) -> Kind:
    name = title.lower()
    if name in _IDENTIFIED:
        return Kind.ID
    if name in _ADDRESSED:
        return Kind.ADDRESS
    if title == STATE:
        return Kind.STATE
    return Kind.CARRIED if not name or name in _CARRIED or _SCORES.search(title) else Kind.UNKNOWN
