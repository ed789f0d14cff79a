"""What pages and other rooms read of what is to be remembered: frozen, in a number of queries that does not grow."""

from lessons.review.selectors.deck import Deck, DueCard, day_of, deck_of, memory_of
from lessons.review.selectors.export import reviews_by
from lessons.review.selectors.pages import QuestionPage, ReviewPage, question_page, review_page
from lessons.review.selectors.readiness import DIMENSIONS, ReadinessPage, readiness_page
from lessons.review.selectors.recall import recall_of
from lessons.review.selectors.syllabus import Subject, Syllabus, syllabus_of

__all__ = [
    "DIMENSIONS",
    "Deck",
    "DueCard",
    "QuestionPage",
    "ReadinessPage",
    "ReviewPage",
    "Subject",
    "Syllabus",
    "day_of",
    "deck_of",
    "memory_of",
    "question_page",
    "readiness_page",
    "recall_of",
    "review_page",
    "reviews_by",
    "syllabus_of",
]
