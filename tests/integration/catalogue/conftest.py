"""Fixtures of the catalogue's tests: a small course, copied so that a test can change its files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lessons.content import LoadedCourse, check_course

MINIMAL = Path(__file__).parents[2] / "unit" / "content" / "courses" / "minimal"


@pytest.fixture
def course_folder(tmp_path: Path) -> Path:
    """A copy of the minimal course."""
    folder = tmp_path / "minimal"
    shutil.copytree(MINIMAL, folder)
    return folder


@pytest.fixture
def edit(course_folder: Path) -> Callable[..., LoadedCourse]:
    """Replace words in the copy's files and return the course as it is then."""

    def change(*replacements: tuple[str, str]) -> LoadedCourse:
        for before, after in replacements:
            files = [path for path in course_folder.rglob("*.*") if before in path.read_text(encoding="utf-8")]
            assert files, f"{before!r} stands nowhere in the course"
            for path in files:
                path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
        report = check_course(course_folder)
        assert report.course is not None, report.faults
        return report.course

    return change


@pytest.fixture
def loaded(course_folder: Path) -> LoadedCourse:
    """The minimal course, checked."""
    course = check_course(course_folder).course
    assert course is not None
    return course
