"""Request limits of the API, by person where there is one and by address otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle as FrameworkScopedRateThrottle

if TYPE_CHECKING:
    # The framework imports this module while its views are half loaded.
    from rest_framework.views import APIView


class ScopedRateThrottle(FrameworkScopedRateThrottle):
    """Limits a view by its `throttle_scope`; a view that names none gets `read` for safe methods, `write` otherwise."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Return whether the request is within its limit."""
        self.scope = getattr(view, self.scope_attr, None) or (
            "read" if request.method in {"GET", "HEAD", "OPTIONS"} else "write"
        )
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super(FrameworkScopedRateThrottle, self).allow_request(request, view)

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Count a person's requests together, whatever the address."""
        person = getattr(request._request, "person", None)
        ident = f"person-{person.pk}" if person is not None else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}
