"""Addresses of questions."""

from __future__ import annotations

from django.urls import path

from quizzes.views import questions

app_name = "quizzes"

urlpatterns = [
    path("learn/<slug:offering>/questions/<path:key>/submit", questions.submit, name="submit"),
    path("learn/<slug:offering>/questions/<path:key>/give-up", questions.give_up, name="give-up"),
    path("learn/<slug:offering>/questions/<path:key>/draft", questions.draft, name="draft"),
    path("learn/<slug:offering>/questions/<path:key>/", questions.question, name="question"),
]
