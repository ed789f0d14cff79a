"""The courses that somebody can read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering


@dataclass(frozen=True, slots=True)
class OfferedCourse:
    """A course and for whom it is given; `group` is empty for the open one."""

    slug: str
    title: str
    summary: str
    group: str
    is_enrolled: bool


def courses_for(person: Person | None) -> tuple[OfferedCourse, ...]:
    """Return the courses that a person can see, their cohorts' first; two queries."""
    enrolled = set(Enrolment.objects.filter(person=person).values_list("offering_id", flat=True)) if person else set()
    rows = (
        Offering.objects.visible_to(person)
        .select_related("revision", "cohort")
        .order_by(F("cohort_id").asc(nulls_last=True), "slug")
    )
    return tuple(
        OfferedCourse(
            slug=row.slug,
            title=row.revision.title,
            summary=row.revision.summary,
            group=row.cohort.name if row.cohort else "",
            is_enrolled=row.pk in enrolled,
        )
        for row in rows
    )
