"""The API's addresses of this room, below /api/v1/."""

from __future__ import annotations

from django.urls import path

from quizzes import api

urlpatterns = [
    path("attempts/", api.AttemptsView.as_view(), name="api-attempts"),
    path("attempts/<uuid:attempt_id>/", api.AttemptView.as_view(), name="api-attempt"),
    path("attempts/<uuid:attempt_id>/draft/", api.DraftView.as_view(), name="api-attempt-draft"),
    path("attempts/<uuid:attempt_id>/submit/", api.SubmitView.as_view(), name="api-attempt-submit"),
    path("offerings/<slug:slug>/assignments/", api.AssignmentsView.as_view(), name="api-assignments"),
]
