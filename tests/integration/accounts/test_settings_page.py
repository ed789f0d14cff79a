"""The settings page in a browser."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import ApiToken, Login, Person, Role, Session
from tests.factories.accounts import PASSWORD, ApiTokenFactory, LoginFactory, MembershipFactory

pytestmark = pytest.mark.django_db

SETTINGS = "/accounts/settings/"
PROFILE, TOKENS, ERASE = f"{SETTINGS}profile/", f"{SETTINGS}tokens/", f"{SETTINGS}erase/"
ERASURE = {"erase-password": PASSWORD, "erase-understood": "on"}


@pytest.fixture
def login() -> Login:
    return LoginFactory()


@pytest.fixture
def client(login: Login) -> Client:
    """A browser that is logged in."""
    browser = Client()
    browser.force_login(login)
    return browser


class TestSettingsPage:
    def test_asks_visitors_to_log_in_and_comes_back(self):
        response = Client().get(SETTINGS)
        assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={SETTINGS}")

    @pytest.mark.parametrize("size", [1, 8])
    def test_takes_seven_queries_whatever_its_size(self, client, login, size, django_assert_num_queries):
        for _ in range(size):
            ApiTokenFactory(person=login.person)
            MembershipFactory(person=login.person)
        with django_assert_num_queries(6):
            client.get(SETTINGS)

    def test_shows_roles(self, client, login):
        held = MembershipFactory(person=login.person, role=Role.INSTRUCTOR)
        page = client.get(SETTINGS).content.decode()
        assert held.organisation.name in page
        assert "Instructor" in page

    def test_has_no_id_twice_and_no_inline_style_or_script(self, client):
        page = client.get(SETTINGS).content.decode()
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        assert " style=" not in page
        assert "<script>" not in page

    def test_is_not_cached(self, client):
        assert "no-store" in client.get(SETTINGS)["Cache-Control"]


class TestChangeProfile:
    def test_saves_name_and_time_zone(self, client, login):
        response = client.post(PROFILE, {"profile-name": "Grace", "profile-time_zone": "Asia/Tokyo"})
        assert response["Location"] == SETTINGS
        person = Person.objects.select_related("login").get(pk=login.person_id)
        assert (person.login.name, person.time_zone) == ("Grace", "Asia/Tokyo")

    def test_keeps_what_was_typed_when_it_is_refused(self, client, login):
        response = client.post(PROFILE, {"profile-name": "Grace", "profile-time_zone": "Mars/Olympus"})
        assert response.status_code == 422
        assert 'value="Grace"' in response.content.decode()
        assert Login.objects.get(pk=login.pk).name != "Grace"


class TestTokens:
    def test_secret_is_shown_once(self, client, login):
        made = client.post(TOKENS, {"token-name": "Notebook", "token-days": "30"})
        assert made.status_code == 201
        secret = re.search(r"hr_[\w-]{43}", made.content.decode())
        assert secret is not None
        assert "no-store" in made["Cache-Control"]
        later = client.get(SETTINGS).content.decode()
        assert "Notebook" in later
        assert secret[0] not in later
        assert Client().get("/api/v1/me/", headers={"authorization": f"Bearer {secret[0]}"}).status_code == 200

    def test_may_live_without_end(self, client, login):
        client.post(TOKENS, {"token-name": "Notebook", "token-days": ""})
        assert ApiToken.objects.get(person=login.person).expires_at is None

    def test_needs_a_name(self, client):
        assert client.post(TOKENS, {"token-name": "", "token-days": "30"}).status_code == 422
        assert not ApiToken.objects.exists()

    def test_is_revoked_by_its_holder_alone(self, client, login, now):
        own, theirs = ApiTokenFactory(person=login.person), ApiTokenFactory()
        assert client.post(f"{TOKENS}{own.pk}/revoke/").status_code == 302
        assert client.post(f"{TOKENS}{theirs.pk}/revoke/").status_code == 404
        assert list(ApiToken.objects.live(now)) == [theirs]


class TestErase:
    def test_erases_the_login_everywhere_and_keeps_the_person(self, client, login):
        elsewhere = Client()
        elsewhere.force_login(login)
        response = client.post(ERASE, ERASURE)
        assert (response.status_code, response["Location"]) == (302, "/")
        assert not Login.objects.exists()
        assert not EmailAddress.objects.exists()
        assert not Session.objects.filter(login_id=login.pk).exists()
        assert Person.objects.get(pk=login.person_id).erased_at is not None
        assert elsewhere.get(SETTINGS).status_code == 302

    @pytest.mark.parametrize(
        ("changed", "complaint"),
        [({"erase-password": "wrong"}, "This is not your password"), ({"erase-understood": ""}, "Tick this")],
    )
    def test_takes_the_password_and_a_tick(self, client, login, changed, complaint):
        response = client.post(ERASE, {**ERASURE, **changed})
        assert response.status_code == 422
        assert complaint in response.content.decode()
        assert Login.objects.filter(pk=login.pk).exists()

    def test_guesses_at_the_password_are_limited(self, client):
        for _ in range(10):
            client.post(ERASE, {**ERASURE, "erase-password": "wrong"})
        assert client.post(ERASE, ERASURE).status_code == 429
        assert Login.objects.exists()

    def test_last_owner_is_told_what_to_do(self, client, login):
        MembershipFactory(owner=True, person=login.person)
        response = client.post(ERASE, ERASURE)
        assert response.status_code == 409
        assert "Make somebody else an owner" in response.content.decode()
        assert Login.objects.exists()


@pytest.mark.parametrize("path", [PROFILE, TOKENS, ERASE])
class TestWrites:
    def test_take_csrf_protection(self, login, path):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(login)
        assert browser.post(path, ERASURE).status_code == 403
        assert Login.objects.exists()

    def test_are_closed_to_visitors(self, path):
        assert Client().post(path, {})["Location"].startswith("/accounts/login/")

    def test_refuse_get(self, client, path):
        assert client.get(path).status_code == 405
