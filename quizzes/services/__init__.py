"""Everything that writes in this room, a file a subject."""

from quizzes.services.attempts import ShownVariant, open_attempt, save_draft, store_shown_variant, submit_step
from quizzes.services.grades import excuse_grade, override_grade

__all__ = [
    "ShownVariant",
    "excuse_grade",
    "open_attempt",
    "override_grade",
    "save_draft",
    "store_shown_variant",
    "submit_step",
]
