"""A week's assignment, as an instructor and a learner live it, from setting it to exporting its marks."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DEMO_PASSWORD, PHONE, Visitor
from tests.e2e.keys import spend_the_minute, variant
from tests.site import Site

OFFERING = "harbour-autumn-2026"
ASSIGNMENTS = f"/learn/{OFFERING}/assignments/"
CHAPTER = "Describing performance"
NUMERIC = "What a release has spent"
"""Its key is corrected here for the whole cohort, so no other journey may answer it."""

TOO_FAR = 0.3
"""Beyond the tolerance that the course states, and within the one that the correction allows."""

CHOICE = "A canary's hour"

MakeVisitor = Callable[..., Visitor]


def local(at: datetime) -> str:
    """Return a time as a browser's field takes it; the demo's cohort lives by UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}"


def card(page: Page, title: str) -> Locator:
    """Return a question's card."""
    return page.locator("section.question", has=page.get_by_role("heading", name=title, exact=True))


def key_of(site: Site, question: Locator) -> dict[str, Any]:
    """Return the key of the variant that a card shows."""
    return variant(site, question.locator("input[name=variant]").first.input_value())["key"]


def check(question: Locator, sure: str = "Sure") -> None:
    """Say how sure one is, and submit."""
    question.get_by_label(sure, exact=True).check()
    question.get_by_role("button", name="Check").click()


def pick_questions(page: Page, *titles: str) -> None:
    """Tick questions of the chapter in the form, and add them."""
    chapter = page.locator(".picker details", has_text=CHAPTER).first
    chapter.locator("summary").click()
    for title in titles:
        chapter.get_by_label(title, exact=True).check()
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.locator("table.chosen tbody tr")).to_have_count(len(titles))


def fill_times(page: Page, *, opens: datetime, due: datetime, cut_off: datetime) -> None:
    """Fill in when it opens, is due and is cut off."""
    page.get_by_label("Opens", exact=True).fill(local(opens))
    page.get_by_label("Due", exact=True).fill(local(due))
    page.get_by_label("Cut off", exact=True).fill(local(cut_off))


@pytest.fixture
def instructor(visitor: MakeVisitor) -> Visitor:
    """Who teaches the cohort, logged in."""
    one = visitor()
    one.log_in("instructor@demo.example", DEMO_PASSWORD)
    return one


@pytest.fixture
def learner(visitor: MakeVisitor) -> Visitor:
    """Who learns in it, logged in."""
    one = visitor()
    one.log_in("learner@demo.example", DEMO_PASSWORD)
    return one


