"""Grade files: CSV in the shapes of Canvas and Moodle, read and written. Pure: knows no database and no web."""

from quizzes.files.columns import (
    CANVAS_TOTALS,
    POINTS_POSSIBLE,
    Column,
    Columns,
    Shape,
    header_of,
    read_columns,
    read_state,
    signature,
    state_text,
)
from quizzes.files.marks import EXCUSED, mark_text, read_mark
from quizzes.files.sheet import LARGEST_BYTES, MOST_ROWS, Record, Sheet, read_sheet
from quizzes.files.text import guarded, plain

__all__ = [
    "CANVAS_TOTALS",
    "EXCUSED",
    "LARGEST_BYTES",
    "MOST_ROWS",
    "POINTS_POSSIBLE",
    "Column",
    "Columns",
    "Record",
    "Shape",
    "Sheet",
    "guarded",
    "header_of",
    "mark_text",
    "plain",
    "read_columns",
    "read_mark",
    "read_sheet",
    "read_state",
    "signature",
    "state_text",
]
