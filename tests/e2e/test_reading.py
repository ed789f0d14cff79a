"""One learner looks something up, reads what it means, and notes it down; and how little script that takes."""

from __future__ import annotations

import gzip
import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE

CHAPTER = "/learn/tradeoffs/describing-performance/"
MOST_SCRIPT = 30 * 1024
"""In bytes, gzipped: what any chapter may load beside its scenes."""
WORDS = "what the client waits"
SELECT = """(words) => {
    const walker = document.createTreeWalker(document.querySelector(".read > section[id]"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode;
        const at = data.indexOf(words);
        if (at < 0 || parentElement.closest("[popover]")) continue;
        getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
        return;
    }
}"""
CARD = ".term-card:popover-open"
ROOM_TAKEN = """(term) => {
    const words = term.closest("p");
    return words.nextElementSibling.getBoundingClientRect().top - words.getBoundingClientRect().top;
}"""
"""How far below the beginning of a term's paragraph the next thing stands."""


class TestReading:
    def test_searches_reads_a_term_and_keeps_a_note(self, visitor):
        reader = visitor()
        page = reader.open(CHAPTER)
        searches(page)
        reader.check_accessibility()
        page.get_by_role("link", name="Response time", exact=True).first.click()
        expect(page.locator("#response-time")).to_be_visible()
        reader.check_accessibility()
        page = reader.open(CHAPTER)
        reads_a_term(page)
        reader.check_accessibility()
        page.keyboard.press("Escape")
        expect(page.locator(CARD)).to_have_count(0)
        expect(page.locator("a.term").first).to_be_focused()
        notes_something_down(page)
        reader.check_accessibility()
        page.get_by_role("link", name="My notes").first.click()
        expect(page.get_by_text("The clock is the client's.")).to_be_visible()
        expect(page.locator(".note blockquote")).to_have_text(WORDS)
        reader.check_accessibility()

    def test_on_a_phone_opens_a_term_by_a_tap_and_follows_it_by_another(self, visitor):
        page = visitor(viewport=PHONE, has_touch=True, is_mobile=True).open(CHAPTER)
        term = page.locator("a.term").first
        term.tap()
        expect(page.locator(CARD)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        term.tap()
        expect(page).to_have_url(re.compile(r"/glossary/#"))

    def test_opens_an_instrument_at_the_guess_that_comes_first(self, visitor):
        reader = visitor()
        page = reader.open("/learn/tradeoffs/scaling-up-scaling-out/")
        instrument = page.locator("#instrument-scaling-up-scaling-out-up-or-out-panel")
        expect(instrument.locator(".prompt")).to_contain_text("Draw what one machine and many cost")
        expect(instrument.locator(".figures dd").first).to_be_hidden()
        expect(page.locator("body")).to_be_focused()
        reader.check_accessibility()
        instrument.get_by_role("button", name="Lock it in").click()
        expect(instrument).to_contain_text(re.compile("Your curves are a factor of .* off on average"))
        expect(instrument.locator(".figures dd").first).to_be_visible()
        page.reload()
        expect(instrument.get_by_role("button", name="Lock it in")).to_be_hidden()
        expect(instrument.get_by_role("button", name="See it beside the truth")).to_be_visible()

    def test_without_script_leads_to_the_glossary_and_to_the_page_of_notes(self, visitor):
        page = visitor(java_script_enabled=False).open(CHAPTER)
        page.get_by_role("link", name="Note on").first.click()
        page.get_by_label("A note on").fill("By hand.")
        page.get_by_role("button", name="Keep the note").click()
        expect(page.get_by_text("By hand.")).to_be_visible()
        page.get_by_role("link", name="Go there").click()
        page.locator("a.term").first.click()
        expect(page).to_have_url(re.compile(r"/glossary/#"))

    def test_takes_little_script_beside_the_scenes(self, visitor):
        reader, sizes = visitor(), {}

        def weigh(response):
            if response.url.endswith(".js") and "/scenes/" not in response.url:
                sizes[response.url.rpartition("/")[2]] = len(gzip.compress(response.body()))

        reader.page.on("response", weigh)
        reader.open(CHAPTER).wait_for_load_state("networkidle")
        assert sizes
        assert sum(sizes.values()) < MOST_SCRIPT, sizes


def searches(page: Page) -> None:
    """Reach the box by its key, misspell, and find what was meant."""
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("respose time")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Did you mean")).to_be_visible()
    expect(page.locator("mark").first).to_be_visible()


def reads_a_term(page: Page) -> None:
    """Open the card by the keyboard: the focus stays on the term."""
    term = page.locator("a.term").first
    before = term.evaluate(ROOM_TAKEN)
    term.focus()
    expect(page.locator(CARD)).to_contain_text("Taught in")
    expect(term).to_be_focused()
    assert term.evaluate(ROOM_TAKEN) == before


def notes_something_down(page: Page) -> None:
    """Select words, write beside them, and meet both again after loading the page anew."""
    page.evaluate(SELECT, WORDS)
    page.locator(".note-offer").click()
    page.get_by_label("Your note").fill("The clock is the client's.")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator(".side-note")).to_contain_text("The clock is the client's.")
    page.reload()
    expect(page.locator(".side-note")).to_be_visible()
    assert page.evaluate("[...CSS.highlights.get('noted')].map(String)") == [WORDS]
