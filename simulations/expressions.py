"""Evaluate the expressions that lessons and questions are written with: `all_below(0.99, 20) | percent(1)`.

Pure: no framework, no clock, no input or output. An expression may come from somebody hostile, so its syntax is checked
against a short list before simpleeval computes it; length, nesting, numbers and powers are bounded.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import math
import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from simpleeval import EvalWithCompoundTypes

from simulations.engine.functions import FUNCTIONS

LONGEST_EXPRESSION: Final = 300
DEEPEST_NESTING: Final = 16
LONGEST_LIST: Final = 100
LARGEST_NUMBER: Final = 1e18
LARGEST_EXPONENT: Final = 10_000
MOST_DIGITS: Final = 12
MOST_TREES_KEPT: Final = 4_096
"""Syntax trees of a few kB each: a question's expressions are evaluated again for every variant."""

MOST_LISTED: Final = 8
INLINE: Final = re.compile(r"\{\{([^{}\n]*)\}\}")
"""Finds what `parse_inline` reads; an expression stands on one line and holds no braces."""

NON_BREAKING_SPACE: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"

_CHARACTERS = re.compile(r"""[A-Za-z0-9_ .,()\[\]+\-*/%='"]*""")
_BEGINS_WITH_DIGIT = re.compile(r"(?<![\w.])\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?")
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_FORMAT = re.compile(r"\s*([a-z]+)\s*(?:\(\s*(\d{1,2})\s*\))?\s*")


class InvalidExpression(ValueError):
    """Says what is wrong with an expression, and where.

    `column` counts characters from 1; it is 0 where the whole expression is at fault.
    """

    def __init__(self, message: str, *, expression: str, column: int = 0) -> None:
        place = f" (character {column} of {_shown(expression)})" if column else f" (in {_shown(expression)})"
        super().__init__(message.rstrip(".") + place + ".")
        self.expression = expression
        self.column = column


@dataclass(frozen=True, slots=True)
class Value:
    """A computed number and how it was computed, in a line that a reader can follow."""

    value: float
    explanation: str


@dataclass(frozen=True, slots=True)
class Inline:
    """What stands between `{{` and `}}`: an expression and, after a bar, a format."""

    expression: str
    format: str | None


def evaluate(expression: str, names: Mapping[str, float] | None = None) -> Value:
    """Compute an expression over the engine's named functions and the given names.

    Allowed: numbers, `+ - * / // % **`, brackets, calls of `FUNCTIONS`, lists and quoted words as their arguments.
    Raises InvalidExpression naming the place; the result is always finite.
    """
    known = dict(names or {})
    checked = _checked(expression, frozenset(known))
    recorder = _Recorder()
    value = _computed(checked, expression, known, {name: recorder.wrap(name) for name in checked.functions})
    return Value(value, recorder.explain(checked.tree, expression, value))


def value_of(expression: str, names: Mapping[str, float] | None = None) -> float:
    """Compute what `evaluate` does, in half the time: it does not say how. Raises InvalidExpression."""
    known = dict(names or {})
    checked = _checked(expression, frozenset(known))
    return _computed(checked, expression, known, {name: FUNCTIONS[name].call for name in checked.functions})


@dataclass(frozen=True, slots=True)
class _Checked:
    """An expression that may be computed wherever the names are known that it was checked with."""

    tree: ast.Expr
    functions: frozenset[str]


@lru_cache(maxsize=MOST_TREES_KEPT)
def _checked(expression: str, names: frozenset[str]) -> _Checked:
    tree = _parse(expression)
    _Checker(expression, names).check(tree)
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return _Checked(tree, frozenset(function.id for function in calls if isinstance(function, ast.Name)))


def _computed(
    checked: _Checked, expression: str, names: dict[str, float], functions: dict[str, Callable[..., float]]
) -> float:
    evaluator = EvalWithCompoundTypes(operators=dict(_OPERATORS), functions=functions, names=names)
    try:
        result = evaluator.eval(expression, previously_parsed=checked.tree)
    except ZeroDivisionError:
        raise InvalidExpression("The expression divides by zero", expression=expression) from None
    except OverflowError:
        raise InvalidExpression("A number on the way is too large to hold", expression=expression) from None
    except (ValueError, TypeError, ArithmeticError, LookupError) as refusal:
        raise InvalidExpression(str(refusal), expression=expression) from refusal
    if isinstance(result, bool) or not isinstance(result, (int, float)):
        raise InvalidExpression("The expression does not give a number", expression=expression)
    value = float(result)
    if not math.isfinite(value):
        raise InvalidExpression(f"The expression gives {value}, which is not a finite number", expression=expression)
    return value


def contains_function_call(expression: str) -> bool:
    """Return whether an expression calls a function: without one it merely wraps a literal.

    Raises InvalidExpression if it cannot be read.
    """
    return any(isinstance(node, ast.Call) for node in ast.walk(_parse(expression)))


@lru_cache(maxsize=MOST_TREES_KEPT)
def names_in(expression: str) -> frozenset[str]:
    """Return the names that an expression needs, functions left out; raises InvalidExpression."""
    tree = _parse(expression)
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions)


