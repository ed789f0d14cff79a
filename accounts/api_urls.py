"""The API's addresses of this room, below /api/v1/."""

from __future__ import annotations

from django.urls import path

from accounts import api_schema, api_views  # noqa: F401 - the schema registers itself when imported

urlpatterns = [
    path("me/", api_views.MeView.as_view(), name="api-me"),
    path("tokens/", api_views.TokensView.as_view(), name="api-tokens"),
    path("tokens/<uuid:token_id>/", api_views.TokenView.as_view(), name="api-token"),
]
