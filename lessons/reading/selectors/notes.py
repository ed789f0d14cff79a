"""A learner's own notes: beside a chapter, all of a course, one alone, and to take away. Nobody reads another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from accounts.models import Person
from lessons.catalogue.errors import NotFound
from lessons.catalogue.models import Enrolment, ItemKind, ItemVersion, Offering
from lessons.catalogue.selectors import chapter_of, offering_and_enrolment
from lessons.content.glossary import plain_text
from lessons.reading.errors import NoteNotFound
from lessons.reading.models import Note

ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note of the reader's; `is_gone` where its passage is, and without `page` and `anchor` where its section is."""

    id: UUID
    text: str
    quote: str
    prefix: str
    suffix: str
    place: str
    page: str
    anchor: str
    is_gone: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """The notes that stand in one section."""

    place: str
    notes: tuple[NoteView, ...]


@dataclass(frozen=True, slots=True)
class NotesPage:
    """All of a learner's notes on a course, in the order of its text; those whose passage is gone come last.

    `section` and `section_place` tell which section a new note is to stand in, where one was asked for.
    """

    slug: str
    course: str
    placed: tuple[Placed, ...]
    gone: tuple[NoteView, ...]
    section: str = ""
    section_place: str = ""

    @property
    def count(self) -> int:
        """How many notes there are."""
        return len(self.gone) + sum(len(placed.notes) for placed in self.placed)


@dataclass(frozen=True, slots=True)
class NotePage:
    """One note to be changed."""

    slug: str
    note: NoteView


@dataclass(frozen=True, slots=True)
class ChapterNotes:
    """A learner's notes on one page of a course, for its margin."""

    slug: str
    key: str
    notes: tuple[NoteView, ...]


def notes_page(*, person: Person | None, slug: str, section: str = "") -> NotesPage:
    """Return a person's notes in an offering; four queries at most.

    Raises catalogue's NotFound where the offering is not theirs to see, or lacks the section asked for.
    """
    offering, enrolment = offering_and_enrolment(person, slug)
    views = _views(offering, enrolment)
    placed: dict[str, list[NoteView]] = {}
    for view in views:
        if not view.is_gone:
            placed.setdefault(view.place, []).append(view)
    return NotesPage(
        slug=offering.slug,
        course=offering.revision.title,
        placed=tuple(Placed(place, tuple(notes)) for place, notes in placed.items()),
        gone=tuple(view for view in views if view.is_gone),
        section=section,
        section_place=_place(_version_of(offering, section)) if section else "",
    )


def note_page(*, person: Person | None, slug: str, note_id: UUID) -> NotePage:
    """Return one of a person's notes; three queries. Raises NoteNotFound, and catalogue's NotFound."""
    offering, enrolment = offering_and_enrolment(person, slug)
    views = _views(offering, enrolment, pk=note_id)
    if not views:
        raise NoteNotFound
    return NotePage(offering.slug, views[0])


def chapter_notes(*, person: Person | None, slug: str, key: str) -> ChapterNotes:
    """Return a person's notes on a chapter or an appendix; three queries, one more where nobody read it yet."""
    offering, enrolment = offering_and_enrolment(person, slug)
    content = chapter_of(offering.revision, key)
    items = [content.item_id, *(section.item_id for section in content.sections)]
    return ChapterNotes(offering.slug, key, _views(offering, enrolment, item__in=items))


def notes_of(person: Person) -> Iterator[dict[str, Any]]:
    """Yield everything that a person noted down, for their export; one query, read in batches."""
    rows = Note.objects.filter(enrolment__person=person).order_by("created_at", "pk")
    named = rows.annotate(course=F("enrolment__offering__slug"))
    fields = ("course", "place", "quote", "text", "created_at", "changed_at")
    yield from named.values(*fields).iterator(chunk_size=ROWS_AT_ONCE)


def _views(offering: Offering, enrolment: Enrolment | None, **which: Any) -> tuple[NoteView, ...]:
    """Return an enrolment's notes in the order of the offering's text, those on nothing that it has last."""
    notes = [] if enrolment is None else list(Note.objects.filter(enrolment=enrolment, **which))
    if not notes:
        return ()
    items = {note.item_id for note in notes}
    found = ItemVersion.objects.filter(revision=offering.revision_id, item__in=items).select_related(
        "item", "parent__item"
    )
    versions = {version.item_id: version for version in found}
    words = {item: _squeezed(_prose_of(version)) for item, version in versions.items()}
    return tuple(
        _view(note, versions.get(note.item_id), words.get(note.item_id, ""))
        for note in sorted(notes, key=lambda note: _order(note, versions))
    )


def _order(note: Note, versions: Mapping[UUID, ItemVersion]) -> tuple[float, datetime]:
    version = versions.get(note.item_id)
    return (float("inf") if version is None else version.position, note.created_at)


def _view(note: Note, version: ItemVersion | None, words: str) -> NoteView:
    return NoteView(
        id=note.pk,
        text=note.text,
        quote=note.quote,
        prefix=note.prefix,
        suffix=note.suffix,
        place=note.place if version is None else _place(version),
        page="" if version is None else _page_key(version),
        anchor="" if version is None else version.payload.get("anchor", ""),
        is_gone=version is None or _squeezed(note.quote) not in words,
        changed_at=note.changed_at,
    )


def _place(version: ItemVersion) -> str:
    return f"{version.parent.title}: {version.title}" if version.parent else version.title


def _page_key(version: ItemVersion) -> str:
    return version.parent.item.key if version.parent else version.item.key


def _version_of(offering: Offering, section: str) -> ItemVersion:
    versions = ItemVersion.objects.filter(revision=offering.revision_id, item__key=section)
    version = versions.filter(item__kind__in=(ItemKind.SECTION, ItemKind.CHAPTER, ItemKind.APPENDIX))
    found = version.select_related("parent").first()
    if found is None:
        raise NotFound("section", section)
    return found


def _prose_of(version: ItemVersion) -> str:
    """Return all the words that a reader can select in a section, in their order."""
    pieces = [version.payload.get("lede_html", "")]
    for block in version.payload.get("blocks", ()):
        match block["type"]:
            case "html":
                pieces.append(block["html"])
            case "closer":
                pieces += [block["principle_html"], block["mistake_html"], *block["questions"]]
    return plain_text(" ".join(pieces))


def _squeezed(text: str) -> str:
    """Return a text without white space, which a browser selects otherwise than it was written."""
    return "".join(text.split())
