"""The rules of this room: what tries are worth, what being late costs, who may grade, which variant comes first."""

from quizzes.policy.corrections import JudgedAnew, corrected_mark, mark_through
from quizzes.policy.local_times import NoSuchTime, happens_twice, instant_of, local_of, span_in_words, spoken
from quizzes.policy.marks import mark_of, to_share
from quizzes.policy.people import may_grade, may_teach
from quizzes.policy.proportions import Proportion, proportion
from quizzes.policy.seeds import FIRST_SEEDS, VISITOR_SEED, first_seed
from quizzes.policy.times import GRACE, Times, days_late, end_of_sitting, late_share, times_of
from quizzes.policy.totals import CategoryWork, QuestionMark, Standing, Total, Work, total_of, work_of

__all__ = [
    "FIRST_SEEDS",
    "GRACE",
    "VISITOR_SEED",
    "CategoryWork",
    "JudgedAnew",
    "NoSuchTime",
    "Proportion",
    "QuestionMark",
    "Standing",
    "Times",
    "Total",
    "Work",
    "corrected_mark",
    "days_late",
    "end_of_sitting",
    "first_seed",
    "happens_twice",
    "instant_of",
    "late_share",
    "local_of",
    "mark_of",
    "mark_through",
    "may_grade",
    "may_teach",
    "proportion",
    "span_in_words",
    "spoken",
    "times_of",
    "to_share",
    "total_of",
    "work_of",
]
