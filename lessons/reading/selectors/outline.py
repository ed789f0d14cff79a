"""The outline of a course: what is done, in progress, still to read, and still to be written."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Person
from accounts.policy import is_staff_of
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import OutlineAppendix, offering_and_enrolment, outline_of
from lessons.reading.selectors.standings import standings_of
from lessons.reading.standing import ChapterStanding, course_standing


@dataclass(frozen=True, slots=True)
class OutlinePage:
    """What the outline shows; `group` names the cohort, and is empty in the open course."""

    slug: str
    title: str
    summary: str
    group: str
    is_enrolled: bool
    is_staff: bool
    chapters: tuple[ChapterStanding, ...]
    appendices: tuple[OutlineAppendix, ...]


def outline_page(*, person: Person | None, slug: str) -> OutlinePage:
    """Return the outline of an offering for whoever looks; four queries at most. Raises catalogue's NotFound."""
    offering, enrolment = offering_and_enrolment(person, slug)
    outline = outline_of(offering.revision)
    return OutlinePage(
        slug=offering.slug,
        title=outline.title,
        summary=outline.summary,
        group=offering.cohort.name if offering.cohort else "",
        is_enrolled=enrolment is not None,
        is_staff=offering.cohort is not None and is_staff_of(person, offering.cohort),
        chapters=course_standing(outline, standings_of(enrolment)),
        appendices=outline.appendices,
    )


def enrolment_in(offering: Offering, person: Person | None) -> Enrolment | None:
    """Return the person's enrolment in an offering, if there is one; one query, none for a visitor."""
    return None if person is None else Enrolment.objects.filter(offering=offering, person=person).first()
