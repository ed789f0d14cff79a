"""Where a learner finds, starts, does and hands in an assignment."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sessions import person_of
from quizzes import services
from quizzes.errors import CannotStart
from quizzes.selectors import assignment_pages, set_work
from quizzes.views.asking import known_person
from quizzes.views.setting import offering_of_staff


@require_safe
@never_cache
def assignments(request: HttpRequest, offering: str) -> HttpResponse:
    """List what is set: to a learner with where they stand, to staff with what there is to do."""
    person, now = person_of(request), timezone.now()
    taught = offering_of_staff(person, offering)
    if taught is not None:
        work = set_work.set_work(taught)
        return render(request, "quizzes/assignments/set_list.html", {"work": work, "now": now})
    page = assignment_pages.assignment_list(person=person, slug=offering, now=now)
    return render(request, "quizzes/assignments/list.html", {"page": page})


@require_safe
@never_cache
def assignment(request: HttpRequest, offering: str, assignment_id: UUID) -> HttpResponse:
    """Show an assignment's rules before the start, and what came of it afterwards; to staff, how far everybody is."""
    person, now = person_of(request), timezone.now()
    if offering_of_staff(person, offering) is not None:
        return redirect("quizzes:assignment-overview", offering, assignment_id)
    services.end_sittings(now=now, assignment_id=assignment_id, person_id=person.pk if person else None)
    page = assignment_pages.assignment_page(person=person, slug=offering, assignment_id=assignment_id, now=now)
    return render(request, "quizzes/assignments/assignment.html", {"page": page})


@require_POST
@never_cache
def start(request: HttpRequest, offering: str, assignment_id: UUID) -> HttpResponse:
    """Start the clock, or go on where it runs."""
    person = known_person(request)
    assignment_pages.require_assignment(person=person, slug=offering, assignment_id=assignment_id)
    try:
        services.start_sitting(assignment_id=assignment_id, actor=person, now=timezone.now())
    except CannotStart as refusal:
        messages.warning(request, str(refusal))
        return redirect("quizzes:assignment", offering, assignment_id)
    return redirect("quizzes:work", offering, assignment_id)


@require_safe
@never_cache
def work(request: HttpRequest, offering: str, assignment_id: UUID) -> HttpResponse:
    """Show a learner's own questions: to be answered while the clock runs, to be read afterwards."""
    person, now = person_of(request), timezone.now()
    services.end_sittings(now=now, assignment_id=assignment_id, person_id=person.pk if person else None)
    page = assignment_pages.work_page(person=person, slug=offering, assignment_id=assignment_id, now=now)
    return render(request, "quizzes/assignments/work.html", {"page": page})


@require_POST
@never_cache
def hand_in(request: HttpRequest, offering: str, assignment_id: UUID) -> HttpResponse:
    """End the work for good; where answers are missing, only once that is confirmed."""
    person, now = known_person(request), timezone.now()
    missing = assignment_pages.unanswered_questions(person=person, slug=offering, assignment_id=assignment_id)
    if missing and not request.POST.get("confirmed"):
        page = assignment_pages.work_page(person=person, slug=offering, assignment_id=assignment_id, now=now)
        if page.is_running:
            context = {"page": page, "missing": missing}
            return render(request, "quizzes/assignments/hand_in.html", context, status=HTTPStatus.OK)
    services.hand_in(assignment_id=assignment_id, actor=person, now=now)
    messages.success(request, "Handed in. Nothing of it can be changed any more.")
    return redirect("quizzes:assignment", offering, assignment_id)
