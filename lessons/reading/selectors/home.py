"""Home: one next step, what is due, what came back, and progress by chapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Max, Q, QuerySet
from django.urls import reverse

from accounts.models import Cohort, Organisation, Person
from accounts.selectors import joined_cohorts, member_cohort_ids, staffed_cohort_ids, staffed_organisations
from lessons.catalogue.models import Enrolment, ItemKind, Offering
from lessons.catalogue.selectors import Outline, enrolment_to_begin, outline_of
from lessons.reading.selectors.standings import standings_of
from lessons.reading.standing import ChapterStanding, Mark, Standings, course_standing, percent_of
from lessons.review.selectors import deck_of
from quizzes.selectors import (
    AssignmentSummary,
    RegradeNotice,
    WorkState,
    assignments_of,
    unseen_regrades,
)

CAME_BACK_FOR = timedelta(days=14)
CAME_BACK_MOST = 5
DUE_MOST = 5
DUE_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next, and where it is; `address` is a path with an anchor."""

    title: str
    place: str
    verb: str
    address: str
    percent_done: int


@dataclass(frozen=True, slots=True)
class CameBack:
    """A grade that arrived lately."""

    title: str
    fraction: Decimal | None
    at: datetime
    address: str

    @property
    def percent(self) -> int | None:
        """The grade in whole percent."""
        return percent_of(self.fraction)


@dataclass(frozen=True, slots=True)
class OtherCourse:
    """A course that one could go to instead."""

    slug: str
    title: str
    group: str


@dataclass(frozen=True, slots=True)
class Home:
    """What home shows; `group` names the cohort, and is empty in the open course."""

    slug: str
    course: str
    group: str
    week: int | None
    weeks: int | None
    time_zone: str
    next_step: NextStep | None
    due: tuple[AssignmentSummary, ...]
    posted: tuple[AssignmentSummary, ...]
    to_review: int
    came_back: tuple[CameBack, ...]
    regrades: tuple[RegradeNotice, ...]
    chapters: tuple[ChapterStanding, ...]
    others: tuple[OtherCourse, ...]
    teaches: tuple[OtherCourse, ...]
    bootcamps: tuple[Organisation, ...]


