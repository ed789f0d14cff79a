"""Addresses of questions."""

from __future__ import annotations

from django.urls import path

from quizzes.views import learning, questions

app_name = "quizzes"

urlpatterns = [
    path("learn/<slug:offering>/calibration/", learning.calibration, name="calibration"),
    path("learn/<slug:offering>/reviews/", learning.reviews, name="reviews"),
    path("learn/<slug:offering>/reviews/<int:comeback_id>/", learning.review, name="review"),
    path("learn/<slug:offering>/reviews/<int:comeback_id>/start", learning.start_review, name="start-review"),
    path("learn/<slug:offering>/questions/<path:key>/submit", questions.submit, name="submit"),
    path("learn/<slug:offering>/questions/<path:key>/give-up", questions.give_up, name="give-up"),
    path("learn/<slug:offering>/questions/<path:key>/draft", questions.draft, name="draft"),
    path("learn/<slug:offering>/questions/<path:key>/", questions.question, name="question"),
]
