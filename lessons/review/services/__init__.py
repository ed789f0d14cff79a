"""Everything that writes in this room, a file a subject."""

from lessons.review.services.cards import CardDifference, check_cards, rebuild_cards
from lessons.review.services.reviews import ask, note_answer, rate
from lessons.review.services.rounds import (
    answer_interview,
    end_interviews,
    finish_interview,
    go_on,
    start_interview,
    start_placement,
    tick_moves,
)

__all__ = [
    "CardDifference",
    "answer_interview",
    "ask",
    "check_cards",
    "end_interviews",
    "finish_interview",
    "go_on",
    "note_answer",
    "rate",
    "rebuild_cards",
    "start_interview",
    "start_placement",
    "tick_moves",
]
