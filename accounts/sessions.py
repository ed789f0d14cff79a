"""The person behind a request: the login's, else the guest that the session names, else nobody yet.

The only module of this room, beside its views, that sees a request.
"""

from __future__ import annotations

from functools import cached_property
from ipaddress import ip_address
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.models import Login, Person

GUEST_KEY = "guest_person"
PROXY_HEADERS = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


class PersonRequest(WSGIRequest):
    """A request that knows its person, and looks them up only when asked: some pages read no session."""

    @cached_property
    def person(self) -> Person | None:
        """The login's person, else the session's guest, else None."""
        if self.user.is_authenticated:
            return self.user.person
        return guest_of(self)


def person_of(request: HttpRequest) -> Person | None:
    """Return the person behind a request that went through the middleware."""
    return cast("PersonRequest", request).person


def guest_of(request: HttpRequest) -> Person | None:
    """Return the guest that the session names, unless they have got a login meanwhile."""
    guest_id = request.session.get(GUEST_KEY)
    return None if guest_id is None else Person.objects.guests().filter(pk=guest_id).first()


def ensure_person(request: HttpRequest) -> Person:
    """Return the person behind the request, making the visitor a guest: for the first thing that is to be kept."""
    person = person_of(request)
    if person is None:
        person = services.create_guest(now=timezone.now())
        request.session[GUEST_KEY] = str(person.pk)
        set_person(request, person)
    return person


def set_person(request: HttpRequest, person: Person | None) -> None:
    """Make the request's person known without a look-up."""
    cast("Any", request).person = person


def is_from_this_machine(request: HttpRequest) -> bool:
    """Return whether the request came over loopback, straight and not through a proxy on this machine."""
    if any(header in request.headers for header in PROXY_HEADERS):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def may_use_demo_logins(request: HttpRequest | None) -> bool:
    """Return whether the well-known demo passwords may open anything for this request."""
    return bool(settings.DEMO_LOGINS) and request is not None and is_from_this_machine(request)


def _claim_guest(request: HttpRequest, user: Login, **_: object) -> None:
    """Bring a guest's work along when they log in; after signing up the guest is the person already."""
    guest = guest_of(request)
    request.session.pop(GUEST_KEY, None)
    if guest is not None:
        services.claim_guest(guest=guest, person=user.person)
    set_person(request, user.person)


def _forget_person(request: HttpRequest, **_: object) -> None:
    set_person(request, None)


def connect() -> None:
    """Follow every log-in and log-out, by whatever page: called once when the app is ready."""
    user_logged_in.connect(_claim_guest, dispatch_uid="accounts.claim_guest")
    user_logged_out.connect(_forget_person, dispatch_uid="accounts.forget_person")
