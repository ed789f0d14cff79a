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

from lessons.reading.course import Chapter, Section
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
    """A section with how far a learner is in it."""

    section: Section
    mark: Mark
    graded: int
    fraction: Decimal | None

    @property
    def questions(self) -> int:
        """How many questions the section asks."""
        return len(self.section.questions)

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
    """A chapter with how far a learner is in it; `fraction` is the mean of the grades so far, None without any."""

    chapter: Chapter
    mark: Mark
    sections: tuple[SectionStanding, ...]
    fraction: Decimal | None

    @property
    def graded(self) -> int:
        """How many of its questions are graded."""
        return sum(section.graded for section in self.sections)

    @property
    def questions(self) -> int:
        """How many questions it asks."""
        return sum(section.questions for section in self.sections)

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
    def next_section(self) -> Section | None:
        """The first section that is not done yet."""
        return next((standing.section for standing in self.sections if standing.mark is not Mark.DONE), None)


def percent_of(fraction: Decimal | None) -> int | None:
    """Return a share in whole percent, halves rounded up; None for none."""
    return None if fraction is None else int((100 * fraction).to_integral_value(ROUND_HALF_UP))


Standings = Mapping[UUID, Standing]
"""The stored progress of one enrolment, by item."""


def chapter_standing(chapter: Chapter, standings: Standings) -> ChapterStanding:
    """Return how far a learner with these standings is in a chapter."""
    if chapter.item_id is None:
        return ChapterStanding(chapter, Mark.COMING, (), None)
    is_open = chapter.item_id in standings
    sections = tuple(section_standing(section, standings, is_open=is_open) for section in chapter.sections)
    marks = {section.mark for section in sections}
    if marks <= {Mark.DONE}:
        mark = Mark.DONE if sections or is_open else Mark.OPEN
    elif is_open or marks != {Mark.OPEN}:
        mark = Mark.STARTED
    else:
        mark = Mark.OPEN
    questions = [question for section in chapter.sections for question in section.questions]
    return ChapterStanding(chapter, mark, sections, _mean_fraction(questions, standings))


def section_standing(section: Section, standings: Standings, *, is_open: bool) -> SectionStanding:
    """Return how far a learner is in a section, of a chapter that they opened or not."""
    graded = [question for question in section.questions if _is_done(question, standings)]
    touched = [item for item in (*section.questions, *section.simulations) if item in standings]
    if section.questions:
        is_done = len(graded) == len(section.questions)
    elif section.simulations:
        is_done = len(touched) == len(section.simulations)
    else:
        is_done = is_open
    mark = Mark.DONE if is_done else Mark.STARTED if touched else Mark.OPEN
    return SectionStanding(section, mark, len(graded), _mean_fraction(section.questions, standings))


def _is_done(item_id: UUID, standings: Standings) -> bool:
    standing = standings.get(item_id)
    return standing is not None and standing.is_done


def _mean_fraction(questions: Iterable[UUID], standings: Standings) -> Decimal | None:
    """Return the mean of the grades there are; questions without one do not count."""
    found = [standing.fraction for question in questions if (standing := standings.get(question))]
    fractions = [fraction for fraction in found if fraction is not None]
    return sum(fractions, Decimal(0)) / len(fractions) if fractions else None
