"""What pages and other rooms read of what is to be remembered: frozen, in a number of queries that does not grow."""

from lessons.review.selectors.deck import Deck, DueCard, Schedule, Stretch, day_of, deck_of, memory_of, schedule_of
from lessons.review.selectors.export import reviews_by
from lessons.review.selectors.pages import CardPage, QuestionPage, ReviewPage, card_page, question_page, review_page
from lessons.review.selectors.readiness import ReadinessPage, readiness_page
from lessons.review.selectors.recall import CohortRecall, Forgotten, cohort_recall, recall_of
from lessons.review.selectors.rounds import (
    InterviewPage,
    InterviewStart,
    PlacementPage,
    interview_page,
    interview_start,
    met_at,
    placement_chapters,
    placement_page,
    placement_signs,
    read_questions,
)
from lessons.review.selectors.syllabus import Subject, Syllabus, syllabus_of

__all__ = [
    "CardPage",
    "CohortRecall",
    "Deck",
    "DueCard",
    "Forgotten",
    "InterviewPage",
    "InterviewStart",
    "PlacementPage",
    "QuestionPage",
    "ReadinessPage",
    "ReviewPage",
    "Schedule",
    "Stretch",
    "Subject",
    "Syllabus",
    "card_page",
    "cohort_recall",
    "day_of",
    "deck_of",
    "interview_page",
    "interview_start",
    "memory_of",
    "met_at",
    "placement_chapters",
    "placement_page",
    "placement_signs",
    "question_page",
    "read_questions",
    "readiness_page",
    "recall_of",
    "review_page",
    "reviews_by",
    "schedule_of",
    "syllabus_of",
]
