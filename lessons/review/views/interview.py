"""Interview mode: questions of every dimension against the server's clock, told about at the end."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sessions import person_of
from lessons.catalogue.selectors import offering_visible_to
from lessons.review import selectors, services
from lessons.review.errors import NotFound, RoundOver
from lessons.review.views.asking import enrolment_to_work, known_person
from quizzes.errors import ConfidenceMissing, MalformedAnswer, StaleVariant
from quizzes.forms import SentForm, sent_form
from quizzes.selectors import QuestionCard, card_with


@require_safe
@never_cache
def interviews(request: HttpRequest, offering: str) -> HttpResponse:
    """Show what interviews there are to start, and those before."""
    person = person_of(request)
    if person is not None:
        services.end_interviews(now=timezone.now(), person=person)
    page = selectors.interview_start(person=person, slug=offering)
    return render(request, "review/interviews.html", {"page": page})


@require_POST
def start(request: HttpRequest, offering: str) -> HttpResponse:
    """Start the clock, or go on where it runs."""
    enrolment = enrolment_to_work(request, offering)
    began = services.start_interview(
        enrolment=enrolment, minutes=request.POST.get("minutes") or "", actor=enrolment.person, now=timezone.now()
    )
    return _to(offering, began.pk)


@require_safe
@never_cache
def interview(request: HttpRequest, offering: str, interview_id: UUID) -> HttpResponse:
    """Show an interview: its questions while it runs, and how it went afterwards."""
    return _page(request, offering, interview_id)


@require_POST
@never_cache
def answer(request: HttpRequest, offering: str, interview_id: UUID) -> HttpResponse:
    """Take an answer; one that cannot be read comes back with what was typed."""
    person, sent = known_person(request), sent_form(request.POST)
    where = offering_visible_to(person, offering)
    if sent.variant_id is None:
        raise NotFound
    try:
        services.answer_interview(
            offering=where,
            interview_id=interview_id,
            variant_id=sent.variant_id,
            idempotency_key=sent.idempotency_key,
            answer=sent.answer,
            confidence=sent.confidence,
            actor=person,
            now=timezone.now(),
        )
    except (MalformedAnswer, ConfidenceMissing) as refusal:
        return _page(request, offering, interview_id, refused=sent, error=str(refusal))
    except (RoundOver, StaleVariant):
        # The page says that it is over, or that the question is answered.
        pass
    return _to(offering, interview_id)


@require_POST
def moves(request: HttpRequest, offering: str, interview_id: UUID) -> HttpResponse:
    """Keep which opening moves are ticked."""
    person = known_person(request)
    services.tick_moves(
        offering=offering_visible_to(person, offering),
        interview_id=interview_id,
        moves=request.POST.getlist("move"),
        actor=person,
        now=timezone.now(),
    )
    return _to(offering, interview_id)


@require_POST
def finish(request: HttpRequest, offering: str, interview_id: UUID) -> HttpResponse:
    """End the interview before its time."""
    person = known_person(request)
    services.finish_interview(
        offering=offering_visible_to(person, offering), interview_id=interview_id, actor=person, now=timezone.now()
    )
    return _to(offering, interview_id)


def _page(
    request: HttpRequest, offering: str, interview_id: UUID, *, refused: SentForm | None = None, error: str = ""
) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    if person is not None:
        services.end_interviews(now=now, person=person)
    page = selectors.interview_page(person=person, slug=offering, interview_id=interview_id, now=now)
    if refused is not None:
        page = replace(page, cards=tuple(_refused(card, refused, error) for card in page.cards))
    template = "review/interview.html" if page.is_running else "review/interview_end.html"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, template, {"page": page, "return_to": request.path}, status=status)


def _refused(card: QuestionCard, sent: SentForm, error: str) -> QuestionCard:
    """Return the card whose answer was refused with what was typed, any other as it is."""
    if card.form is None or card.form.variant != sent.variant:
        return card
    return card_with(card, answer=sent.answer, confidence=sent.confidence, error=error)


def _to(offering: str, interview_id: UUID) -> HttpResponse:
    there = reverse("review:interview", args=[offering, interview_id])
    return HttpResponseRedirect(there, status=HTTPStatus.SEE_OTHER)
