"""Where a course is looked things up in: its search and its glossary."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.sessions import person_of
from lessons.reading import selectors


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a query finds in what an offering reads."""
    page = selectors.search_page(
        person=person_of(request), slug=slug, query=request.GET.get("q", ""), kind=request.GET.get("kind", "")
    )
    return render(request, "reading/search.html", {"page": page})


@require_safe
def glossary(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what the words of a course mean."""
    page = selectors.glossary_page(person=person_of(request), slug=slug)
    return render(request, "reading/glossary.html", {"page": page})
