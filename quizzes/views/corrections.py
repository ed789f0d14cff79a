"""Pages on which staff correct a question's key, see who would change, and apply it; and the learner's "seen"."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sessions import person_of
from lessons.catalogue.models import Offering
from quizzes.errors import CorrectionOvertaken, InvalidCorrection
from quizzes.forms import page_number, sent_corrections
from quizzes.kinds.editing import edited
from quizzes.selectors.corrections import (
    correction_form,
    correction_page,
    corrections_page,
)
from quizzes.selectors.questions import question_for
from quizzes.selectors.staff import staffed_offering
from quizzes.services import corrections as services
from quizzes.views.asking import known_person

MOST_DIGITS_OF_AN_ID: Final = 18
"""No row has a number that is longer."""


@require_safe
@never_cache
def corrections(request: HttpRequest, offering: str) -> HttpResponse:
    """List what was corrected in a cohort's offering, and what could be."""
    page = corrections_page(person=person_of(request), slug=offering)
    return render(request, "quizzes/corrections/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def correct(request: HttpRequest, offering: str, key: str) -> HttpResponse:
    """Show a question's key as a form; sent, it becomes a draft whose effect is shown before it is applied."""
    person = person_of(request)
    form = correction_form(person=person, slug=offering, item_key=key)
    if request.method != "POST":
        return render(request, "quizzes/corrections/form.html", {"form": form, "reason": ""})
    sent, reason = request.POST.dict(), request.POST.get("reason", "")
    definition = edited(question_for(form.offering, form.version).definition, form.definition, sent)
    try:
        drafted = services.draft_correction(
            offering=form.offering,
            item_key=key,
            definition=definition,
            reason=reason,
            actor=known_person(request),
            now=timezone.now(),
        )
    except InvalidCorrection as refusal:
        context = {"form": form, "groups": sent_corrections(form.groups, sent), "reason": reason, "refusal": refusal}
        return render(request, "quizzes/corrections/form.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _to(form.offering, drafted.pk)


@require_safe
@never_cache
def correction(request: HttpRequest, offering: str, correction_id: uuid.UUID) -> HttpResponse:
    """Show a correction: what it would make of whose mark, or what it made."""
    return _page(request, offering, correction_id)


@require_POST
@never_cache
def apply(request: HttpRequest, offering: str, correction_id: uuid.UUID) -> HttpResponse:
    """Let a correction stand, by the policy chosen."""
    where = staffed_offering(person_of(request), offering)
    try:
        services.apply_correction(
            correction_id=correction_id,
            chosen=request.POST.get("policy", ""),
            actor=known_person(request),
            now=timezone.now(),
        )
    except InvalidCorrection as refusal:
        return _page(request, offering, correction_id, refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except CorrectionOvertaken as refusal:
        return _page(request, offering, correction_id, refusal, status=HTTPStatus.CONFLICT)
    return _to(where, correction_id)


@require_POST
@never_cache
def look_again(request: HttpRequest, offering: str, correction_id: uuid.UUID) -> HttpResponse:
    """Forecast a draft anew."""
    where = staffed_offering(person_of(request), offering)
    try:
        services.look_again(correction_id=correction_id, actor=known_person(request), now=timezone.now())
    except CorrectionOvertaken as refusal:
        return _page(request, offering, correction_id, refusal, status=HTTPStatus.CONFLICT)
    return _to(where, correction_id)


@require_POST
@never_cache
def discard(request: HttpRequest, offering: str, correction_id: uuid.UUID) -> HttpResponse:
    """Drop a draft."""
    where = staffed_offering(person_of(request), offering)
    try:
        services.discard_correction(correction_id=correction_id, actor=known_person(request))
    except CorrectionOvertaken as refusal:
        return _page(request, offering, correction_id, refusal, status=HTTPStatus.CONFLICT)
    return HttpResponseRedirect(reverse("quizzes:corrections", args=[where.slug]), status=HTTPStatus.SEE_OTHER)


@require_POST
@never_cache
def seen(request: HttpRequest) -> HttpResponse:
    """Note that a learner knows of regraded marks of theirs, and go back to where they read of them."""
    ids = [
        int(each)
        for each in request.POST.getlist("regrade")
        if each.isascii() and each.isdigit() and len(each) <= MOST_DIGITS_OF_AN_ID
    ]
    person = person_of(request)
    if person is not None:
        services.note_seen(regrade_ids=ids, actor=person, now=timezone.now())
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if is_ours else "/home/", status=HTTPStatus.SEE_OTHER)


def _page(
    request: HttpRequest,
    offering: str,
    correction_id: uuid.UUID,
    refusal: Exception | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    page = correction_page(
        person=person_of(request),
        slug=offering,
        correction_id=correction_id,
        policy=request.GET.get("policy", "") or request.POST.get("policy", ""),
        sort=request.GET.get("sort", ""),
        page=page_number(request.GET.get("page", "")),
    )
    return render(request, "quizzes/corrections/correction.html", {"page": page, "refusal": refusal}, status=status)


def _to(offering: Offering, correction_id: uuid.UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(
        reverse("quizzes:correction", args=[offering.slug, correction_id]), status=HTTPStatus.SEE_OTHER
    )
