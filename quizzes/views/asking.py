"""Who asks, and for what: what every view of this room wants to know of a request."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import Person
from accounts.sessions import person_of
from quizzes.errors import NotFound


def known_person(request: HttpRequest) -> Person:
    """Return who asks, whatever they may; raises NotFound for a visitor, who has nothing here."""
    person = person_of(request)
    if person is None:
        raise NotFound
    return person


def is_fragment(request: HttpRequest) -> bool:
    """Return whether script asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"
