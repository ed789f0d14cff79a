"""The commands that a person types, and the sentence where Python is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from config.services.paths import ROOT

TARGETS = ["help", "run", "test", "check", "e2e", "bench", "fmt"]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # A test started by make must not hand its flags on.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


class TestMake:
    def test_without_a_target_lists_the_targets(self) -> None:
        said = make().stdout
        assert re.findall(r"^  make (\w+) +\S", said, re.MULTILINE) == TARGETS

    def test_asks_for_python_in_a_sentence(self) -> None:
        refused = make("environment", "PYTHON=")
        assert refused.returncode != 0
        assert refused.stderr.startswith("Headroom needs Python 3.11 or later and found none: install it")

    def test_counts_no_target_as_a_file(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
        targets = re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE)
        assert phony is not None
        assert set(phony[1].split()) == set(targets)

    def test_demands_a_browser_in_continuous_integration_only(self) -> None:
        show = ["--eval", "show:\n\t@echo required=$$HEADROOM_REQUIRE_BROWSER", "show"]
        assert make(*show, "CI=true").stdout == "required=1\n"


class TestContinuousIntegration:
    script = ROOT / ".ci" / "run"

    def test_stops_at_the_first_failure_and_runs_what_a_person_runs(self) -> None:
        lines = self.script.read_text(encoding="utf-8").splitlines()
        assert "set -euo pipefail" in lines
        assert lines[-1] == "make test"
        assert os.access(self.script, os.X_OK)

    def test_is_valid_shell(self) -> None:
        assert subprocess.run(["bash", "-n", str(self.script)], check=False).returncode == 0
