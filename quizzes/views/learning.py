"""What one's answers teach about oneself: calibration, and what comes back to be met again."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Person
from accounts.policy import is_staff_of
from accounts.sessions import person_of
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import offering_visible_to
from quizzes import services
from quizzes.selectors import calibration_of, cohort_calibration, review_card, reviews_of
from quizzes.views.asking import known_person
from simulations.selectors import calibration_of as calibration_of_predictions


@require_safe
@never_cache
def calibration(request: HttpRequest, offering: str) -> HttpResponse:
    """Show how well one's confidence and intervals hold, and to staff how the cohort's do."""
    person = person_of(request)
    where = offering_visible_to(person, offering)
    enrolment = _enrolment(person, where)
    is_staff = where.cohort is not None and is_staff_of(person, where.cohort)
    context = {
        "offering": where,
        "own": calibration_of(enrolment) if enrolment else None,
        "predictions": calibration_of_predictions(enrolment) if enrolment else None,
        "cohort": cohort_calibration(where) if is_staff else None,
    }
    return render(request, "quizzes/calibration/page.html", context)


@require_safe
@never_cache
def reviews(request: HttpRequest, offering: str) -> HttpResponse:
    """List what comes back to be met again."""
    person = person_of(request)
    where = offering_visible_to(person, offering)
    enrolment = _enrolment(person, where)
    context = {
        "offering": where,
        "reviews": reviews_of(enrolment, now=timezone.now()),
        "time_zone": enrolment.time_zone if enrolment else "UTC",
    }
    return render(request, "quizzes/reviews/list.html", context)


@require_POST
def start_review(request: HttpRequest, offering: str, comeback_id: int) -> HttpResponse:
    """Begin to meet a question again, and go where it is answered."""
    person = known_person(request)
    where = offering_visible_to(person, offering)
    services.start_review(offering=where, comeback_id=comeback_id, actor=person, now=timezone.now())
    there = reverse("quizzes:review", args=[where.slug, comeback_id])
    return HttpResponseRedirect(there, status=HTTPStatus.SEE_OTHER)


@require_safe
@never_cache
def review(request: HttpRequest, offering: str, comeback_id: int) -> HttpResponse:
    """Show a question that came back, on a fresh variant."""
    person = person_of(request)
    where = offering_visible_to(person, offering)
    card = review_card(person=person, offering=where, comeback_id=comeback_id)
    context = {"offering": where, "card": card, "return_to": request.path}
    return render(request, "quizzes/reviews/one.html", context)


def _enrolment(person: Person | None, offering: Offering) -> Enrolment | None:
    """Return the person's enrolment in the offering, with the offering as it is loaded already."""
    if person is None:
        return None
    enrolment = Enrolment.objects.filter(person=person, offering=offering).first()
    if enrolment is not None:
        enrolment.offering = offering
    return enrolment
