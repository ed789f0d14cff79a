"""The addresses of this room."""

from __future__ import annotations

from django.urls import path

from lessons.review.views import deck, readiness

app_name = "review"

DECK = "learn/<slug:offering>/review/"

urlpatterns = [
    path(DECK, deck.deck, name="deck"),
    path(f"{DECK}rate", deck.rate, name="rate"),
    path(f"{DECK}ask", deck.ask, name="ask"),
    path(f"{DECK}questions/<uuid:review_id>/", deck.question, name="question"),
    path("learn/<slug:offering>/readiness/", readiness.readiness, name="readiness"),
]
