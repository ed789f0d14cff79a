"""A visitor predicts before anything else, reads, and keeps the work by signing up."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE
from tests.e2e.held import Held

CHAPTER = "/learn/tradeoffs/describing-performance/"
PASSWORD = "correct horse battery"


def lock_interval(page: Page, low: str, high: str) -> None:
    """Commit an interval by entering it as numbers."""
    page.get_by_label("From, ms").fill(low)
    page.get_by_label("To, ms").fill(high)
    page.get_by_role("button", name="Lock it in").click()


class TestVisitor:
    def test_predicts_explains_reads_and_keeps_it_all_by_signing_up(self, visitor):
        somebody = visitor()
        page = somebody.open("/")
        expect(page.get_by_role("button", name="Lock it in")).to_be_visible()
        assert "1,505" not in page.content(), "the truth is on the page before the interval is locked"
        somebody.check_accessibility()

        lock_interval(page, "300", "900")
        verdict = page.locator("headroom-instrument").get_by_text("You said 300 to 900 ms; p99 is 1,505 ms.")
        expect(verdict).to_be_visible()
        expect(page.locator("headroom-instrument svg").first).to_be_visible()
        somebody.check_accessibility()

        page.get_by_text("What is rare in one call is common over many").click()
        page.get_by_label("Why, in one sentence").fill("Twenty draws find the one in a hundred.")
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_text("Twenty draws find the one in a hundred.")).to_be_visible()

        page.get_by_role("link", name=re.compile("Read chapter 3")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Describing performance")
        computed = page.locator("button.calc", has_text="13.5").first
        computed.click()
        expect(page.get_by_text("How this was computed").first).to_be_visible()

        somebody.open("/accounts/signup/")
        expect(page.get_by_role("main")).to_contain_text("come with you")
        page.get_by_label("E-mail").fill(f"ada-{secrets.token_hex(4)}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign up").click()
        page.wait_for_url("**/home/")

        somebody.open("/")
        expect(page.get_by_text("You said 300 to 900 ms; p99 is 1,505 ms.")).to_be_visible()
        expect(page.get_by_text("Twenty draws find the one in a hundred.")).to_be_visible()

    def test_sees_the_interval_where_a_chart_shows_the_figure_and_nowhere_else(self, visitor):
        somebody = visitor()
        page = somebody.open("/simulations/cache_size/")
        page.get_by_role("button", name="Lock it in").click()
        # Both axes are in percent; the hit rate is the vertical one, at the tenth of the items that are kept.
        mark = page.locator("svg.chart .prediction rect")
        expect(mark).to_be_visible()
        dot = page.locator("svg.chart .cursor")
        middle = mark.evaluate("rect => rect.x.baseVal.value + rect.width.baseVal.value / 2")
        assert abs(middle - float(dot.get_attribute("x1") or 0)) < 1

        # The chart counts the hours from the standstill, the figure from its end.
        somebody.open("/simulations/backfill/")
        page.get_by_role("button", name="Lock it in").click()
        expect(page.get_by_text(re.compile("You said .* h;"))).to_be_visible()
        expect(page.locator("svg.chart")).to_be_visible()
        expect(page.locator("svg.chart .prediction")).to_have_count(0)

    def test_is_scored_on_the_first_interval_alone(self, visitor):
        somebody = visitor()
        page = somebody.open("/")
        lock_interval(page, "1000", "2000")
        expect(page.get_by_text("Held.")).to_be_visible()
        somebody.open("/")
        expect(page.get_by_role("button", name="Lock it in")).to_have_count(0)
        expect(page.get_by_text("You said 1,000 to 2,000 ms")).to_be_visible()

    def test_may_be_shown_the_truth_without_a_score(self, visitor):
        page = visitor().open("/")
        page.get_by_role("button", name="Show me").click()
        expect(page.locator("headroom-instrument")).to_contain_text("1,505")
        expect(page.get_by_text("You said")).to_have_count(0)

    def test_is_told_what_is_wrong_with_an_interval(self, visitor):
        page = visitor().open("/")
        lock_interval(page, "900", "300")
        expect(page.get_by_text("From must not lie above To; you gave 900 ms and 300 ms.")).to_be_visible()
        lock_interval(page, "1", "300")
        expect(page.get_by_text("An end must lie between 10 and 5,000 ms; you gave 1.")).to_be_visible()
        expect(page.get_by_role("button", name="Lock it in")).to_be_visible()

    def test_loses_nothing_that_was_typed_before_the_script_came(self, visitor):
        somebody = visitor()
        page = somebody.page
        scripts = Held(page, "**/build/simulation-*.js")
        page.goto(f"{somebody.address}/", wait_until="commit")
        page.get_by_label("From, in ms").fill("300")
        page.get_by_label("To, in ms").fill("900")
        scripts.wait_for_one()
        scripts.let_one_go()
        expect(page.get_by_label("To, ms", exact=True)).to_be_focused()
        page.get_by_role("button", name="Lock it in").click()
        expect(page.get_by_text("You said 300 to 900 ms; p99 is 1,505 ms.")).to_be_visible()

    def test_predicts_with_the_keyboard_alone(self, visitor):
        page = visitor().open("/")
        low = page.get_by_role("slider").first
        expect(low).to_have_attribute("aria-valuetext", re.compile("ms"))
        before = low.get_attribute("aria-valuetext")
        low.focus()
        for key in ("ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
            page.keyboard.press(key)
        assert low.get_attribute("aria-valuetext") != before
        page.get_by_role("button", name="Lock it in").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile("You said .* p99 is 1,505 ms"))).to_be_visible()

    def test_moves_a_control_and_shares_what_it_shows(self, visitor, site):
        reader = visitor()
        page = reader.open("/")
        page.get_by_role("button", name="Show me").click()
        calls = page.get_by_label("Parallel calls, exact value")
        page.route("**/api/v1/evaluate/**", lambda route: route.abort())
        calls.fill("50")
        calls.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="The site can't be reached")).to_be_visible()
        page.unroute("**/api/v1/evaluate/**")
        reader.complaints.clear()  # the browser notes the request that failed
        page.get_by_role("button", name="Try again").press("Enter")
        expect(page.locator("headroom-instrument .figures").first).to_contain_text("1,964")
        expect(page.get_by_text("The site can't be reached")).to_be_hidden()
        page.get_by_role("button", name="Share").or_(page.get_by_role("link", name="Share")).click()
        address = page.locator("headroom-instrument input[readonly]").input_value()
        friend = visitor()
        friend.page.goto(address)
        expect(friend.page.locator("headroom-instrument")).to_contain_text("50")

    def test_works_on_a_phone(self, visitor):
        somebody = visitor(viewport=PHONE, has_touch=True, is_mobile=True)
        page = somebody.open(CHAPTER)
        page.get_by_role("button", name="Contents").click()
        page.get_by_role("link", name="Hedging a bet").first.click()
        expect(page.get_by_role("heading", name="Hedging a bet")).to_be_in_viewport()
        page.get_by_role("button", name="Menu").click()
        expect(page.get_by_role("link", name="Simulations").first).to_be_visible()

    def test_reads_predicts_and_answers_without_javascript(self, visitor):
        somebody = visitor(java_script_enabled=False)
        page = somebody.open("/")
        page.get_by_label("From, in ms").fill("300")
        page.get_by_label("To, in ms").fill("900")
        page.get_by_role("button", name="Lock it in").click()
        expect(page.get_by_role("main")).to_contain_text("1,505")

        page = somebody.open(CHAPTER)
        question = page.locator("section.question").first
        question.get_by_label("Your answer").fill("nonsense")
        question.get_by_label("A guess").check()
        question.get_by_role("button", name="Check").click()
        expect(page.get_by_role("alert").first).to_contain_text("nonsense")
        page.get_by_label("Your answer").first.fill("1")
        page.get_by_role("button", name="Check").first.click()
        expect(page.locator("section.question").first).to_contain_text("Two tries left")
        somebody.complaints.clear()  # the browser notes that the malformed answer was refused
