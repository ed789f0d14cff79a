"""A cohort for its staff: learners by sections, where the cohort is stuck, and what it forgets."""

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
from lessons.review.selectors import CohortRecall, cohort_recall

LEARNERS_A_PAGE = 20
FEWEST_TRIES = 5
STUCK_MOST = 6
WRONG = "wrong"
"""The outcome in an answer's event, as the quizzes write it."""


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """A learner with how far they are in the course, and in each section of the chapter shown."""

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
    """One page of a cohort's learners; the sections of `chapter`, one of `chapters`, are the columns."""

    slug: str
    course: str
    organisation: str
    cohort: str
    time_zone: str
    chapters: tuple[OutlineChapter, ...]
    chapter: OutlineChapter | None
    questions: int
    rows: tuple[LearnerRow, ...]
    stuck: tuple[Stuck, ...]
    recall: CohortRecall
    learners: int
    page: int
    pages: int


def cohort_page(*, person: Person | None, slug: str, page: int = 1, chapter: str = "") -> CohortPage:
    """Return one page of a cohort's learners by name; `page` counts from 1 and is brought into range.

    Without the key of a chapter that there is, the one with the most answers is shown. Ten queries at most, whatever
    the number of learners and sections. Raises catalogue's NotFound for an offering that they do not teach.
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
    tries = _first_tries(offering)
    chosen = _chosen(outline.chapters, chapter, tries)
    return CohortPage(
        slug=offering.slug,
        course=outline.title,
        organisation=offering.cohort.organisation.name,
        cohort=offering.cohort.name,
        time_zone=offering.cohort.time_zone,
        chapters=outline.chapters,
        chapter=chosen,
        questions=sum(chapter_standing(chapter, {}).questions for chapter in outline.chapters),
        rows=tuple(
            _row(
                learner.name,
                outline.chapters,
                chosen,
                standings.get(enrolments[learner.id], {}) if learner.id in enrolments else {},
            )
            for learner in shown
        ),
        stuck=_stuck(outline, tries),
        recall=cohort_recall(offering, learners=[learner.id for learner in learners]),
        learners=len(learners),
        page=page,
        pages=pages,
    )


def _enrolments_of(offering: Offering, person_ids: list[UUID]) -> dict[UUID, UUID]:
    """Return the enrolment of each person who has one; one query."""
    return dict(Enrolment.objects.filter(offering=offering, person_id__in=person_ids).values_list("person_id", "pk"))


def _row(
    name: str, chapters: tuple[OutlineChapter, ...], chosen: OutlineChapter | None, standings: Standings
) -> LearnerRow:
    read = [chapter_standing(chapter, standings) for chapter in chapters]
    fractions = [chapter.fraction for chapter in read if chapter.fraction is not None]
    return LearnerRow(
        name=name,
        sections=chapter_standing(chosen, standings).sections if chosen else (),
        graded=sum(chapter.graded for chapter in read),
        fraction=sum(fractions, Decimal(0)) / len(fractions) if fractions else None,
        last_at=max((standing.last_at for standing in standings.values()), default=None),
    )


@dataclass(frozen=True, slots=True)
class _FirstTries:
    """How many learners tried each question of a cohort, and how many were wrong the first time."""

    tried: Counter[UUID]
    wrong: Counter[UUID]


def _first_tries(offering: Offering) -> _FirstTries:
    """Count first tries by question; one query."""
    rows = (
        Event.objects.filter(enrolment__offering=offering, verb=Verb.ANSWERED)
        .order_by("enrolment_id", "item_id", "id")
        .distinct("enrolment_id", "item_id")
        .values_list("item_id", "data__outcome")
    )
    tries = _FirstTries(Counter(), Counter())
    for item_id, outcome in rows:
        tries.tried[item_id] += 1
        tries.wrong[item_id] += outcome == WRONG
    return tries


def _chosen(chapters: tuple[OutlineChapter, ...], key: str, tries: _FirstTries) -> OutlineChapter | None:
    """Return the chapter of that key, else the one with the most answers; None where there is no chapter."""
    named = [chapter for chapter in chapters if chapter.key == key]

    def answers(chapter: OutlineChapter) -> int:
        return sum(tries.tried[item.item_id] for section in chapter.sections for item in section.items)

    return named[0] if named else max(chapters, key=answers, default=None)


def _stuck(outline: Outline, tries: _FirstTries) -> tuple[Stuck, ...]:
    """Return the questions most often wrong at the first try, those with too few tries left out."""
    found = [
        Stuck(item.title, section.title, tries.tried[item.item_id], tries.wrong[item.item_id])
        for chapter in outline.chapters
        for section in chapter.sections
        for item in section.items
        if item.kind == ItemKind.QUESTION and tries.tried[item.item_id] >= FEWEST_TRIES and tries.wrong[item.item_id]
    ]
    found.sort(key=lambda stuck: (-stuck.wrong / stuck.tried, stuck.title))
    return tuple(found[:STUCK_MOST])
