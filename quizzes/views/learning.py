"""What one's answers teach about oneself: how well confidence and intervals hold."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Person
from accounts.policy import is_staff_of
from accounts.sessions import person_of
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import offering_visible_to
from quizzes.selectors import calibration_of, cohort_calibration
from simulations.selectors import calibration_of as calibration_of_predictions
from simulations.selectors import scored_guesses_of


@require_safe
@never_cache
def calibration(request: HttpRequest, offering: str) -> HttpResponse:
    """Show how well one's confidence, intervals and guesses hold, and to staff how the cohort's do."""
    person = person_of(request)
    where = offering_visible_to(person, offering)
    enrolment = _enrolment(person, where)
    is_staff = where.cohort is not None and is_staff_of(person, where.cohort)
    context = {
        "offering": where,
        "own": calibration_of(enrolment) if enrolment else None,
        "predictions": calibration_of_predictions(enrolment) if enrolment else None,
        "guesses": scored_guesses_of(enrolment) if enrolment else [],
        "cohort": cohort_calibration(where) if is_staff else None,
    }
    return render(request, "quizzes/calibration/page.html", context)


def _enrolment(person: Person | None, offering: Offering) -> Enrolment | None:
    """Return the person's enrolment in the offering, with the offering as it is loaded already."""
    if person is None:
        return None
    enrolment = Enrolment.objects.filter(person=person, offering=offering).first()
    if enrolment is not None:
        enrolment.offering = offering
    return enrolment
