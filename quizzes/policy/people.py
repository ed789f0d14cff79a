"""Who may set work, and who may set a grade by hand."""

from __future__ import annotations

from accounts.models import Person
from accounts.selectors import staffed_cohort_ids
from lessons.catalogue.models import Enrolment, Offering


def may_grade(actor: Person, enrolment: Enrolment) -> bool:
    """Return whether the actor teaches the enrolment's cohort or runs its organisation; never their own work."""
    cohort_id = enrolment.offering.cohort_id
    if cohort_id is None or enrolment.person_id == actor.pk:
        return False
    return staffed_cohort_ids(actor).filter(pk=cohort_id).exists()


def may_set(actor: Person | None, offering: Offering) -> bool:
    """Return whether the actor teaches the offering's cohort or runs its organisation; nobody sets work openly."""
    if offering.cohort_id is None:
        return False
    return staffed_cohort_ids(actor).filter(pk=offering.cohort_id).exists()
