"""Everything that writes in this room, a file a subject."""

from lessons.review.services.cards import CardDifference, check_cards, rebuild_cards
from lessons.review.services.reviews import ask, note_answer, rate

__all__ = ["CardDifference", "ask", "check_cards", "note_answer", "rate", "rebuild_cards"]
