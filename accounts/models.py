"""People, the bootcamps they belong to, and how they log in.

A person and a login are apart: everything that a learner does hangs on the pseudonymous person, so that name,
e-mail and password can be erased while ledger and statistics stand. A guest is a person without a login.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from importlib import import_module
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower


class PersonQuerySet(models.QuerySet["Person"]):
    """People, filtered by who asks."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep the person and those who belong to an organisation or cohort that they are staff of."""
        if person is None:
            return self.none()
        return self.filter(
            Q(pk=person.pk) | Exists(Membership.objects.staffed_by(person).filter(person=OuterRef("pk")))
        )

    def guests(self) -> Self:
        """Keep people who never had a login."""
        return self.filter(login__isnull=True, erased_at__isnull=True)


class Person(models.Model):
    """Somebody who learns, teaches or visits; carries nothing that identifies them.

    `erased_at` tells somebody whose login was erased from a guest, who never had one: nobody may take over the former.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alias = models.CharField(max_length=40, help_text="Shown where no name is known, such as 'Guest 4F2A'.")
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.alias


class LoginManager(BaseUserManager["Login"]):
    """Finds logins by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Login:
        """Return the login with this e-mail."""
        return self.get(email__iexact=username)


class Login(AbstractBaseUser, PermissionsMixin):
    """The identifying and erasable half of a person: e-mail, name and password."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="login")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the Django admin.")
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = LoginManager()

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="login_email_unique"),)

    def __str__(self) -> str:
        return self.email


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations, filtered by who asks."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep those that the person belongs to, in whatever role."""
        if person is None:
            return self.none()
        return self.filter(Exists(Membership.objects.filter(organisation=OuterRef("pk"), person=person)))

    def staffed_by(self, person: Person | None) -> Self:
        """Keep those that the person runs, or teaches a cohort of."""
        if person is None:
            return self.none()
        held = Membership.objects.filter(organisation=OuterRef("pk"), person=person, role__in=STAFF_ROLES)
        return self.filter(Exists(held))


class Organisation(models.Model):
    """A bootcamp: the wall between one school's people and grades and another's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class CohortQuerySet(models.QuerySet["Cohort"]):
    """Cohorts, filtered by who asks."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep those that the person is in, and all of an organisation that they run."""
        if person is None:
            return self.none()
        letting_in = Q(cohort=OuterRef("pk")) | Q(organisation=OuterRef("organisation"), role__in=ORGANISATION_ROLES)
        return self.filter(Exists(Membership.objects.filter(letting_in, person=person)))

    def staffed_by(self, person: Person | None) -> Self:
        """Keep those that the person teaches, and all of an organisation that they run."""
        if person is None:
            return self.none()
        taught = Membership.objects.filter(person=person, cohort=OuterRef("pk"), role=Role.INSTRUCTOR)
        return self.filter(Exists(taught) | Exists(_running(person, OuterRef("organisation"))))


class Cohort(models.Model):
    """A class of a bootcamp that takes courses together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cohorts")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_at = models.DateTimeField()

    objects = CohortQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "slug"), name="cohort_slug_unique_in_organisation"),
            models.UniqueConstraint(fields=("id", "organisation"), name="cohort_organisation_pair"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="cohort_ends_after_start"),
        )

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a membership allows: owner and admin hold for an organisation, the others for one cohort."""

    OWNER = "owner"
    ADMIN = "admin"
    INSTRUCTOR = "instructor"
    OBSERVER = "observer"
    LEARNER = "learner"


ORGANISATION_ROLES = (Role.OWNER, Role.ADMIN)
STAFF_ROLES = (Role.OWNER, Role.ADMIN, Role.INSTRUCTOR)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, filtered by who asks."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep the person's own, and those of the organisations and cohorts that they are staff of."""
        if person is None:
            return self.none()
        return self.filter(Q(person=person) | self._staffed(person))

    def staffed_by(self, person: Person) -> Self:
        """Keep those of the organisations that the person runs and of the cohorts that they teach."""
        return self.filter(self._staffed(person))

    def owning(self, organisation: Organisation) -> Self:
        """Keep the organisation's owners who can still log in."""
        return self.filter(organisation=organisation, role=Role.OWNER, person__erased_at__isnull=True)

    @staticmethod
    def _staffed(person: Person) -> Q:
        taught = Membership.objects.filter(person=person, role=Role.INSTRUCTOR, cohort=OuterRef("cohort"))
        return Q(Exists(taught)) | Q(Exists(_running(person, OuterRef("organisation"))))


def _running(person: Person, organisation: OuterRef) -> MembershipQuerySet:
    return Membership.objects.filter(person=person, role__in=ORGANISATION_ROLES, organisation=organisation)


class Membership(models.Model):
    """A person's role in an organisation or in one of its cohorts.

    A second foreign key, (cohort, organisation) to cohort, is added by migration, so that a membership can never
    join one organisation's cohort under another organisation's name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField()

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "organisation", "cohort"),
                name="membership_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(role__in=ORGANISATION_ROLES, cohort__isnull=True)
                | (~Q(role__in=ORGANISATION_ROLES) & Q(cohort__isnull=False)),
                name="membership_role_fits_scope",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, filtered by who asks and by whether they can still be accepted."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep those to cohorts that the person is staff of."""
        return self.filter(cohort__in=Cohort.objects.staffed_by(person))

    def open(self, now: datetime) -> Self:
        """Keep those neither accepted nor expired."""
        return self.filter(accepted_at__isnull=True, expires_at__gt=now)


class Invitation(models.Model):
    """An offer of a role in a cohort, sent to an e-mail address; whoever accepts it must log in with that address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role.choices)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations_sent")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "cohort",
                Lower("email"),
                condition=Q(accepted_at__isnull=True),
                name="invitation_unique_until_accepted",
            ),
            models.CheckConstraint(condition=~Q(role__in=ORGANISATION_ROLES), name="invitation_role_of_cohort"),
        )

    def __str__(self) -> str:
        return f"{self.email} to {self.cohort}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens, filtered by who asks and by whether they still open anything."""

    def visible_to(self, person: Person | None) -> Self:
        """Keep the person's own."""
        return self.none() if person is None else self.filter(person=person)

    def live(self, now: datetime) -> Self:
        """Keep those neither revoked nor expired."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True)


class ApiToken(models.Model):
    """A bearer token for the API; only its SHA-256 is kept, so that a leaked table opens nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="The token's first characters, to recognise it by.")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Session(AbstractBaseSession):
    """A browser's session, with the login it belongs to, so that erasing a login can end all its sessions.

    `login_id` is no foreign key: a request that is still under way when its login is erased may save its session
    once more, and must not fail over that. Such a session opens nothing.
    """

    login_id = models.UUIDField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return the store that reads and writes these rows."""
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store
