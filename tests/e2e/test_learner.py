"""A cohort's learner runs the heavy simulation, answers, and sees progress change; instructors see it, others don't."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DEMO_PASSWORD
from tests.e2e.held import Held
from tests.e2e.keys import variant
from tests.site import Site

OFFERING = "harbour-autumn-2026"
CHAPTER = f"/learn/{OFFERING}/describing-performance/"
RUN_SECONDS = 90
BEFORE_A_DRAFT_MS = 1_200
"""Longer than a page waits after the last input before it sends a draft."""


def current_variant(site: Site, question: Locator) -> dict[str, Any]:
    """Return what the server keeps of the variant that a question shows; a draft makes it keep one."""
    if question.locator(".saved").inner_text() == "":
        question.get_by_label("A guess", exact=True).check()
        expect(question.locator(".saved")).to_contain_text("Saved at")
        question.page.reload()
    return variant(site, question.locator("input[name=variant]").first.input_value())


def answer(question: Locator, sure: str = "Sure") -> None:
    """Say how sure one is, and check."""
    question.get_by_label(sure, exact=True).check()
    question.get_by_role("button", name="Check").click()


def question_titled(page: Page, title: str) -> Locator:
    """Return the question's card."""
    return page.locator("section.question", has=page.get_by_role("heading", name=title, exact=True))


class TestLearner:
    def test_runs_cancels_restarts_and_sees_the_histogram_against_the_closed_form(self, visitor):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        page = learner.open(CHAPTER)
        run = page.locator("headroom-run")
        run.scroll_into_view_if_needed()
        run.get_by_role("button", name=re.compile("Draw 40,000,000 requests")).click()
        expect(run.get_by_text("Running", exact=True)).to_be_visible(timeout=20_000)
        progress = run.get_by_role("progressbar")
        expect(progress).to_be_visible()

        run.get_by_role("button", name="Cancel").click()
        expect(run.get_by_text("Cancelled", exact=True)).to_be_visible(timeout=20_000)
        learner.check_accessibility()

        run.get_by_role("button", name="Restart").click()
        expect(run.get_by_text("40,000,000 requests drawn.", exact=True)).to_be_visible(timeout=RUN_SECONDS * 1000)
        expect(run.locator("svg").first).to_be_visible()
        expect(run).to_contain_text("closed form")
        expect(run.get_by_role("table").first).to_be_visible()
        learner.check_accessibility()

        page.reload()
        expect(run.get_by_text("40,000,000 requests drawn.", exact=True)).to_be_visible()

    def test_answers_a_numeric_question_by_its_engine_key(self, visitor, site):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        page = learner.open(CHAPTER)
        question = question_titled(page, "The share of slow pages")
        first = current_variant(site, question)
        misconception = next(iter(first["key"]["misconceptions"]))
        question.get_by_label("Your answer").fill(str(misconception["value"]))
        answer(question)
        expect(question.locator(".feedback")).not_to_contain_text("lies outside what counts")
        expect(question).to_contain_text("You were sure.")
        expect(question).to_contain_text("Two tries left")

        question.locator("summary", has_text="Next variant").click()
        second = current_variant(site, question)
        assert second["rendered"] != first["rendered"], "another try brought the same variant"
        question.get_by_label("Your answer").fill(str(second["key"]["value"]))
        answer(question, "Fairly sure")
        expect(question).to_contain_text("Worked solution")
        expect(question).to_contain_text("75%")
        learner.check_accessibility()

        learner.open("/home/")
        expect(page.get_by_role("main")).to_contain_text("The share of slow pages")

    def test_answers_a_choice_question_and_reads_why_the_option_is_wrong(self, visitor, site):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        page = learner.open(CHAPTER)
        question = question_titled(page, "One heavy tail among light ones")
        shown = current_variant(site, question)
        letters = {option["letter"] if "letter" in option else option["id"] for option in shown["rendered"]["options"]}
        right = set(self._right_letters(shown["key"]))
        wrong = min(letters - right)
        question.locator(f"input[name=choice][value='{wrong}']").check()
        answer(question, "A guess")
        expect(question.locator(".option.wrong .why")).to_be_visible()
        expect(question.locator(".option.right")).to_have_count(0)

    @staticmethod
    def _right_letters(key: dict[str, Any]) -> list[str]:
        options = key["options"]
        if isinstance(options, dict):
            return [letter for letter, option in options.items() if option["correct"]]
        return [option["letter"] if "letter" in option else option["id"] for option in options if option["correct"]]

    def test_is_told_when_a_tab_is_stale_and_loses_nothing(self, visitor, site):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        page = learner.open(CHAPTER)
        other = learner.context.new_page()
        other.goto(f"{site.address}{CHAPTER}")
        title = "A visit of many requests"
        fresh, stale = question_titled(page, title), question_titled(other, title)
        fresh.get_by_label("Your answer").fill("1")
        answer(fresh)
        expect(fresh).to_contain_text("Two tries left")
        stale.get_by_label("Your answer").fill("2")
        answer(stale)
        expect(stale).to_contain_text("no try is spent")
        expect(stale).to_contain_text("You had typed “2”")
        expect(stale).to_contain_text("Second try")

    def test_submits_once_on_a_double_click(self, visitor, site):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        page = learner.open(CHAPTER)
        question = question_titled(page, "A canary's hour")
        question.locator("input[name=choice]").first.check()
        question.get_by_label("Sure", exact=True).check()
        question.get_by_role("button", name="Check").dblclick()
        expect(question).to_contain_text(re.compile("One try left|Worked solution"))

    def test_keeps_a_draft_over_a_reload_and_sends_the_answer_behind_a_slow_one(self, visitor):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        page = learner.open(CHAPTER)
        question = question_titled(page, "The rank that holds a percentile")
        question.get_by_label("Your answer").press_sequentially("2375")
        expect(question.locator(".saved")).to_contain_text("Saved at")
        page.reload()
        expect(question.get_by_label("Your answer")).to_have_value("2375")

        drafts = Held(page, "**/draft")
        question.get_by_label("Your answer").fill("2370")
        drafts.wait_for_one()
        answer(question)
        page.wait_for_timeout(BEFORE_A_DRAFT_MS)  # another is due while the answer waits its turn
        drafts.let_one_go()
        expect(question).to_contain_text("Two tries left")


