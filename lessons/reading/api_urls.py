"""The API's addresses of this room, below /api/v1/."""

from __future__ import annotations

from django.urls import path

from lessons.reading import api

urlpatterns = [
    path("offerings/", api.OfferingsView.as_view(), name="api-offerings"),
    path("offerings/<slug:slug>/progress/", api.ProgressView.as_view(), name="api-progress"),
    path("offerings/<slug:slug>/cohort/", api.CohortView.as_view(), name="api-cohort"),
]
