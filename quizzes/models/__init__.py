"""The tables of this room, a file a subject: attempts, assignments, grades, corrections, learning."""

from quizzes.models.assignments import Allowance, Assignment, AssignmentQuestion, GradeCategory, Sitting
from quizzes.models.attempts import Attempt, Draft, Step, Variant
from quizzes.models.corrections import Correction, Forecast, Regrade
from quizzes.models.grade_files import GradeFile
from quizzes.models.grades import BY_ENGINE, DECIDED, GradeEntry
from quizzes.models.learning import AnalysisOrder, Comeback, ItemAnalysis
from quizzes.models.marks import AssignmentMark

__all__ = [
    "BY_ENGINE",
    "DECIDED",
    "Allowance",
    "AnalysisOrder",
    "Assignment",
    "AssignmentMark",
    "AssignmentQuestion",
    "Attempt",
    "Comeback",
    "Correction",
    "Draft",
    "Forecast",
    "GradeCategory",
    "GradeEntry",
    "GradeFile",
    "ItemAnalysis",
    "Regrade",
    "Sitting",
    "Step",
    "Variant",
]
