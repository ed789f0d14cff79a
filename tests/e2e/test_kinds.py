"""Cards are put in order and into bins by keyboard, by pointer and without script; what is arranged is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_learner import answer, question_titled

ORDERING = "/learn/tradeoffs/questions/reliability/downtime-of-arrangements/"
SORTING = "/learn/tradeoffs/questions/reliability/class-of-each-fault/"
ESTIMATE = "/learn/tradeoffs/questions/scalability/feed-in-an-envelope/"
PHONE = {"width": 390, "height": 844}


def cards(question: Locator) -> list[str]:
    """The cards' names in the order in which they stand."""
    return question.locator("headroom-order li label").all_inner_texts()


def places(question: Locator) -> dict[str, str]:
    """The place that the form would send for each card, by the card's name."""
    rows = question.locator("headroom-order li").all()
    return {row.locator("label").inner_text(): row.locator("select").input_value() for row in rows}


def drag(page: Page, source: Locator, target: Locator) -> None:
    """Take something by the pointer and let it go in the middle of something else."""
    source.scroll_into_view_if_needed()
    source.hover()  # which waits until it stands still
    end = target.bounding_box()
    assert end is not None
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=6)


class TestOrdering:
    def test_by_keyboard_is_announced_saved_and_sent(self, visitor):
        learner = visitor()
        page = learner.open(ORDERING)
        question = question_titled(page, "Four arrangements by their downtime")
        expect(question.locator("headroom-order.arranged")).to_be_visible()
        before = cards(question)

        down = question.get_by_role("button", name=f"Move down: {before[0]}")
        down.press("ArrowDown")
        expect(question.get_by_role("status").first).to_have_text(f"{before[0]}: 2nd of 4.")
        expect(down).to_be_focused()
        down.press("ArrowDown")
        down.press("ArrowUp")

        assert cards(question) == [before[1], before[0], *before[2:]]
        assert places(question) == {name: str(place) for place, name in enumerate(cards(question), start=1)}
        expect(question.locator(".saved")).to_contain_text("Saved at")
        learner.check_accessibility()
        page.reload()
        expect(question.locator("headroom-order.arranged")).to_be_visible()
        assert cards(question) == [before[1], before[0], *before[2:]]

        answer(question)
        expect(question.locator(".judged .part")).to_have_count(4)
        learner.check_accessibility()

    def test_by_pointer_and_called_off_by_escape(self, visitor):
        learner = visitor()
        page = learner.open(ORDERING)
        question = question_titled(page, "Four arrangements by their downtime")
        expect(question.locator("headroom-order.arranged")).to_be_visible()
        before = cards(question)
        rows = question.locator("headroom-order li")

        drag(page, rows.nth(0).locator(".grip"), rows.nth(3))
        page.keyboard.press("Escape")
        page.mouse.up()
        assert cards(question) == before

        drag(page, rows.nth(0).locator(".grip"), rows.nth(2))
        page.mouse.up()
        assert cards(question) != before
        assert sorted(places(question).values()) == ["1", "2", "3", "4"]
        assert [places(question)[name] for name in cards(question)] == ["1", "2", "3", "4"]

    def test_works_without_script(self, visitor):
        learner = visitor(java_script_enabled=False, viewport=PHONE)
        page = learner.open(ORDERING)
        question = question_titled(page, "Four arrangements by their downtime")
        for place, chosen in enumerate(question.get_by_role("combobox").all(), start=1):
            chosen.select_option(str(place))

        answer(question)

        expect(question.locator(".judged .part")).to_have_count(4)

    @pytest.mark.parametrize(
        "out_of_reach",
        [("**/submit", "**/draft"), ("**/htmx*", "**/draft")],
        ids=["when sent", "before its script came"],
    )
    def test_is_kept_while_the_site_cannot_be_reached_and_sent_afterwards(self, visitor, out_of_reach):
        learner = visitor()
        for address in out_of_reach:
            learner.page.route(address, lambda route: route.abort())
        page = learner.open(ORDERING)
        question = question_titled(page, "Four arrangements by their downtime")
        expect(question.locator("headroom-order.arranged")).to_be_visible()
        before = cards(question)
        question.get_by_role("button", name=f"Move down: {before[0]}").click()
        question.get_by_role("button", name=f"Move down: {before[0]}").click()
        arranged = cards(question)

        answer(question)

        expect(question).to_contain_text("kept in this browser")
        expect(question.locator(".saved")).to_contain_text("Not saved")  # the draft has failed too
        for address in out_of_reach:
            page.unroute(address)
        learner.complaints.clear()
        page.reload()
        expect(question.locator(".judged .part")).to_have_count(4)
        assert question.locator(".judged .said").all_inner_texts() == arranged


class TestCategorise:
    def test_by_keyboard_and_pointer_lays_cards_into_bins(self, visitor):
        learner = visitor()
        page = learner.open(SORTING)
        question = question_titled(page, "Seven faults by their class")
        expect(question.locator("headroom-bins.arranged")).to_be_visible()
        tray, boxes = question.locator(".tray > li"), question.locator(".bin-box")
        expect(tray).to_have_count(7)

        name = tray.first.get_by_label("Software", exact=True).get_attribute("name")
        fields = question.locator(f"input[name='{name}']")
        fields.nth(1).press("Space")
        expect(boxes.nth(1).locator("li")).to_have_count(1)
        expect(fields.nth(1)).to_be_focused()
        expect(question.get_by_role("status").first).to_contain_text("Software. 6 left to sort.")
        fields.nth(1).press("ArrowRight")
        expect(boxes.nth(2).locator("li")).to_have_count(1)

        drag(page, tray.first.locator(".grip"), boxes.nth(0))
        expect(boxes.nth(0)).to_have_class("bin-box is-over")
        page.mouse.up()
        expect(boxes.nth(0).locator("li")).to_have_count(1)
        expect(boxes.nth(0).locator("input:checked")).to_have_count(1)
        expect(question.locator(".saved")).to_contain_text("Saved at")
        learner.check_accessibility()
        page.reload()
        expect(question.locator(".bin-box li")).to_have_count(2)


class TestEstimate:
    def test_judges_each_step_and_punishes_a_mistake_once(self, visitor):
        learner = visitor(viewport=PHONE)
        page = learner.open(ESTIMATE)
        question = question_titled(page, "A social feed on the back of an envelope")
        fields = question.get_by_role("textbox")
        fields.nth(0).fill("100")
        fields.nth(1).fill("300")
        fields.nth(2).fill("7")
        fields.nth(3).fill("1")
        fields.nth(4).fill("9000")

        answer(question)

        expect(question.locator(".judged .part").nth(0)).to_contain_text("Not right")
        expect(question.locator(".judged .part").nth(1)).to_contain_text("follows from your own earlier figure")
        expect(question.locator(".judged .part").nth(2)).to_contain_text("Not right")
        learner.check_accessibility()
