"""One question of a sitting, as the answer to its form shows it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from quizzes.models import Sitting
from quizzes.selectors.allowances import times_in
from quizzes.selectors.cards import QuestionCard, sitting_cards


def card_of_sitting(*, sitting_id: UUID, item_key: str, now: datetime) -> QuestionCard:
    """Return the card of one question of a sitting, held back as its assignment says; five queries."""
    sitting = Sitting.objects.select_related("assignment", "enrolment__offering__revision").filter(pk=sitting_id).get()
    cards = sitting_cards(sitting=sitting, item_keys=[item_key], times=times_in(sitting), now=now)
    return cards[item_key]
