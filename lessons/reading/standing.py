"""Derive how sections and chapters stand from the items in them; pure, so that page, home and cohort say the same.

A section is done when every question in it is graded; one without questions when something was predicted, run or found
in every simulation of it; one that asks nothing at all as soon as its chapter was opened. A chapter is done when all of
its sections are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from lessons.catalogue.selectors import Outline, OutlineChapter, OutlineSection
from lessons.reading.projections import Standing

DONE_LEVEL = 4


class Mark(StrEnum):
    """How far a section or chapter is, as pages show it."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class SectionStanding:
    """A section with how far a learner is in it; `fraction` is the mean of the grades so far, None without any."""

    section: OutlineSection
    mark: Mark
    questions: int
    graded: int
    fraction: Decimal | None

    @property
    def grade_percent(self) -> int | None:
        """The mean of its grades in whole percent."""
        return percent_of(self.fraction)

    @property
    def level(self) -> int:
        """How far it is done, from 0 for not begun to 4 for done, as the cohort's table tones it."""
        if self.mark is Mark.DONE:
            return DONE_LEVEL
        if self.mark is Mark.OPEN:
            return 0
        return 1 + (DONE_LEVEL - 1) * self.graded // self.questions if self.questions else 1


@dataclass(frozen=True, slots=True)
class ChapterStanding:
    """A chapter with how far a learner is in it; one that is still to come has no key, sections or grades."""

    key: str
    number: int
    title: str
    minutes: int
    mark: Mark
    sections: tuple[SectionStanding, ...]
    questions: int
    graded: int
    fraction: Decimal | None

    @property
    def percent_done(self) -> int:
        """The share of its sections that are done, in whole percent, rounded down."""
        done = sum(section.mark is Mark.DONE for section in self.sections)
        return 100 * done // len(self.sections) if self.sections else 100 * (self.mark is Mark.DONE)

    @property
    def grade_percent(self) -> int | None:
        """The mean of its grades in whole percent."""
        return percent_of(self.fraction)

    @property
    def next_section(self) -> SectionStanding | None:
        """The first section that is not done yet."""
        return next((section for section in self.sections if section.mark is not Mark.DONE), None)


Standings = Mapping[UUID, Standing]
"""The stored progress of one enrolment, by item."""


def course_standing(outline: Outline, standings: Standings) -> tuple[ChapterStanding, ...]:
    """Return every chapter by number, those still to come among them, for a learner with these standings."""
    coming = [
        ChapterStanding("", chapter.number, chapter.title, 0, Mark.COMING, (), 0, 0, None) for chapter in outline.coming
    ]
    written = [chapter_standing(chapter, standings) for chapter in outline.chapters]
    return tuple(sorted([*coming, *written], key=lambda chapter: chapter.number))


def chapter_standing(chapter: OutlineChapter, standings: Standings) -> ChapterStanding:
    """Return how far a learner with these standings is in a chapter."""
    is_open = chapter.item_id in standings
    # Sets know their hashes, and an identifier's is computed in Python: most chapters hold nothing that was seen.
    seen = {item: standings[item] for item in chapter.item_ids & frozenset(standings)}
    sections = tuple(section_standing(section, seen, is_open=is_open) for section in chapter.sections)
    opening, questions = chapter.opening_questions, chapter.questions
    if all(section.mark is Mark.DONE for section in sections) and _done(opening, seen) == len(opening):
        mark = Mark.DONE if questions or is_open else Mark.OPEN
    elif is_open or seen:
        mark = Mark.STARTED
    else:
        mark = Mark.OPEN
    return ChapterStanding(
        key=chapter.key,
        number=chapter.number,
        title=chapter.title,
        minutes=chapter.minutes,
        mark=mark,
        sections=sections,
        questions=len(questions),
        graded=_done(questions, seen),
        fraction=_mean_fraction(questions, seen),
    )


def section_standing(section: OutlineSection, standings: Standings, *, is_open: bool) -> SectionStanding:
    """Return how far a learner is in a section, of a chapter that they opened or not."""
    questions, simulations = section.questions, section.simulations
    graded = _done(questions, standings)
    is_touched = bool(standings) and any(item.item_id in standings for item in section.items)
    if questions:
        is_done = graded == len(questions)
    elif simulations:
        is_done = all(item in standings for item in simulations)
    else:
        is_done = is_open
    mark = Mark.DONE if is_done else Mark.STARTED if is_touched else Mark.OPEN
    return SectionStanding(section, mark, len(questions), graded, _mean_fraction(questions, standings))


def percent_of(fraction: Decimal | None) -> int | None:
    """Return a share in whole percent, halves rounded up; None for none."""
    return None if fraction is None else int((100 * fraction).to_integral_value(ROUND_HALF_UP))


def _done(item_ids: Iterable[UUID], standings: Standings) -> int:
    if not standings:
        return 0
    return sum(item_id in standings and standings[item_id].is_done for item_id in item_ids)


def _mean_fraction(questions: Iterable[UUID], standings: Standings) -> Decimal | None:
    """Return the mean of the grades there are; questions without one do not count."""
    if not standings:
        return None
    found = [standing.fraction for question in questions if (standing := standings.get(question))]
    fractions = [fraction for fraction in found if fraction is not None]
    return sum(fractions, Decimal(0)) / len(fractions) if fractions else None
