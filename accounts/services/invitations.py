"""Inviting people into a cohort by e-mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from celery import current_app
from django.core import signing
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.errors import InvalidInvitation, LoginNeeded, NotAllowed, NotFound
from accounts.models import Cohort, Invitation, Login, Membership, Person, Role
from accounts.policy import require_may_grant
from accounts.services.organisations import add_member

VALID_FOR = timedelta(days=14)
SALT = "accounts.invitation"
SEND_TASK = "accounts.send_invitations"


@transaction.atomic
def invite_to_cohort(
    *, cohort: Cohort, emails: Iterable[str], role: Role, origin: str, actor: Person, now: datetime
) -> tuple[Invitation, ...]:
    """Invite addresses into a cohort, and have the mails sent once this is committed.

    `origin` is the site's address, such as https://headroom.example, that the link in the mail begins with. Inviting
    an address again renews what it was offered. Where the queue can't be reached the invitations stand unsent.
    Raises NotAllowed.
    """
    require_may_grant(actor, role=role, organisation=cohort.organisation, cohort=cohort)
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    waiting = Invitation.objects.filter(cohort=cohort, accepted_at__isnull=True)
    known = {invitation.email.lower(): invitation for invitation in waiting}
    invitations = []
    for email in dict.fromkeys(email.lower() for email in emails):
        invitation = known.get(email) or Invitation(cohort=cohort, email=email, created_at=now)
        invitation.role, invitation.invited_by = role, actor
        invitation.expires_at, invitation.sent_at = now + VALID_FOR, None
        invitation.save()
        invitations.append(invitation)
    invitation_ids = [str(invitation.pk) for invitation in invitations]

    def enqueue() -> None:
        # One message however many addresses: a broker that does not answer costs its time limit once.
        current_app.send_task(SEND_TASK, args=[invitation_ids, origin])

    transaction.on_commit(enqueue, robust=True)
    return tuple(invitations)


@transaction.atomic
def send_invitation(*, invitation_id: uuid.UUID, origin: str, now: datetime) -> bool:
    """Send an invitation's mail unless it was sent, accepted or withdrawn; return whether it was sent now.

    Raises what the mail backend raises, so that the task can try again.
    """
    invitation = (
        Invitation.objects.open(now)
        .select_for_update(of=("self",))
        .select_related("cohort__organisation")
        .filter(pk=invitation_id, sent_at__isnull=True)
        .first()
    )
    if invitation is None:
        return False
    link = origin.rstrip("/") + reverse("accounts:invitation", args=[link_token(invitation)])
    context = {"invitation": invitation, "link": link, "days": VALID_FOR.days}
    send_mail(
        subject=f"Join {invitation.cohort} of {invitation.cohort.organisation}",
        message=render_to_string("accounts/email/invitation.txt", context),
        from_email=None,
        recipient_list=[invitation.email],
    )
    invitation.sent_at = now
    invitation.save(update_fields=["sent_at"])
    return True


@transaction.atomic
def accept_invitation(*, token: str, person: Person, now: datetime) -> Membership:
    """Give the person the role that a link offers them; a person who has a role there keeps that one.

    Raises LoginNeeded for a guest and InvalidInvitation for a link that is damaged, expired, used or withdrawn, that
    was sent to another address, or whose sender may no longer offer the role.
    """
    invitation = open_invitation(token=token, now=now, lock=True)
    login = Login.objects.filter(person=person).first()
    if login is None:
        raise LoginNeeded("An invitation needs a login. Sign up with the address that it was sent to.")
    if not EmailAddress.objects.filter(user=login, email__iexact=invitation.email).exists():
        raise InvalidInvitation(
            f"The invitation was sent to {invitation.email}; you are logged in as {login.email}. "
            "Log in with the former, or ask for an invitation to the latter."
        )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    held = Membership.objects.filter(person=person, cohort=invitation.cohort).first()
    if held is not None:
        return held
    try:
        return add_member(
            person=person,
            organisation=invitation.cohort.organisation,
            cohort=invitation.cohort,
            role=Role(invitation.role),
            actor=invitation.invited_by,
            now=now,
        )
    except NotAllowed as error:
        raise InvalidInvitation(
            f"Whoever invited you is no longer on the staff of {invitation.cohort}. Ask to be invited again."
        ) from error


@transaction.atomic
def withdraw_invitation(*, invitation_id: uuid.UUID, actor: Person) -> Cohort:
    """Make an invitation's link worthless; return its cohort. Raises NotFound where the actor is not its staff."""
    invitation = Invitation.objects.visible_to(actor).select_related("cohort").filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound("There is no such invitation.")
    invitation.delete()
    return invitation.cohort


def link_token(invitation: Invitation) -> str:
    """Return what stands in the link: the invitation's id, signed."""
    return signing.Signer(salt=SALT).sign(invitation.pk.hex)


def open_invitation(*, token: str, now: datetime, lock: bool = False) -> Invitation:
    """Return the invitation that a link offers, its cohort and organisation loaded. Raises InvalidInvitation."""
    try:
        invitation_id = uuid.UUID(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise InvalidInvitation("This link is damaged. Open it from the mail again, whole.") from error
    invitations = Invitation.objects.open(now).select_related("cohort__organisation", "invited_by")
    if lock:
        invitations = invitations.select_for_update(of=("self",))
    invitation = invitations.filter(pk=invitation_id).first()
    if invitation is None:
        raise InvalidInvitation(
            "This invitation was used, withdrawn, or is too old. If you are not in the cohort, ask to be invited again."
        )
    return invitation
