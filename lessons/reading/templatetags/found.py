"""Show what a search found: matched words marked, kinds by their names, and the way there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lessons.reading.models import SearchEntry
from lessons.reading.selectors.search import Hit, Piece

register = template.Library()

NAMES: Final[Mapping[str, str]] = {
    SearchEntry.Kind.SECTION: "Chapters",
    SearchEntry.Kind.TERM: "Glossary",
    SearchEntry.Kind.QUESTION: "Questions",
    SearchEntry.Kind.SIMULATION: "Simulations",
}


@register.filter
def marked(pieces: Iterable[Piece]) -> SafeString:
    """Return pieces of text with those that matched in `<mark>`; whatever they hold is text."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", piece.text) if piece.is_match else piece.text,) for piece in pieces),
    )


@register.filter
def kind_name(kind: str) -> str:
    """Return what a kind of entry is called as a heading."""
    return NAMES[kind]


@register.simple_tag
def address_of(hit: Hit, slug: str) -> str:
    """Return the address of something found in the offering with this slug."""
    if hit.kind is SearchEntry.Kind.SIMULATION:
        return reverse("simulations:model", args=[hit.key])
    if hit.kind is SearchEntry.Kind.TERM:
        return f"{reverse('reading:glossary', args=[slug])}#{hit.anchor}"
    page = reverse("reading:chapter", args=[slug, hit.page])
    return f"{page}#{hit.anchor}" if hit.anchor else page
