"""People, the bootcamps they belong to, and how they log in.

A person and a login are apart: everything that a learner does hangs on the pseudonymous person, so that name,
e-mail and password can be erased while ledger and statistics stand. A guest is a person without a login.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Person(models.Model):
    """Somebody who learns, teaches or visits; carries nothing that identifies them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alias = models.CharField(max_length=40, help_text="Shown where no name is known, such as 'Guest 4F2A'.")
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.alias


class LoginManager(BaseUserManager["Login"]):
    """Finds logins by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Login:
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


class Organisation(models.Model):
    """A bootcamp: the wall between one school's people and grades and another's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


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

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
