"""What pages and other rooms read of what is to be remembered: frozen, in a number of queries that does not grow."""

from lessons.review.selectors.deck import Deck, DueCard, day_of, deck_of, memory_of
from lessons.review.selectors.export import reviews_by
from lessons.review.selectors.pages import AskedPage, ReviewPage, asked_page, review_page
from lessons.review.selectors.recall import recall_of
from lessons.review.selectors.syllabus import Subject, Syllabus, syllabus_of

__all__ = [
    "AskedPage",
    "Deck",
    "DueCard",
    "ReviewPage",
    "Subject",
    "Syllabus",
    "asked_page",
    "day_of",
    "deck_of",
    "memory_of",
    "recall_of",
    "review_page",
    "reviews_by",
    "syllabus_of",
]
