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

from accounts.models import Person
from accounts.sessions import ensure_person, person_of
from lessons.catalogue.selectors import offering_and_enrolment, offering_visible_to
from quizzes import services
from quizzes.errors import (
    ConfidenceMissing,
    MalformedAnswer,
    NotFound,
    QuestionGone,
    SittingOver,
    StaleDraft,
    StaleVariant,
)
from quizzes.forms import SentForm, sent_form
from quizzes.selectors import (
    QuestionCard,
    anchor_of,
    card_after_another,
    card_of_sitting,
    card_with,
    practice_card,
    questions_on_page,
)
from quizzes.services.work import Work
from quizzes.views.asking import is_fragment


@require_safe
@never_cache
def question(request: HttpRequest, offering: str, key: str) -> HttpResponse:
    """Show one question by itself: where a form without script returns to, and where a link to a question leads."""
    return _page(request, _card(person_of(request), offering, key))


@require_POST
@never_cache
def submit(request: HttpRequest, offering: str, key: str) -> HttpResponse:
    """Grade an answer and show how it went; the first one of a visitor makes them a guest."""
    sent = sent_form(request.POST)
    actor = _actor(request, offering)
    status, error, notice = HTTPStatus.OK, "", ""
    try:
        work = services.answer_shown(
            offering=offering,
            item_key=key,
            actor=actor,
            shown=sent.shown,
            idempotency_key=sent.idempotency_key,
            answer=sent.answer,
            confidence=sent.confidence,
            now=timezone.now(),
        )
    except (MalformedAnswer, ConfidenceMissing) as refusal:
        status, error = HTTPStatus.UNPROCESSABLE_ENTITY, str(refusal)
    except QuestionGone as refusal:
        return _gone(request, key, sent, refusal)
    except (StaleVariant, SittingOver) as refusal:
        status, notice = HTTPStatus.CONFLICT, str(refusal)
    if error:
        card = card_with(_card(actor, offering, key, sent), answer=sent.answer, confidence=sent.confidence, error=error)
    elif notice:
        card = card_after_another(_card(actor, offering, key, sent), answer=sent.answer, notice=notice)
    else:
        card = _card_of(work)
    if is_fragment(request) or status is not HTTPStatus.OK:
        return _answer(request, card, sent, status=status)
    return HttpResponseRedirect(f"{_return_to(request, sent, card)}#{card.anchor}", status=HTTPStatus.SEE_OTHER)


@require_POST
@never_cache
def give_up(request: HttpRequest, offering: str, key: str) -> HttpResponse:
    """End an attempt before its tries are used, and show its card."""
    sent = sent_form(request.POST)
    work = services.give_up(
        offering=offering, item_key=key, actor=_actor(request, offering), shown=sent.shown, now=timezone.now()
    )
    card = _card_of(work)
    if is_fragment(request):
        return _answer(request, card, sent)
    return HttpResponseRedirect(f"{_return_to(request, sent, card)}#{card.anchor}", status=HTTPStatus.SEE_OTHER)


@require_POST
@never_cache
def draft(request: HttpRequest, offering: str, key: str) -> HttpResponse:
    """Keep what is typed so far and say when it was kept, or why not; asked by script alone."""
    sent = sent_form(request.POST)
    context: dict[str, object] = {"anchor": anchor_of(key)}
    try:
        work = services.draft_shown(
            offering=offering,
            item_key=key,
            actor=_actor(request, offering),
            shown=sent.shown,
            sequence=sent.sequence,
            answer=sent.answer,
            confidence=sent.confidence,
            now=timezone.now(),
        )
    except (StaleDraft, StaleVariant, SittingOver) as refusal:
        context["refusal"] = str(refusal)
    else:
        assert work.draft is not None, "it was just kept"
        context |= {
            "saved_at": work.draft.saved_at,
            "time_zone": work.attempt.enrolment.time_zone,
            "next_sequence": work.draft.sequence + 1,
        }
    return render(request, "quizzes/saved.html", context)


def _actor(request: HttpRequest, slug: str) -> Person:
    """Return the person behind the request; a visitor becomes a guest where the course is one that they can see."""
    person = person_of(request)
    if person is None:
        offering_visible_to(None, slug)
        person = ensure_person(request)
    return person


def _card_of(work: Work) -> QuestionCard:
    """Return the card of work that is in hand."""
    attempt = work.attempt
    if attempt.sitting_id is not None:
        return card_of_sitting(sitting_id=attempt.sitting_id, item_key=attempt.item.key, now=timezone.now())
    return practice_card(attempt=attempt, variants=work.variants, draft=work.draft)


def _card(person: Person | None, slug: str, key: str, sent: SentForm | None = None) -> QuestionCard:
    """Return the card of the practice at a question, or of whatever attempt a form was of."""
    offering, enrolment = offering_and_enrolment(person, slug)
    cards = questions_on_page(
        enrolment=enrolment,
        revision=offering.revision,
        item_keys=[key],
        offering=offering,
        variant_id=sent.variant_id if sent is not None else None,
    )
    if key not in cards:
        raise NotFound
    sitting_id = cards[key].sitting_id
    if sitting_id is None:
        return cards[key]
    return card_of_sitting(sitting_id=sitting_id, item_key=key, now=timezone.now())


def _answer(
    request: HttpRequest, card: QuestionCard, sent: SentForm, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Answer with the card: to script as a fragment, which it only takes in with a status of success."""
    return_to = _return_to(request, sent, card)
    if is_fragment(request):
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


def _gone(request: HttpRequest, key: str, sent: SentForm, refusal: QuestionGone) -> HttpResponse:
    """Say that a question was taken out of the course, quoting what was typed into its form."""
    typed = [sent.answer["text"], *sent.answer["parts"].values()]
    context = {"anchor": anchor_of(key), "refusal": str(refusal), "typed": [text for text in typed if text]}
    if is_fragment(request):
        return render(request, "quizzes/question_gone.html", context)
    return render(request, "quizzes/question_gone_page.html", context, status=HTTPStatus.CONFLICT)


def _own_page(card: QuestionCard) -> str:
    return reverse("quizzes:question", args=[card.offering, card.key])
