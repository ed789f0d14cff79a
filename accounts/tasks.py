"""Work that a worker does for this room: mail."""

from __future__ import annotations

import smtplib
import uuid

from celery import shared_task
from django.utils import timezone

from accounts import services


@shared_task(  # type: ignore[untyped-decorator]  # celery has no annotations
    name="accounts.send_invitations",
    autoretry_for=(smtplib.SMTPException, OSError),
    retry_backoff=10,
    retry_backoff_max=600,
    max_retries=8,
)
def send_invitations(invitation_ids: list[str], origin: str) -> None:
    """Send the mails of invitations; a mail server that does not answer is tried again for about an hour.

    Those that were sent before it failed are not sent again.
    """
    for invitation_id in invitation_ids:
        services.send_invitation(invitation_id=uuid.UUID(invitation_id), origin=origin, now=timezone.now())
