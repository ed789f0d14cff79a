"""The page on which who runs a bootcamp makes a cohort and gives it something to read."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Cohort
from lessons.catalogue.models import Offering
from lessons.catalogue.services import load_course, publish_course
from tests.factories.accounts import CohortFactory, LoginFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

NEW = "/bootcamps/north/cohorts/new/"
ASKED = {
    "name": "Spring 2027",
    "starts_on": "2027-03-01",
    "ends_on": "2027-05-28",
    "time_zone": "Europe/Berlin",
    "revision": "",
}


@pytest.fixture
def school(client):
    """A bootcamp whose owner is logged in."""
    login = LoginFactory()
    owner = MembershipFactory(
        person=login.person, organisation=OrganisationFactory(slug="north", name="North School"), owner=True
    )
    client.force_login(login)
    return owner.organisation


@pytest.fixture
def revisions(loaded, edit, school, now):
    """Two revisions of the school's own course."""
    return [
        load_course(source=source, organisation=school, now=now)
        for source in (loaded, edit(("The page hung.", "The page hung twice.")))
    ]


class TestNewCohort:
    def test_makes_it_with_the_revision_that_was_chosen_and_says_where_to_invite(self, client, school, revisions):
        answer = client.post(NEW, ASKED | {"revision": revisions[0].pk}, follow=True)
        cohort, offering = Cohort.objects.get(), Offering.objects.get()
        assert (cohort.slug, str(cohort.ends_on), cohort.time_zone) == ("spring-2027", "2027-05-28", "Europe/Berlin")
        assert (offering.slug, offering.cohort, offering.revision) == ("north-spring-2027", cohort, revisions[0])
        invitations = reverse("accounts:invitations", args=[cohort.pk])
        assert answer.redirect_chain == [(invitations, 303)]
        assert f"http://testserver{invitations}" in answer.content.decode()

    def test_makes_one_of_a_double_click(self, client, school, revisions):
        sent = [client.post(NEW, ASKED | {"revision": revisions[1].pk}) for _ in range(2)]
        assert sent[0]["Location"] == sent[1]["Location"]
        assert (Cohort.objects.count(), Offering.objects.count()) == (1, 1)

    def test_makes_it_without_a_course_and_with_a_name_of_no_latin_letters(self, client, school):
        client.post(NEW, ASKED | {"name": "春"})
        assert (Cohort.objects.get().slug, Offering.objects.count()) == ("from-2027-03-01", 0)

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"name": " "}, "This field is required."),
            ({"name": "Winter!"}, "has another cohort at the address that “Winter!” makes"),
            ({"ends_on": "2027-02-01"}, "2027-02-01 when it starts on 2027-03-01"),
            ({"starts_on": "0027-03-01"}, "0027-03-01 is not between 2000-01-01"),
            ({"starts_on": "1 March"}, "&#x27;1 March&#x27; is no day"),
            ({"time_zone": "Mars/Base"}, "“Mars/Base” is no time zone"),
            ({"revision": "3"}, "“3” is no revision"),
        ],
    )
    def test_says_what_is_wrong_and_loses_nothing(self, client, school, changed, said):
        CohortFactory(organisation=school, slug="winter", name="Winter")
        answer = client.post(NEW, ASKED | changed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert 'value="2027-05-28"' in page or "ends_on" in changed
        assert Cohort.objects.count() == 1

    def test_offers_no_other_schools_course(self, client, school, loaded, now):
        theirs = load_course(source=loaded, organisation=OrganisationFactory(), now=now)
        everybodys = publish_course(source=loaded, organisation=None, now=now)
        page = client.get(NEW).content.decode()
        assert str(theirs.pk) not in page
        assert str(everybodys.pk) in page
        assert client.post(NEW, ASKED | {"revision": theirs.pk}).status_code == 422
        assert not Cohort.objects.exists()

    def test_is_found_on_the_bootcamps_page_by_who_runs_it(self, client, school):
        page = client.get("/bootcamps/north/").content.decode()
        assert "A cohort is a class" in page
        assert NEW in page
        login = LoginFactory()
        MembershipFactory(person=login.person, cohort=CohortFactory(organisation=school), instructor=True)
        client.force_login(login)
        assert NEW not in client.get("/bootcamps/north/").content.decode()

    def test_takes_as_many_queries_for_many_revisions(
        self, client, school, revisions, edit, now, django_assert_num_queries
    ):
        client.get(NEW)
        # Session and login, the bootcamp, the right to do it, the revisions.
        with django_assert_num_queries(5):
            client.get(NEW)
        load_course(source=edit(("The page hung", "The page hung for long")), organisation=school, now=now)
        with django_assert_num_queries(5):
            client.get(NEW)
