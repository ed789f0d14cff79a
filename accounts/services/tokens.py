"""API tokens: issued once, kept as a hash, revoked at will."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors import InvalidToken, LoginNeeded, NotFound, TooManyTokens
from accounts.models import ApiToken, Login, Person
from accounts.policy import Actor, Operator, require_self

MARK = "hr_"
SECRET_BYTES = 32
PREFIX_LENGTH = 9
MOST_LIVE_TOKENS = 20
USE_NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def issue_token(
    *, person: Person, name: str, actor: Actor, now: datetime, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token; return it with its secret, which exists nowhere else from then on.

    The secret has 256 random bits, so a plain SHA-256 can't be reversed by guessing. Raises NotAllowed, LoginNeeded
    for a guest, and TooManyTokens.
    """
    require_self(actor, person)
    if not Login.objects.select_for_update().filter(person=person).exists():
        raise LoginNeeded("A token needs a login to belong to. Sign up, and your work comes with you.")
    if person.api_tokens.live(now).count() >= MOST_LIVE_TOKENS:
        raise TooManyTokens(
            f"You have {MOST_LIVE_TOKENS} tokens, which is the most. Revoke one that you no longer use."
        )
    secret = MARK + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        digest=_digest(secret),
        created_at=now,
        expires_at=expires_at,
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    """Stop a token from opening anything; repeating it changes nothing. Raises NotFound for somebody else's."""
    tokens = ApiToken.objects.all() if isinstance(actor, Operator) else ApiToken.objects.visible_to(actor)
    if not tokens.filter(pk=token_id).exists():
        raise NotFound("You have no such token.")
    tokens.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=now)


def authenticate_token(*, secret: str, now: datetime) -> ApiToken:
    """Return the live token with this secret, its person and login loaded, and note its use every few minutes.

    Raises InvalidToken.
    """
    token = (
        ApiToken.objects.live(now)
        .select_related("person__login")
        .filter(digest=_digest(secret), person__login__is_active=True)
        .first()
    )
    if token is None:
        raise InvalidToken
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
