"""A question's page, and the fragment that its form and its autosave exchange with the server."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sessions import ensure_person, person_of
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import offering_visible_to
from lessons.catalogue.services import enrolment_for_write
from quizzes import services
from quizzes.errors import ConfidenceMissing, MalformedAnswer, NotFound, StaleDraft, StaleVariant
from quizzes.forms import SentForm, sent_form
from quizzes.models import Step
from quizzes.selectors import QuestionCard, anchor_of, card_after_another, card_with, questions_on_page


@require_safe
@never_cache
def question(request: HttpRequest, offering: str, key: str) -> HttpResponse:
    """Show one question by itself: where a form without script returns to, and where a link to a question leads."""
    person = person_of(request)
    where = offering_visible_to(person, offering)
    enrolment = None if person is None else Enrolment.objects.filter(offering=where, person=person).first()
    return _page(request, _card(where, enrolment, key))


@require_POST
@never_cache
def submit(request: HttpRequest, offering: str, key: str) -> HttpResponse:
    """Grade an answer and show how it went; the first one of a visitor makes them a guest."""
    sent = sent_form(request.POST)
    where = offering_visible_to(person_of(request), offering)
    enrolment = _enrolment_for_write(request, where)
    try:
        _submit(sent, enrolment, key)
    except (MalformedAnswer, ConfidenceMissing) as refusal:
        card = card_with(
            _card(where, enrolment, key), answer=sent.answer, confidence=sent.confidence, error=str(refusal)
        )
        return _answer(request, card, sent, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except StaleVariant as refusal:
        card = card_after_another(_card(where, enrolment, key), answer=sent.answer, notice=str(refusal))
        return _answer(request, card, sent, status=HTTPStatus.CONFLICT)
    card = _card(where, enrolment, key)
    if _is_fragment(request):
        return _answer(request, card, sent)
    return HttpResponseRedirect(f"{_return_to(request, sent, card)}#{card.anchor}", status=HTTPStatus.SEE_OTHER)


@require_POST
@never_cache
def draft(request: HttpRequest, offering: str, key: str) -> HttpResponse:
    """Keep what is typed so far and say when it was kept, or why not; asked by script alone."""
    sent = sent_form(request.POST)
    enrolment = _enrolment_for_write(request, offering_visible_to(person_of(request), offering))
    now, refusal = timezone.now(), ""
    try:
        variant = services.store_shown_variant(
            enrolment=enrolment, item_key=key, actor=enrolment.person, shown=sent.shown, now=now
        )
        services.save_draft(
            attempt_id=variant.attempt_id,
            actor=enrolment.person,
            variant_id=variant.pk,
            sequence=sent.sequence,
            answer=sent.answer,
            confidence=sent.confidence,
            now=now,
        )
    except (StaleDraft, StaleVariant) as stale:
        refusal = str(stale)
    context = {
        "anchor": anchor_of(key),
        "saved_at": now,
        "time_zone": enrolment.time_zone,
        "next_sequence": sent.sequence + 1,
        "refusal": refusal,
    }
    return render(request, "quizzes/saved.html", context)


def _submit(sent: SentForm, enrolment: Enrolment, key: str) -> Step:
    now = timezone.now()
    variant = services.store_shown_variant(
        enrolment=enrolment, item_key=key, actor=enrolment.person, shown=sent.shown, now=now
    )
    return services.submit_step(
        attempt_id=variant.attempt_id,
        actor=enrolment.person,
        variant_id=variant.pk,
        idempotency_key=sent.idempotency_key,
        answer=sent.answer,
        confidence=sent.confidence,
        now=now,
    )


def _enrolment_for_write(request: HttpRequest, offering: Offering) -> Enrolment:
    return enrolment_for_write(person=ensure_person(request), offering=offering, now=timezone.now())


def _card(offering: Offering, enrolment: Enrolment | None, key: str) -> QuestionCard:
    cards = questions_on_page(enrolment=enrolment, revision=offering.revision, item_keys=[key], offering=offering)
    if key not in cards:
        raise NotFound
    return cards[key]


def _answer(
    request: HttpRequest, card: QuestionCard, sent: SentForm, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Answer with the card: to script as a fragment, which it only takes in with a status of success."""
    return_to = _return_to(request, sent, card)
    if _is_fragment(request):
        context = {"card": card, "return_to": return_to, "is_answer": True}
        return render(request, "quizzes/question.html", context)
    return _page(request, card, return_to=return_to, status=status)


def _page(
    request: HttpRequest, card: QuestionCard, *, return_to: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    own = _own_page(card)
    context = {"card": card, "return_to": return_to or own, "is_elsewhere": return_to not in {"", own}}
    return render(request, "quizzes/question_page.html", context, status=status)


def _return_to(request: HttpRequest, sent: SentForm, card: QuestionCard) -> str:
    """Return the page that held the form, or the question's own page where the form names none of ours."""
    is_ours = sent.return_to.startswith("/") and url_has_allowed_host_and_scheme(sent.return_to, None)
    return sent.return_to.partition("#")[0] if is_ours else _own_page(card)


def _own_page(card: QuestionCard) -> str:
    return reverse("quizzes:question", args=[card.offering, card.key])


def _is_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
