"""From where to begin to an interview: a guest with the keyboard, then without script."""

from __future__ import annotations

import re

from playwright.sync_api import expect

COURSE = "/learn/tradeoffs/"


class TestReview:
    def test_leads_from_the_first_question_to_an_interview(self, visitor):
        guest = visitor()
        page = guest.open(f"{COURSE}placement/")
        page.get_by_role("button", name="Start the five questions").press("Enter")
        for position in range(1, 6):
            expect(page.get_by_text(f"Question {position} of 5.")).to_be_visible()
            page.get_by_role("button", name=re.compile("Next question|See where to begin")).press("Enter")
        expect(page.get_by_role("heading", name="Chapter 0, The problem")).to_be_visible()
        guest.check_accessibility()

        page = guest.open(f"{COURSE}questions/the-problem/which-to-speed-up/")
        page.get_by_role("radio").first.check()
        page.get_by_label("Fairly sure", exact=True).check()
        page.get_by_role("button", name="Check").click()
        expect(page.locator(".try")).to_be_visible()

        page = guest.open(f"{COURSE}review/")
        expect(page.get_by_role("row", name="Today")).to_contain_text("new from what you have read")
        guest.check_accessibility()
        page.get_by_role("link", name="Start").press("Enter")
        left = page.locator(".deck-state")
        before = int(left.inner_text().split()[0])
        expect(page.locator("summary", has_text="Show the meaning")).to_be_focused()
        page.keyboard.press("Enter")
        guest.check_accessibility()
        for _ in range(10):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.value") == "3":
                break
        page.keyboard.press("Enter")
        expect(left).to_contain_text(f"{before - 1} card")

        page = guest.open(f"{COURSE}interview/")
        page.get_by_role("button", name="20 minutes, 5 questions").click()
        expect(page.locator(".clock .left")).to_contain_text("left")
        page.get_by_label("Describe the load").check()
        page.get_by_role("button", name="Keep the ticks").click()
        expect(page.get_by_label("Describe the load")).to_be_checked()
        page.reload()
        expect(page.get_by_text("0 of 5 questions answered.")).to_be_visible()
        guest.check_accessibility()
        page.get_by_role("button", name="End the interview").click()
        expect(page.get_by_role("heading", name="How the interview went")).to_be_visible()
        guest.check_accessibility()

    def test_works_without_script(self, visitor):
        guest = visitor(java_script_enabled=False)
        page = guest.open(f"{COURSE}questions/the-problem/which-to-speed-up/")
        page.get_by_role("radio").first.check()
        page.get_by_label("Sure", exact=True).check()
        page.get_by_role("button", name="Check").click()
        page = guest.open(f"{COURSE}review/")
        page.get_by_role("link", name="Start").click()
        left = page.locator(".deck-state")
        before = int(left.inner_text().split()[0])
        page.locator("summary", has_text="Show the meaning").click()
        page.get_by_role("button", name="Not at all").click()
        expect(left).to_contain_text(f"{before - 1} card")
        expect(left).to_contain_text("1 met")
