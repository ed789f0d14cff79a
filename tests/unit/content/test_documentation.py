"""The format's reference page is itself a course, and names everything that the reader knows."""

from __future__ import annotations

import re
from pathlib import Path

from lessons.content import check_course
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
