"""Who asks the API, by session or token, and what the API says of people."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken, Person, Role
from tests.factories.accounts import ApiTokenFactory, LoginFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.accounts.urls")]

ME, TOKENS, NOTES = "/api/v1/me/", "/api/v1/tokens/", "/api/v1/notes/"
PROBLEM = "application/problem+json"


@pytest.fixture
def login():
    return LoginFactory()


@pytest.fixture
def client(login):
    """A browser that is logged in."""
    browser = Client()
    browser.force_login(login)
    return browser


@pytest.fixture
def secret(login):
    return services.issue_token(person=login.person, name="N", actor=login.person, now=timezone.now())[1]


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def with_csrf(browser: Client) -> dict[str, str]:
    browser.get("/accounts/login/")
    return {"x-csrftoken": browser.cookies["csrftoken"].value}


class TestTokenAuthentication:
    def test_speaks_for_the_tokens_person(self, login, secret):
        assert Client().get(ME, headers=bearer(secret)).json()["id"] == str(login.person_id)
        assert Client().get(NOTES, headers=bearer(secret)).json()["person"] == str(login.person_id)

    def test_wins_over_the_session(self, secret, login):
        other = Client()
        other.force_login(LoginFactory())
        assert other.get(NOTES, headers=bearer(secret)).json()["person"] == str(login.person_id)

    def test_needs_no_csrf_token_and_sets_no_cookie(self, secret, login, strict_client):
        response = strict_client.post(NOTES, headers=bearer(secret))
        assert (response.status_code, response.json()["person"]) == (201, str(login.person_id))
        assert "sessionid" not in response.cookies
        assert Person.objects.count() == 1

    @pytest.mark.parametrize("header", ["Bearer hr_wrong", "Bearer ", "bearer hr_\xe9"])
    def test_refuses_unknown_tokens_even_where_no_login_is_needed(self, header, db):
        response = Client().get(NOTES, headers={"authorization": header})
        assert response.status_code == 401
        assert response["Content-Type"] == PROBLEM
        assert response["WWW-Authenticate"].startswith("Bearer")

    def test_takes_two_queries_and_one_more_to_note_the_use(self, secret, django_assert_num_queries):
        Client().get(NOTES, headers=bearer(secret))
        with django_assert_num_queries(1):
            Client().get(NOTES, headers=bearer(secret))


class TestSessionAuthentication:
    def test_visitor_becomes_a_guest_by_the_first_write_only(self, strict_client):
        headers = with_csrf(strict_client)
        assert strict_client.get(NOTES).json()["person"] is None
        assert not Person.objects.exists()
        first = strict_client.post(NOTES, {}, "application/json", headers=headers).json()["person"]
        again = strict_client.post(NOTES, {}, "application/json", headers=headers).json()["person"]
        assert first == again == strict_client.get(NOTES).json()["person"]
        assert Person.objects.guests().count() == 1

    def test_guest_is_protected_from_forged_requests(self, strict_client):
        headers = with_csrf(strict_client)
        strict_client.post(NOTES, {}, "application/json", headers=headers)
        forged = strict_client.post(NOTES, {}, "application/json")
        assert (forged.status_code, forged["Content-Type"]) == (403, PROBLEM)

    def test_visitor_is_protected_from_forged_requests(self, strict_client):
        assert strict_client.post(NOTES, {}, "application/json").status_code == 403
        assert not Person.objects.exists()

    def test_login_is_protected_from_forged_requests(self, strict_client, login):
        strict_client.force_login(login)
        assert strict_client.post(NOTES, {}, "application/json").status_code == 403

    def test_two_browsers_are_two_guests(self):
        people = {Client().post(NOTES, {}, "application/json").json()["person"] for _ in range(2)}
        assert len(people) == 2


class TestMe:
    def test_tells_a_login_who_they_are(self, client, login):
        held = MembershipFactory(person=login.person, role=Role.INSTRUCTOR)
        answer = client.get(ME).json()
        assert (answer["email"], answer["is_guest"]) == (login.email, False)
        assert answer["memberships"] == [
            {"organisation": held.organisation.slug, "cohort": held.cohort.slug, "role": "instructor"}
        ]

    def test_tells_a_guest(self):
        browser = Client()
        browser.post(NOTES)
        answer = browser.get(ME).json()
        assert (answer["is_guest"], answer["email"]) == (True, "")

    def test_asks_a_visitor_to_log_in(self):
        assert Client().get(ME).status_code == 401

    @pytest.mark.parametrize("size", [1, 9])
    def test_takes_five_queries_whatever_the_roles(self, client, login, size, django_assert_num_queries):
        MembershipFactory.create_batch(size, person=login.person)
        with django_assert_num_queries(5):
            client.get(ME)


class TestTokens:
    def test_secret_is_in_the_first_answer_alone(self, client):
        made = client.post(TOKENS, {"name": "Notebook"}, content_type="application/json")
        assert made.status_code == 201
        assert made["Cache-Control"] == "no-store"
        secret = made.json()["token"]
        assert Client().get(ME, headers=bearer(secret)).status_code == 200
        listed = client.get(TOKENS)
        assert [row["name"] for row in listed.json()] == ["Notebook"]
        assert secret not in listed.content.decode()
        assert "digest" not in listed.json()[0]

    @pytest.mark.parametrize(
        "wanted", [{}, {"name": ""}, {"name": "x" * 81}, {"name": "N", "days": 0}, {"name": "N", "days": "soon"}]
    )
    def test_names_what_is_wrong(self, client, wanted):
        response = client.post(TOKENS, wanted, content_type="application/json")
        assert response.status_code == 400
        assert response.json()["faults"][0]["field"] in {"name", "days"}
        assert not ApiToken.objects.exists()

    def test_token_makes_and_revokes_no_tokens(self, login, secret):
        token = ApiToken.objects.get(person=login.person)
        stranger = Client()
        assert stranger.post(TOKENS, {"name": "N"}, headers=bearer(secret)).status_code == 403
        assert stranger.delete(f"{TOKENS}{token.pk}/", headers=bearer(secret)).status_code == 403
        assert ApiToken.objects.live(timezone.now()).count() == 1

    def test_guest_makes_none(self):
        browser = Client()
        browser.post(NOTES)
        assert browser.post(TOKENS, {"name": "N"}, content_type="application/json").status_code == 401
        assert not ApiToken.objects.exists()

    def test_is_revoked_by_its_holder_alone(self, client, login):
        own, theirs = ApiTokenFactory(person=login.person), ApiTokenFactory()
        assert client.delete(f"{TOKENS}{own.pk}/").status_code == 204
        assert client.delete(f"{TOKENS}{theirs.pk}/").status_code == 404
        assert client.delete(f"{TOKENS}{uuid.uuid4()}/").status_code == 404
        assert list(ApiToken.objects.live(timezone.now())) == [theirs]

    def test_making_them_is_limited(self, client, settings):
        for _ in range(20):
            client.post(TOKENS, {}, content_type="application/json")
        limited = client.post(TOKENS, {"name": "N"}, content_type="application/json")
        assert (limited.status_code, limited.json()["code"]) == (429, "throttled")
        assert client.get(TOKENS).status_code == 200
