"""The operator's commands."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from accounts.models import Cohort, Login, Membership, Organisation, Role
from tests.factories.accounts import ApiTokenFactory, LoginFactory, MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


class TestCreateLogin:
    def test_makes_an_operator_who_can_open_the_admin(self, monkeypatch, client):
        monkeypatch.setattr("sys.stdin", io.StringIO("a quiet percentile\n"))
        run("create_login", "Root@site.example", "--operator")
        login = Login.objects.get(email="root@site.example")
        assert login.check_password("a quiet percentile")
        client.force_login(login)
        assert client.get("/admin/accounts/login/").status_code == 200

    @pytest.mark.parametrize(
        ("email", "password", "complaint"),
        [
            ("root@site.example", "short", "too short"),
            ("root", "a quiet percentile", "valid email"),
            ("taken@site.example", "a quiet percentile", "already"),
        ],
    )
    def test_says_what_is_wrong(self, monkeypatch, email, password, complaint):
        LoginFactory(email="taken@site.example")
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        with pytest.raises(CommandError, match=complaint):
            run("create_login", email)
        assert Login.objects.count() == 1


class TestCreateCohort:
    DATES = ("--starts", "2027-03-01", "--ends", "2027-05-28")

    def test_makes_it_and_says_where_to_invite(self):
        OrganisationFactory(slug="north")
        said = run("create_cohort", "north", "spring", "Spring 2027", *self.DATES, "--time-zone", "Europe/Berlin")
        cohort = Cohort.objects.get(organisation__slug="north", slug="spring")
        assert (str(cohort.starts_on), cohort.time_zone) == ("2027-03-01", "Europe/Berlin")
        assert f"/accounts/cohorts/{cohort.pk}/invitations/" in said

    @pytest.mark.parametrize(
        ("organisation", "zone", "complaint"),
        [("south", "UTC", "There is no bootcamp 'south'"), ("north", "Mars/Base", "Mars/Base")],
    )
    def test_says_what_is_wrong(self, organisation, zone, complaint):
        OrganisationFactory(slug="north")
        with pytest.raises(CommandError, match=complaint):
            run("create_cohort", organisation, "spring", "Spring", *self.DATES, "--time-zone", zone)
        assert not Cohort.objects.exists()


class TestCreateOrganisation:
    def test_makes_the_owner(self):
        login = LoginFactory(email="ada@school.example")
        run("create_organisation", "north", "North School", "--owner", "ADA@school.example")
        held = Membership.objects.get(person=login.person)
        assert (held.organisation.slug, held.role) == ("north", Role.OWNER)

    def test_needs_somebody_to_own_it(self):
        with pytest.raises(CommandError, match="nobody@school.example"):
            run("create_organisation", "north", "North School", "--owner", "nobody@school.example")
        assert not Organisation.objects.exists()


class TestEraseLogin:
    def test_erases(self):
        login = LoginFactory()
        run("erase_login", login.email.upper())
        assert not Login.objects.exists()

    def test_says_what_stands_in_the_way(self):
        owner = MembershipFactory(owner=True, person=LoginFactory(email="ada@school.example").person)
        with pytest.raises(CommandError, match=owner.organisation.name):
            run("erase_login", "ada@school.example")
        with pytest.raises(CommandError, match="Nobody logs in"):
            run("erase_login", "nobody@school.example")


class TestAdmin:
    @pytest.mark.parametrize("model", ["person", "login", "organisation", "cohort", "membership", "apitoken"])
    def test_lists_take_as_many_queries_whatever_the_size(self, model, client, django_assert_max_num_queries):
        client.force_login(LoginFactory(is_staff=True, is_superuser=True))
        MembershipFactory.create_batch(6)
        with django_assert_max_num_queries(8):
            assert client.get(f"/admin/accounts/{model}/").status_code == 200

    def test_is_entered_by_the_sites_log_in_page(self, client):
        response = client.get("/admin/", follow=True)
        assert response.redirect_chain[-1][0].startswith("/accounts/login/")

    def test_is_closed_to_people_without_the_right(self, client):
        client.force_login(LoginFactory())
        assert client.get("/admin/accounts/login/", follow=True).status_code == 403

    def test_shows_no_hash_of_a_token(self, client):
        token = ApiTokenFactory(digest="f" * 64)
        client.force_login(LoginFactory(is_staff=True, is_superuser=True))
        page = client.get(f"/admin/accounts/apitoken/{token.pk}/change/")
        assert page.status_code == 200
        assert "f" * 64 not in page.content.decode()

    def test_rights_are_given_by_superusers_alone(self, client):
        clerk, other = LoginFactory(is_staff=True), LoginFactory()
        clerk.user_permissions.add(Permission.objects.get(codename="change_login"))
        client.force_login(clerk)
        page = f"/admin/accounts/login/{other.pk}/change/"
        client.post(page, {"name": "Changed", "is_active": "on", "is_staff": "on", "is_superuser": "on"})
        other.refresh_from_db()
        assert (other.name, other.is_staff, other.is_superuser) == ("Changed", False, False)