def parse_inline(text: str) -> Inline:
    """Read `{{ expression | format }}`, with or without its braces; raises InvalidExpression."""
    inner = text.strip()
    if inner.startswith("{{") and inner.endswith("}}"):
        inner = inner[2:-2]
    expression, bar, wanted = inner.partition("|")
    if not expression.strip():
        raise InvalidExpression("There is no expression between the braces", expression=text)
    if bar:
        _read_format(wanted)
    return Inline(expression.strip(), wanted.strip() if bar else None)


def find_inline(text: str) -> Iterator[tuple[int, int, Inline]]:
    """Yield start, end and content of each `{{ … }}` in a text; raises InvalidExpression on the first bad one."""
    for match in INLINE.finditer(text):
        yield match.start(), match.end(), parse_inline(match.group())


def format_value(value: float, spec: str | None = None) -> str:
    """Write a number for people: commas between thousands, a non-breaking space before a unit, a true minus sign.

    `spec` is one of `percent(d)` (of a share), `ms(d)`, `seconds(d)`, `number(d)` with d digits after the point,
    `significant(n)`, `integer`; None writes up to twelve significant digits. Raises InvalidExpression for another
    spec and for a number beyond 1e18.
    """
    if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise InvalidExpression(f"{value} is too large to be written out", expression=str(spec))
    if spec is None:
        return _signed(_significant(value, MOST_DIGITS, keep_zeros=False))
    name, digits = _read_format(spec)
    return _signed(FORMATS[name](value, digits))


@lru_cache(maxsize=MOST_TREES_KEPT)
def _parse(expression: str) -> ast.Expr:
    """Return the syntax tree of one expression whose length and characters are allowed; nobody changes it."""
    text = expression.strip()
    if not text:
        raise InvalidExpression("The expression is empty", expression=expression)
    if len(text) > LONGEST_EXPRESSION:
        message = f"The expression has {len(text)} characters; {LONGEST_EXPRESSION} is the most"
        raise InvalidExpression(message, expression=text)
    allowed = _CHARACTERS.match(text)
    if allowed is not None and allowed.end() < len(text):
        stranger = text[allowed.end()]
        raise InvalidExpression(
            f"{stranger!r} has no meaning in an expression", expression=text, column=allowed.end() + 1
        )
    for word in _BEGINS_WITH_DIGIT.finditer(text):
        if not _NUMBER.fullmatch(word.group()):
            raise InvalidExpression(
                f"{word.group()!r} is neither a number nor a name", expression=text, column=word.start() + 1
            )
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        column = min(max(error.offset or 1, 1), len(text))
        raise InvalidExpression("The expression breaks off or is misspelt", expression=text, column=column) from None
    except (MemoryError, RecursionError, ValueError):
        raise InvalidExpression("The expression is nested too deeply", expression=text) from None
    return ast.Expr(tree.body)


class _Checker:
    """Refuses every construct, name and size that lessons have no need of."""

    def __init__(self, expression: str, names: frozenset[str]) -> None:
        self._expression = expression.strip()
        self._names = names

    def check(self, tree: ast.Expr) -> None:
        """Raise InvalidExpression at the first node that is not allowed."""
        self._node(tree.value, depth=0)

    def _node(self, node: ast.expr, depth: int) -> None:
        if depth > DEEPEST_NESTING:
            raise self._refusal(node, f"The expression is nested more than {DEEPEST_NESTING} deep")
        match node:
            case ast.Constant():
                self._constant(node)
            case ast.Name(id=name):
                self._name(node, name)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                self._node(operand, depth + 1)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
                self._node(left, depth + 1)
                self._node(right, depth + 1)
            case ast.Call():
                self._call(node, depth)
            case _:
                raise self._refusal(node, f"{_CONSTRUCTS.get(type(node), 'This')} cannot be used here")

    def _constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise self._refusal(node, f"{node.value!r} is not a number")
        if abs(node.value) > LARGEST_NUMBER:
            raise self._refusal(node, f"A number may not be larger than {LARGEST_NUMBER:g}")

    def _name(self, node: ast.Name, name: str) -> None:
        if name in self._names:
            return
        if name in FUNCTIONS:
            raise self._refusal(node, f"{name} is a function: give it its arguments in brackets")
        near = _near(name, self._names)
        raise self._refusal(node, f"{name} is not known here{near}")

    def _call(self, node: ast.Call, depth: int) -> None:
        if not isinstance(node.func, ast.Name):
            raise self._refusal(node, "Only a function of the engine can be called, by its name")
        name = node.func.id
        if name not in FUNCTIONS:
            raise self._refusal(node, f"{name} is not a function of the engine{_near(name, FUNCTIONS)}")
        for argument in node.args:
            self._argument(argument, depth + 1)
        keywords = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self._refusal(node, "Arguments cannot be unpacked")
            keywords[keyword.arg] = keyword.value
            self._argument(keyword.value, depth + 1)
        signature = inspect.signature(FUNCTIONS[name].call)
        try:
            signature.bind(*node.args, **keywords)
        except TypeError as refusal:
            wanted = ", ".join(signature.parameters)
            raise self._refusal(node, f"{name} is called as {name}({wanted}): {refusal}") from None

    def _argument(self, node: ast.expr, depth: int) -> None:
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                if len(elements) > LONGEST_LIST:
                    raise self._refusal(node, f"A list may hold {LONGEST_LIST} entries; this holds {len(elements)}")
                if depth > DEEPEST_NESTING:
                    raise self._refusal(node, f"The expression is nested more than {DEEPEST_NESTING} deep")
                for element in elements:
                    self._argument(element, depth + 1)
            case ast.Constant(value=str()):
                return
            case _:
                self._node(node, depth)

    def _refusal(self, node: ast.expr, message: str) -> InvalidExpression:
        return InvalidExpression(message, expression=self._expression, column=node.col_offset + 1)


