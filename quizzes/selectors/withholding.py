"""What a learner may be told of an answer in an assignment, and when: the one place where feedback is held back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from quizzes.models import Assignment
from quizzes.policy import Times

RECORDED: Final = "recorded"
"""The outcome of a try of which nothing may be told yet."""

NO_FEEDBACK: Final[Mapping[str, Any]] = {"html": "", "options": {}}
"""The feedback on a try of which no explanation may be told yet."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What may be told now: how an answer went, and why; `told_at` is from when on, where that is a time."""

    outcome: bool = True
    explanation: bool = True
    told_at: datetime | None = None


EVERYTHING: Final = Telling()


def telling(assignment: Assignment, times: Times, *, is_finished: bool, now: datetime) -> Telling:
    """Return what may be told of an attempt in an assignment.

    What waits for the deadline waits until nobody's answer can be helped by it: for the assignment's cut-off and the
    learner's own, whichever is later.
    """
    match Assignment.Feedback(assignment.feedback):
        case Assignment.Feedback.AT_ONCE:
            return EVERYTHING
        case Assignment.Feedback.AFTER_TRIES:
            return Telling(explanation=is_finished)
        case Assignment.Feedback.AFTER_DUE:
            told_at = max(assignment.cut_off_at, times.cut_off_at)
            return EVERYTHING if now > told_at else Telling(outcome=False, explanation=False, told_at=told_at)
