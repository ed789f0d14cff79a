"""Addresses of questions."""

from __future__ import annotations

from django.urls import path

from quizzes import views

app_name = "quizzes"

urlpatterns = [
    path("learn/<slug:offering>/questions/<path:key>/submit", views.submit, name="submit"),
    path("learn/<slug:offering>/questions/<path:key>/draft", views.draft, name="draft"),
    path("learn/<slug:offering>/questions/<path:key>/", views.question, name="question"),
]
