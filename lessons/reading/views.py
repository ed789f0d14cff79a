"""The pages of this room: landing, home, courses, outline, chapter, cohort."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sessions import person_of
from lessons.reading import selectors, services
from lessons.reading.export import export_of
from lessons.reading.forms import page_number


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Show the instrument with its prediction to anybody."""
    return render(request, "reading/landing.html", {"landing": selectors.landing_page(person=person_of(request))})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a person their one next step; somebody unknown is sent to the landing page."""
    person = person_of(request)
    if person is None:
        return redirect("reading:landing")
    return render(request, "reading/home.html", {"home": selectors.home_of(person, now=timezone.now())})


@require_safe
@never_cache
def export(request: HttpRequest) -> HttpResponseBase:
    """Send a person everything that they wrote; a visitor has written nothing and is sent to the landing page."""
    person = person_of(request)
    if person is None:
        return redirect("reading:landing")
    response = StreamingHttpResponse(export_of(person), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="headroom-export.json"'
    return response


@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """List the courses that the reader can see."""
    return render(request, "reading/courses.html", {"courses": selectors.courses_for(person_of(request))})


@require_safe
def outline(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the outline of a course."""
    page = selectors.outline_page(person=person_of(request), slug=slug)
    return render(request, "reading/outline.html", {"page": page})


@require_safe
def chapter(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show a whole chapter."""
    page = selectors.chapter_page(person=person_of(request), slug=slug, key=key, now=timezone.now())
    return render(request, "reading/chapter.html", {"page": page, "contents": True})


@require_POST
def opened(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Note that a chapter was opened: sent by the page once it is shown, so that reading waits for no write."""
    services.note_opened(person=person_of(request), slug=slug, key=key, now=timezone.now())
    return HttpResponse(status=204)


@require_safe
def cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a cohort to its staff."""
    page = selectors.cohort_page(
        person=person_of(request),
        slug=slug,
        page=page_number(request.GET.get("page", "")),
        chapter=request.GET.get("chapter", ""),
    )
    return render(request, "reading/cohort.html", {"page": page})
