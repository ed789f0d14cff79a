"""Bootcamps, their cohorts, and who has which role in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar
from zoneinfo import available_timezones

from django.db import IntegrityError, models, transaction

from accounts.errors import AlreadyMember, InvalidDates, LastOwner, RoleDoesNotFit, SlugTaken, UnknownTimeZone
from accounts.models import ORGANISATION_ROLES, Cohort, Membership, Organisation, Person, Role
from accounts.policy import Actor, require_manager, require_may_grant

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def create_organisation(*, slug: str, name: str, owner: Person, now: datetime) -> Organisation:
    """Create a bootcamp with its first owner; for the operator. Raises SlugTaken."""
    organisation = _insert(
        Organisation(slug=slug, name=name, created_at=now),
        constraint="accounts_organisation_slug",
        taken=SlugTaken(f"There is an organisation at {slug!r} already. Choose another short name."),
    )
    Membership.objects.create(person=owner, organisation=organisation, role=Role.OWNER, created_at=now)
    return organisation


@transaction.atomic
def create_cohort(
    *,
    organisation: Organisation,
    slug: str,
    name: str,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    now: datetime,
    time_zone: str = "UTC",
) -> Cohort:
    """Create a class of the bootcamp; the same once more returns the one there is.

    Raises NotAllowed, InvalidDates, UnknownTimeZone, and SlugTaken where another class has the short name.
    """
    require_manager(actor, organisation)
    if time_zone not in available_timezones():
        raise UnknownTimeZone(time_zone)
    if ends_on < starts_on:
        raise InvalidDates(f"A cohort can't end on {ends_on} when it starts on {starts_on}. Give a later last day.")
    said = {"name": name, "starts_on": starts_on, "ends_on": ends_on, "time_zone": time_zone}
    try:
        return _insert(
            Cohort(organisation=organisation, slug=slug, created_at=now, **said),
            constraint="cohort_slug_unique_in_organisation",
            taken=SlugTaken(f"{organisation} has a cohort at {slug!r} already. Choose another short name."),
        )
    except SlugTaken:
        same = Cohort.objects.filter(organisation=organisation, slug=slug, **said).first()
        if same is None:
            raise
        return same


@transaction.atomic
def add_member(
    *, person: Person, organisation: Organisation, role: Role, actor: Actor, now: datetime, cohort: Cohort | None = None
) -> Membership:
    """Give a person a role: owner and admin without a cohort, the others in one.

    Raises NotAllowed, RoleDoesNotFit, and AlreadyMember where the person has a role there.
    """
    _require_fit(role, organisation, cohort)
    require_may_grant(actor, role=role, organisation=organisation, cohort=cohort)
    return _insert(
        Membership(person=person, organisation=organisation, cohort=cohort, role=role, created_at=now),
        constraint="membership_unique",
        taken=AlreadyMember(f"They have a role in {cohort or organisation} already. Change that role instead."),
    )


@transaction.atomic
def change_role(*, membership: Membership, role: Role, actor: Actor) -> Membership:
    """Give a membership another role of the same scope. Raises NotAllowed, RoleDoesNotFit, LastOwner."""
    held = _locked(membership)
    _require_fit(role, held.organisation, held.cohort)
    for changed in {held.role, str(role)}:
        require_may_grant(actor, role=changed, organisation=held.organisation, cohort=held.cohort)
    if held.role == Role.OWNER and role != Role.OWNER:
        _require_another_owner(held)
    held.role = role
    held.save(update_fields=["role"])
    return held


@transaction.atomic
def remove_member(*, membership: Membership, actor: Actor) -> None:
    """End a membership; enrolments, work and grades stand. Raises NotAllowed, LastOwner."""
    held = _locked(membership)
    require_may_grant(actor, role=held.role, organisation=held.organisation, cohort=held.cohort)
    if held.role == Role.OWNER:
        _require_another_owner(held)
    held.delete()


def _locked(membership: Membership) -> Membership:
    """Return the membership as it stands, its organisation locked so that two owners can't leave at the same time."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    return Membership.objects.select_related("organisation", "cohort").get(pk=membership.pk)


def _require_another_owner(membership: Membership) -> None:
    if not Membership.objects.owning(membership.organisation).exclude(pk=membership.pk).exists():
        raise LastOwner(membership.organisation.name)


def _require_fit(role: Role, organisation: Organisation, cohort: Cohort | None) -> None:
    if (role in ORGANISATION_ROLES) != (cohort is None):
        raise RoleDoesNotFit(
            f"{role.label} is a role of {'an organisation' if role in ORGANISATION_ROLES else 'a cohort'}, "
            f"not of {'a cohort' if cohort else 'an organisation'}."
        )
    if cohort is not None and cohort.organisation_id != organisation.pk:
        raise RoleDoesNotFit(f"{cohort} is no cohort of {organisation}.")


def _insert(row: Row, *, constraint: str, taken: Exception) -> Row:
    """Insert a row; raise `taken` where the named constraint refuses it."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if constraint in str(error):
            raise taken from error
        raise
    return row
