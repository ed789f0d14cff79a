"""Change the engine's kernel one operator at a time, and say which changes no test notices.

    python -m tests.mutation queueing histogram availability order_statistics

Each mutant is one change of the syntax tree: an operator for its neighbour, a number for the next, a comparison with
its edge moved or turned round, a condition negated, `min` for `max`. A fork of this process compiles it in place of
the module and runs the module's tests until one fails. Survivors are printed and explained in
docs/reference/mutation.md, or killed by a better test.
"""

from __future__ import annotations

import ast
import copy
import importlib
import importlib.abc
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ENGINE = Path(__file__).resolve().parents[1] / "simulations" / "engine"
TESTS = Path(__file__).resolve().parent / "unit" / "engine"
TESTS_OF = {
    "queueing": ("test_queueing", "test_lines"),
    "histogram": ("test_histogram", "test_composite"),
    "availability": ("test_availability",),
    "order_statistics": ("test_order_statistics", "test_histogram"),
}
LONGEST_SECONDS = 60
PRELOADED = (
    "numpy",
    "scipy.stats",
    "scipy.integrate",
    "hypothesis",
    "hypothesis.extra.numpy",
    "pytest",
    "simpy",
    "ciw",
)
OPTIONS = (
    *("-x", "-q", "-c", os.devnull, "--rootdir", str(ENGINE.parents[1]), "--import-mode=importlib"),
    *("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:django"),
    *("-W", "error", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
"""As the suite has it, without the plugins that nothing here needs; preloaded packages can't be rewritten by pytest."""

NEIGHBOURS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.RShift: (ast.LShift,),
    ast.LShift: (ast.RShift,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
OPPOSITES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "floor": "ceil", "ceil": "floor"}


@dataclass(frozen=True)
class Mutant:
    """One change of a module: where, what, and the changed source."""

    line: int
    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source, in the order of its lines."""
    tree = ast.parse(source)
    places = [node for node in ast.walk(tree) if hasattr(node, "lineno") and id(node) not in _words(tree)]
    for number, node in enumerate(places):
        for change in range(len(list(_changes(node)))):
            changed = copy.deepcopy(tree)
            kept = _words(changed)
            twin = [other for other in ast.walk(changed) if hasattr(other, "lineno") and id(other) not in kept][number]
            before = ast.unparse(twin)
            for position, apply in enumerate(_changes(twin)):
                if position == change:
                    apply()
            yield Mutant(node.lineno, f"{before}  →  {ast.unparse(twin)}", ast.unparse(changed))


def _words(tree: ast.AST) -> set[int]:
    """Return the nodes within annotations, decorators, strings and what an error says: no mathematics."""
    apart: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            apart += node.decorator_list
        if isinstance(node, ast.FunctionDef):
            apart += [node.returns] if node.returns else []
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            apart.append(node.annotation)
        if isinstance(node, ast.Raise | ast.JoinedStr):
            apart.append(node)
    return {id(inner) for node in apart for inner in ast.walk(node)}


def _changes(node: ast.AST) -> Iterator:
    """Yield what can be done to a node, as functions that do it."""
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
        for other in NEIGHBOURS.get(type(node.op), ()):
            yield lambda other=other: setattr(node, "op", other())
    elif isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in NEIGHBOURS.get(type(operator), ()):
                yield lambda place=place, other=other: node.ops.__setitem__(place, other())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda: setattr(node, "op", ast.UAdd())
    elif isinstance(node, ast.If | ast.IfExp):
        yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        yield lambda: setattr(node, "value", node.value + 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield lambda: setattr(node, "value", not node.value)
    elif isinstance(node, ast.Name) and node.id in OPPOSITES:
        yield lambda: setattr(node, "id", OPPOSITES[node.id])
    elif isinstance(node, ast.Attribute) and node.attr in OPPOSITES:
        yield lambda: setattr(node, "attr", OPPOSITES[node.attr])


class Replacement(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads a changed source in place of a module."""

    def __init__(self, name: str, source: str, origin: Path) -> None:
        self.name, self.source, self.origin = name, source, origin

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        """Claim the one module."""
        return (
            importlib.util.spec_from_loader(fullname, self, origin=str(self.origin)) if fullname == self.name else None
        )

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        module.__file__ = str(self.origin)
        exec(compile(self.source, str(self.origin), "exec"), module.__dict__)


def survives(name: str, mutant: Mutant) -> bool:
    """Return whether every test of the module passes on the mutant; one that takes too long has been noticed."""
    child = os.fork()
    if child == 0:
        _run_tests(name, mutant)
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        finished, status = os.waitpid(child, os.WNOHANG)
        if finished:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run_tests(name: str, mutant: Mutant) -> None:
    """Run the tests in this fork, silently, and end it with their status."""
    import pytest

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.meta_path.insert(0, Replacement(f"simulations.engine.{name}", mutant.source, ENGINE / f"{name}.py"))
    files = [str(TESTS / f"{file}.py") for file in TESTS_OF[name]]
    os._exit(int(pytest.main([*OPTIONS, *files])))


def main(names: list[str]) -> int:
    """Try every mutant of the modules named, and return 1 where one survived."""
    for module in PRELOADED:
        importlib.import_module(module)
    survivors = 0
    for name in names or list(TESTS_OF):
        source = (ENGINE / f"{name}.py").read_text(encoding="utf-8")
        if not survives(name, Mutant(0, "nothing", source)):
            sys.stdout.write(f"{name}: its tests fail without any change\n")
            return 1
        tried = list(mutants(source))
        left = []
        for mutant in tried:
            if survives(name, mutant):
                left.append(mutant)
                sys.stdout.write(f"{name}.py:{mutant.line}: {mutant.change}\n")
                sys.stdout.flush()
        sys.stdout.write(f"{name}: {len(tried)} mutants, {len(tried) - len(left)} noticed, {len(left)} survived\n")
        survivors += len(left)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
