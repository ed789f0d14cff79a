"""Who may take a course and who may change what a cohort reads. Rows that are listed are filtered by `visible_to`."""

from __future__ import annotations

from accounts.models import Person
from accounts.selectors import member_cohort_ids, staffed_cohort_ids
from lessons.catalogue.errors import NotAllowed, NotEnrolled
from lessons.catalogue.models import Offering


def require_may_work_in(person: Person, offering: Offering) -> None:
    """Refuse with NotEnrolled unless the offering is open or the person is in its cohort; one query at most."""
    if offering.cohort_id is None:
        return
    if not member_cohort_ids(person).filter(cohort_id=offering.cohort_id).exists():
        raise NotEnrolled(offering.slug)


def require_may_adopt(actor: Person | None, offering: Offering) -> None:
    """Refuse with NotAllowed unless the actor is staff of the offering's cohort.

    The open offering is changed by the site's operator alone, from the command line, for whom `actor` is None.
    """
    if actor is None:
        return
    if offering.cohort_id is None or not staffed_cohort_ids(actor).filter(pk=offering.cohort_id).exists():
        raise NotAllowed(f"Only an instructor of its cohort can change which revision {offering.slug!r} reads.")
