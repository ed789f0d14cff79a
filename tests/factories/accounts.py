"""People, bootcamps and tokens for tests, with the least that each needs."""

from __future__ import annotations

import datetime

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from accounts.models import ApiToken, Cohort, Invitation, Login, Membership, Organisation, Person, Role

CREATED_AT = datetime.datetime(2026, 9, 1, 8, 0, tzinfo=datetime.UTC)
PASSWORD = "a quiet percentile"


class PersonFactory(DjangoModelFactory[Person]):
    """A guest; `LoginFactory().person` is somebody who can log in."""

    class Meta:
        model = Person

    alias = factory.Sequence(lambda n: f"Guest {n:04X}")
    created_at = CREATED_AT


class LoginFactory(DjangoModelFactory[Login]):
    """A login with its person, a verified e-mail and PASSWORD."""

    class Meta:
        model = Login
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    email = factory.Sequence(lambda n: f"person{n}@school.example")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **_: object) -> None:
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])
            EmailAddress.objects.create(user=self, email=self.email.lower(), verified=True, primary=True)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    """A bootcamp without members."""

    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"school-{n}")
    name = factory.Sequence(lambda n: f"School {n}")
    created_at = CREATED_AT


class CohortFactory(DjangoModelFactory[Cohort]):
    """A class without members."""

    class Meta:
        model = Cohort

    organisation = factory.SubFactory(OrganisationFactory)
    slug = factory.Sequence(lambda n: f"cohort-{n}")
    name = factory.Sequence(lambda n: f"Cohort {n}")
    starts_on = datetime.date(2026, 9, 1)
    ends_on = datetime.date(2026, 12, 18)
    created_at = CREATED_AT


class MembershipFactory(DjangoModelFactory[Membership]):
    """A learner in a cohort; traits make the other roles."""

    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    cohort = factory.SubFactory(CohortFactory)
    organisation = factory.LazyAttribute(lambda row: row.cohort.organisation)
    role = Role.LEARNER
    created_at = CREATED_AT

    class Params:
        instructor = factory.Trait(role=Role.INSTRUCTOR)
        observer = factory.Trait(role=Role.OBSERVER)
        admin = factory.Trait(role=Role.ADMIN, cohort=None, organisation=factory.SubFactory(OrganisationFactory))
        owner = factory.Trait(role=Role.OWNER, cohort=None, organisation=factory.SubFactory(OrganisationFactory))


class ApiTokenFactory(DjangoModelFactory[ApiToken]):
    """A token whose secret nobody knows."""

    class Meta:
        model = ApiToken

    person = factory.SubFactory(PersonFactory)
    name = "Notebook"
    prefix = "hr_abcdef"
    digest = factory.Sequence(lambda n: f"{n:064x}")
    created_at = CREATED_AT


class InvitationFactory(DjangoModelFactory[Invitation]):
    """A learner's invitation, valid for a fortnight from the day that tests take for today."""

    class Meta:
        model = Invitation

    cohort = factory.SubFactory(CohortFactory)
    email = factory.Sequence(lambda n: f"invited{n}@school.example")
    role = Role.LEARNER
    invited_by = factory.LazyAttribute(
        lambda row: MembershipFactory(admin=True, organisation=row.cohort.organisation).person
    )
    created_at = CREATED_AT
    expires_at = datetime.datetime(2026, 11, 16, 9, 30, tzinfo=datetime.UTC)
