"""A learner's own notes: the page of all, one to change, those beside a chapter, and a file to take away."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sessions import ensure_person, person_of
from lessons.reading import selectors, services
from lessons.reading.errors import InvalidNote, TooManyNotes


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all of a person's notes with a form for another; keep one that is sent."""
    if request.method == "POST":
        return _keep(request, slug)
    page = selectors.notes_page(person=person_of(request), slug=slug, section=request.GET.get("section", ""))
    return render(request, "reading/notes.html", {"page": page, "idempotency_key": uuid4().hex})


def _keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a note; one that cannot be kept comes back as it was typed, with what is wrong."""
    sent = request.POST
    section, text, key = sent.get("section", ""), sent.get("text", ""), sent.get("idempotency_key", "")
    passage = services.Passage(sent.get("quote", ""), sent.get("prefix", ""), sent.get("suffix", ""))
    selectors.notes_page(person=person_of(request), slug=slug, section=section)
    try:
        note = services.keep_note(
            actor=ensure_person(request),
            slug=slug,
            section=section,
            passage=passage,
            text=text,
            idempotency_key=key,
            now=timezone.now(),
        )
    except (InvalidNote, TooManyNotes) as refusal:
        page = selectors.notes_page(person=person_of(request), slug=slug, section=section)
        context = {"page": page, "refusal": str(refusal), "text": text, "passage": passage, "idempotency_key": key}
        return render(request, "reading/notes.html", context, status=422)
    return redirect(f"{request.path}#note-{note.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def note(request: HttpRequest, slug: str, note_id: UUID) -> HttpResponse:
    """Show one note to be changed, and keep what it is changed to."""
    page = selectors.note_page(person=person_of(request), slug=slug, note_id=note_id)
    if request.method != "POST":
        return render(request, "reading/note.html", {"page": page, "text": page.note.text})
    text = request.POST.get("text", "")
    try:
        services.change_note(actor=person_of(request), slug=slug, note_id=note_id, text=text, now=timezone.now())
    except InvalidNote as refusal:
        return render(request, "reading/note.html", {"page": page, "text": text, "refusal": str(refusal)}, status=422)
    return redirect("reading:notes", slug)


@require_POST
def delete_note(request: HttpRequest, slug: str, note_id: UUID) -> HttpResponse:
    """Delete a note."""
    services.delete_note(actor=person_of(request), slug=slug, note_id=note_id)
    return redirect("reading:notes", slug)


@require_safe
@never_cache
def chapter_notes(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show a person's notes on one page, for its script to put into the margin."""
    page = selectors.chapter_notes(person=person_of(request), slug=slug, key=key)
    return render(request, "reading/parts/side_notes.html", {"page": page})


@require_safe
@never_cache
def notes_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Send all of a person's notes as Markdown."""
    page = selectors.notes_page(person=person_of(request), slug=slug)
    content = render_to_string("reading/notes.md", {"page": page})
    response = HttpResponse(content, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="notes-{page.slug}.md"'
    return response
