"""A course as reading needs it: chapters, their sections, and the items in these by which progress counts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Section:
    """A section, with the items in it that a learner works on."""

    item_id: UUID
    chapter_key: str
    anchor: str
    title: str
    questions: tuple[UUID, ...]
    simulations: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter; one that is still to come has neither item nor sections."""

    item_id: UUID | None
    key: str
    number: int
    title: str
    minutes: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course as one revision states it, chapters in their order; `titles` holds those of all items, by id."""

    title: str
    summary: str
    chapters: tuple[Chapter, ...]
    titles: dict[UUID, str]

    def chapter(self, key: str) -> Chapter | None:
        """Return the chapter with this key, if it can be read."""
        return next((chapter for chapter in self.chapters if chapter.item_id and chapter.key == key), None)

    def neighbours(self, chapter: Chapter) -> tuple[Chapter | None, Chapter | None]:
        """Return the readable chapters before and after one."""
        readable = [other for other in self.chapters if other.item_id]
        place = readable.index(chapter)
        before = readable[place - 1] if place else None
        after = readable[place + 1] if place + 1 < len(readable) else None
        return before, after