class TestCohortPage:
    def test_shows_an_instructor_what_a_learner_did(self, visitor, site):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        instructor = visitor()
        instructor.log_in("instructor@demo.example", DEMO_PASSWORD)
        cohort = instructor.open(f"/learn/{OFFERING}/cohort/")
        row = cohort.get_by_role("row", name=re.compile("Leo Castell"))
        before = row.inner_text()
        instructor.check_accessibility()

        page = learner.open(CHAPTER)
        question = question_titled(page, "What a hedge adds to the load")
        key = current_variant(site, question)["key"]
        question.get_by_label("Your answer").fill(str(key["value"]))
        answer(question)
        expect(question).to_contain_text("Worked solution")

        cohort.reload()
        assert row.inner_text() != before

    def test_is_not_there_for_another_schools_instructor(self, visitor):
        stranger = visitor()
        stranger.log_in("ridgeway-instructor@demo.example", DEMO_PASSWORD)
        for path in (f"/learn/{OFFERING}/cohort/", CHAPTER):
            response = stranger.page.goto(f"{stranger.address}{path}")
            assert response is not None
            assert response.status == 404
        stranger.complaints.clear()  # the browser notes the 404s

    def test_is_not_there_for_a_learner(self, visitor):
        learner = visitor()
        learner.log_in("learner@demo.example", DEMO_PASSWORD)
        response = learner.page.goto(f"{learner.address}/learn/{OFFERING}/cohort/")
        assert response is not None
        assert response.status == 404
        learner.complaints.clear()
