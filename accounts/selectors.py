"""What pages and other rooms read about people: frozen, and in a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf

from accounts.errors import NotFound
from accounts.models import STAFF_ROLES, ApiToken, Cohort, Invitation, Membership, Organisation, Person, Role

DISPLAY_NAME = Coalesce(NullIf("person__login__name", Value("")), "person__alias")
ROLE_STRENGTH = Case(
    *(When(role=role, then=Value(place)) for place, role in enumerate(Role.values)), output_field=IntegerField()
)


@dataclass(frozen=True)
class MembershipSummary:
    """A role, and where it holds; `cohort` is empty for a role in the whole organisation."""

    id: UUID
    organisation_id: UUID
    organisation_slug: str
    organisation: str
    cohort_id: UUID | None
    cohort_slug: str
    cohort: str
    role: Role

    @property
    def is_staff(self) -> bool:
        """Whether the role teaches or runs what it holds for."""
        return self.role in STAFF_ROLES


@dataclass(frozen=True)
class PersonSummary:
    """A person as others may see them, in the role that they joined with."""

    id: UUID
    name: str
    role: Role
    joined_at: datetime


@dataclass(frozen=True)
class Profile:
    """A person as they see themself; a guest has neither name nor e-mail."""

    id: UUID
    display_name: str
    name: str
    email: str
    email_verified: bool
    is_guest: bool
    time_zone: str
    memberships: tuple[MembershipSummary, ...]


@dataclass(frozen=True)
class TokenSummary:
    """An API token, without what opens the door."""

    id: UUID
    name: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True)
class InvitationSummary:
    """An invitation that waits to be accepted."""

    id: UUID
    email: str
    role: Role
    expires_at: datetime
    sent_at: datetime | None


def staffed_cohort_ids(person: Person | None) -> QuerySet[Cohort, UUID]:
    """Return the ids of the cohorts that the person teaches, or whose organisation they run, as a subquery."""
    return Cohort.objects.staffed_by(person).values_list("pk", flat=True)


def member_cohort_ids(person: Person | None) -> QuerySet[Membership, UUID | None]:
    """Return the ids of the cohorts that the person is in, in whatever role, as a subquery."""
    mine = Membership.objects.none() if person is None else Membership.objects.filter(person=person)
    return mine.filter(cohort__isnull=False).values_list("cohort_id", flat=True)


def member_since(person: Person, cohort_id: UUID) -> datetime | None:
    """Return since when the person is in the cohort, in whatever role; None where they are not. One query."""
    return Membership.objects.filter(person=person, cohort=cohort_id).values_list("created_at", flat=True).first()


def joined_cohorts(person: Person) -> dict[UUID, datetime]:
    """Return since when the person is in each of their cohorts, in whatever role; one query."""
    rows = Membership.objects.filter(person=person, cohort__isnull=False).values_list("cohort_id", "created_at")
    return {cohort_id: joined_at for cohort_id, joined_at in rows if cohort_id is not None}


def memberships_of(person: Person) -> tuple[MembershipSummary, ...]:
    """Return all roles of a person, the strongest first; one query."""
    return tuple(_summary(row) for row in _ranked(Membership.objects.filter(person=person)))


def membership_of(*, person: Person | None, cohort: Cohort) -> MembershipSummary | None:
    """Return the strongest role that the person has in the cohort, or in its organisation; one query."""
    if person is None:
        return None
    held = Membership.objects.filter(
        Q(cohort=cohort) | Q(cohort__isnull=True, organisation=cohort.organisation_id), person=person
    )
    row = _ranked(held).first()
    return None if row is None else _summary(row)


def people_in(
    cohort: Cohort, *, roles: Iterable[Role] = tuple(Role), person_id: UUID | None = None
) -> tuple[PersonSummary, ...]:
    """Return the cohort's people with the given roles by display name, or one of them; one query, for staff to see."""
    members = Membership.objects.filter(cohort=cohort, role__in=list(roles))
    if person_id is not None:
        members = members.filter(person=person_id)
    rows = (
        members.annotate(display_name=DISPLAY_NAME)
        .order_by("display_name", "person_id")
        .values_list("person_id", "display_name", "role", "created_at")
    )
    return tuple(PersonSummary(id=pk, name=name, role=Role(role), joined_at=at) for pk, name, role, at in rows)


