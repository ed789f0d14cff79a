"""How ready somebody is, with the evidence."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.sessions import person_of
from lessons.review import selectors


@require_safe
@never_cache
def readiness(request: HttpRequest, offering: str) -> HttpResponse:
    """Show how ready somebody is by dimension and by idea."""
    page = selectors.readiness_page(person=person_of(request), slug=offering)
    return render(request, "review/readiness.html", {"page": page})
