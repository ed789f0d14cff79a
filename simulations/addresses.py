"""What a page of ours tells other sites about itself: the addresses of its picture and of its embedding."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from simulations.selectors import PICTURE_VERSION, Instrument


def open_offering() -> str:
    """Return the open course: what is done on a model's own page is kept in the person's enrolment there."""
    return str(settings.OPEN_COURSE)


def absolute(request: HttpRequest, path: str, query: str = "") -> str:
    """Return the full address of a path of ours, for those who are elsewhere."""
    return request.build_absolute_uri(f"{path}?{query}" if query else path)


def picture_url(request: HttpRequest, model: str, query: str | None) -> str:
    """Return the address of a state's picture; of the model's question where no result may be shown."""
    if query is None:
        return absolute(request, reverse("simulations:question-picture", args=(PICTURE_VERSION, model)))
    return absolute(request, reverse("simulations:state-picture", args=(PICTURE_VERSION, model)), query)


def told(request: HttpRequest, instrument: Instrument) -> dict[str, str]:
    """Return what the head of a model's page names: its picture, and where to ask how to embed it."""
    model = instrument.card.name
    page = absolute(request, reverse("simulations:model", args=(model,)), instrument.query)
    shown = None if instrument.result is None else instrument.query
    return {
        "picture_url": picture_url(request, model, shown),
        "oembed_url": absolute(request, reverse("simulations:oembed"), urlencode({"url": page})),
    }
