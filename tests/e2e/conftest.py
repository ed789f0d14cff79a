"""A running site and a real browser for the journeys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.scene_play import Played
from tests.site import ROOT, Site, running_site

CHROMIUM = Path(os.environ.get("HEADROOM_CHROMIUM", "/usr/bin/chromium"))
SCROLL = "top => scrollTo({ top, behavior: 'instant' })"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LAUNCH_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DEMO_PASSWORD = "headroom-demo"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with worker and beat, shared by all journeys: each makes its own people."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; its absence is a failure where a browser is required, and a skip elsewhere."""
    if not CHROMIUM.exists():
        reason = f"There is no browser at {CHROMIUM}: install Debian's package chromium, or set HEADROOM_CHROMIUM."
        if os.environ.get("HEADROOM_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(LAUNCH_ARGUMENTS))
        yield launched
        launched.close()


class Visitor:
    """Somebody at a browser of their own: cookies apart from everybody else's, and no error in the console."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on(
            "console",
            lambda message: self.complaints.append(f"console: {message.text}") if message.type == "error" else None,
        )

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def log_in(self, email: str, password: str) -> None:
        """Log in through the form."""
        self.open("/accounts/login/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("main").get_by_role("button", name="Log in").click()
        self.page.wait_for_url("**/home/")

    def check_accessibility(self) -> None:
        """Hold the page to axe's rules for WCAG 2.2 AA."""
        # Evaluated by the debugger, so that the page's own policy against inline scripts stays as it is.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # From the top: what the bar above happens to cover while a page is scrolled is no small target.
        stood = self.page.evaluate("scrollY")
        self.page.evaluate(SCROLL, 0)
        result = self.page.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        self.page.evaluate(SCROLL, stood)
        found = [
            f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:3]}"
            for violation in result["violations"]
        ]
        assert not found, f"{self.page.url}:\n" + "\n".join(found)


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Make visitors; at the end, nobody's console may hold an error that the journey did not expect."""
    made: list[Visitor] = []

    def make(*, viewport: dict[str, int] | None = None, **options: object) -> Visitor:
        context = browser.new_context(viewport=viewport or DESK, **options)
        context.set_default_timeout(15_000)
        visitor = Visitor(context, site.address)
        made.append(visitor)
        return visitor

    yield make
    complaints = [complaint for visitor in made for complaint in visitor.complaints]
    for each in made:
        each.context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def play(visitor: Callable[..., Visitor]) -> Callable[..., Played]:
    """Open the scene of a model."""

    def opened(model: str, query: str | None = None, **options: Any) -> Played:
        return Played(visitor(**options), model, query)

    return opened