class TestAWeek:
    def test_is_set_answered_late_extended_posted_regraded_and_exported(
        self, instructor: Visitor, learner: Visitor, site: Site
    ) -> None:
        now = datetime.now(UTC)
        address = self._set(instructor, now)
        self._answer(learner, site)
        self._see_late_work_and_extend(instructor, address)
        self._hand_in(learner)
        self._post(instructor, address)
        self._read_the_mark(learner)
        self._correct_the_key(instructor)
        self._read_the_regraded_mark(learner)
        self._look_it_up_in_the_gradebook(instructor)
        self._export(instructor)

    def _set(self, instructor: Visitor, now: datetime) -> str:
        page = instructor.open(f"{ASSIGNMENTS}new/")
        instructor.check_accessibility()
        # Times out of order are refused at their field, and nothing that was typed is lost.
        page.get_by_label("Title").fill("Week of the browser")
        pick_questions(page, NUMERIC, CHOICE)
        expect(page.get_by_label("Title")).to_have_value("Week of the browser")
        page.get_by_label(f"Points of {NUMERIC}").fill("3")
        fill_times(page, opens=now - timedelta(hours=2), due=now - timedelta(hours=3), cut_off=now)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("main")).to_contain_text("Give a due time after the opening")
        instructor.check_accessibility()
        instructor.complaints.clear()  # the browser notes the 422
        # Due a moment ago, taken for two days more: whoever answers now is late.
        fill_times(
            page, opens=now - timedelta(hours=2), due=now - timedelta(minutes=5), cut_off=now + timedelta(days=2)
        )
        expect(page.get_by_label(f"Points of {NUMERIC}")).to_have_value("3")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/learners/")
        expect(page.get_by_role("status")).to_contain_text("“Week of the browser” is saved.")
        expect(page.get_by_role("main")).to_contain_text("Grades are held until posted")
        instructor.check_accessibility()
        page.get_by_role("link", name="See it as learners do").click()
        expect(card(page, NUMERIC).get_by_label("Your answer")).to_be_disabled()
        instructor.check_accessibility()
        page.go_back()
        return page.url.removeprefix(instructor.address)

    def _answer(self, learner: Visitor, site: Site) -> None:
        home = learner.open("/home/")
        expect(home.get_by_role("heading", name="Due")).to_be_visible()
        learner.check_accessibility()
        home.get_by_role("link", name="Week of the browser").click()
        main = home.get_by_role("main")
        expect(main).to_contain_text("Late work is taken until")
        expect(main).to_contain_text("loses 10% of its mark for every day begun")
        learner.check_accessibility()
        home.get_by_role("button", name="Start").click()
        home.wait_for_url("**/work/")
        expect(main).to_contain_text("what you submit now is late")
        learner.check_accessibility()
        numeric = card(home, NUMERIC)
        numeric.get_by_label("Your answer").fill(f"{key_of(site, numeric)['value'] + TOO_FAR:.2f}")
        check(numeric)
        expect(numeric).to_contain_text("Two tries left")
        numeric.locator("summary", has_text="Next variant").click()
        numeric.get_by_label("Your answer").fill(str(key_of(site, numeric)["value"]))
        check(numeric)
        expect(numeric).to_contain_text("Right.")
        expect(numeric).not_to_contain_text("Mark:")
        # What is typed and not checked is kept, and there again on another device.
        choice = card(home, CHOICE)
        choice.locator("input[name=choice]").first.check()
        expect(choice.locator(".saved")).to_contain_text("Saved at")
        home.reload()
        expect(card(home, CHOICE).locator("input[name=choice]").first).to_be_checked()

    def _see_late_work_and_extend(self, instructor: Visitor, address: str) -> None:
        page = instructor.open(address)
        row = page.get_by_role("row", name=re.compile("Leo Castell"))
        expect(row).to_contain_text("Begun, late")
        expect(row).to_contain_text("1 of 2")
        expect(row).to_contain_text("67.5%")
        row.get_by_role("link", name="Leo Castell").click()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("main")).to_contain_text("Give a reason of 1 to 500 characters")
        instructor.check_accessibility()
        instructor.complaints.clear()  # the browser notes the 422
        page.get_by_label("Due, for them").fill(local(datetime.now(UTC) + timedelta(days=1)))
        page.get_by_label("Reason").fill("Trains did not run on Monday.")
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url("**/learners/")
        expect(row).to_contain_text("extended")
        expect(row).to_contain_text("75%")

    def _hand_in(self, learner: Visitor) -> None:
        page = learner.page
        page.reload()
        expect(page.get_by_role("main")).not_to_contain_text("what you submit now is late")
        page.get_by_role("button", name="Hand in").click()
        page.wait_for_url(re.compile(r"/assignments/[0-9a-f-]+/$"))
        expect(page.get_by_role("status")).to_contain_text("Handed in.")
        main = page.get_by_role("main")
        expect(main).to_contain_text("Your marks are held until your instructor posts them")
        expect(main).to_contain_text("Trains did not run on Monday.")
        learner.check_accessibility()

    def _post(self, instructor: Visitor, address: str) -> None:
        page = instructor.open(address)
        expect(page.get_by_role("row", name=re.compile("Leo Castell"))).to_contain_text("2 of 2")
        page.get_by_role("button", name="Post the grades").click()
        expect(page.get_by_role("status")).to_contain_text("are posted")

    def _read_the_mark(self, learner: Visitor) -> None:
        page = learner.open("/home/")
        posted = page.locator("section", has=page.get_by_role("heading", name="Posted"))
        posted.get_by_role("link", name="Week of the browser").click()
        main = page.get_by_role("main")
        expect(main.get_by_role("heading", name="Your mark")).to_be_visible()
        expect(page.get_by_role("row", name=re.compile(NUMERIC))).to_contain_text("75%")
        page.get_by_text("How this was computed").click()
        expect(main).to_contain_text("Points earned by points to be had")
        learner.check_accessibility()
        page.get_by_role("link", name="See your answers").click()
        expect(card(page, NUMERIC)).to_contain_text("Mark: 75%")
        learner.check_accessibility()

    def _correct_the_key(self, instructor: Visitor) -> None:
        page = instructor.open(ASSIGNMENTS)
        page.get_by_role("link", name="Correct a question's key").click()
        page.get_by_role("link", name=NUMERIC, exact=True).click()
        page.locator("[name='answer.tolerance.absolute']").fill("0.5")
        page.get_by_label("What was wrong").fill("Half a percentage point is near enough.")
        page.get_by_role("button", name="See who would change").click()
        apply = page.get_by_role("button", name="Apply this correction")
        expect(apply).to_be_visible(timeout=30_000)
        instructor.check_accessibility()
        page.locator("input[name=policy][value=best]").check()
        apply.click()
        expect(page.get_by_role("main")).to_contain_text("every mark was done at", timeout=30_000)

    def _read_the_regraded_mark(self, learner: Visitor) -> None:
        page = learner.open(ASSIGNMENTS)
        page.get_by_role("link", name="Week of the browser").click()
        row = page.get_by_role("row", name=re.compile(NUMERIC))
        expect(row).to_contain_text("100%")
        expect(row).to_contain_text("Half a percentage point is near enough.")

    def _look_it_up_in_the_gradebook(self, instructor: Visitor) -> None:
        page = instructor.open(ASSIGNMENTS)
        page.get_by_role("link", name="Gradebook").click()
        row = page.get_by_role("row", name=re.compile("Leo Castell"))
        expect(row).to_be_visible()
        instructor.check_accessibility()
        row.get_by_role("link", name=re.compile("Leo Castell")).first.click()
        expect(page.get_by_role("main")).to_contain_text("Week of the browser")

    def _export(self, instructor: Visitor) -> None:
        page = instructor.open(f"/learn/{OFFERING}/gradebook/")
        page.get_by_text("Export", exact=True).click()
        with page.expect_download() as download:
            page.locator("a[href*='shape=canvas'][href*='by=question']").click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        rows = list(csv.reader(text.splitlines()))
        place = next(n for n, title in enumerate(rows[0]) if title.startswith(f"Week of the browser: {NUMERIC}"))
        leo = next(row for row in rows if "Castell" in row[0])
        assert float(leo[place]) == 3


