"""The checker without a database."""

from __future__ import annotations

import subprocess
import sys

from lessons.content.__main__ import main
from tests.unit.content.conftest import MINIMAL


class TestMain:
    def test_says_how_much_there_is(self, capsys):
        assert main([str(MINIMAL)]) == 0
        assert capsys.readouterr().out == "A course small enough to test with: 8 items, no fault.\n"

    def test_lists_every_fault_and_fails(self, capsys, folder):
        chapter = folder / "01-waiting/chapter.md"
        chapter.write_text(chapter.read_text(encoding="utf-8").replace("[twenty]{.given}", "20"), encoding="utf-8")
        assert main([str(folder)]) == 1
        first, last = capsys.readouterr().out.splitlines()
        assert first.startswith(f"{folder}/01-waiting/chapter.md:11: '20' has no origin")
        assert last == "1 fault; nothing can be loaded before that is mended."

    def test_runs_as_a_module(self, tmp_path):
        done = subprocess.run([sys.executable, "-m", "lessons.content", tmp_path], capture_output=True, text=True)
        assert done.returncode == 1
        assert "There is no course.yaml" in done.stdout
