"""What a revision has to be remembered: its terms, its ideas (a section's each), and the questions on them.

A revision never changes, so its syllabus is read once and kept in the process; it must not be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from uuid import UUID

from lessons.catalogue.models import ItemKind, ItemVersion, Revision
from lessons.catalogue.selectors import Outline, OutlineChapter, OutlineItem, outline_of
from lessons.review.policy.deck import Kind

MOST_SYLLABUSES_KEPT: Final = 32


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a card can be of, where it is taught, and the questions on it.

    A term has no questions; a question has itself. `place` is its order in the course.
    """

    item_id: UUID
    kind: Kind
    key: str
    title: str
    place: int
    chapter_key: str
    chapter: str
    anchor: str
    questions: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Syllabus:
    """A revision's subjects by item, in the course's order, and the key and dimension of every question."""

    subjects: Mapping[UUID, Subject]
    chapters: Mapping[str, tuple[UUID, ...]]
    keys: Mapping[UUID, str]
    dimensions: Mapping[UUID, str]

    def terms_of(self, chapter_key: str) -> Iterator[Subject]:
        """Yield the terms that a chapter teaches."""
        return (
            subject
            for subject in self.subjects.values()
            if subject.kind is Kind.TERM and subject.chapter_key == chapter_key
        )

    @property
    def concepts(self) -> tuple[Subject, ...]:
        """The ideas in the course's order."""
        return tuple(subject for subject in self.subjects.values() if subject.kind is Kind.CONCEPT)


@lru_cache(maxsize=MOST_SYLLABUSES_KEPT)
def syllabus_of(revision: Revision) -> Syllabus:
    """Return a revision's syllabus: four queries at the first look, none where it is kept.

    An idea is a section that is asked about: a section holds one. A term is taught in the first chapter that links to
    it; one that no chapter links to is not reviewed.
    """
    outline = outline_of(revision)
    subjects = [*_concepts(outline), *_terms(revision), *_questions(outline)]
    asked = ItemVersion.objects.filter(revision=revision, item__kind=ItemKind.QUESTION)
    rows = list(asked.values_list("item_id", "item__key", "payload__dimension"))
    return Syllabus(
        subjects=MappingProxyType({subject.item_id: subject for subject in subjects}),
        chapters=MappingProxyType({chapter.key: _asked_in(chapter) for chapter in outline.chapters}),
        keys=MappingProxyType({item_id: key for item_id, key, _ in rows}),
        dimensions=MappingProxyType({item_id: dimension for item_id, _, dimension in rows}),
    )


def _concepts(outline: Outline) -> Iterator[Subject]:
    sections = [(chapter, section) for chapter in outline.chapters for section in chapter.sections]
    for place, (chapter, section) in enumerate(sections):
        questions = _asked(section.items)
        if questions:
            yield Subject(
                item_id=section.item_id,
                kind=Kind.CONCEPT,
                key=section.key,
                title=section.title,
                place=place,
                chapter_key=chapter.key,
                chapter=_named(chapter.number, chapter.title),
                anchor=section.anchor,
                questions=questions,
            )


def _questions(outline: Outline) -> Iterator[Subject]:
    items = [
        (chapter, section, item)
        for chapter in outline.chapters
        for section in (None, *chapter.sections)
        for item in (chapter.items if section is None else section.items)
        if item.kind == ItemKind.QUESTION
    ]
    for place, (chapter, section, item) in enumerate(items):
        yield Subject(
            item_id=item.item_id,
            kind=Kind.QUESTION,
            key=item.key,
            title=item.title,
            place=place,
            chapter_key=chapter.key,
            chapter=_named(chapter.number, chapter.title),
            anchor=section.anchor if section else "",
            questions=(item.item_id,),
        )


def _terms(revision: Revision) -> Iterator[Subject]:
    versions = ItemVersion.objects.filter(revision=revision)
    rows = versions.filter(item__kind=ItemKind.TERM).values_list("item__key", "item_id", "title")
    terms = {key: (item_id, title) for key, item_id, title in rows}
    chapters = versions.filter(item__kind=ItemKind.CHAPTER).order_by("position")
    linked = [
        (term["key"], key, _named(number, title))
        for key, number, title, links in chapters.values_list("item__key", "payload__number", "title", "payload__terms")
        for term in links or ()
    ]
    for place, (key, chapter_key, chapter) in enumerate(linked):
        # Taken out, so that the first chapter that links to a term is the one that teaches it.
        item_id, title = terms.pop(key, (None, ""))
        if item_id is not None:
            yield Subject(
                item_id=item_id,
                kind=Kind.TERM,
                key=key,
                title=title,
                place=place,
                chapter_key=chapter_key,
                chapter=chapter,
                anchor="",
                questions=(),
            )


def _named(number: int, title: str) -> str:
    return f"Chapter {number}, {title}"


def _asked(items: Iterable[OutlineItem]) -> tuple[UUID, ...]:
    """Return the questions among items."""
    return tuple(item.item_id for item in items if item.kind == ItemKind.QUESTION)


def _asked_in(chapter: OutlineChapter) -> tuple[UUID, ...]:
    """Return the questions of a chapter."""
    return _asked([*chapter.items, *(item for section in chapter.sections for item in section.items)])