class TestTheClock:
    def test_counts_down_and_hands_in_by_itself(self, instructor: Visitor, visitor: MakeVisitor, site: Site) -> None:
        now = datetime.now(UTC)
        page = instructor.open(f"{ASSIGNMENTS}new/")
        page.get_by_label("Title").fill("A minute's check")
        pick_questions(page, NUMERIC, CHOICE)
        fill_times(page, opens=now - timedelta(hours=1), due=now + timedelta(days=1), cut_off=now + timedelta(days=2))
        page.get_by_label("Time limit in minutes").fill("1")
        page.get_by_label("Feedback on answers").select_option(label="After the deadline")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/learners/")

        phone = visitor(viewport=PHONE)
        phone.log_in("learner@demo.example", DEMO_PASSWORD)
        page = phone.open(ASSIGNMENTS)
        page.get_by_role("link", name="A minute's check").click()
        expect(page.get_by_role("main")).to_contain_text("1 minute from your start")
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/work/")
        expect(page.locator(".clock .left")).to_have_text(re.compile(r"00:\d\d left"))
        phone.check_accessibility()
        numeric = card(page, NUMERIC)
        key = key_of(site, numeric)
        numeric.get_by_label("Your answer").fill(str(key["value"]))
        check(numeric)
        expect(numeric).to_contain_text("Your answer is recorded.")
        assert key["solution_html"] not in page.content()
        expect(numeric).not_to_contain_text("Right")
        # Handing in with an answer missing is asked for once more, and can be left.
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_role("main")).to_contain_text("1 of 2 questions has no answer")
        phone.check_accessibility()
        page.get_by_role("link", name="Go on working").click()
        card(page, CHOICE).locator("input[name=choice]").first.check()
        expect(card(page, CHOICE).locator(".saved")).to_contain_text("Saved at")
        spend_the_minute(site)
        page.reload()
        # Nobody hands in: the server's clock does, and takes what was saved.
        page.wait_for_url(re.compile(r"/assignments/[0-9a-f-]+/$"), timeout=90_000)
        expect(page.get_by_role("main")).to_contain_text("what was saved was handed in")
        page.get_by_role("link", name="See your answers").click()
        expect(card(page, CHOICE)).to_contain_text("Your answer is recorded.")
        assert key["solution_html"] not in page.content()

    def test_reads_and_answers_without_script(self, instructor: Visitor, visitor: MakeVisitor, site: Site) -> None:
        now = datetime.now(UTC)
        page = instructor.open(f"{ASSIGNMENTS}new/")
        page.get_by_label("Title").fill("Without script")
        pick_questions(page, NUMERIC)
        fill_times(page, opens=now - timedelta(hours=1), due=now + timedelta(days=1), cut_off=now + timedelta(days=1))
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/learners/")

        plain = visitor(java_script_enabled=False)
        plain.log_in("learner@demo.example", DEMO_PASSWORD)
        page = plain.open(ASSIGNMENTS)
        page.get_by_role("link", name="Without script").click()
        page.get_by_role("button", name="Start").click()
        expect(page.locator(".clock")).to_contain_text(re.compile(r"Ends at \d\d:\d\d UTC"))
        numeric = card(page, NUMERIC)
        numeric.get_by_label("Your answer").fill(str(key_of(site, numeric)["value"]))
        check(numeric)
        expect(card(page, NUMERIC)).to_contain_text("Right.")
        page.get_by_role("button", name="Hand in").click()
        expect(page.get_by_role("main")).to_contain_text("Your marks are held")


class TestOthers:
    def test_see_nothing_of_it(self, visitor: MakeVisitor, learner: Visitor) -> None:
        learner.open(ASSIGNMENTS)
        address = learner.page.get_by_role("link", name="What a page waits for").get_attribute("href")
        stranger = visitor()
        stranger.log_in("ridgeway-instructor@demo.example", DEMO_PASSWORD)
        for path in (ASSIGNMENTS, address, f"{address}learners/", f"{address}edit/"):
            response = stranger.page.goto(f"{stranger.address}{path}")
            assert response is not None
            assert response.status == 404
        stranger.complaints.clear()  # the browser notes the 404s
