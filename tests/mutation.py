"""Change the engine's kernel one operator at a time, and say which changes no test notices.

    python -m tests.mutation queueing histogram availability order_statistics

Each mutant is one change of the syntax tree: an operator for its neighbour, a number for the next, a comparison with
its edge moved or turned round, a condition negated, `min` for `max`. A fork of this process compiles it in place of
the module and runs the module's tests until one fails: those that call the changed function before the others, the
quickest first, so that most mutants end early; one survives only if every test passes. Survivors are printed and
explained in docs/reference/mutation.md, or killed by a better test. `--first` and `--last` try a part of a module.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.util
import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, ModuleType

import pytest
from hypothesis import HealthCheck, Phase, settings

ENGINE = Path(__file__).resolve().parents[1] / "simulations" / "engine"
TESTS = Path(__file__).resolve().parent / "unit" / "engine"
TESTS_OF = {
    "queueing": ("test_queueing", "test_lines"),
    "histogram": ("test_histogram", "test_composite"),
    "availability": ("test_availability",),
    "order_statistics": ("test_order_statistics", "test_histogram"),
}
LONGEST = 3.0
"""A mutant's tests may take so many times the processor's time that they take without a change."""
MOST_BYTES = 4 << 30
A_REPORT = 50
PRELOADED = ("numpy", "scipy.stats", "scipy.integrate", "hypothesis.extra.numpy", "simpy", "ciw")
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
    """One change of a module: where, in which function, what, and the changed source."""

    line: int
    function: str
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
            altered = f"{before}  →  {ast.unparse(twin)}"
            yield Mutant(node.lineno, _function_at(tree, node.lineno), altered, ast.unparse(changed))


def _function_at(tree: ast.AST, line: int) -> str:
    """Return the outermost function around a line, qualified as Python does; empty at a module's or a class's level."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or line):
            if isinstance(node, ast.FunctionDef):
                return node.name
            within = _function_at(node, line)
            return f"{node.name}.{within}" if within else ""
    return ""


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


@dataclass
class Reach:
    """What one test calls of the module, and the processor's seconds that it takes."""

    seconds: float = 0.0
    functions: list[str] = field(default_factory=list)


class Recorder:
    """A plugin of pytest that notes the reach of every test, and writes it to a pipe at the end."""

    def __init__(self, origin: Path, pipe: int) -> None:
        self.origin, self.pipe = str(origin), pipe
        self.reaches: dict[str, Reach] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Trace the calls of one test."""
        called: set[str] = set()

        def note(frame: FrameType, event: str, argument: object) -> None:
            if frame.f_code.co_filename == self.origin:
                called.add(frame.f_code.co_qualname.split(".<locals>")[0])

        started = time.process_time()
        sys.settrace(note)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.reaches[item.nodeid] = Reach(time.process_time() - started, sorted(called))

    def pytest_sessionfinish(self) -> None:
        """Hand over what was noted."""
        with os.fdopen(self.pipe, "w", encoding="utf-8") as pipe:
            json.dump({name: vars(reach) for name, reach in self.reaches.items()}, pipe)


class LikeliestFirst:
    """A plugin of pytest that runs the tests which call a function first, and among those the quickest."""

    def __init__(self, reaches: Mapping[str, Reach], function: str) -> None:
        self.reaches, self.function = reaches, function

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort the tests; what is not in a function is reached by all."""
        items.sort(key=self._rank)

    def _rank(self, item: pytest.Item) -> tuple[bool, float]:
        reach = self.reaches.get(item.nodeid, Reach())
        return bool(self.function) and self.function not in reach.functions, reach.seconds


class Repeatable:
    """A plugin of pytest: the same examples for every mutant, and none made smaller once one has failed."""

    def pytest_sessionstart(self) -> None:
        """Set Hypothesis up, after the suite's own profile and before a test is imported."""
        settings.register_profile(
            "mutation",
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutation")


def reaches_of(name: str) -> tuple[dict[str, Reach], float]:
    """Return what each test of an unchanged module reaches, and the seconds of the whole; RuntimeError if one fails."""
    reader, writer = os.pipe()
    child = os.fork()
    origin = ENGINE / f"{name}.py"
    if child == 0:
        os.close(reader)
        _run_tests(name, origin.read_text(encoding="utf-8"), Recorder(origin, writer))
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        noted = pipe.read()
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{name}: its tests fail without any change")
    return {test: Reach(**reach) for test, reach in json.loads(noted).items()}, used.ru_utime + used.ru_stime


def survives(name: str, mutant: Mutant, reaches: Mapping[str, Reach], seconds: float) -> bool:
    """Return whether every test of the module passes on the mutant; one that takes too long has been noticed."""
    child = os.fork()
    if child == 0:
        # The processor's time, not the clock's: a busy machine notices nothing.
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
        _run_tests(name, mutant.source, LikeliestFirst(reaches, mutant.function))
    return os.waitpid(child, 0)[1] == 0


def _run_tests(name: str, source: str, plugin: object) -> None:
    """Run the tests in this fork, silently, and end it with their status."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.meta_path.insert(0, Replacement(f"simulations.engine.{name}", source, ENGINE / f"{name}.py"))
    files = [str(TESTS / f"{file}.py") for file in TESTS_OF[name]]
    os._exit(int(pytest.main([*OPTIONS, *files], plugins=[Repeatable(), plugin])))


def survivors_of(name: str, first: int, last: int | None) -> int:
    """Try the mutants of a module, counted from 1, and return how many of them survived."""
    tried = list(mutants((ENGINE / f"{name}.py").read_text(encoding="utf-8")))
    reaches, seconds = reaches_of(name)
    last = min(last or len(tried), len(tried))
    left = 0
    for number, mutant in enumerate(tried[first - 1 : last], start=first):
        if survives(name, mutant, reaches, LONGEST * seconds):
            left += 1
            _say(f"{name}.py:{mutant.line}: {mutant.change}  (mutant {number})")
        if number % A_REPORT == 0 and number < last:
            _say(f"{name}: {number} of {len(tried)} tried")
    count = last - first + 1
    _say(f"{name}: mutants {first} to {last} of {len(tried)}: {count - left} noticed, {left} survived")
    return left


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Try every mutant of the modules named, and return 1 where one survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Break the engine's kernel on trial.")
    parser.add_argument("modules", nargs="*", choices=[*TESTS_OF, []], help="all where none is named")
    parser.add_argument("--first", type=int, default=1, help="the mutant to begin with")
    parser.add_argument("--last", type=int, help="the mutant to end with")
    chosen = parser.parse_args(arguments)
    for module in PRELOADED:
        importlib.import_module(module)
    names = chosen.modules or list(TESTS_OF)
    return 1 if sum(survivors_of(name, chosen.first, chosen.last) for name in names) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
