"""Define a named function: what it computes, from what, and how it says so."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from simulations.engine import words

MOST_CALLS = 100_000
MOST_VALUES = 100
MOST_OBSERVATIONS = 1_000_000_000
LONGEST = 1e12


@dataclass(frozen=True, slots=True)
class EngineFunction:
    """A function by name: `call` computes, `summary` says what in a sentence.

    `derivation` is the line in which `explain` writes a call down, with the names of its arguments and
    `result` in braces, or a function of the arguments and the result that returns such a line.
    """

    name: str
    call: Callable[..., float]
    summary: str
    derivation: str | Callable[..., str]

    def explain(self, *arguments: object, **keywords: object) -> str:
        """Return how a call comes to its value, such as "0.99 ** 20 = 0.8179".

        Takes the arguments of `call` and raises ValueError where that does.
        """
        bound = _signature(self.call).bind(*arguments, **keywords)
        bound.apply_defaults()
        result = self.call(**bound.arguments)
        if callable(self.derivation):
            return self.derivation(**bound.arguments, result=result)
        written = {name: write(value) for name, value in bound.arguments.items()}
        return self.derivation.format(**written, result=rounded(result))


@cache
def _signature(call: Callable[..., float]) -> inspect.Signature:
    """Return a function's signature, read once: a course explains thousands of calls."""
    return inspect.signature(call)


def write(value: object) -> str:
    """Return an argument as a reader would write it: 20, 0.99, [30, 20]."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(write(item) for item in value)}]"
    return f"{value:.10g}" if isinstance(value, (int, float)) else str(value)


def rounded(value: float) -> str:
    """Return a result to four significant digits, and no fewer than its whole part."""
    if abs(value) >= 1000.0:
        return f"{value:,.1f}".removesuffix(".0")
    return f"{value:.4g}"


def as_number(name: str, value: object, minimum: float, maximum: float) -> float:
    """Return a finite number in the closed range; raises ValueError naming it, its value and the range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not minimum <= value <= maximum:
        raise ValueError(
            f"{name} must lie between {write(minimum)} and {write(maximum)}; you gave {words.shown(value)}."
        )
    return float(value)


def as_share(name: str, value: object) -> float:
    """Return a probability between 0 and 1, both included."""
    return as_number(name, value, 0.0, 1.0)


def as_level(name: str, value: object) -> float:
    """Return a probability that is neither 0 nor 1, where a quantile is finite."""
    level = as_number(name, value, 0.0, 1.0)
    if level in (0.0, 1.0):
        raise ValueError(f"{name} must lie between 0 and 1 and be neither; you gave {words.shown(value)}.")
    return level


def as_count(name: str, value: object, maximum: int, minimum: int = 1) -> int:
    """Return a whole number in the closed range; 20.0 counts as whole."""
    number = as_number(name, value, minimum, maximum)
    if number != math.floor(number):
        raise ValueError(f"{name} must be a whole number; you gave {words.shown(value)}.")
    return int(number)


def as_positive(name: str, value: object) -> float:
    """Return a number above zero, such as a time, of at most 1e12."""
    number = as_number(name, value, 0.0, LONGEST)
    if number == 0.0:
        raise ValueError(f"{name} must be more than 0; you gave {words.shown(value)}.")
    return number


def as_list(name: str, values: object, read: Callable[[str, object], float]) -> list[float]:
    """Return between 1 and 100 numbers, each checked by `read`."""
    if not isinstance(values, Sequence) or isinstance(values, str) or not 1 <= len(values) <= MOST_VALUES:
        raise ValueError(f"{name} must be a list of 1 to {MOST_VALUES} numbers; you gave {words.shown(values)}.")
    return [read(f"{name}[{place}]", value) for place, value in enumerate(values)]
