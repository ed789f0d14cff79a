"""The settings page: name and time zone, API tokens, erasing the login."""

from __future__ import annotations

import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import selectors, services
from accounts.forms import EraseForm, ProfileForm, TokenForm
from accounts.models import Login, Person


@require_safe
@login_required
@never_cache
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show the settings."""
    return _page(request)


@require_POST
@login_required
def change_profile(request: HttpRequest) -> HttpResponse:
    """Change name and time zone."""
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, profile_form=form)
    person = _person(request)
    services.change_profile(
        person=person, name=form.cleaned_data["name"], time_zone=form.cleaned_data["time_zone"], actor=person
    )
    messages.success(request, "Your name and time zone are saved.")
    return redirect("accounts:settings")


@require_POST
@login_required
@never_cache
def issue_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show its secret in the answer: it is stored nowhere, so there is nothing to redirect to."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form)
    person, now = _person(request), timezone.now()
    days: int | None = form.cleaned_data["days"]
    token, secret = services.issue_token(
        person=person,
        name=form.cleaned_data["name"],
        actor=person,
        now=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    return _page(request, status=HTTPStatus.CREATED, new_token=token, new_secret=secret)


@require_POST
@login_required
def revoke_token(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """Revoke a token of one's own."""
    services.revoke_token(token_id=token_id, actor=_person(request), now=timezone.now())
    messages.success(request, "The token is revoked. What used it is refused from now on.")
    return redirect(reverse("accounts:settings") + "#tokens")


@require_POST
@login_required
def erase_login(request: HttpRequest) -> HttpResponse:
    """Erase the login after the password was given, and log out."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reauthenticate", user=request.user)
    if limited is not None:
        return limited
    form = EraseForm(request.POST, login=cast("Login", request.user))
    if not form.is_valid():
        return _page(request, erase_form=form)
    person = _person(request)
    services.erase_login(person=person, actor=person, now=timezone.now())
    logout(request)
    messages.success(
        request,
        "Your login is erased: name, e-mail, password, tokens and private notes are gone. Your answers stay, unnamed.",
    )
    return redirect("/")


def _person(request: HttpRequest) -> Person:
    return cast("Login", request.user).person


def _page(request: HttpRequest, *, status: int | None = None, **changes: Any) -> HttpResponse:
    """Render the settings with fresh forms except those in `changes`; a form with errors makes it a 422."""
    login = cast("Login", request.user)
    context: dict[str, Any] = {
        "profile": selectors.profile_of(login.person),
        "profile_form": ProfileForm(initial={"name": login.name, "time_zone": login.person.time_zone}),
        "token_form": TokenForm(),
        "erase_form": EraseForm(login=login),
        **changes,
        "tokens": selectors.tokens_of(login.person, now=timezone.now()),
    }
    refused = any(form.is_bound for name, form in changes.items() if name.endswith("_form"))
    return render(
        request,
        "accounts/settings.html",
        context,
        status=status or (HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK),
    )
