"""What pages and other rooms read about questions and grades: frozen, in a number of queries that does not grow."""

from quizzes.selectors.allowances import times_in
from quizzes.selectors.assignments import AssignmentSummary, WorkState, assignments_of
from quizzes.selectors.attempts import AttemptView, StepView, attempt_view
from quizzes.selectors.calibration import ConfidenceCalibration, calibration_of, cohort_calibration
from quizzes.selectors.cards import (
    QuestionCard,
    anchor_of,
    attempt_cards,
    card_after_another,
    card_with,
    practice_card,
    questions_on_page,
    sitting_cards,
)
from quizzes.selectors.export import answers_of, drafts_of
from quizzes.selectors.grades import (
    CohortGrades,
    CurrentGrade,
    LearnerGrades,
    QuestionHeading,
    cohort_grades,
    grades_of,
)
from quizzes.selectors.questions import definition_for, drawn_again, drawn_for, question_for, question_of
from quizzes.selectors.regrades import RegradeNotice, unseen_regrades
from quizzes.selectors.sittings import card_of_sitting
from quizzes.selectors.verification import Difference, MarkDifference, differing_grades, differing_marks

__all__ = [
    "AssignmentSummary",
    "AttemptView",
    "CohortGrades",
    "ConfidenceCalibration",
    "CurrentGrade",
    "Difference",
    "LearnerGrades",
    "MarkDifference",
    "QuestionCard",
    "QuestionHeading",
    "RegradeNotice",
    "StepView",
    "WorkState",
    "anchor_of",
    "answers_of",
    "assignments_of",
    "attempt_cards",
    "attempt_view",
    "calibration_of",
    "card_after_another",
    "card_of_sitting",
    "card_with",
    "cohort_calibration",
    "cohort_grades",
    "definition_for",
    "differing_grades",
    "differing_marks",
    "drafts_of",
    "drawn_again",
    "drawn_for",
    "grades_of",
    "practice_card",
    "question_for",
    "question_of",
    "questions_on_page",
    "sitting_cards",
    "times_in",
    "unseen_regrades",
]
