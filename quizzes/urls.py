"""Addresses of questions and of assignments."""

from __future__ import annotations

from django.urls import path

from quizzes.views import analysis, assignments, corrections, grade_files, gradebook, learning, questions, setting

app_name = "quizzes"

ASSIGNMENTS = "learn/<slug:offering>/assignments/"
ASSIGNMENT = f"{ASSIGNMENTS}<uuid:assignment_id>/"
LEARNER = f"{ASSIGNMENT}learners/<uuid:person_id>/"
GRADEBOOK = "learn/<slug:offering>/gradebook/"

urlpatterns = [
    path(ASSIGNMENTS, assignments.assignments, name="assignments"),
    path(f"{ASSIGNMENTS}new/", setting.new_assignment, name="new-assignment"),
    path(f"{ASSIGNMENTS}categories/<uuid:category_id>/", setting.category, name="category"),
    path(ASSIGNMENT, assignments.assignment, name="assignment"),
    path(f"{ASSIGNMENT}start/", assignments.start, name="start-assignment"),
    path(f"{ASSIGNMENT}work/", assignments.work, name="work"),
    path(f"{ASSIGNMENT}hand-in/", assignments.hand_in, name="hand-in"),
    path(f"{ASSIGNMENT}learners/", setting.overview, name="assignment-overview"),
    path(f"{ASSIGNMENT}edit/", setting.edit_assignment, name="edit-assignment"),
    path(f"{ASSIGNMENT}preview/", setting.preview, name="preview-assignment"),
    path(f"{ASSIGNMENT}post/", setting.post_grades, name="post-grades"),
    path(LEARNER, setting.allowance, name="allowance"),
    path(f"{LEARNER}extra-time/", setting.extra_time, name="extra-time"),
    path("learn/<slug:offering>/grades/", gradebook.own_grades, name="grades"),
    path(GRADEBOOK, gradebook.gradebook, name="gradebook"),
    path(f"{GRADEBOOK}export/", grade_files.export, name="export-grades"),
    path(f"{GRADEBOOK}import/", grade_files.upload, name="import-grades"),
    path(f"{GRADEBOOK}import/<uuid:file_id>/", grade_files.uploaded, name="uploaded-grades"),
    path(f"{GRADEBOOK}<uuid:person_id>/", gradebook.learner, name="gradebook-learner"),
    path(f"{GRADEBOOK}<uuid:person_id>/<uuid:assignment_id>/", gradebook.cell, name="gradebook-cell"),
    path("learn/<slug:offering>/analysis/", analysis.analysis, name="analysis"),
    path("learn/<slug:offering>/analysis/order", analysis.order, name="order-analysis"),
    path("learn/<slug:offering>/analysis/questions.csv", analysis.table, name="analysis-table"),
    path("learn/<slug:offering>/corrections/", corrections.corrections, name="corrections"),
    path("learn/<slug:offering>/corrections/questions/<path:key>/", corrections.correct, name="correct"),
    path("learn/<slug:offering>/corrections/<uuid:correction_id>/", corrections.correction, name="correction"),
    path("learn/<slug:offering>/corrections/<uuid:correction_id>/apply", corrections.apply, name="apply-correction"),
    path(
        "learn/<slug:offering>/corrections/<uuid:correction_id>/again",
        corrections.look_again,
        name="forecast-correction",
    ),
    path(
        "learn/<slug:offering>/corrections/<uuid:correction_id>/discard",
        corrections.discard,
        name="discard-correction",
    ),
    path("regrades/seen", corrections.seen, name="regrades-seen"),
    path("learn/<slug:offering>/calibration/", learning.calibration, name="calibration"),
    path("learn/<slug:offering>/questions/<path:key>/submit", questions.submit, name="submit"),
    path("learn/<slug:offering>/questions/<path:key>/give-up", questions.give_up, name="give-up"),
    path("learn/<slug:offering>/questions/<path:key>/draft", questions.draft, name="draft"),
    path("learn/<slug:offering>/questions/<path:key>/", questions.question, name="question"),
]
