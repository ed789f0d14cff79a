"""Every page at two widths, in light and dark: accessible, nothing cut off, and pictures for the README."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import AXE, DEMO_PASSWORD, DESK, PHONE
from tests.e2e.reach import faults_by_keyboard, faults_of

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
OPEN_PAGES = (
    "/",
    "/learn/",
    "/learn/tradeoffs/",
    "/learn/tradeoffs/describing-performance/",
    "/simulations/",
    "/simulations/tail_latency/",
    "/simulations/percentiles/",
    "/embed/tail_latency/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/nowhere/",
)
MEMBER_PAGES = {
    "learner@demo.example": ("/home/", "/accounts/settings/", "/learn/harbour-autumn-2026/review/"),
    "instructor@demo.example": (
        "/home/",
        "/learn/harbour-autumn-2026/cohort/",
        "/learn/harbour-autumn-2026/revision/",
    ),
}
WIDTH_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
class TestPage:
    def test_is_accessible_and_fits(self, visitor, viewport, scheme):
        somebody = visitor(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        for path in OPEN_PAGES:
            page = somebody.open(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            somebody.check_accessibility()
            assert page.evaluate(WIDTH_OVERFLOW) == 0, f"{path} is wider than the window"
            assert faults_of(page) == [], path
            # Where the keyboard leads does not hang on colours, and a phone has none.
            if viewport == DESK and scheme == "light":
                assert faults_by_keyboard(page) == [], path
        somebody.complaints.clear()  # the browser notes the 404 of /nowhere/

    def test_for_members_is_accessible_and_fits(self, visitor, viewport, scheme):
        for email, paths in MEMBER_PAGES.items():
            somebody = visitor(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
            somebody.log_in(email, DEMO_PASSWORD)
            for path in paths:
                page = somebody.open(path)
                expect(page.get_by_role("heading", level=1)).to_be_visible()
                somebody.check_accessibility()
                assert page.evaluate(WIDTH_OVERFLOW) == 0, f"{path} is wider than the window"
                assert faults_of(page) == [], path
                if viewport == DESK and scheme == "light":
                    assert faults_by_keyboard(page) == [], path
            somebody.context.close()


class TestEmbed:
    def test_two_in_a_page_of_another_site_keep_its_landmarks_apart(self, visitor):
        somebody = visitor()
        frames = [f'<iframe title="{model}" src="/embed/{model}/"></iframe>' for model in ("tail_latency", "cascade")]
        host = f'<!doctype html><html lang="en"><title>Host</title><main><h1>Host</h1>{"".join(frames)}</main></html>'
        somebody.page.route("**/host/", lambda route: route.fulfill(content_type="text/html", body=host))
        page = somebody.open("/host/")
        for frame in page.frames:
            expect(frame.get_by_role("heading", level=1)).to_be_visible()
            frame.evaluate(AXE.read_text(encoding="utf-8"))
        landmarks = "['landmark-unique', 'landmark-no-duplicate-main', 'region', 'heading-order']"
        found = page.evaluate(f"() => axe.run(document, {{runOnly: {landmarks}}})")["violations"]
        assert [violation["id"] for violation in found] == []


class TestApiPage:
    def test_lists_the_operations_under_the_strict_policy(self, visitor):
        page = visitor().open("/api/v1/docs/")
        expect(page.get_by_text("/api/v1/runs/{run_id}/", exact=True).first).to_be_visible()


@pytest.mark.skipif(not os.environ.get("HEADROOM_PICTURES"), reason="pictures are made on request: HEADROOM_PICTURES=1")
class TestPictures:
    def test_of_the_readme_are_made(self, visitor):
        PICTURES.mkdir(parents=True, exist_ok=True)
        somebody = visitor(reduced_motion="reduce")
        page = somebody.open("/")
        page.get_by_label("From, ms").fill("300")
        page.get_by_label("To, ms").fill("900")
        page.get_by_role("button", name="Lock it in").click()
        expect(page.get_by_text("You said 300 to 900 ms")).to_be_visible()
        page.wait_for_timeout(800)
        page.screenshot(
            path=str(PICTURES / "instrument.png"), clip={"x": 0, "y": 0, "width": 1280, "height": 1016}, full_page=True
        )
        page = somebody.open("/learn/tradeoffs/describing-performance/#one-slow-call-among-many")
        page.wait_for_timeout(800)
        page.screenshot(path=str(PICTURES / "chapter.png"))
        instructor = visitor(reduced_motion="reduce")
        instructor.log_in("instructor@demo.example", DEMO_PASSWORD)
        instructor.open("/learn/harbour-autumn-2026/cohort/").screenshot(path=str(PICTURES / "cohort.png"))
