"""What other rooms read about people, and in how many queries."""

from __future__ import annotations

import pytest

from accounts import selectors
from accounts.models import Role
from tests.factories.accounts import ApiTokenFactory, CohortFactory, LoginFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db


class TestPeopleIn:
    @pytest.mark.parametrize("size", [2, 12])
    def test_takes_one_query_whatever_the_size(self, size, django_assert_num_queries):
        cohort = CohortFactory()
        for _ in range(size):
            MembershipFactory(cohort=cohort, person=LoginFactory().person)
        with django_assert_num_queries(1):
            assert len(selectors.people_in(cohort)) == size

    def test_names_people_by_login_else_by_alias_in_that_order(self):
        cohort = CohortFactory()
        MembershipFactory(cohort=cohort, person=LoginFactory(name="Zoe").person)
        MembershipFactory(cohort=cohort, person=LoginFactory(name="", person__alias="Member 4F2A").person)
        MembershipFactory(cohort=cohort, person=PersonFactory(alias="Former member 11AA"))
        assert [person.name for person in selectors.people_in(cohort)] == ["Former member 11AA", "Member 4F2A", "Zoe"]

    def test_keeps_the_roles_asked_for(self):
        held = MembershipFactory()
        MembershipFactory(cohort=held.cohort, instructor=True)
        assert [p.id for p in selectors.people_in(held.cohort, roles=[Role.LEARNER])] == [held.person_id]


class TestDisplayNames:
    @pytest.mark.parametrize("size", [1, 9])
    def test_takes_one_query_whatever_the_size(self, size, django_assert_num_queries):
        logins = [LoginFactory() for _ in range(size)]
        with django_assert_num_queries(1):
            names = selectors.display_names(login.person_id for login in logins)
        assert names == {login.person_id: login.name for login in logins}


class TestMembershipOf:
    def test_tells_the_strongest_role(self):
        held = MembershipFactory(instructor=True)
        MembershipFactory(admin=True, person=held.person, organisation=held.organisation)
        found = selectors.membership_of(person=held.person, cohort=held.cohort)
        assert found is not None
        assert (found.role, found.is_staff) == (Role.ADMIN, True)

    def test_is_none_for_strangers_visitors_and_other_organisations_owners(self):
        cohort = CohortFactory()
        for person in (None, PersonFactory(), MembershipFactory(owner=True).person):
            assert selectors.membership_of(person=person, cohort=cohort) is None


class TestMembershipsOf:
    @pytest.mark.parametrize("size", [1, 7])
    def test_takes_one_query_whatever_the_size(self, size, django_assert_num_queries):
        person = PersonFactory()
        for _ in range(size):
            MembershipFactory(person=person)
        with django_assert_num_queries(1):
            assert len(selectors.memberships_of(person)) == size


class TestMemberCohortIds:
    def test_are_those_the_person_is_in(self):
        held = MembershipFactory()
        MembershipFactory()
        assert list(selectors.member_cohort_ids(held.person)) == [held.cohort_id]
        assert list(selectors.member_cohort_ids(None)) == []


class TestProfileOf:
    def test_tells_a_guest(self):
        guest = PersonFactory(alias="Guest 4F2A")
        profile = selectors.profile_of(guest)
        assert (profile.display_name, profile.is_guest, profile.email) == ("Guest 4F2A", True, "")

    def test_tells_whether_the_email_is_verified(self):
        login = LoginFactory()
        assert selectors.profile_of(login.person).email_verified
        login.emailaddress_set.update(verified=False)
        assert not selectors.profile_of(login.person).email_verified


class TestTokensOf:
    @pytest.mark.parametrize("size", [1, 8])
    def test_takes_one_query_and_leaves_out_what_is_revoked(self, size, now, django_assert_num_queries):
        person = PersonFactory()
        ApiTokenFactory.create_batch(size, person=person)
        ApiTokenFactory(person=person, revoked_at=now)
        with django_assert_num_queries(1):
            assert len(selectors.tokens_of(person, now=now)) == size
