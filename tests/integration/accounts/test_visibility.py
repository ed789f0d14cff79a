"""Who sees which rows: every role against every relation to them."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from accounts import policy, selectors
from accounts.models import ApiToken, Cohort, Membership, Organisation, Person, Role
from tests.factories.accounts import (
    ApiTokenFactory,
    CohortFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db


class School:
    """One bootcamp with two cohorts, and somebody in each role; instructor, observer and learner are in the first."""

    def __init__(self) -> None:
        self.organisation = OrganisationFactory()
        self.cohort = CohortFactory(organisation=self.organisation)
        self.parallel = CohortFactory(organisation=self.organisation)
        self.people: dict[str, Person | None] = {"visitor": None, "guest": PersonFactory()}
        for role in (Role.OWNER, Role.ADMIN):
            self.people[role] = MembershipFactory(cohort=None, organisation=self.organisation, role=role).person
        for role in (Role.INSTRUCTOR, Role.OBSERVER, Role.LEARNER):
            self.people[role] = MembershipFactory(cohort=self.cohort, role=role).person
        self.classmate = MembershipFactory(cohort=self.cohort)
        self.parallel_learner = MembershipFactory(cohort=self.parallel)


@pytest.fixture
def school() -> School:
    return School()


@pytest.fixture
def other_school() -> School:
    return School()


ROLES = ["visitor", "guest", "owner", "admin", "instructor", "observer", "learner"]
RUNNING = {"owner", "admin"}
STAFF = {*RUNNING, "instructor"}
MEMBERS = {*STAFF, "observer", "learner"}


def sees(rows: QuerySet, row: object) -> bool:
    return rows.filter(pk=row.pk).exists()


@pytest.mark.parametrize("role", ROLES)
class TestVisibleTo:
    def test_organisation_shows_to_its_members(self, role, school, other_school):
        rows = Organisation.objects.visible_to(school.people[role])
        assert sees(rows, school.organisation) == (role in MEMBERS)
        assert not sees(rows, other_school.organisation)

    def test_cohort_shows_to_its_members_and_who_runs_the_school(self, role, school, other_school):
        rows = Cohort.objects.visible_to(school.people[role])
        assert sees(rows, school.cohort) == (role in MEMBERS)
        assert sees(rows, school.parallel) == (role in RUNNING)
        assert not sees(rows, other_school.cohort)

    def test_membership_shows_to_staff(self, role, school, other_school):
        rows = Membership.objects.visible_to(school.people[role])
        assert sees(rows, school.classmate) == (role in STAFF)
        assert sees(rows, school.parallel_learner) == (role in RUNNING)
        assert not sees(rows, other_school.classmate)

    def test_membership_shows_to_its_holder(self, role, school, other_school):
        person = school.people[role]
        own = Membership.objects.filter(person=person) if person else Membership.objects.none()
        assert own.count() == (role in MEMBERS)
        assert all(sees(Membership.objects.visible_to(person), row) for row in own)

    def test_person_shows_to_staff_and_themself(self, role, school, other_school):
        person = school.people[role]
        rows = Person.objects.visible_to(person)
        assert sees(rows, school.classmate.person) == (role in STAFF)
        assert sees(rows, school.parallel_learner.person) == (role in RUNNING)
        assert not sees(rows, other_school.classmate.person)
        assert person is None or sees(rows, person)

    def test_token_shows_to_its_holder_alone(self, role, school, other_school):
        theirs = ApiTokenFactory(person=school.classmate.person)
        person = school.people[role]
        assert not sees(ApiToken.objects.visible_to(person), theirs)
        if person is not None:
            assert sees(ApiToken.objects.visible_to(person), ApiTokenFactory(person=person))

    def test_staffed_cohorts_are_those_taught_or_run(self, role, school, other_school):
        expected = {school.cohort.pk} if role in STAFF else set()
        expected |= {school.parallel.pk} if role in RUNNING else set()
        assert set(selectors.staffed_cohort_ids(school.people[role])) == expected

    def test_policy_agrees_with_the_rows(self, role, school, other_school):
        person = school.people[role]
        assert policy.is_staff_of(person, school.cohort) == (role in STAFF)
        assert policy.can_see_cohort(person, school.cohort) == (role in MEMBERS)
        assert not policy.is_staff_of(person, other_school.cohort)
        assert not policy.can_see_cohort(person, other_school.cohort)


class TestNoDuplicates:
    def test_person_with_two_roles_sees_each_row_once(self, school):
        owner = school.people["owner"]
        MembershipFactory(person=owner, cohort=school.cohort, role=Role.INSTRUCTOR)
        for rows in (Cohort.objects, Organisation.objects, Membership.objects, Person.objects):
            keys = list(rows.visible_to(owner).values_list("pk", flat=True))
            assert len(keys) == len(set(keys))
