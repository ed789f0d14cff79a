"""An instructor corrects a key in the page, sees who would change, applies it, and the learner is told."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DEMO_PASSWORD, DESK, PHONE, Visitor
from tests.e2e.keys import variant
from tests.e2e.test_learner import CHAPTER, OFFERING, answer, question_titled
from tests.site import Site

TITLE = "What a release has spent"
KEY = "describing-performance/spent-by-a-release"
WAIT_MS = 60_000


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page where the environment names a folder for them."""
    folder = os.environ.get("HEADROOM_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def shown_variant(site: Site, question: Locator) -> dict[str, Any]:
    """Return what the server keeps of the variant that stands in the question's form, stored by typing."""
    field = question.locator("form:has(input[name=text]) input[name=variant]")
    if field.input_value().count(":"):
        question.get_by_label("A guess", exact=True).check()
        expect(question.locator(".saved")).to_contain_text("Saved at")
        question.page.reload()
    return variant(site, field.input_value())


class TestCorrectingAKey:
    def test_reaches_the_learner(self, visitor, site):
        learner: Visitor = visitor(reduced_motion="reduce")
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        page = learner.open(CHAPTER)
        question = question_titled(page, TITLE)
        for tries in range(3):
            if tries:
                question.locator("summary", has_text="Next variant").click()
            key = shown_variant(site, question)["key"]
            left = next(each for each in key["misconceptions"] if each["id"] == "what-is-left")
            question.get_by_label("Your answer").fill(str(left["value"]))
            answer(question)
            expect(question).to_contain_text(re.compile("tries left|try left|last try"))
        expect(question).to_contain_text("Mark: 0%")

        instructor: Visitor = visitor(reduced_motion="reduce")
        instructor.context.set_default_timeout(WAIT_MS)
        instructor.log_in("instructor@demo.example", DEMO_PASSWORD)
        desk = instructor.open(f"/learn/{OFFERING}/corrections/")
        instructor.check_accessibility()
        keep(desk, "corrections-empty")
        desk.get_by_role("link", name=TITLE, exact=True).click()
        instructor.check_accessibility()
        keep(desk, "correction-form")
        form = desk.locator("form.correction")
        form.get_by_role("group", name="Answer", exact=True).get_by_label("Value").fill("2 **")
        form.get_by_label("What was wrong").fill("The key said what was spent; what is left was asked for.")
        form.get_by_role("button", name="See who would change").click()
        expect(desk.get_by_role("alert")).to_contain_text("Everything you typed is still here")
        instructor.check_accessibility()
        keep(desk, "correction-form-refused")
        instructor.complaints.clear()  # the browser notes the 422

        form.get_by_role("group", name="Answer", exact=True).get_by_label("Value").fill("left")
        form.get_by_role("group", name=re.compile("what-is-left")).get_by_label("Value").fill("spent")
        form.get_by_role("button", name="See who would change").click()
        expect(desk.get_by_role("button", name="Apply this correction")).to_be_visible(timeout=WAIT_MS)
        expect(desk.get_by_role("main")).to_contain_text("The better of both")
        # Other tests may have set him the same question, right by the old key.
        expect(desk.get_by_role("row", name=re.compile("Leo Castell")).filter(has_text="+100")).to_contain_text("100%")
        instructor.check_accessibility()
        keep(desk, "correction-ready")
        for name, viewport, scheme in (
            ("phone", PHONE, "light"),
            ("dark", DESK, "dark"),
            ("phone-dark", PHONE, "dark"),
        ):
            desk.set_viewport_size(viewport)
            desk.emulate_media(color_scheme=scheme)
            width = desk.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"the page is {width} px wide at {viewport['width']}"
            keep(desk, f"correction-ready-{name}")
        desk.set_viewport_size(DESK)
        desk.emulate_media(color_scheme="light")

        desk.get_by_label("The better of both").check()
        desk.get_by_role("button", name="Apply this correction").click()
        expect(desk.get_by_role("main")).to_contain_text("every mark was done", timeout=WAIT_MS)
        instructor.check_accessibility()
        keep(desk, "correction-applied")

        home = learner.open("/home/")
        changed = home.get_by_role("region", name="Marks that changed")
        expect(changed).to_contain_text("your mark went from 0% to 100%")
        learner.check_accessibility()
        keep(home, "home-told")
        changed.get_by_role("link", name=TITLE).click()
        card = question_titled(home, TITLE)
        expect(card).to_contain_text("what is left was asked for")
        expect(card).to_contain_text("Mark: 100%, as the question was corrected.")
        learner.check_accessibility()
        keep(home, "card-told")
        learner.open("/home/")
        home.get_by_role("button", name=f"Noted: {TITLE}").click()
        expect(home.get_by_role("region", name="Marks that changed")).to_have_count(0)
        assert "Every grade is what its steps come to." in site.manage("verify_grades")

    def test_is_not_there_for_a_learner(self, visitor):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        for path in ("corrections/", f"corrections/questions/{KEY}/", "analysis/"):
            response = learner.page.goto(f"{learner.address}/learn/{OFFERING}/{path}")
            assert response is not None
            assert response.status == 404
        learner.complaints.clear()  # the browser notes the 404s


class TestItemAnalysis:
    @pytest.mark.parametrize(("name", "viewport"), [("desk", DESK), ("phone", PHONE)])
    def test_is_computed_when_asked(self, visitor, name, viewport):
        instructor: Visitor = visitor(viewport=viewport)
        instructor.log_in("instructor@demo.example", DEMO_PASSWORD)
        page = instructor.open(f"/learn/{OFFERING}/analysis/")
        keep(page, f"analysis-empty-{name}")
        page.get_by_role("button", name=re.compile("Compute")).click()
        expect(page.get_by_role("main")).to_contain_text("Computed", timeout=WAIT_MS)
        expect(page.get_by_text("Discrimination").first).to_be_visible()
        for details in page.locator("article.measured details").all()[:2]:
            details.locator("summary").click()
        instructor.check_accessibility()
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], f"the page is {width} px wide at {viewport['width']}"
        keep(page, f"analysis-{name}")
        page.get_by_role("link", name="Hardest first").click()
        expect(page.get_by_role("link", name="Hardest first")).to_have_attribute("aria-current", "true")
        page.emulate_media(color_scheme="dark")
        keep(page, f"analysis-{name}-dark")
        with page.expect_download() as download:
            page.get_by_role("link", name="Figures as CSV").click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert text.startswith("question,title,chapter,first tries,facility")
