"""What staff of a cohort may look into."""

from __future__ import annotations

from accounts.models import Person
from accounts.selectors import staffed_cohort_ids
from lessons.catalogue.models import Offering
from quizzes.errors import NotFound


def staffed_offering(person: Person | None, slug: str) -> Offering:
    """Return a cohort's offering that the person is staff of, its revision, course and cohort loaded; one query.

    Raises NotFound for any other.
    """
    offerings = Offering.objects.filter(slug=slug, cohort__in=staffed_cohort_ids(person))
    offering = offerings.select_related("revision", "course", "cohort__organisation").first()
    if offering is None:
        raise NotFound
    return offering
