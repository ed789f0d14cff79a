"""What this room does when the rooms below report something.

What it does is imported when there is something to do: every command sets up Django, and few of them report anything.
"""

from __future__ import annotations

from typing import Any

from lessons.catalogue.models import Event, Verb
from quizzes.models import Attempt


def take_answer_as_review(*, event: Event, **_: Any) -> None:
    """Let an answer that a card asked for be that card's review; within the transaction of the answer."""
    if event.verb != Verb.ANSWERED or event.data.get("purpose") != Attempt.Purpose.REVIEW:
        return
    from lessons.review.services import note_answer

    note_answer(event=event)
