"""Everything that writes in this room, a file a subject."""

from quizzes.services.allowances import AllowanceTerms, grant_allowance, set_extra_time
from quizzes.services.answers import (
    ShownVariant,
    answer_shown,
    draft_shown,
    end_attempts,
    finish_sitting,
    give_up,
    save_draft,
    submit_step,
)
from quizzes.services.assignments import (
    create_assignment,
    post_grades,
    update_assignment,
    update_category,
    withdraw_grades,
)
from quizzes.services.attempts import open_attempt
from quizzes.services.comebacks import start_review
from quizzes.services.grades import excuse_grade, override_grade
from quizzes.services.marks import rebuild_marks
from quizzes.services.sittings import end_sittings, hand_in, start_sitting
from quizzes.services.terms import AssignmentTerms, CategoryTerms, SetQuestion

__all__ = [
    "AllowanceTerms",
    "AssignmentTerms",
    "CategoryTerms",
    "SetQuestion",
    "ShownVariant",
    "answer_shown",
    "create_assignment",
    "draft_shown",
    "end_attempts",
    "end_sittings",
    "excuse_grade",
    "finish_sitting",
    "give_up",
    "grant_allowance",
    "hand_in",
    "open_attempt",
    "override_grade",
    "post_grades",
    "rebuild_marks",
    "save_draft",
    "set_extra_time",
    "start_review",
    "start_sitting",
    "submit_step",
    "update_assignment",
    "update_category",
    "withdraw_grades",
]
