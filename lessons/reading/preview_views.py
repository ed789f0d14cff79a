"""A revision that nobody may read yet, by a private link: for its author and whoever they ask."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lessons.reading.selectors.preview import preview_chapter, preview_glossary, preview_outline


@require_safe
@never_cache
def outline(request: HttpRequest, preview: str) -> HttpResponse:
    """Show the chapters of a revision that a private link opens."""
    return _unlisted(render(request, "reading/preview.html", {"page": preview_outline(preview)}))


@require_safe
@never_cache
def chapter(request: HttpRequest, preview: str, key: str) -> HttpResponse:
    """Show a chapter of a revision that a private link opens."""
    context = {"page": preview_chapter(preview, key), "contents": True}
    return _unlisted(render(request, "reading/preview_chapter.html", context))


@require_safe
@never_cache
def glossary(request: HttpRequest, preview: str) -> HttpResponse:
    """Show the glossary of a revision that a private link opens."""
    return _unlisted(render(request, "reading/preview_glossary.html", {"page": preview_glossary(preview)}))


def _unlisted(response: HttpResponse) -> HttpResponse:
    """Ask search engines to leave the page alone, and browsers not to tell other sites its address."""
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
