"""A cohort for its staff: learners by sections, and where the cohort is stuck."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil
from uuid import UUID

from accounts.models import Person, Role
from accounts.policy import is_staff_of
from accounts.selectors import people_in
from lessons.catalogue.errors import NotFound
from lessons.catalogue.models import Enrolment, Event, ItemKind, Offering, Verb
from lessons.catalogue.selectors import Outline, OutlineChapter, offering_visible_to, outline_of
from lessons.reading.selectors.standings import standings_by_enrolment
from lessons.reading.standing import SectionStanding, Standings, chapter_standing, percent_of

LEARNERS_A_PAGE = 20
FEWEST_TRIES = 5
STUCK_MOST = 6
WRONG = "wrong"
"""The outcome in an answer's event, as the quizzes write it."""


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A learner with how far they are in each section, in the order of the page's columns."""

    name: str
    sections: tuple[SectionStanding, ...]
    graded: int
    fraction: Decimal | None
    last_at: datetime | None

    @property
    def grade_percent(self) -> int | None:
        """The mean of their grades in whole percent."""
        return percent_of(self.fraction)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A question with the share of learners whose first try was wrong."""

    title: str
    section: str
    tried: int
    wrong: int

    @property
    def wrong_percent(self) -> int:
        """The share in whole percent."""
        return round(100 * self.wrong / self.tried)


@dataclass(frozen=True, slots=True)
class CohortPage:
    """One page of a cohort's learners; `chapters` are those that can be read, whose sections are the columns."""

    slug: str
    course: str
    organisation: str
    cohort: str
    time_zone: str
    chapters: tuple[OutlineChapter, ...]
    questions: int
    rows: tuple[LearnerRow, ...]
    stuck: tuple[Stuck, ...]
    learners: int
    page: int
    pages: int


def cohort_page(*, person: Person | None, slug: str, page: int = 1) -> CohortPage:
    """Return one page of a cohort's learners by name; `page` counts from 1 and is brought into range.

    Seven queries, whatever the number of learners and sections. Raises catalogue's NotFound for an offering that they
    do not teach.
    """
    offering = offering_visible_to(person, slug)
    if offering.cohort is None or not is_staff_of(person, offering.cohort):
        raise NotFound("cohort", slug)
    outline = outline_of(offering.revision)
    learners = people_in(offering.cohort, roles=[Role.LEARNER])
    pages = max(1, ceil(len(learners) / LEARNERS_A_PAGE))
    page = min(max(1, page), pages)
    shown = learners[(page - 1) * LEARNERS_A_PAGE : page * LEARNERS_A_PAGE]
    enrolments = _enrolments_of(offering, [learner.id for learner in shown])
    standings = standings_by_enrolment(enrolments.values())
    return CohortPage(
        slug=offering.slug,
        course=outline.title,
        organisation=offering.cohort.organisation.name,
        cohort=offering.cohort.name,
        time_zone=offering.cohort.time_zone,
        chapters=outline.chapters,
        questions=sum(chapter_standing(chapter, {}).questions for chapter in outline.chapters),
        rows=tuple(
            _row(
                learner.name,
                outline.chapters,
                standings.get(enrolments[learner.id], {}) if learner.id in enrolments else {},
            )
            for learner in shown
        ),
        stuck=_stuck(offering, outline),
        learners=len(learners),
        page=page,
        pages=pages,
    )


def _enrolments_of(offering: Offering, person_ids: list[UUID]) -> dict[UUID, UUID]:
    """Return the enrolment of each person who has one; one query."""
    return dict(Enrolment.objects.filter(offering=offering, person_id__in=person_ids).values_list("person_id", "pk"))


def _row(name: str, chapters: tuple[OutlineChapter, ...], standings: Standings) -> LearnerRow:
    read = [chapter_standing(chapter, standings) for chapter in chapters]
    sections = tuple(section for chapter in read for section in chapter.sections)
    fractions = [chapter.fraction for chapter in read if chapter.fraction is not None]
    return LearnerRow(
        name=name,
        sections=sections,
        graded=sum(chapter.graded for chapter in read),
        fraction=sum(fractions, Decimal(0)) / len(fractions) if fractions else None,
        last_at=max((standing.last_at for standing in standings.values()), default=None),
    )


def _stuck(offering: Offering, outline: Outline) -> tuple[Stuck, ...]:
    """Return the questions most often wrong at the first try, those with too few tries left out; one query."""
    first_tries = (
        Event.objects.filter(enrolment__offering=offering, verb=Verb.ANSWERED)
        .order_by("enrolment_id", "item_id", "id")
        .distinct("enrolment_id", "item_id")
        .values_list("item_id", "data__outcome")
    )
    tried, wrong = Counter[UUID](), Counter[UUID]()
    for item_id, outcome in first_tries:
        tried[item_id] += 1
        wrong[item_id] += outcome == WRONG
    found = [
        Stuck(item.title, section.title, tried[item.item_id], wrong[item.item_id])
        for chapter in outline.chapters
        for section in chapter.sections
        for item in section.items
        if item.kind == ItemKind.QUESTION and tried[item.item_id] >= FEWEST_TRIES and wrong[item.item_id]
    ]
    found.sort(key=lambda stuck: (-stuck.wrong / stuck.tried, stuck.title))
    return tuple(found[:STUCK_MOST])
