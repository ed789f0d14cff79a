"""The promises of the architecture, held by machine."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.error_table import STATUSES

ROOT = Path(__file__).resolve().parents[2]
PURE_PACKAGES = ("simulations.engine", "simulations.expressions", "quizzes.kinds", "lessons.content")
FRAMEWORKS = ("django", "rest_framework", "celery", "redis", "psycopg")
ERROR_MODULES = (
    "accounts.errors",
    "lessons.catalogue.errors",
    "simulations.errors",
    "quizzes.errors",
)


def python(code: str) -> str:
    """Run code in a fresh interpreter at the root and return what it printed."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestImports:
    def test_keep_every_contract(self):
        linter = Path(sys.executable).with_name("lint-imports")
        done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout

    @pytest.mark.parametrize("package", PURE_PACKAGES)
    def test_of_a_pure_package_load_no_framework(self, package):
        loaded = json.loads(python(f"import json, sys, {package}; print(json.dumps(sorted(sys.modules)))"))
        assert not [name for name in loaded if name.split(".")[0] in FRAMEWORKS]


class TestErrors:
    @pytest.mark.parametrize("module", ERROR_MODULES)
    def test_each_class_has_a_status(self, module):
        loaded = importlib.import_module(module)
        classes = [
            member
            for _, member in inspect.getmembers(loaded, inspect.isclass)
            if issubclass(member, Exception) and member.__module__ == module
        ]
        missing = [member.__name__ for member in classes if member not in STATUSES]
        assert not missing, f"config/error_table.py lacks {missing}"

    def test_know_no_http(self):
        for module in ERROR_MODULES:
            source = (ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
            assert "http" not in source.lower(), module


class TestDocumentation:
    def test_lists_every_setting(self):
        declared = set[str]()
        for settings in ("dev", "production"):
            printed = python(
                "import json, os\n"
                "os.environ.update(SECRET_KEY='k' * 50, DATABASE_URL='postgresql://a@b/c', REDIS_URL='redis://b')\n"
                f"import config.settings.{settings}\n"
                "from config import env\n"
                "print(json.dumps(sorted(env.DECLARED)))"
            )
            declared |= set(json.loads(printed))
        page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
        missing = sorted(name for name in declared if f"`{name}`" not in page)
        assert not missing, f"docs/reference/settings.md lacks {missing}"

    def test_names_no_setting_that_is_gone(self):
        page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
        source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "config").rglob("*.py"))
        named = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
        gone = sorted(name for name in named if f'"{name}"' not in source)
        assert not gone, f"docs/reference/settings.md lists {gone}, which nothing reads"