class _Recorder:
    """Remembers, call by call, how an expression came to its value."""

    def __init__(self) -> None:
        self._steps: list[str] = []

    def wrap(self, name: str) -> Callable[..., float]:
        """Return the engine's function, noting each call of it."""
        function = FUNCTIONS[name]

        def call(*arguments: object, **keywords: object) -> float:
            result = function.call(*arguments, **keywords)
            self._steps.append(function.explain(*arguments, **keywords))
            return result

        return call

    def explain(self, tree: ast.Expr, expression: str, value: float) -> str:
        """Return the calls' explanations, and the whole where it is more than one call."""
        steps = list(dict.fromkeys(self._steps))
        if len(self._steps) == 1 and isinstance(tree.value, ast.Call):
            return steps[0]
        whole = f"{' '.join(expression.split())} = {_signed(_significant(value, 6, keep_zeros=False))}"
        return "; ".join([*steps, whole])


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > LARGEST_EXPONENT:
        raise OverflowError
    result = float(base) ** float(exponent)
    if isinstance(result, float):
        return result
    raise ValueError(f"{base:g} ** {exponent:g} is not a real number")


_OPERATORS: Final[Mapping[type[ast.AST], Callable[..., float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

_CONSTRUCTS: Final[Mapping[type[ast.AST], str]] = {
    ast.Attribute: "A dot after a name",
    ast.Subscript: "An index in square brackets",
    ast.List: "A list outside a function's arguments",
    ast.Tuple: "A comma outside a function's arguments",
    ast.Compare: "A comparison",
    ast.BoolOp: "A logical word",
    ast.IfExp: "A condition",
    ast.Lambda: "A function of your own",
}


def _fixed(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def _significant(value: float, digits: int, *, keep_zeros: bool = True) -> str:
    """Return `digits` significant digits without an exponent, zeros at the end kept or not."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    places = digits - 1 - int(f"{rounded:e}".partition("e")[2])
    text = _fixed(rounded, max(places, 0))
    return text if keep_zeros or "." not in text else text.rstrip("0").rstrip(".")


def _signed(text: str) -> str:
    """Return a number's text with a true minus sign, and none before a zero."""
    if not text.startswith("-"):
        return text
    return MINUS + text[1:] if re.search("[1-9]", text) else text[1:]


FORMATS: Final[Mapping[str, Callable[[float, int], str]]] = {
    "percent": lambda value, digits: f"{_fixed(100 * value, digits)}%",
    "ms": lambda value, digits: f"{_fixed(value, digits)}{NON_BREAKING_SPACE}ms",
    "seconds": lambda value, digits: f"{_fixed(value, digits)}{NON_BREAKING_SPACE}s",
    "number": _fixed,
    "significant": _significant,
    "integer": _fixed,
}
"""How a number can be written out, by the format's name."""


def _read_format(spec: str) -> tuple[str, int]:
    """Return a format's name and its digits; raises InvalidExpression saying which formats there are."""
    match = _FORMAT.fullmatch(spec)
    name = match.group(1) if match else ""
    if match is None or name not in FORMATS:
        known = ", ".join(FORMATS)
        raise InvalidExpression(f"{_shown(spec.strip())} is not a format; there are {known}", expression=spec)
    digits = match.group(2)
    if name == "integer":
        if digits is not None:
            raise InvalidExpression("integer takes no digits", expression=spec)
        return name, 0
    least = 1 if name == "significant" else 0
    if digits is None or not least <= int(digits) <= MOST_DIGITS:
        message = f"{name} needs its number of digits, {least} to {MOST_DIGITS}, as in {name}({max(least, 1)})"
        raise InvalidExpression(message, expression=spec)
    return name, int(digits)


def _near(name: str, known: Collection[str]) -> str:
    """Return the end of a sentence that lists the names like the one given or, if none is, some of those there are."""
    if near := difflib.get_close_matches(name, known, n=3):
        return f"; did you mean {' or '.join(near)}?"
    if not known:
        return ""
    listed = ", ".join(sorted(known)[:MOST_LISTED])
    return f"; there are {listed}" + (f" and {len(known) - MOST_LISTED} more" if len(known) > MOST_LISTED else "")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
