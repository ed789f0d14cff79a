"""The database refuses what no service should write."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Cohort, Login, Role
from tests.factories.accounts import (
    CohortFactory,
    LoginFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


@contextmanager
def checked() -> Iterator[None]:
    """Undo what the block does when it fails, and check deferred constraints at its end instead of at the commit."""
    with transaction.atomic():
        yield
        connection.check_constraints()


def refused_by(error: pytest.ExceptionInfo[IntegrityError]) -> str:
    """Return the name of the constraint that refused."""
    return str(error.value.__cause__.diag.constraint_name)


class TestLogin:
    def test_email_is_unique_whatever_its_case(self):
        LoginFactory(email="ada@school.example")
        with pytest.raises(IntegrityError) as error, checked():
            LoginFactory(email="ADA@School.Example")
        assert refused_by(error) == "login_email_unique"

    def test_person_has_one_login_at_most(self):
        first = LoginFactory()
        with pytest.raises(IntegrityError), checked():
            LoginFactory(person=first.person)

    def test_is_found_by_email_in_another_case(self):
        login = LoginFactory(email="ada@school.example")
        assert Login.objects.get_by_natural_key("ADA@school.example") == login


class TestMembership:
    def test_cohort_belongs_to_the_named_organisation(self):
        cohort, other = CohortFactory(), OrganisationFactory()
        with pytest.raises(IntegrityError) as error, checked():
            MembershipFactory(cohort=cohort, organisation=other)
        assert refused_by(error) == "membership_cohort_of_organisation"

    def test_cohort_with_members_can_not_change_its_organisation(self):
        membership, other = MembershipFactory(), OrganisationFactory()
        with pytest.raises(IntegrityError) as error, checked():
            Cohort.objects.filter(pk=membership.cohort_id).update(organisation=other)
        assert refused_by(error) == "membership_cohort_of_organisation"

    @pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
    def test_owner_and_admin_hold_for_the_organisation_alone(self, role):
        with pytest.raises(IntegrityError) as error, checked():
            MembershipFactory(role=role)
        assert refused_by(error) == "membership_role_fits_scope"

    @pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.OBSERVER, Role.LEARNER])
    def test_other_roles_need_a_cohort(self, role):
        with pytest.raises(IntegrityError) as error, checked():
            MembershipFactory(role=role, cohort=None, organisation=OrganisationFactory())
        assert refused_by(error) == "membership_role_fits_scope"

    def test_person_has_one_role_in_a_cohort(self):
        membership = MembershipFactory()
        with pytest.raises(IntegrityError) as error, checked():
            MembershipFactory(person=membership.person, cohort=membership.cohort, role=Role.OBSERVER)
        assert refused_by(error) == "membership_unique"

    def test_person_has_one_role_in_an_organisation(self):
        membership = MembershipFactory(owner=True)
        with pytest.raises(IntegrityError) as error, checked():
            MembershipFactory(admin=True, person=membership.person, organisation=membership.organisation)
        assert refused_by(error) == "membership_unique"


class TestCohort:
    def test_can_not_end_before_it_starts(self):
        with pytest.raises(IntegrityError) as error, checked():
            CohortFactory(starts_on=datetime.date(2026, 9, 2), ends_on=datetime.date(2026, 9, 1))
        assert refused_by(error) == "cohort_ends_after_start"

    def test_slug_is_unique_within_an_organisation_only(self):
        cohort = CohortFactory(slug="autumn")
        CohortFactory(slug="autumn")
        with pytest.raises(IntegrityError) as error, checked():
            CohortFactory(slug="autumn", organisation=cohort.organisation)
        assert refused_by(error) == "cohort_slug_unique_in_organisation"


class TestPerson:
    def test_with_a_role_can_not_be_deleted(self):
        membership = MembershipFactory(person=PersonFactory())
        with pytest.raises(IntegrityError), checked(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_person WHERE id = %s", [membership.person_id])
