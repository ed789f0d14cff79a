"""Who asks: what every view of this room wants to know of a request."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Person
from accounts.sessions import ensure_person, person_of
from lessons.catalogue.models import Enrolment
from lessons.catalogue.selectors import offering_visible_to
from lessons.catalogue.services import enrolment_for_write
from lessons.review.errors import NotFound


def known_person(request: HttpRequest) -> Person:
    """Return who asks; raises NotFound for a visitor, who has nothing here."""
    person = person_of(request)
    if person is None:
        raise NotFound
    return person


def enrolment_to_work(request: HttpRequest, slug: str) -> Enrolment:
    """Return the enrolment that a round hangs on, which makes a visitor of the open course a guest.

    Raises catalogue's NotFound and NotEnrolled.
    """
    offering = offering_visible_to(person_of(request), slug)
    return enrolment_for_write(person=ensure_person(request), offering=offering, now=timezone.now())
