"""Who may do what with people and bootcamps. Rows that are listed are filtered by the models' `visible_to` instead."""

from __future__ import annotations

from typing import Final

from accounts.errors import NotAllowed
from accounts.models import ORGANISATION_ROLES, Cohort, Membership, Organisation, Person, Role

DEMO_DOMAIN: Final = "demo.example"


class Operator:
    """The site's operator, who acts from the command line or the admin and may do everything."""


OPERATOR: Final = Operator()
Actor = Person | Operator


def is_staff_of(person: Person | None, cohort: Cohort) -> bool:
    """Return whether the person teaches the cohort or runs its organisation."""
    return Cohort.objects.staffed_by(person).filter(pk=cohort.pk).exists()


def can_see_cohort(person: Person | None, cohort: Cohort) -> bool:
    """Return whether the person is in the cohort or runs its organisation."""
    return Cohort.objects.visible_to(person).filter(pk=cohort.pk).exists()


def is_demo(email: str) -> bool:
    """Return whether the address belongs to a demo login, whose password everybody may know."""
    return email.strip().lower().endswith(f"@{DEMO_DOMAIN}")


def require_self(actor: Actor, person: Person) -> None:
    """Refuse with NotAllowed unless the actor is the person themself, or the operator."""
    if not isinstance(actor, Operator) and actor.pk != person.pk:
        raise NotAllowed("Only the person themself can change this.")


def runs(person: Person, organisation: Organisation) -> bool:
    """Return whether the person is an owner or admin of the organisation."""
    return Membership.objects.filter(person=person, organisation=organisation, role__in=ORGANISATION_ROLES).exists()


def require_manager(actor: Actor, organisation: Organisation) -> None:
    """Refuse with NotAllowed unless the actor is an owner or admin of the organisation, or the operator."""
    if isinstance(actor, Operator):
        return
    if not runs(actor, organisation):
        raise NotAllowed(f"Only an owner or admin of {organisation} can do this.")


def require_may_grant(actor: Actor, *, role: str, organisation: Organisation, cohort: Cohort | None) -> None:
    """Refuse with NotAllowed unless the actor may give the role, or take it away.

    Owners are made by owners. Owners and admins give every other role; an instructor brings learners and observers
    into a cohort that they teach.
    """
    if isinstance(actor, Operator):
        return
    if role == Role.OWNER:
        if not Membership.objects.filter(person=actor, organisation=organisation, role=Role.OWNER).exists():
            raise NotAllowed(f"Only an owner of {organisation} can make somebody an owner or stop them being one.")
        return
    if cohort is not None and role in {Role.LEARNER, Role.OBSERVER} and is_staff_of(actor, cohort):
        return
    require_manager(actor, organisation)
