"""The placement check: five questions that say where to begin."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sessions import person_of
from lessons.catalogue.selectors import offering_visible_to
from lessons.review import selectors, services
from lessons.review.forms import sent_position
from lessons.review.views.asking import enrolment_to_work, known_person


@require_safe
@never_cache
def placement(request: HttpRequest, offering: str) -> HttpResponse:
    """Show the question that the check is at, what the last one came to, or what it is."""
    page = selectors.placement_page(person=person_of(request), slug=offering)
    return render(request, "review/placement.html", {"page": page, "return_to": request.path})


@require_POST
def start(request: HttpRequest, offering: str) -> HttpResponse:
    """Begin a check, or go on with the one that runs."""
    enrolment = enrolment_to_work(request, offering)
    services.start_placement(enrolment=enrolment, actor=enrolment.person, now=timezone.now())
    return _back(offering)


@require_POST
def go_on(request: HttpRequest, offering: str, placement_id: UUID) -> HttpResponse:
    """Go to the next question, or to where to begin."""
    person = known_person(request)
    services.go_on(
        offering=offering_visible_to(person, offering),
        placement_id=placement_id,
        position=sent_position(request.POST),
        actor=person,
        now=timezone.now(),
    )
    return _back(offering)


def _back(offering: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("review:placement", args=[offering]), status=HTTPStatus.SEE_OTHER)
