"""What can go wrong with questions, attempts and grades, in words for the person concerned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from quizzes.kinds import InvalidQuestion, MalformedAnswer

__all__ = [
    "AssignmentNotFound",
    "CannotStart",
    "ConfidenceMissing",
    "CorrectionOvertaken",
    "Fault",
    "GradeFileOvertaken",
    "InvalidAssignment",
    "InvalidCorrection",
    "InvalidGrade",
    "InvalidGradeFile",
    "InvalidIdempotencyKey",
    "InvalidQuestion",
    "LearnersOnly",
    "MalformedAnswer",
    "NotFound",
    "QuizzesError",
    "SittingOver",
    "StaleDraft",
    "StaleVariant",
]


class QuizzesError(Exception):
    """Base of every error of this room; its text is meant for the person who caused it."""


class NotFound(QuizzesError):
    """What was asked for does not exist, or is not the asker's to see."""

    def __init__(self) -> None:
        super().__init__("There is nothing here by that address, or it is not yours to see.")


class ConfidenceMissing(QuizzesError):
    """An answer was sent without saying how sure one is of it."""

    def __init__(self, given: str) -> None:
        said = (
            f"“{given[:20]}” is none of sure, fairly sure and guess."
            if given
            else "You have not said how sure you are."
        )
        super().__init__(f"{said} Choose one and check again; your answer is kept, and no try is spent.")


class StaleVariant(QuizzesError):
    """An answer was for a variant that is no longer the current one: the tab is older than the attempt."""

    def __init__(self) -> None:
        super().__init__(
            "This tab showed an earlier variant of the question, so nothing was graded and no try is spent. "
            "What stands here now is current."
        )


class QuestionGone(StaleVariant):
    """A first answer came to a question that the course, as the offering reads it by now, has no more."""

    def __init__(self) -> None:
        QuizzesError.__init__(
            self,
            "This question was taken out of the course after you opened the page, so nothing was graded and no try is "
            "spent. It is no part of your progress any more.",
        )


class SittingOver(QuizzesError):
    """Something was sent for an assignment whose time is over; what had been saved by then was handed in."""

    def __init__(self, ended_at: datetime) -> None:
        self.ended_at = ended_at
        super().__init__(
            "The time for this assignment is over, so this was not taken. "
            "What had been saved before the end was handed in."
        )


class StaleDraft(QuizzesError):
    """A draft is older than the one that is kept."""

    def __init__(self, saved_at: datetime) -> None:
        self.saved_at = saved_at
        super().__init__(
            "Another tab saved a newer draft of this answer, so this one was not kept. "
            "Reload to go on from the newer one."
        )


class InvalidIdempotencyKey(QuizzesError):
    """The key that makes a repeated request harmless is absent or cannot be one."""

    def __init__(self, given: str, longest: int) -> None:
        super().__init__(
            f"A submit needs an idempotency key of 1 to {longest} characters, the same when it is repeated; "
            f"this one has {len(given)}."
        )


class InvalidGrade(QuizzesError):
    """A grade set by hand lies outside 0 to 1, or gives no reason."""


class InvalidCorrection(QuizzesError):
    """A corrected definition cannot be used; `faults` are (path within it, message)."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(f"{path}: {message}" if path else message for path, message in self.faults))


class CorrectionOvertaken(QuizzesError):
    """A correction can't be applied any more, or not now: something else has changed the question since."""


class AssignmentNotFound(NotFound):
    """The assignment, category or learner does not exist, or is not the asker's to see."""

    def __init__(self) -> None:
        super(NotFound, self).__init__("There is no such assignment, or it is not yours to see.")


class LearnersOnly(QuizzesError):
    """Somebody who does not learn in the cohort tried to sit its assignment."""

    def __init__(self, cohort: str) -> None:
        super().__init__(f"Only learners of {cohort} sit its assignments; you are in it in another role.")


class CannotStart(QuizzesError):
    """An assignment cannot be started now: it is not open yet, no longer open, or excused."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with what was given: where, what was given, and what to do about it."""

    field: str
    value: object
    message: str


class InvalidAssignment(QuizzesError):
    """An assignment, a category or an allowance says something that cannot be; `faults` names each."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class InvalidGradeFile(QuizzesError):
    """A grade file cannot be read as a whole; the text says where and what to do."""


class GradeFileOvertaken(QuizzesError):
    """Marks changed between looking a grade file over and applying it, so that it would do something else."""

    def __init__(self) -> None:
        super().__init__(
            "Marks changed since you looked this file over, so nothing was applied. What it would do now is below."
        )
