"""Gives every request its person."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.sessions import PersonRequest


class PersonMiddleware:
    """Turns the request into a `PersonRequest`, so that `request.person` is looked up when it is first read.

    It comes after the session and authentication middleware. A lazy object in an attribute would not do: it could
    not be compared with None.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        request.__class__ = PersonRequest
        return self.get_response(request)
