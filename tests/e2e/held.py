"""A slow site, at will: requests of a page that stay unanswered until they are let go."""

from __future__ import annotations

import time

from playwright.sync_api import Page, Route

POLL_MS = 10
LONGEST_SECONDS = 15


class Held:
    """A page's requests to addresses of a pattern, kept back from now on."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page = page
        self.waiting: list[Route] = []
        page.route(pattern, self._keep)

    def _keep(self, route: Route) -> None:
        self.waiting.append(route)

    def wait_for_one(self) -> None:
        """Wait until a request is kept back."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while not self.waiting:
            assert time.monotonic() < deadline, f"nothing was asked within {LONGEST_SECONDS} s"
            self.page.wait_for_timeout(POLL_MS)

    def let_one_go(self) -> None:
        """Let the request that has waited longest be answered."""
        self.waiting.pop(0).continue_()
