"""Fixtures of the content tests: a small course, and copies of it that a test breaks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lessons.content import Report, check_course

MINIMAL = Path(__file__).parent / "courses" / "minimal"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the minimal course."""
    copy = tmp_path / "course"
    shutil.copytree(MINIMAL, copy)
    return copy


@pytest.fixture
def changed(folder: Path) -> Callable[..., Report]:
    """Replace words in one file of the copy, once each, and return the report on the course as it is then."""

    def change(file: str, *replacements: tuple[str, str]) -> Report:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        for before, after in replacements:
            assert before in text, f"{before!r} is not in {file}"
            text = text.replace(before, after, 1)
        path.write_text(text, encoding="utf-8")
        return check_course(folder)

    return change


@pytest.fixture
def rendered(changed: Callable[..., Report]) -> Callable[[str], str]:
    """Return the HTML of Markdown put at the beginning of the chapter."""

    def render(markdown: str) -> str:
        report = changed("01-waiting/chapter.md", ("The opening asks for [twenty]{.given} calls.", markdown))
        assert report.course is not None, report.faults
        return "".join(block.get("html", "") for block in report.course.items[0].payload["blocks"])

    return render
