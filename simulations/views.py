"""Pages of simulations and runs, and the forms that work without script."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Person
from accounts.sessions import ensure_person, person_of
from lessons.catalogue.models import Enrolment
from lessons.catalogue.selectors import enrolments_visible_to, offering_visible_to
from lessons.catalogue.services import enrolment_for_write
from simulations import forms, selectors, services
from simulations.addresses import open_offering, told
from simulations.errors import PredictionNotFound, RunNotFound, SimulationsError
from simulations.immutable import text_of
from simulations.selectors import Embed

LONGEST_SEARCH = 100


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the simulations, those that a search and a filter leave."""
    words, having = text_of(request.GET, "q", LONGEST_SEARCH), text_of(request.GET, "having", LONGEST_SEARCH)
    context = {
        "entries": selectors.catalogue_entries(words=words, having=having),
        "words": words,
        "having": having,
        "filters": selectors.HAVING,
    }
    return render(request, "simulations/catalogue.html", context)


@require_safe
@never_cache
def model_page(request: HttpRequest, model: str) -> HttpResponse:
    """Show one simulation, in the state that the address names.

    A first visit is asked to predict; an address with parameters, as shared, shows them straight away.
    """
    card = selectors.model_card(model)
    parameters = dict(request.GET.items())
    asked = card.prompts[0] if card.prompts and not parameters else None
    embed = Embed(
        key=model,
        model=model,
        parameters=asked["parameters"] if asked else parameters,
        predict=asked["name"] if asked else None,
    )
    instruments = selectors.instruments_on_page(
        enrolment=_open_enrolment(person_of(request)),
        embeds=[embed],
        offering_slug=open_offering(),
        are_items=False,
    )
    instrument = instruments[model]
    return render(
        request, "simulations/model.html", {"card": card, "instrument": instrument, **told(request, instrument)}
    )


@require_safe
@never_cache
def run_page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show one run."""
    view = selectors.run_view(person=person_of(request), run_id=run_id, now=timezone.now())
    return render(request, "simulations/run_page.html", {"run": view, "panel": selectors.panel_of(view)})


@require_POST
def predict(request: HttpRequest, model: str) -> HttpResponse:
    """Lock a prediction, or show the truth unscored."""
    low, high = forms.interval_of(request.POST)
    services.commit_prediction(
        enrolment=_enrolment(request),
        model=model,
        prompt=request.POST.get("prompt", ""),
        low=low,
        high=high,
        item_key=forms.item_of(request.POST),
        now=timezone.now(),
    )
    return _back(request, reverse("simulations:model", args=(model,)))


@require_POST
def explain(request: HttpRequest, prediction_id: uuid.UUID) -> HttpResponse:
    """Keep the cause and the sentence."""
    prediction = services.explain_prediction(
        prediction_id=prediction_id,
        actor=_person(request, PredictionNotFound()),
        cause=request.POST.get("cause", ""),
        explanation=request.POST.get("explanation", ""),
        now=timezone.now(),
    )
    return _back(request, reverse("simulations:model", args=(prediction.model,)))


@require_POST
def request_run(request: HttpRequest, model: str) -> HttpResponse:
    """Ask for a run."""
    run = services.request_run(
        enrolment=_enrolment(request),
        model=model,
        parameters=forms.parameters_of(request.POST),
        requests=forms.requests_of(request.POST),
        seed=None,
        item_key=forms.item_of(request.POST),
        idempotency_key=request.POST.get("idempotency_key", ""),
        now=timezone.now(),
    )
    return _back(request, reverse("simulations:run", args=(run.pk,)))


@require_POST
def cancel_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Leave a run."""
    services.cancel_run(run_id=run_id, actor=_person(request, RunNotFound()), now=timezone.now())
    return _back(request, reverse("simulations:run", args=(run_id,)))


@require_POST
def restart_run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Come back to a run."""
    services.restart_run(run_id=run_id, actor=_person(request, RunNotFound()), now=timezone.now())
    return _back(request, reverse("simulations:run", args=(run_id,)))


def _open_enrolment(person: Person | None) -> Enrolment | None:
    if person is None:
        return None
    return enrolments_visible_to(person).filter(person=person, offering__slug=open_offering()).first()


def _enrolment(request: HttpRequest) -> Enrolment:
    """Return the enrolment of the offering that the form names; a visitor becomes a guest."""
    offering = offering_visible_to(person_of(request), request.POST.get("offering", open_offering()))
    return enrolment_for_write(person=ensure_person(request), offering=offering, now=timezone.now())


def _person(request: HttpRequest, otherwise: SimulationsError) -> Person:
    """Return who asks; a visitor has no work of their own, so for them it is not found."""
    person = person_of(request)
    if person is None:
        raise otherwise
    return person


def _back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Return to the page that the form stands on, if it is a path of ours."""
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return HttpResponseRedirect(wanted if is_ours else otherwise)