def home_of(person: Person, *, now: datetime) -> Home | None:
    """Return the home of a person, about the course that they were last active in; None where no course is offered.

    Eight queries where a learner's cohorts are set nothing, thirteen at most, and one more for staff, whatever the
    number of courses, chapters, grades, assignments and cards; one more before they have begun the course of a cohort
    that they are in.
    """
    places = _places_of(person)
    if not places:
        return None
    current, *others = places
    offering = current.offering
    outline, standings = outline_of(offering.revision), standings_of(current.enrolment)
    chapters = course_standing(outline, standings)
    week, weeks = _week_of(offering.cohort, now)
    bootcamps = staffed_organisations(person)
    taught = _taught_by(person) if bootcamps else []
    assignments = _assignments(person, [place for place in places if place.offering not in taught], now)
    return Home(
        slug=offering.slug,
        course=outline.title,
        group=_group_of(offering),
        week=week,
        weeks=weeks,
        time_zone=current.enrolment.time_zone if current.enrolment else person.time_zone,
        next_step=_next_step(offering.slug, chapters),
        due=_due(assignments, now),
        posted=_posted(assignments, now),
        to_review=len(deck_of(current.enrolment, now=now).due) if current.enrolment else 0,
        came_back=_came_back(offering.slug, outline, standings, now),
        regrades=unseen_regrades(person) if any(place.offering.amended_at for place in places) else (),
        chapters=chapters,
        others=tuple(_as_other(place.offering) for place in others),
        teaches=tuple(_as_other(offering) for offering in taught),
        bootcamps=bootcamps,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A course that a person can work in, with their enrolment if there is one yet."""

    offering: Offering
    enrolment: Enrolment | None


def _places_of(person: Person) -> list[_Place]:
    """Return the person's courses: last active first, then newly enrolled, then their cohorts', the open one last."""
    enrolments: QuerySet[Any] = (
        Enrolment.objects.filter(person=person)
        .annotate(active_at=Max("progress__last_at"))
        .select_related("offering__revision", "offering__cohort")
        .order_by(F("active_at").desc(nulls_last=True), "-created_at", "pk")
    )
    taken = [_Place(enrolment.offering, enrolment) for enrolment in enrolments]
    open_to_them = Q(cohort_id__in=member_cohort_ids(person)) | Q(cohort__isnull=True)
    rest = (
        Offering.objects.filter(open_to_them)
        .exclude(pk__in=[place.offering.pk for place in taken])
        .select_related("revision", "cohort")
        .order_by(F("cohort_id").asc(nulls_last=True), "slug")
    )
    return [*taken, *(_Place(offering, None) for offering in rest)]


def _taught_by(person: Person) -> list[Offering]:
    """Return the offerings of the cohorts that the person teaches; one query."""
    taught = Offering.objects.filter(cohort_id__in=staffed_cohort_ids(person))
    return list(taught.select_related("revision", "cohort").order_by("slug"))


def _assignments(person: Person, places: Sequence[_Place], now: datetime) -> list[AssignmentSummary]:
    """Return what the person's cohorts set them; six queries at most, none for somebody without a cohort."""
    taken = [place for place in places if place.offering.cohort_id is not None]
    joined = joined_cohorts(person) if any(place.enrolment is None for place in taken) else {}
    enrolments = [place.enrolment or _not_begun(person, place.offering, joined) for place in taken]
    if not enrolments:
        return []
    return [summary for several in assignments_of(enrolments, now=now).values() for summary in several]


def _not_begun(person: Person, offering: Offering, joined: dict[UUID, datetime]) -> Enrolment:
    """Return what stands for the enrolment of somebody who has begun nothing in a cohort's course."""
    assert offering.cohort_id is not None, "an open course sets nothing"
    return enrolment_to_begin(
        person_id=person.pk,
        offering=offering,
        joined_at=joined[offering.cohort_id],
        time_zone=person.time_zone,
    )


def _due(assignments: Sequence[AssignmentSummary], now: datetime) -> tuple[AssignmentSummary, ...]:
    """Return what can be worked on, the first to end first, and after it what opens soon."""
    waiting = [work for work in assignments if work.is_open]
    waiting += [work for work in assignments if work.state is WorkState.UPCOMING and work.opens_at - now <= DUE_WITHIN]
    waiting.sort(key=lambda work: (not work.is_open, work.next_at, work.title))
    return tuple(waiting[:DUE_MOST])


def _posted(assignments: Sequence[AssignmentSummary], now: datetime) -> tuple[AssignmentSummary, ...]:
    """Return the assignments whose grades were posted in the last days, the newest first."""
    posted = [
        work
        for work in assignments
        if work.posted_at is not None and work.mark is not None and now - work.posted_at <= CAME_BACK_FOR
    ]
    posted.sort(key=lambda work: (work.posted_at or now, work.title), reverse=True)
    return tuple(posted[:CAME_BACK_MOST])


def _next_step(slug: str, chapters: tuple[ChapterStanding, ...]) -> NextStep | None:
    """Return the first section that is not done, in a chapter begun or else in the first that can be."""
    readable = [chapter for chapter in chapters if chapter.mark in {Mark.STARTED, Mark.OPEN}]
    readable.sort(key=lambda chapter: chapter.mark is not Mark.STARTED)
    if not readable:
        return None
    chapter = readable[0]
    address = reverse("reading:chapter", args=[slug, chapter.key])
    section = chapter.next_section if chapter.mark is Mark.STARTED else None
    if section is None:
        return NextStep(
            chapter.title, f"Chapter {chapter.number}. About {chapter.minutes} minutes.", "Start", address, 0
        )
    return NextStep(
        title=section.section.title,
        place=f"Chapter {chapter.number}, section {chapter.sections.index(section) + 1} of {len(chapter.sections)}. "
        f"{chapter.graded} of {chapter.questions} questions answered.",
        verb="Continue",
        address=f"{address}#{section.section.anchor}",
        percent_done=chapter.percent_done,
    )


def _came_back(slug: str, outline: Outline, standings: Standings, now: datetime) -> tuple[CameBack, ...]:
    """Return the latest grades of the last days, the newest first."""
    graded = [
        CameBack(
            title=item.title,
            fraction=standing.fraction,
            at=standing.last_at,
            address=f"{reverse('reading:chapter', args=[slug, chapter.key])}#{section.anchor}",
        )
        for chapter in outline.chapters
        for section in chapter.sections
        for item in section.items
        if item.kind == ItemKind.QUESTION
        and (standing := standings.get(item.item_id))
        and standing.is_done
        and now - standing.last_at <= CAME_BACK_FOR
    ]
    graded.sort(key=lambda grade: grade.at, reverse=True)
    return tuple(graded[:CAME_BACK_MOST])


def _group_of(offering: Offering) -> str:
    return offering.cohort.name if offering.cohort else ""


def _week_of(cohort: Cohort | None, now: datetime) -> tuple[int | None, int | None]:
    """Return which week of how many a cohort is in; nothing outside of its dates."""
    if cohort is None:
        return None, None
    today = now.astimezone(ZoneInfo(cohort.time_zone)).date()
    if not cohort.starts_on <= today <= cohort.ends_on:
        return None, None
    return (today - cohort.starts_on).days // 7 + 1, (cohort.ends_on - cohort.starts_on).days // 7 + 1


def _as_other(offering: Offering) -> OtherCourse:
    return OtherCourse(offering.slug, offering.revision.title, _group_of(offering))
