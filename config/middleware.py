"""A request's id and its one log line; errors turned into pages or problem documents; text that can't be kept."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from config import errors, logs

logger = structlog.get_logger("config.request")

REQUEST_ID_HEADER = "X-Request-ID"
NUL = "\x00"
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_UNLOGGED = ("/healthz", "/readyz", "/static/")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Names each request, logs its end, and hands the name back in a header.

    A name given by a proxy is kept when it is short and plain, so that one id follows a request through every tier.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request under its id."""
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _ACCEPTED_ID.fullmatch(given) else uuid.uuid4().hex
        request.META["REQUEST_ID"] = request_id
        logs.clear()
        logs.bind(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response.headers[REQUEST_ID_HEADER] = request_id
        if not request.path.startswith(_UNLOGGED):
            logger.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )
        return response


class StorableTextMiddleware:
    """Refuses an address or a form with a NUL in it, which PostgreSQL can't keep.

    The API takes documents alone, and checks those field by field.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, arguments: object, named: object) -> HttpResponse | None:
        """Answer a request whose text can't be kept; the check against forgery, which reads the form, came before."""
        if NUL in request.path:
            return errors.unstorable(request, "the address")
        read = (request.GET,) if request.path.startswith("/api/") else (request.GET, request.POST)
        for name, values in (field for data in read for field in data.lists()):
            if NUL in name or any(NUL in value for value in values):
                return errors.unstorable(request, name.replace(NUL, "")[:60] or "a field")
        return None


class ErrorMiddleware:
    """Answers an error of the domain with the status and words of the table in `config.errors`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a listed error into its answer; leave any other to Django's 500."""
        if errors.problem_for(exception) is None:
            return None
        return errors.answer(request, exception)
