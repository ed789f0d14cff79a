"""Everything that writes in this room, a file a subject."""

from quizzes.services.answers import (
    ShownVariant,
    answer_shown,
    draft_shown,
    finish_sitting,
    give_up,
    save_draft,
    submit_step,
)
from quizzes.services.attempts import open_attempt
from quizzes.services.comebacks import start_review
from quizzes.services.grades import excuse_grade, override_grade
from quizzes.services.marks import rebuild_marks

__all__ = [
    "ShownVariant",
    "answer_shown",
    "draft_shown",
    "excuse_grade",
    "finish_sitting",
    "give_up",
    "open_attempt",
    "override_grade",
    "rebuild_marks",
    "save_draft",
    "start_review",
    "submit_step",
]
