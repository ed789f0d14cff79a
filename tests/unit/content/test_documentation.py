"""The format's reference page is itself a course, and names everything that the reader knows."""

from __future__ import annotations

import re
from pathlib import Path

from lessons.content import check_course
from lessons.content.__main__ import main
from lessons.content.containers import BOXES, CLOSERS, TABLE
from lessons.content.numbers import MARKS
from quizzes.kinds import KINDS
from simulations.expressions import FORMATS

PAGE = Path(__file__).parents[3] / "docs/reference/course-format.md"
EXAMPLE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FOLDERS = {"chapter.md": "01-fan-out", "questions.yaml": "01-fan-out", "appendix.md": "numbers"}


class TestReferencePage:
    def test_shows_a_course_without_fault(self, tmp_path):
        for folder in set(FOLDERS.values()):
            (tmp_path / folder).mkdir()
        for name, content in EXAMPLE.findall(PAGE.read_text(encoding="utf-8")):
            with (tmp_path / FOLDERS.get(name, ".") / name).open("a", encoding="utf-8") as file:
                file.write(content)
        report = check_course(tmp_path)
        assert report.faults == ()
        assert report.course is not None
        blocks = [block["type"] for item in report.course.items for block in item.payload.get("blocks", ())]
        assert set(blocks) == {"html", "simulation", "question", "run", "closer"}

    def test_names_every_directive_mark_format_and_kind(self):
        page = PAGE.read_text(encoding="utf-8")
        directives = {"simulation", "question", "run", TABLE, *BOXES, *CLOSERS}
        assert [name for name in sorted(directives) if f"**{name}**" not in page] == []
        assert [name for name in (*MARKS, *FORMATS, *KINDS) if name not in page] == []


class TestHowTo:
    def test_leads_to_a_course_without_fault(self, tmp_path):
        """Does what the page says, in its order, with its words."""
        page = (PAGE.parents[1] / "how-to/write-a-course.md").read_text(encoding="utf-8")
        front, section, simulation = re.findall(r"^```(?:yaml|markdown)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
        folder = tmp_path / "queues-in-practice"
        assert main([str(folder), "--new", "Queues in practice"]) == 0
        (folder / "01-first-chapter").rename(folder / "01-waiting-in-line")
        replace(folder / "course.yaml", "01-first-chapter", "01-waiting-in-line")
        chapter = folder / "01-waiting-in-line/chapter.md"
        text = chapter.read_text(encoding="utf-8")
        body = text.partition("---\n\n")[2].replace("## The idea", f"{section}\n## The idea")
        assert simulation in body, "the first file has it already"
        chapter.write_text(f"---\n{front}---\n\n{body}", encoding="utf-8")
        report = check_course(folder)
        assert report.faults == ()
        pages = [block.get("html", "") for item in report.course.items for block in item.payload.get("blocks", ())]
        assert ">40&nbsp;ms<" in "".join(pages)


def replace(file, before, after):
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
