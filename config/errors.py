"""The one table from an error of the domain to what the web says: status, code, words.

Apps raise errors that know no HTTP. The API answers with a problem document (RFC 9457), a page with the layout's
error page, both with the same sentence. A test asserts that every error class of every app is found here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework import exceptions as api_exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as framework_exception_handler

from config.error_table import STATUSES
from config.uploads import LARGEST_REQUEST, UploadTooLarge

PROBLEM_TYPE = "application/problem+json"
UNREADABLE: Mapping[type[BaseException], tuple[int, str, str]] = {
    UploadTooLarge: (
        413,
        "too-large",
        f"What was sent is larger than {LARGEST_REQUEST // 1_000_000} MB, the most that is read. Nothing was kept.",
    ),
    RequestDataTooBig: (
        413,
        "too-large",
        f"What was sent is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000:,} kB, the most that is read.",
    ),
    TooManyFieldsSent: (
        400,
        "too-many-fields",
        f"What was sent has more than {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields, the most that is read.",
    ),
}
"""What is refused unread, with what is said of it; the more particular first."""


@dataclass(frozen=True)
class Problem:
    """What went wrong, ready for a page or a problem document."""

    status: int
    code: str
    detail: str
    faults: tuple[Mapping[str, object], ...] = field(default=())
    retry_after_seconds: int | None = None

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase

    def document(self, request_id: str) -> dict[str, object]:
        """Return the problem document."""
        return {
            "type": f"urn:headroom:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "faults": list(self.faults),
            "request_id": request_id,
        }


def problem_for(error: BaseException) -> Problem | None:
    """Return the problem that stands for a listed error of the domain, or None."""
    for error_class in type(error).__mro__:
        if error_class in STATUSES:
            status, code = STATUSES[error_class]
            return Problem(status=status, code=code, detail=str(error), faults=_faults_of(error))
    if isinstance(error, Http404):
        return Problem(
            status=404, code="not-found", detail="There is nothing at this address, or it is not yours to see."
        )
    if isinstance(error, PermissionDenied):
        return Problem(status=403, code="forbidden", detail=str(error) or "Your role does not allow this.")
    return None


def _faults_of(error: BaseException) -> tuple[Mapping[str, object], ...]:
    faults = getattr(error, "faults", ())
    return tuple(
        {"field": fault.field, "value": str(fault.value)[:60], "message": fault.message}
        for fault in faults
        if hasattr(fault, "field")
    )


def request_id_of(request: HttpRequest) -> str:
    """Return the id that the middleware gave the request."""
    return str(request.META.get("REQUEST_ID", ""))


def problem_response(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Answer with a problem document; an error that is not listed is raised again."""
    problem = problem_for(error)
    if problem is None:
        raise error
    return _document(request, problem)


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Answer an error as the client reads answers; an error that is not listed is raised again."""
    problem = problem_for(error)
    if problem is None:
        raise error
    return _answer(request, problem)


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer a program with a problem document and a browser with a page."""
    if request.path.startswith("/api/"):
        return _document(request, problem)
    template = f"{problem.status}.html" if problem.status in {403, 404, 429, 500} else "400.html"
    context = {"problem": problem, "request_id": request_id_of(request)}
    # The page of a fault of our own is rendered without the request: no session, no person, no query.
    rendered_for = None if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR else request
    return render(rendered_for, template, context, status=problem.status)


def _document(request: HttpRequest, problem: Problem) -> HttpResponse:
    document = problem.document(request_id_of(request))
    response = JsonResponse(document, status=problem.status, content_type=PROBLEM_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def api_exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn whatever a REST view raised into a problem document."""
    request = context["request"]
    request_id = request_id_of(request._request)
    problem = problem_for(error) or _framework_problem(error)
    if problem is None:
        return None
    response = framework_exception_handler(error, dict(context))
    headers = dict(response.headers) if response is not None else {}
    headers.pop("Content-Type", None)
    return Response(problem.document(request_id), status=problem.status, headers=headers, content_type=PROBLEM_TYPE)


def _framework_problem(error: Exception) -> Problem | None:
    if isinstance(error, api_exceptions.ValidationError):
        return Problem(
            status=400,
            code="invalid",
            detail="Some of what was sent can't be taken; see faults.",
            faults=tuple(_validation_faults(error.detail)),
        )
    if isinstance(error, api_exceptions.Throttled):
        wait = int(getattr(error, "wait", None) or 1)
        return Problem(
            status=429,
            code="throttled",
            detail=f"Too many requests. Try again in {wait} s; nothing that you sent before is lost.",
            retry_after_seconds=wait,
        )
    if isinstance(error, api_exceptions.APIException):
        return Problem(
            status=error.status_code, code=str(error.get_codes()).replace("_", "-"), detail=str(error.detail)
        )
    return None


def _validation_faults(detail: Any, path: str = "") -> list[dict[str, object]]:
    if isinstance(detail, Mapping):
        return [
            fault
            for name, inner in detail.items()
            for fault in _validation_faults(inner, f"{path}.{name}" if path else str(name))
        ]
    if isinstance(detail, list):
        return [fault for inner in detail for fault in _validation_faults(inner, path)]
    return [{"field": path, "value": "", "message": str(detail)}]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form's token was missing or old, and that going back keeps what was typed."""
    problem = Problem(
        status=403,
        code="stale-form",
        detail="This form was opened in another session, or cookies are blocked. Go back, reload and send it again.",
    )
    return _answer(request, problem)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return answer(request, Http404())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that the role does not allow."""
    return answer(request, exception if isinstance(exception, PermissionDenied) else PermissionDenied())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that can't be read, or that holds more than is read."""
    for error_class, (status, code, detail) in UNREADABLE.items():
        if isinstance(exception, error_class):
            return _answer(request, Problem(status=status, code=code, detail=detail))
    return _answer(
        request, Problem(status=400, code="unreadable", detail="The request can't be read. Go back and reload.")
    )


def unstorable(request: HttpRequest, where: str) -> HttpResponse:
    """Answer a request with a character that can't be kept."""
    detail = f"There is a NUL character in {where}, which can't be kept. Take it out and send it again."
    return _answer(request, Problem(status=400, code="nul-character", detail=detail))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of our own."""
    problem = Problem(
        status=500,
        code="internal",
        detail="The site failed to answer. What you saved is kept; try again, and quote the request id if it stays.",
    )
    return _answer(request, problem)
