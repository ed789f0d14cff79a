"""An instructor begins a course on their own machine, sends it, mends it, looks at it, and lets a cohort read it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from lessons.content.scaffold import write_course
from tests.e2e.conftest import DEMO_PASSWORD, PHONE

BOOTCAMP = "/bootcamps/harbour/"
# A course is checked in a process of its own, seconds of work that another test may share the cores with.
CHECKED = 30_000


def send(page: Page, folder: Path) -> None:
    """Pack a course's folder and send it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.rglob("*.*"):
            if path.is_file():
                archive.write(path, f"{folder.name}/{path.relative_to(folder)}")
    page.get_by_label("Archive").set_input_files(
        {"name": "queues.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    )
    page.get_by_role("button", name="Check and keep").click()


def edit(file: Path, before: str, after: str) -> None:
    """Replace words in a file of the course."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


class TestAuthor:
    def test_brings_a_course_from_first_line_to_its_readers(self, visitor, tmp_path):
        folder = tmp_path / "queues"
        write_course(folder, title="Queues in practice")
        chapter, questions = (folder / "01-first-chapter" / name for name in ("chapter.md", "questions.yaml"))
        author = visitor()
        author.log_in("instructor@demo.example", DEMO_PASSWORD)
        page = author.page
        page.get_by_role("region", name="Your bootcamps").get_by_role("link").first.click()
        author.check_accessibility()

        page.get_by_role("link", name="Upload a course").click()
        edit(chapter, "[twenty]{.given}", "20 <br>")
        send(page, folder)
        expect(page.get_by_role("alert")).to_contain_text("2 faults; nothing of the course was kept", timeout=CHECKED)
        expect(page.get_by_role("row", name="chapter.md")).to_have_count(2)
        author.check_accessibility()

        edit(chapter, "20 <br>", "[twenty]{.given}")
        send(page, folder)
        expect(page.get_by_text("nobody reads it yet")).to_be_visible(timeout=CHECKED)
        author.check_accessibility()
        page.get_by_role("link", name="Queues in practice").click()

        page.get_by_role("link", name="Private link to revision 1").click()
        expect(page.get_by_text("Nothing that you do here is kept")).to_be_visible()
        reader = visitor(viewport=PHONE)
        reader.open(f"{page.url.removeprefix(author.address)}first-chapter/")
        expect(reader.page.get_by_role("heading", name="The idea")).to_be_visible()
        expect(reader.page.get_by_role("button", name="Check")).to_be_disabled()
        reader.check_accessibility()

        page = author.open(BOOTCAMP)
        page.get_by_role("link", name="Give it a course").first.click()
        page.get_by_role("radio", name="Queues in practice").check()
        author.check_accessibility()
        page.get_by_role("button", name="Give it to the cohort").click()
        expect(page.get_by_role("heading", name="Queues in practice")).to_be_visible()
        outline = page.url

        edit(questions, "id: share-of-slow-pages", "id: slow-pages")
        edit(chapter, ":::question share-of-slow-pages", ":::question slow-pages")
        edit(chapter, "Begin with something that happened", "Begin with a page that hung")
        author.open(f"{BOOTCAMP}upload/")
        send(page, folder)
        page.get_by_role("link", name="Queues in practice").click()
        page.get_by_role("link", name="What the newest one changed").click()
        expect(page.get_by_text("Major:")).to_be_visible()
        author.check_accessibility()

        page.goto(outline)
        page.get_by_role("link", name="Revision", exact=True).click()
        expect(page.get_by_role("heading", name="What revision 2 would change")).to_be_visible()
        author.check_accessibility()
        page.get_by_role("button", name="read revision 2").click()
        expect(page.get_by_text("Revision 2 is read from now on")).to_be_visible()
        page.goto(f"{outline}first-chapter/")
        expect(page.get_by_text("Begin with a page that hung")).to_be_visible()
