"""Kinds of questions: read their definitions, draw variants, read answers and judge them.

Pure: no framework, database, clock or network; a variant depends on its definition and seed alone.
"""

from quizzes.kinds.contract import LONGEST_ANSWER, AnswerField, Drawn, Examples, Graded, JudgedPart, Outcome
from quizzes.kinds.errors import InvalidQuestion, MalformedAnswer
from quizzes.kinds.question import (
    KINDS,
    Question,
    credit_of,
    faded,
    grade,
    keep_draft,
    parse_question,
    read_answer,
)
from quizzes.kinds.redraw import differences, looks_alike
from quizzes.kinds.verification import verify_question

__all__ = [
    "KINDS",
    "LONGEST_ANSWER",
    "AnswerField",
    "Drawn",
    "Examples",
    "Graded",
    "InvalidQuestion",
    "JudgedPart",
    "MalformedAnswer",
    "Outcome",
    "Question",
    "credit_of",
    "differences",
    "faded",
    "grade",
    "keep_draft",
    "looks_alike",
    "parse_question",
    "read_answer",
    "verify_question",
]
