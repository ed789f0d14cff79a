"""The site, and one more address that keeps something for whoever asks, as the upper rooms' API does."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import sessions
from accounts.api import person_of


class NoteView(APIView):
    """Keeps a note in the sense of making the visitor a guest."""

    def get(self, request: Request) -> Response:
        person = person_of(request)
        return Response({"person": None if person is None else str(person.pk)})

    def post(self, request: Request) -> Response:
        person_of(request)
        return Response({"person": str(sessions.ensure_person(request._request).pk)}, status=201)


urlpatterns = [
    path("api/v1/notes/", NoteView.as_view()),
    path("", include("config.urls")),
]
