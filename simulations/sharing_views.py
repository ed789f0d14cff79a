"""What other people and other sites are sent: challenges, embedded simulations, pictures, and oEmbed."""

from __future__ import annotations

from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from accounts.sessions import person_of
from lessons.catalogue.selectors import enrolments_visible_to
from simulations import selectors
from simulations.addresses import absolute, open_offering, picture_url
from simulations.engine.parameters import Fault
from simulations.errors import FormatNotOffered, InvalidInput
from simulations.forms import parameters_in
from simulations.immutable import FOR_A_WHILE, answer_once, kept, redirect_to, single_values, text_of
from simulations.pictures import png
from simulations.policy import model_named, read_state
from simulations.selectors import Embed

EMBED_WIDTH, EMBED_HEIGHT = 760, 720
NARROWEST, LOWEST = 320, 320
LONGEST_ADDRESS = 2_000
SECONDS_A_DAY = 86_400


@require_safe
@never_cache
def challenge_page(request: HttpRequest, challenge: str) -> HttpResponse:
    """Ask for an interval before the sender's is shown; then show both with the truth."""
    sent = selectors.challenge_of(challenge)
    person = person_of(request)
    own = None
    if person is not None:
        own = enrolments_visible_to(person).filter(person=person, offering__slug=open_offering()).first()
    embed = Embed(key=sent.model, model=sent.model, parameters=sent.prompt.parameters, predict=sent.prompt.name)
    instrument = selectors.instruments_on_page(
        enrolment=own, embeds=[embed], offering_slug=open_offering(), are_items=False
    )[sent.model]
    context = {
        "instrument": instrument,
        "outcome": selectors.outcome_of(sent, instrument.prediction),
        "address": absolute(request, request.path),
        "picture_url": picture_url(request, sent.model, None),
    }
    return render(request, "simulations/challenge.html", context)


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # it is typed for views that take a request alone
def embed(request: HttpRequest, model: str) -> HttpResponseBase:
    """Show one simulation in a frame of any other site: reads no session, sets no cookie, keeps nothing."""
    instrument = selectors.instrument_without_work(model=model, parameters=single_values(request.GET))
    page = render_to_string("simulations/embed.html", {"instrument": instrument})
    return kept(HttpResponse(page), FOR_A_WHILE)


@require_safe
def oembed(request: HttpRequest) -> HttpResponseBase:
    """Say how to embed the simulation at an address of ours (oEmbed 1.0, section 2.3.4.4): JSON alone.

    Raises InvalidInput for an address that is missing or too long, and FormatNotOffered; one that is not a simulation's
    is not found.
    """
    wanted = text_of(request.GET, "format", 10)
    if wanted not in {"", "json"}:
        raise FormatNotOffered(wanted)
    model, query = _simulation_at(request, request.GET)
    state = read_state(model, parameters_in(query))
    width, height = (
        _at_most(request.GET, name, most, least)
        for name, most, least in (("maxwidth", EMBED_WIDTH, NARROWEST), ("maxheight", EMBED_HEIGHT, LOWEST))
    )
    frame = absolute(request, reverse("simulations:embed", args=(model,)), state.query)
    document = {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Headroom",
        "provider_url": absolute(request, "/"),
        "title": state.model.title,
        "cache_age": SECONDS_A_DAY,
        "width": width,
        "height": height,
        "html": format_html(
            '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy"></iframe>',
            frame,
            width,
            height,
            state.model.title,
        ),
        "thumbnail_url": picture_url(request, model, state.query),
        "thumbnail_width": png.WIDTH,
        "thumbnail_height": png.HEIGHT,
    }
    response = JsonResponse(document)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return kept(response, FOR_A_WHILE)


@require_safe
def state_picture(request: HttpRequest, version: str, model: str) -> HttpResponseBase:
    """Return the picture of a state for other sites, to be kept for ever; raises TooCostly before computing."""
    state = read_state(model, single_values(request.GET))
    is_current = version == selectors.PICTURE_VERSION
    if not is_current or request.META["QUERY_STRING"] != state.query:
        path = reverse("simulations:state-picture", args=(selectors.PICTURE_VERSION, model))
        return redirect_to(f"{path}?{state.query}", is_current=is_current)
    return answer_once(
        request,
        tag=selectors.picture_tag(state.digest),
        body=lambda: selectors.picture_of(state),
        content_type="image/png",
    )


@require_safe
def question_picture(request: HttpRequest, version: str, model: str) -> HttpResponseBase:
    """Return the picture of a model's first question; no result is in it."""
    found = model_named(model)
    if version != selectors.PICTURE_VERSION:
        path = reverse("simulations:question-picture", args=(selectors.PICTURE_VERSION, model))
        return redirect_to(path, is_current=False)
    return answer_once(
        request,
        tag=selectors.picture_tag(f"question/{model}"),
        body=lambda: selectors.question_picture_of(found),
        content_type="image/png",
    )


def _simulation_at(request: HttpRequest, given: QueryDict) -> tuple[str, str]:
    """Return model and query of an address of ours; raises InvalidInput, Http404."""
    address = given.get("url", "")
    if not 1 <= len(address) <= LONGEST_ADDRESS:
        message = (
            f"url must be the address of a simulation here, of at most {LONGEST_ADDRESS:,} characters; "
            f"yours has {len(address):,}."
        )
        raise InvalidInput((Fault("url", address[:60], message),))
    try:
        parts = urlsplit(address)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        raise Http404 from None
    is_ours = parts.scheme in {"http", "https"} and parts.netloc == request.get_host()
    if not is_ours or match.view_name not in {"simulations:model", "simulations:embed"}:
        raise Http404
    return match.kwargs["model"], parts.query


def _at_most(given: QueryDict, name: str, most: int, least: int) -> int:
    """Return a side of the frame: what the asker has room for, within what the simulation needs and fills."""
    room = given.get(name, "")
    if not (room.isascii() and room.isdigit() and len(room) <= 6):
        return most
    return min(max(int(room), least), most)
