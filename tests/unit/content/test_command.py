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

    def test_begins_a_course_and_checks_it(self, capsys, tmp_path):
        assert main([str(tmp_path / "queues"), "--new", "Queues"]) == 0
        assert capsys.readouterr().out == "Queues: 5 items, no fault.\n"
        assert main([str(tmp_path / "queues"), "--new", "Queues"]) == 1
        assert "holds something already" in capsys.readouterr().out

    def test_checks_again_when_a_file_changes(self, capsys, folder, monkeypatch):
        chapter = folder / "01-waiting/chapter.md"
        text = chapter.read_text(encoding="utf-8")
        edits = iter([text.replace("[twenty]{.given}", "20"), text])

        def wait(_seconds):
            edit = next(edits, None)
            if edit is None:
                raise KeyboardInterrupt
            chapter.write_text(edit, encoding="utf-8")

        monkeypatch.setattr("lessons.content.__main__.time.sleep", wait)
        assert main([str(folder), "--watch"]) == 0
        found = [line for line in capsys.readouterr().out.splitlines() if "fault" in line or "origin" in line]
        assert [line.rpartition(": ")[2] for line in found] == [
            "8 items, no fault.",
            found[1].rpartition(": ")[2],
            "1 fault; nothing can be loaded before that is mended.",
            "8 items, no fault.",
        ]
        assert "chapter.md:11: '20' has no origin" in found[1]
