"""Inviting people into a cohort, and accepting such an invitation."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import InvitationsForm
from accounts.models import Login, Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def invitations_page(request: HttpRequest, cohort_id: uuid.UUID) -> HttpResponse:
    """Show a cohort's open invitations to its staff, and send new ones."""
    person, now = cast("Login", request.user).person, timezone.now()
    cohort = selectors.staffed_cohort(person=person, cohort_id=cohort_id)
    form = InvitationsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.invite_to_cohort(
            cohort=cohort,
            emails=form.cleaned_data["addresses"],
            role=Role(form.cleaned_data["role"]),
            origin=request.build_absolute_uri("/"),
            actor=person,
            now=now,
        )
        messages.success(request, f"Invited: {len(form.cleaned_data['addresses'])}. The mails go out within a minute.")
        return redirect("accounts:invitations", cohort_id)
    context = {"cohort": cohort, "form": form, "invitations": selectors.open_invitations(cohort, now=now)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/invitations.html", context, status=status)


@require_POST
@login_required
def withdraw(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Withdraw an invitation to a cohort that one is staff of."""
    cohort = services.withdraw_invitation(invitation_id=invitation_id, actor=cast("Login", request.user).person)
    messages.success(request, "The invitation is withdrawn. Its link opens nothing any more.")
    return redirect("accounts:invitations", cohort.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link offers; accept it by a POST, so that no mail scanner does."""
    invitation = services.open_invitation(token=token, now=timezone.now())
    if request.method == "POST" and request.user.is_authenticated:
        membership = services.accept_invitation(token=token, person=request.user.person, now=timezone.now())
        messages.success(request, f"You are in {invitation.cohort} of {membership.organisation}.")
        return redirect("reading:home")
    return render(request, "accounts/invitation.html", {"invitation": invitation})
