"""What the layout knows about the login."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def unverified_email(request: HttpRequest) -> dict[str, object]:
    """Offer the login's e-mail to the layout's banner while it is not verified; an empty string otherwise.

    Costs no query: the session's login is loaded together with the answer.
    """

    def unverified() -> str:
        user = getattr(request, "user", None)
        return "" if getattr(user, "email_verified", True) else str(getattr(user, "email", ""))

    return {"unverified_email": SimpleLazyObject(unverified)}
