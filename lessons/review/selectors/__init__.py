"""What pages and other rooms read of what is to be remembered: frozen, in a number of queries that does not grow."""

from lessons.review.selectors.deck import Deck, DueCard, day_of, deck_of, memory_of
from lessons.review.selectors.export import reviews_by
from lessons.review.selectors.pages import AskedPage, ReviewPage, asked_page, review_page
from lessons.review.selectors.readiness import DIMENSIONS, ReadinessPage, dimension_standings, readiness_page
from lessons.review.selectors.recall import recall_of
from lessons.review.selectors.syllabus import Subject, Syllabus, syllabus_of

__all__ = [
    "DIMENSIONS",
    "AskedPage",
    "Deck",
    "DueCard",
    "ReadinessPage",
    "ReviewPage",
    "Subject",
    "Syllabus",
    "asked_page",
    "day_of",
    "deck_of",
    "dimension_standings",
    "memory_of",
    "readiness_page",
    "recall_of",
    "review_page",
    "reviews_by",
    "syllabus_of",
]
