"""Who may take a course and who may change what a cohort reads. Rows that are listed are filtered by `visible_to`."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Cohort, Organisation, Person
from accounts.selectors import member_since, staffed_cohort_ids
from lessons.catalogue.errors import NotAllowed, NotEnrolled
from lessons.catalogue.models import Offering


def require_may_work_in(person: Person, offering: Offering, *, now: datetime) -> datetime:
    """Return since when the person may work in an offering; one query at most.

    In an open one that is now, in a cohort's since they joined the cohort, or since it has the offering. Refuses with
    NotEnrolled who is not in the cohort.
    """
    if offering.cohort_id is None:
        return now
    joined_at = member_since(person, offering.cohort_id)
    if joined_at is None:
        raise NotEnrolled(offering.slug)
    return min(now, max(joined_at, offering.created_at))


def require_may_adopt(actor: Person | None, offering: Offering) -> None:
    """Refuse with NotAllowed unless the actor is staff of the offering's cohort.

    The open offering is changed by the site's operator alone, from the command line, for whom `actor` is None.
    """
    if actor is None:
        return
    if offering.cohort_id is None or not staffed_cohort_ids(actor).filter(pk=offering.cohort_id).exists():
        raise NotAllowed(f"Only an instructor of its cohort can change which revision {offering.slug!r} reads.")


def require_may_upload(actor: Person, organisation: Organisation) -> None:
    """Refuse with NotAllowed unless the actor runs the organisation or teaches a cohort of it.

    A revision that is sent is read by nobody until the staff of a cohort adopt it.
    """
    if not Organisation.objects.staffed_by(actor).filter(pk=organisation.pk).exists():
        raise NotAllowed(f"Only who runs {organisation} or teaches in it can send it a course.")


def require_may_offer(actor: Person, cohort: Cohort) -> None:
    """Refuse with NotAllowed unless the actor is staff of the cohort."""
    if not staffed_cohort_ids(actor).filter(pk=cohort.pk).exists():
        raise NotAllowed(f"Only an instructor of {cohort} can give it a course.")
