"""The addresses of this room."""

from __future__ import annotations

from django.urls import path

from lessons.review.views import deck, interview, placement, readiness

app_name = "review"

DECK = "learn/<slug:offering>/review/"
BEFORE = "learn/<slug:offering>/reviews/"
PLACEMENT = "learn/<slug:offering>/placement/"
INTERVIEWS = "learn/<slug:offering>/interview/"
INTERVIEW = f"{INTERVIEWS}<uuid:interview_id>/"

urlpatterns = [
    path(DECK, deck.deck, name="deck"),
    path(f"{DECK}card/", deck.card, name="card"),
    path(f"{DECK}rate", deck.rate, name="rate"),
    path(f"{DECK}ask", deck.ask, name="ask"),
    path(f"{DECK}questions/<uuid:review_id>/", deck.question, name="question"),
    path(BEFORE, deck.moved, name="moved"),
    path(f"{BEFORE}<int:comeback_id>/", deck.moved, name="moved-question"),
    path("learn/<slug:offering>/readiness/", readiness.readiness, name="readiness"),
    path(PLACEMENT, placement.placement, name="placement"),
    path(f"{PLACEMENT}start", placement.start, name="start-placement"),
    path(f"{PLACEMENT}<uuid:placement_id>/go-on", placement.go_on, name="go-on"),
    path(INTERVIEWS, interview.interviews, name="interviews"),
    path(f"{INTERVIEWS}start", interview.start, name="start-interview"),
    path(INTERVIEW, interview.interview, name="interview"),
    path(f"{INTERVIEW}answer", interview.answer, name="answer-interview"),
    path(f"{INTERVIEW}moves", interview.moves, name="moves"),
    path(f"{INTERVIEW}finish", interview.finish, name="finish-interview"),
]
