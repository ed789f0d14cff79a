"""An assignment's rules in words, as they are stated before the start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final

from quizzes.models import Assignment
from quizzes.policy import span_in_words
from quizzes.selectors.words import COUNTS, percent

FEEDBACK: Final[Mapping[str, str]] = {
    Assignment.Feedback.AT_ONCE: "At once, after every try",
    Assignment.Feedback.AFTER_TRIES: "After each try whether it was right, why once its tries are used",
    Assignment.Feedback.AFTER_DUE: "After the deadline",
}
_TOLD: Final[Mapping[str, str]] = {
    Assignment.Feedback.AT_ONCE: "You are told after every try how it went and why.",
    Assignment.Feedback.AFTER_TRIES: (
        "You are told after every try whether it was right, and why once the question is finished."
    ),
    Assignment.Feedback.AFTER_DUE: (
        "Nothing is told before the deadline, everybody's and yours: then you see how each answer went, and why."
    ),
}


def rules_of(assignment: Assignment, *, extra_time_percent: int, questions: int) -> tuple[tuple[str, str], ...]:
    """Return the rules as pairs of a heading and what holds, with the learner's own extra time counted in."""
    return (
        ("Questions", str(questions)),
        ("Tries", _tries(assignment)),
        ("Time", _time(assignment, extra_time_percent)),
        ("Feedback", _TOLD[assignment.feedback]),
        ("Late work", late_policy(assignment)),
        ("Grades", "Your marks are held until your instructor posts them, for everybody at the same time."),
    )


def late_policy(assignment: Assignment) -> str:
    """Return what being late costs, in numbers."""
    window = assignment.cut_off_at - assignment.due_at
    if window <= timedelta(0):
        return "None is taken: the due time is the end."
    if assignment.late_deduction == 0:
        return f"Taken for {span_in_words(window)} after the due time, without a deduction."
    days = -(-window // timedelta(days=1))
    taken = ", ".join(
        f"{percent(min(Decimal(1), assignment.late_deduction * day))} on day {day}"
        for day in range(1, min(days, 4) + 1)
    )
    more = ", and so on" if days > 4 else ""
    return (
        f"Taken for {span_in_words(window)} after the due time. Each answer that comes late loses "
        f"{percent(assignment.late_deduction)} of its mark for every day begun: {taken}{more}. "
        "Answers that came in time lose nothing."
    )


def _tries(assignment: Assignment) -> str:
    if assignment.feedback == Assignment.Feedback.AFTER_DUE:
        return "One at each question, since nothing is told before the end."
    if assignment.tries is None:
        return "As each question says, and what an earlier try takes off the mark with it."
    if assignment.tries == 1:
        return "One at each question."
    return (
        f"Up to {COUNTS[assignment.tries]} at each question, each on a fresh variant. What an earlier try takes off "
        "the mark stands with the question."
    )


def _time(assignment: Assignment, extra_time_percent: int) -> str:
    limit = assignment.time_limit_minutes
    if limit is None:
        return "No limit but the deadline. You can leave and come back, on any device."
    kept = "The clock is the site's and runs on when you leave; what is saved at the end is handed in by itself."
    if extra_time_percent == 0:
        return f"{limit} minute{'s' if limit > 1 else ''} from your start. {kept}"
    own = timedelta(minutes=limit) * (100 + extra_time_percent) / 100
    minutes = own / timedelta(minutes=1)
    return f"{minutes:g} minutes from your start: {limit}, and {extra_time_percent}% extra time of yours. {kept}"