def learner_ids(cohort: Cohort) -> QuerySet[Membership, UUID]:
    """Return the ids of the people who learn in the cohort, as a subquery."""
    return Membership.objects.filter(cohort=cohort, role=Role.LEARNER).values_list("person_id", flat=True)


def display_names(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return what to call each of the people: the name of their login, else their alias; one query."""
    rows = Person.objects.filter(pk__in=list(person_ids)).annotate(
        display_name=Coalesce(NullIf("login__name", Value("")), F("alias"))
    )
    return dict(rows.values_list("pk", "display_name"))


def profile_of(person: Person) -> Profile:
    """Return a person as they see themself; three queries, the login included."""
    login = getattr(Person.objects.select_related("login").get(pk=person.pk), "login", None)
    verified = login is not None and EmailAddress.objects.filter(user=login, email=login.email, verified=True).exists()
    return Profile(
        id=person.pk,
        display_name=(login.name if login else "") or person.alias,
        name=login.name if login else "",
        email=login.email if login else "",
        email_verified=verified,
        is_guest=login is None,
        time_zone=person.time_zone,
        memberships=memberships_of(person),
    )


def tokens_of(person: Person, *, now: datetime) -> tuple[TokenSummary, ...]:
    """Return the person's tokens that still open something, the newest first; one query."""
    rows = ApiToken.objects.visible_to(person).live(now).order_by("-created_at", "pk")
    return tuple(
        TokenSummary(
            id=row.pk,
            name=row.name,
            prefix=row.prefix,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )
        for row in rows
    )


def staffed_cohort(*, person: Person | None, cohort_id: UUID) -> Cohort:
    """Return a cohort, its organisation loaded, that the person is staff of; one query. Raises NotFound."""
    cohort = Cohort.objects.staffed_by(person).select_related("organisation").filter(pk=cohort_id).first()
    if cohort is None:
        raise NotFound("There is no such cohort among those that you teach or run.")
    return cohort


def staffed_organisation(*, person: Person | None, slug: str) -> Organisation:
    """Return an organisation that the person runs or teaches a cohort of; one query. Raises NotFound."""
    organisation = Organisation.objects.staffed_by(person).filter(slug=slug).first()
    if organisation is None:
        raise NotFound("There is no such bootcamp among those that you teach in or run.")
    return organisation


def staffed_organisations(person: Person) -> tuple[Organisation, ...]:
    """Return the organisations that the person runs or teaches in, by name; one query."""
    return tuple(Organisation.objects.staffed_by(person).order_by("name", "pk"))


def open_invitations(cohort: Cohort, *, now: datetime) -> tuple[InvitationSummary, ...]:
    """Return the cohort's invitations that can still be accepted, by address; one query, for staff to see."""
    rows = Invitation.objects.open(now).filter(cohort=cohort).order_by("email", "pk")
    return tuple(
        InvitationSummary(
            id=row.pk, email=row.email, role=Role(row.role), expires_at=row.expires_at, sent_at=row.sent_at
        )
        for row in rows
    )


def _ranked(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    return memberships.select_related("organisation", "cohort").order_by(
        ROLE_STRENGTH, "organisation__name", "cohort__name", "pk"
    )


def _summary(row: Membership) -> MembershipSummary:
    return MembershipSummary(
        id=row.pk,
        organisation_id=row.organisation_id,
        organisation_slug=row.organisation.slug,
        organisation=row.organisation.name,
        cohort_id=row.cohort_id,
        cohort_slug=row.cohort.slug if row.cohort else "",
        cohort=row.cohort.name if row.cohort else "",
        role=Role(row.role),
    )
