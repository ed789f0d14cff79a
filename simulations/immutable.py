"""Answers that are a function of their address alone, so that anybody may keep them for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from simulations.engine.parameters import Fault
from simulations.errors import InvalidInput

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=300"


class PermanentRedirectKeepingMethod(HttpResponseRedirect):
    """A redirect that is permanent and keeps the method."""

    status_code = 308


def single_values(query: QueryDict) -> dict[str, object]:
    """Return each parameter's value; raises InvalidInput for one given more than once."""
    repeated = [name for name, values in query.lists() if len(values) != 1]
    if repeated:
        raise InvalidInput(
            Fault(name[:60], ", ".join(query.getlist(name))[:60], f"{name[:60]} is given more than once; give it once.")
            for name in repeated
        )
    return dict(query.items())


def redirect_to(canonical: str, *, is_current: bool) -> HttpResponseBase:
    """Lead to the one address of what was asked for: for good, or for a while where the version is another."""
    found = PermanentRedirectKeepingMethod(canonical) if is_current else HttpResponseRedirect(canonical)
    return kept(found, FOR_A_WHILE)


def answer_once(request: HttpRequest, *, tag: str, body: Callable[[], bytes], content_type: str) -> HttpResponseBase:
    """Answer with what never changes; a client that has it is told so, and nothing is computed."""
    response: HttpResponseBase | None = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(body(), content_type=content_type)
    response.headers["ETag"] = tag
    return kept(response, FOR_EVER)


def kept(response: HttpResponseBase, policy: str) -> HttpResponseBase:
    """Return the response with how long it may be kept."""
    response.headers["Cache-Control"] = policy
    return response


def text_of(given: Mapping[str, str], name: str, longest: int) -> str:
    """Return a value of an address, cut to a length; empty where it is absent."""
    return given.get(name, "").strip()[:longest]
