"""The person behind a request."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from accounts import services, sessions
from accounts.middleware import PersonMiddleware
from accounts.models import Person
from accounts.session_store import SessionStore
from tests.factories.accounts import LoginFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of(rf):
    """Make a request as it comes out of the middleware, with a session and, where given, a login or a guest."""

    def make(login=None, guest=None):
        request = rf.get("/")
        request.session = SessionStore()
        request.user = login or AnonymousUser()
        if guest is not None:
            request.session[sessions.GUEST_KEY] = str(guest.pk)
        PersonMiddleware(lambda _: HttpResponse())(request)
        return request

    return make


class TestPerson:
    def test_is_looked_up_when_first_read_and_once(self, request_of, now, django_assert_num_queries):
        guest = services.create_guest(now=now)
        with django_assert_num_queries(0):
            request = request_of(guest=guest)
        with django_assert_num_queries(1):
            assert request.person == request.person == guest

    def test_is_none_for_a_visitor_without_a_query(self, request_of, django_assert_num_queries):
        request = request_of()
        with django_assert_num_queries(0):
            assert request.person is None

    def test_is_the_logins_rather_than_the_guests(self, request_of, now):
        login = LoginFactory()
        assert request_of(login=login, guest=services.create_guest(now=now)).person == login.person

    def test_is_nobody_when_the_guest_has_a_login_meanwhile(self, request_of):
        assert request_of(guest=LoginFactory().person).person is None

    def test_is_nobody_when_the_guest_is_gone_or_erased(self, request_of, now):
        erased = LoginFactory().person
        services.erase_login(person=erased, actor=erased, now=now)
        assert request_of(guest=erased).person is None
        assert request_of(guest=Person()).person is None


class TestEnsurePerson:
    def test_makes_one_guest_and_remembers_them(self, request_of):
        request = request_of()
        guest = sessions.ensure_person(request)
        assert sessions.ensure_person(request) == request.person == guest
        assert request.session[sessions.GUEST_KEY] == str(guest.pk)
        assert Person.objects.count() == 1

    def test_makes_no_guest_of_a_login(self, request_of):
        login = LoginFactory()
        assert sessions.ensure_person(request_of(login=login)) == login.person
        assert Person.objects.count() == 1
