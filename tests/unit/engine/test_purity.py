"""The engine needs numpy and nothing else of the site: no framework, no clock, no file, no global random state."""

import ast
import pathlib
import re
import subprocess
import sys

import pytest

from simulations import engine
from simulations.engine.models import tail_latency
from simulations.engine.sampling import generator_for

FOLDER = pathlib.Path(engine.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
OUTSIDE = {
    "django",
    "rest_framework",
    "celery",
    "redis",
    "psycopg",
    "scipy",
    "structlog",
    "logging",
    "time",
    "datetime",
}
UNWANTED = OUTSIDE | {"os", "pathlib", "io", "random", "socket", "subprocess", "secrets"}

PROBE = """
import sys
sys.modules.update(dict.fromkeys(("django", "celery", "redis", "psycopg", "rest_framework", "scipy")))
from simulations.engine.functions import FUNCTIONS
from simulations.engine.registry import MODELS
for model in MODELS.values():
    model.evaluate(model.parameters()).to_json()
print(len(FUNCTIONS) > 0)
"""


class TestImports:
    def test_engine_runs_where_no_framework_can_be_imported(self):
        run = subprocess.run(
            [sys.executable, "-c", PROBE],
            cwd=FOLDER.parents[1],
            env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.stdout, run.stderr) == ("True\n", "")

    @pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
    def test_module_imports_nothing_that_is_not_pure(self, path):
        imported = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
        assert imported & UNWANTED == set()
        assert imported <= {*sys.stdlib_module_names, "numpy", "simulations", "_typeshed"}


class TestRandomState:
    @pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
    def test_module_uses_no_global_random_state(self, path):
        used = set(re.findall(r"\bnp\.random\.(\w+)", path.read_text()))
        assert used <= {"Generator", "SeedSequence", "default_rng"}


class TestVersion:
    """Figures of version 5; whoever has to change one changes VERSION too."""

    SETTINGS = tail_latency.Parameters(call_correlation=0.3)

    def test_closed_form_is_that_of_this_version(self):
        found = tail_latency.evaluate(self.SETTINGS)
        figures = [found.figure(name).value for name in ("median", "p99", "mean")]
        assert engine.VERSION == "5"
        assert figures == pytest.approx([24.82561972, 1465.279605, 100.9798309], rel=1e-6)

    def test_draws_are_those_of_this_version(self):
        drawn = tail_latency.sample(self.SETTINGS, generator_for(1, 0, 1), 10_000)
        figures = [drawn.quantile(0.5), drawn.quantile(0.99), drawn.mean]
        assert figures == pytest.approx([24.562341, 1451.989, 98.041262], rel=1e-6)

    def test_draws_call_by_call_are_those_of_this_version(self):
        drawn = tail_latency.sample(tail_latency.Parameters(), generator_for(1, 0, 1), 10_000)
        figures = [drawn.quantile(0.5), drawn.quantile(0.99), drawn.mean]
        assert figures == pytest.approx([28.437363, 1563.9898, 126.06334], rel=1e-6)
