"""The API's front door: who asks, by session or by token.

The framework imports this module from its settings while its own views are half loaded, so no view may live here.
"""

from __future__ import annotations

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.authentication import SessionAuthentication as FrameworkSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import services, sessions
from accounts.errors import InvalidToken
from accounts.models import ApiToken, Login, Person

BEARER = b"bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer hr_…`: the request is the token's person's, and needs no CSRF token."""

    def authenticate(self, request: Request) -> tuple[Login, ApiToken] | None:
        """Return login and token; None where the header carries no bearer token.

        Raises AuthenticationFailed for a token that is unknown, revoked or expired.
        """
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != BEARER:
            return None
        try:
            token = services.authenticate_token(secret=secret.strip().decode("latin-1"), now=timezone.now())
        except InvalidToken as error:
            raise AuthenticationFailed(str(error)) from error
        sessions.set_person(request._request, token.person)
        return token.person.login, token

    def authenticate_header(self, request: Request) -> str:
        """Return what an answer 401 asks for."""
        return 'Bearer realm="api"'


class SessionAuthentication(FrameworkSessionAuthentication):
    """The browser's session. CSRF is enforced for guests as well: their work deserves it as much as a login's."""

    def authenticate(self, request: Request) -> tuple[Login, None] | None:
        """Return the session's login, or None for a guest or visitor. Raises PermissionDenied without a CSRF token."""
        self.enforce_csrf(request)
        user = request._request.user
        return (user, None) if user.is_active else None


def person_of(request: Request) -> Person | None:
    """Return the person who asks: the token's, the login's or the session's guest; None for a visitor."""
    # Authentication is what puts a token's person on the request.
    _ = request.user
    return sessions.person_of(request._request)


def require_person(request: Request) -> Person:
    """Return the person who asks. Raises NotAuthenticated for a visitor."""
    person = person_of(request)
    if person is None:
        raise NotAuthenticated("This needs a login or a guest's session, or an API token.")
    return person


class HasPerson(BasePermission):
    """Lets logins, tokens and guests in; a visitor of whom nothing is kept has nothing to see."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Return whether somebody is behind the request."""
        return person_of(request) is not None


class HasBrowserLogin(BasePermission):
    """Lets logins in by session alone: a token must not make tokens, or one that leaks could never be revoked."""

    message = "Tokens are managed in a browser, logged in; a token can't make or revoke tokens."

    def has_permission(self, request: Request, view: object) -> bool:
        """Return whether a login is behind the request, and no token."""
        return bool(request.user.is_authenticated) and request.auth is None
