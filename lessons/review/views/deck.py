"""The daily review: what is due and what comes back when, then a card at a time, without script too."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sessions import person_of
from lessons.catalogue.selectors import offering_visible_to
from lessons.review import selectors, services
from lessons.review.forms import sent_card
from lessons.review.views.asking import known_person


@require_safe
@never_cache
def deck(request: HttpRequest, offering: str) -> HttpResponse:
    """Show what is due today, what comes back when, and how well recall was predicted."""
    page = selectors.review_page(person=person_of(request), slug=offering, now=timezone.now())
    return render(request, "review/deck.html", {"page": page})


@require_safe
@never_cache
def card(request: HttpRequest, offering: str) -> HttpResponse:
    """Show the next card of the day; where none is left, go back to the review."""
    page = selectors.card_page(person=person_of(request), slug=offering, now=timezone.now())
    if page.card is None:
        return HttpResponseRedirect(reverse("review:deck", args=[page.offering.slug]))
    return render(request, "review/card.html", {"page": page})


@require_safe
def moved(request: HttpRequest, offering: str, comeback_id: int = 0) -> HttpResponse:
    """Lead from where the questions that came back used to be listed and met, apart from the other cards."""
    return HttpResponsePermanentRedirect(reverse("review:deck", args=[offering]))


@require_POST
def rate(request: HttpRequest, offering: str) -> HttpResponse:
    """Note how well a term came back, and go on to the next card."""
    person, sent = known_person(request), sent_card(request.POST)
    where = offering_visible_to(person, offering)
    services.rate(
        offering=where,
        item_id=sent.item_id,
        number=sent.number,
        rating=sent.rating,
        actor=person,
        now=timezone.now(),
    )
    return HttpResponseRedirect(reverse("review:card", args=[where.slug]), status=HTTPStatus.SEE_OTHER)


@require_POST
def ask(request: HttpRequest, offering: str) -> HttpResponse:
    """Open the question of a card, and go where it is answered."""
    person, sent = known_person(request), sent_card(request.POST)
    where = offering_visible_to(person, offering)
    asked = services.ask(offering=where, item_id=sent.item_id, number=sent.number, actor=person, now=timezone.now())
    there = reverse("review:question", args=[where.slug, asked.attempt_id])
    return HttpResponseRedirect(there, status=HTTPStatus.SEE_OTHER)


@require_safe
@never_cache
def question(request: HttpRequest, offering: str, review_id: UUID) -> HttpResponse:
    """Show a question met in a review, and once it is answered, how that went."""
    page = selectors.question_page(person=person_of(request), slug=offering, attempt_id=review_id)
    return render(request, "review/question.html", {"page": page, "return_to": request.path})
