"""Signing up and logging in with a browser: the person, the guest's work, limits, demo logins."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import services, sessions
from accounts.models import Login, Person, Session
from accounts.signals import guest_claimed
from tests.factories.accounts import PASSWORD, LoginFactory

pytestmark = pytest.mark.django_db

SIGN_UP, LOG_IN, LOG_OUT = "/accounts/signup/", "/accounts/login/", "/accounts/logout/"
NEW = {"email": "Ada@School.example", "password1": "tail at scale 99", "name": "Ada"}
ELSEWHERE = "203.0.113.9"


def as_guest(client: Client) -> Person:
    """Give the browser the session of a new guest."""
    guest = services.create_guest(now=timezone.now())
    session = client.session
    session[sessions.GUEST_KEY] = str(guest.pk)
    session.save()
    client.cookies["sessionid"] = session.session_key
    return guest


def log_in(client: Client, email: str, password: str = PASSWORD, **extra: str):
    return client.post(LOG_IN, {"login": email, "password": password}, **extra)


def person_of(client: Client) -> Person | None:
    """Return whose session the browser has, as the next request will see it."""
    return client.get(SIGN_UP if "_auth_user_id" not in client.session else "/accounts/settings/").wsgi_request.person


@pytest.fixture
def claims():
    received: list[tuple[Person, Person]] = []

    def receive(guest_person: Person, person: Person, **_: object) -> None:
        received.append((guest_person, person))

    guest_claimed.connect(receive)
    yield received
    guest_claimed.disconnect(receive)


class TestSignUp:
    def test_makes_a_login_with_a_person_of_its_own(self, client):
        response = client.post(SIGN_UP, NEW)
        assert (response.status_code, response["Location"]) == (302, "/home/")
        login = Login.objects.get(email="ada@school.example")
        assert (login.name, person_of(client)) == ("Ada", login.person)

    def test_keeps_the_guests_person(self, client, claims):
        guest = as_guest(client)
        client.post(SIGN_UP, NEW)
        assert Login.objects.get().person == guest
        assert Person.objects.count() == 1
        assert sessions.GUEST_KEY not in client.session
        assert claims == []

    def test_page_tells_a_guest_what_comes_along(self, client):
        assert b"data-guest-work" not in client.get(SIGN_UP).content
        as_guest(client)
        assert b"data-guest-work" in client.get(SIGN_UP).content

    def test_sends_a_link_that_verifies_the_address(self, client):
        client.post(SIGN_UP, NEW)
        assert client.get("/accounts/settings/").wsgi_request.user.email_verified is False
        link = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", mail.outbox[0].body)
        assert link is not None
        assert client.get(link[1]).status_code == 200
        client.post(link[1])
        assert EmailAddress.objects.get(email="ada@school.example").verified
        assert client.get("/accounts/settings/").wsgi_request.user.email_verified is True

    def test_banner_shows_until_the_address_is_verified(self, client):
        client.post(SIGN_UP, NEW)
        assert b"ada@school.example is not confirmed" in client.get("/accounts/settings/").content
        EmailAddress.objects.update(verified=True)
        assert b"is not confirmed" not in client.get("/accounts/settings/").content

    def test_refuses_an_address_in_use_in_whatever_case(self, client):
        LoginFactory(email="ada@school.example")
        response = client.post(SIGN_UP, {**NEW, "email": "ADA@SCHOOL.EXAMPLE"})
        assert "There is a login for this e-mail already" in response.content.decode()
        assert Login.objects.count() == 1

    @pytest.mark.parametrize("password", ["short", "password1234", "ada@school"])
    def test_refuses_weak_passwords(self, client, password):
        response = client.post(SIGN_UP, {**NEW, "password1": password})
        assert response.status_code == 200
        assert response.context["form"].errors["password1"]
        assert not Login.objects.exists()

    def test_refuses_the_demo_domain(self, client):
        response = client.post(SIGN_UP, {**NEW, "email": "eve@DEMO.example"})
        assert "kept for the demo" in response.content.decode()
        assert not Login.objects.exists()

    def test_is_limited_by_address(self, client):
        for attempt in range(20):
            client.post(SIGN_UP, {**NEW, "email": f"person{attempt}@school.example", "password1": "short"})
        assert client.post(SIGN_UP, NEW).status_code == 429
        assert not Login.objects.exists()

    def test_survives_a_mail_server_that_does_not_answer(self, client, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        client.post(SIGN_UP, NEW)
        page = client.get("/accounts/settings/")
        assert "could not be sent" in page.content.decode()
        assert Login.objects.get().email == "ada@school.example"

    def test_takes_csrf_protection(self, strict_client):
        assert strict_client.post(SIGN_UP, NEW).status_code == 403
        assert not Login.objects.exists()


class TestLogIn:
    def test_is_by_email_in_whatever_case(self, client):
        login = LoginFactory(email="ada@school.example")
        assert log_in(client, "ADA@School.Example").status_code == 302
        assert person_of(client) == login.person

    def test_claims_the_guest(self, client, claims):
        login, guest = LoginFactory(), as_guest(client)
        log_in(client, login.email)
        assert claims == [(guest, login.person)]
        assert sessions.GUEST_KEY not in client.session
        assert person_of(client) == login.person

    def test_changes_the_session_key(self, client):
        login = LoginFactory()
        as_guest(client)
        before = client.session.session_key
        log_in(client, login.email)
        assert client.session.session_key != before

    def test_marks_the_session_with_the_login(self, client):
        login = LoginFactory()
        log_in(client, login.email)
        assert Session.objects.get(session_key=client.session.session_key).login_id == login.pk

    def test_says_nothing_about_which_half_was_wrong(self, client):
        login = LoginFactory()
        wrong_password = log_in(client, login.email, "wrong").context["form"].non_field_errors()
        unknown_email = log_in(client, "nobody@school.example").context["form"].non_field_errors()
        assert list(wrong_password) == list(unknown_email)
        assert list(wrong_password)

    def test_is_limited_by_email_even_from_many_addresses(self, client):
        login = LoginFactory()
        for attempt in range(5):
            log_in(client, login.email, "wrong", REMOTE_ADDR=f"203.0.113.{attempt}")
        response = log_in(client, login.email, REMOTE_ADDR="203.0.113.99")
        assert "Too many failed log-ins" in response.content.decode()
        assert person_of(client) is None

    def test_is_refused_to_a_closed_login(self, client):
        login = LoginFactory(is_active=False)
        assert log_in(client, login.email)["Location"] == "/accounts/inactive/"
        assert person_of(client) is None


class TestDemoLogin:
    @pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
    def test_works_on_this_machine(self, client, address):
        login = LoginFactory(email="learner@demo.example")
        assert log_in(client, login.email, REMOTE_ADDR=address).status_code == 302
        assert person_of(client) == login.person

    @pytest.mark.parametrize(
        "origin",
        [
            {"REMOTE_ADDR": ELSEWHERE},
            {"REMOTE_ADDR": ""},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": ELSEWHERE},
            {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": f"for={ELSEWHERE}"},
        ],
    )
    def test_is_refused_from_elsewhere(self, client, origin):
        LoginFactory(email="learner@demo.example")
        response = log_in(client, "Learner@Demo.example", **origin)
        assert response.status_code == 403 or "only in a browser on the machine" in response.content.decode()
        assert "_auth_user_id" not in client.session

    def test_is_refused_everywhere_when_switched_off(self, client, settings):
        settings.DEMO_LOGINS = False
        LoginFactory(email="learner@demo.example")
        assert log_in(client, "learner@demo.example").status_code == 200
        assert "_auth_user_id" not in client.session

    def test_is_refused_by_the_backend_itself(self, rf):
        from django.contrib.auth import authenticate

        LoginFactory(email="learner@demo.example")
        credentials = {"email": "learner@demo.example", "password": PASSWORD}
        assert authenticate(rf.post("/", REMOTE_ADDR=ELSEWHERE), **credentials) is None
        assert authenticate(None, **credentials) is None
        assert authenticate(rf.post("/", REMOTE_ADDR="127.0.0.1"), **credentials) is not None

    def test_other_logins_work_from_elsewhere(self, client):
        login = LoginFactory()
        log_in(client, login.email, REMOTE_ADDR=ELSEWHERE)
        assert person_of(client) == login.person


class TestLogOut:
    def test_forgets_the_person(self, client):
        login = LoginFactory()
        log_in(client, login.email)
        client.post(LOG_OUT)
        assert person_of(client) is None
        assert not Session.objects.filter(login_id=login.pk).exists()


class TestPasswordReset:
    def test_link_changes_the_password_and_ends_other_sessions(self, client):
        login, elsewhere = LoginFactory(), Client()
        log_in(elsewhere, login.email)
        client.post("/accounts/password/reset/", {"email": login.email.upper()})
        link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
        assert link is not None
        form_page = client.get(link[1], follow=True)
        assert form_page.status_code == 200
        new = "percentiles do not add"
        client.post(form_page.wsgi_request.path, {"password1": new, "password2": new})
        assert person_of(client) is None
        log_in(client, login.email, new)
        assert person_of(client) == login.person
        assert elsewhere.get("/accounts/settings/").status_code == 302

    def test_says_the_same_for_an_unknown_address(self, client):
        known = client.post("/accounts/password/reset/", {"email": LoginFactory().email}, follow=True)
        unknown = client.post("/accounts/password/reset/", {"email": "nobody@school.example"}, follow=True)
        assert known.redirect_chain == unknown.redirect_chain

    def test_used_or_damaged_link_says_so(self, client):
        response = client.get("/accounts/password/reset/key/1-set-password/")
        assert "This link no longer works" in response.content.decode()


class TestChangeEmail:
    def test_new_address_counts_once_confirmed(self, client):
        login = LoginFactory(email="old@school.example")
        log_in(client, login.email)
        client.post("/accounts/email/", {"action_add": "", "email": "New@school.example"})
        login.refresh_from_db()
        assert login.email == "old@school.example"
        link = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)
        assert link is not None
        client.post(link[1])
        login.refresh_from_db()
        assert login.email == "new@school.example"


@pytest.mark.parametrize(
    "path",
    [
        LOG_IN,
        SIGN_UP,
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        "/accounts/confirm-email/",
        "/accounts/confirm-email/bad-key/",
        "/accounts/inactive/",
    ],
)
class TestPagesForVisitors:
    def test_show_in_the_sites_layout(self, client, path):
        response = client.get(path)
        assert response.status_code == 200
        assert "base.html" in {template.name for template in response.templates}
        assert "allauth/layouts/base.html" not in {template.name for template in response.templates}


@pytest.mark.parametrize(
    "path", [LOG_OUT, "/accounts/email/", "/accounts/password/change/", "/accounts/reauthenticate/"]
)
class TestPagesForLogins:
    def test_show_in_the_sites_layout(self, client, path):
        log_in(client, LoginFactory().email)
        response = client.get(path)
        assert response.status_code == 200
        assert "base.html" in {template.name for template in response.templates}
