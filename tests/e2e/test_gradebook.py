"""An instructor finds a mark, reads its history by keyboard, sets it by hand, and takes marks out and back in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import DEMO_PASSWORD, PHONE
from tests.e2e.held import Held

OFFERING = "harbour-autumn-2026"
GRADEBOOK = f"/learn/{OFFERING}/gradebook/"
ROW = "table.gradebook tbody tr"


def first_cell(page: Page):
    """Return the first mark of the first learner."""
    return page.locator(ROW).first.locator("td:not(.sum) > a").first


def override(page: Page, mark: str, reason: str) -> None:
    """Set the whole assignment of a cell's page by hand."""
    page.get_by_label("Mark", exact=True).fill(mark)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Set the mark").click()
    expect(page.get_by_role("list").get_by_text(f"“{reason}”").first).to_be_visible()


def download(page: Page, folder: Path) -> Path:
    """Export the gradebook in Canvas's shape, and return where the file is."""
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="For Canvas").click()
    target = folder / started.value.suggested_filename
    started.value.save_as(target)
    return target


class TestGradebook:
    def test_finds_a_mark_reads_its_history_and_sets_it_by_hand(self, visitor):
        teacher = visitor()
        teacher.log_in("instructor@demo.example", DEMO_PASSWORD)
        page = teacher.open(f"{GRADEBOOK}?sort=-total")
        expect(page.get_by_role("heading", name="Gradebook")).to_be_visible()
        teacher.check_accessibility()

        page.get_by_label("Show", exact=True).select_option("missing")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.locator(".flag", has_text="M").first).to_be_visible()
        # A cell focused before its script has come shows its history all the same.
        scripts = Held(page, "**/gradebook-*.js")
        page.get_by_role("link", name="Show everybody").click()
        expect(page.get_by_role("link", name="Show everybody")).to_have_count(0)
        cell = first_cell(page)
        cell.focus()
        scripts.wait_for_one()
        scripts.let_one_go()
        history = page.locator("#cell-history")
        expect(history).to_be_visible()
        expect(history).to_contain_text("Change this mark")
        page.keyboard.press("ArrowDown")
        expect(page.locator(ROW).nth(1).locator("td:not(.sum) > a").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(history).to_be_hidden()

        page.keyboard.press("Enter")
        override(page, "50%", "Discussed in class")
        expect(page.locator(".ledger li").first).to_contain_text("Ingrid Solberg")
        expect(page.locator(".standing-line")).to_contain_text("50%")
        teacher.check_accessibility()

    def test_exports_and_imports_with_one_conflict(self, visitor, tmp_path):
        teacher = visitor()
        teacher.log_in("instructor@demo.example", DEMO_PASSWORD)
        page = teacher.open(GRADEBOOK)
        path = download(page, tmp_path)

        cell = first_cell(page)
        address = str(cell.get_attribute("href"))
        teacher.open(f"{GRADEBOOK}{address}")
        override(page, "10%", "Changed after the export")

        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        for row in rows[2:4]:
            row[4] = rows[1][4]
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        path.write_text(out.getvalue(), encoding="utf-8")

        teacher.open(f"{GRADEBOOK}import/")
        teacher.check_accessibility()
        page.get_by_label("File").set_input_files(path)
        page.get_by_role("button", name="Look it over").click()
        expect(page.get_by_role("main")).to_contain_text("1 conflict")
        teacher.check_accessibility()
        page.get_by_role("checkbox", name="Take").first.check()
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_role("status")).to_contain_text("Imported")

        teacher.open(f"{GRADEBOOK}{address}")
        expect(page.locator(".standing-line")).to_contain_text("100%")
        expect(page.locator(".ledger li").first).to_contain_text("Imported from")

    def test_reads_on_a_phone_without_script(self, visitor):
        teacher = visitor(viewport=PHONE, java_script_enabled=False)
        teacher.log_in("instructor@demo.example", DEMO_PASSWORD)
        page = teacher.open(GRADEBOOK)
        first_cell(page).click()
        expect(page.get_by_role("heading", name="History")).to_be_visible()
