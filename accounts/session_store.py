"""The session engine: Django's database sessions, each marked with the login it belongs to."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from accounts.models import Session


class SessionStore(DatabaseSessionStore):
    """Keeps sessions in `accounts.Session`."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model that holds the sessions."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row for this session's data, with the login that is in it."""
        session = cast("Session", super().create_model_instance(data))
        session.login_id = data.get(SESSION_KEY)
        return session
