"""Who may set work, and who may set a grade by hand."""

from __future__ import annotations

from accounts.models import Person
from accounts.selectors import staffed_cohort_ids
from lessons.catalogue.models import Enrolment, Offering


def may_teach(actor: Person | None, offering: Offering) -> bool:
    """Return whether the actor teaches the offering's cohort or runs its organisation; an open one has no staff."""
    if offering.cohort_id is None:
        return False
    return staffed_cohort_ids(actor).filter(pk=offering.cohort_id).exists()


def may_grade(actor: Person, enrolment: Enrolment) -> bool:
    """Return whether the actor teaches whom the enrolment is of; never themself."""
    return enrolment.person_id != actor.pk and may_teach(actor, enrolment.offering)
