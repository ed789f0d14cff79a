"""Kinds of questions: read their definitions, draw variants, read answers and judge them.

Pure: no framework, database, clock or network; a variant depends on its definition and seed alone.
"""

from quizzes.kinds.contract import LONGEST_ANSWER, Drawn, Examples, Graded, Outcome
from quizzes.kinds.errors import InvalidQuestion, MalformedAnswer
from quizzes.kinds.question import KINDS, Question, grade, keep_draft, parse_question, read_answer
from quizzes.kinds.verification import verify_question

__all__ = [
    "KINDS",
    "LONGEST_ANSWER",
    "Drawn",
    "Examples",
    "Graded",
    "InvalidQuestion",
    "MalformedAnswer",
    "Outcome",
    "Question",
    "grade",
    "keep_draft",
    "parse_question",
    "read_answer",
    "verify_question",
]
