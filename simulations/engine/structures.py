"""Read how parts make up a system and compute how available it is: `all(0.999, any(0.99, 0.99), 2 of (0.9, 0.9, 0.9))`.

A part is its availability, a number from 0 to 1. `all` needs every part in its brackets, `any` one of them,
`k of` so many. Parts are independent and each stands once, so a group is computed from its parts alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_PARTS = 60
"""The largest number of parts in a structure."""

LONGEST = 400
"""The longest text of a structure, in characters."""

_DEEPEST = 12
_TOKEN = re.compile(r"\s*(?:(\d+)\s+of\b|(all|any)\b|(\d+(?:\.\d*)?|\.\d+)|([(),]))")


class InvalidStructure(ValueError):
    """Says what in a structure cannot be read, and where."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part and the share of time that it works."""

    availability: float


@dataclass(frozen=True, slots=True)
class Needs:
    """A group of which `needed` members must work."""

    needed: int
    members: tuple[Structure, ...]


Structure = Part | Needs


def availability(structure: Structure) -> float:
    """Return the share of time that a structure works: exact, member by member of each group."""
    if isinstance(structure, Part):
        return structure.availability
    return at_least(structure.needed, [availability(member) for member in structure.members])


def at_least(needed: int, availabilities: Sequence[float]) -> float:
    """Return the probability that at least so many of independent members work, each with its own probability."""
    working = [1.0]
    for up in availabilities:
        with_it = [0.0, *(up * each for each in working)]
        without = [*((1.0 - up) * each for each in working), 0.0]
        working = [one + other for one, other in zip(with_it, without, strict=True)]
    return min(sum(reversed(working[needed:])), 1.0)


def read(text: str) -> Structure:
    """Return the structure that a text describes; raises InvalidStructure saying what is wrong and where."""
    if len(text) > LONGEST:
        raise InvalidStructure(f"A structure has at most {LONGEST} characters; you gave {len(text)}.")
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.parts = 0

    def whole(self) -> Structure:
        structure = self._structure(0)
        if self.text[self.place :].strip():
            raise self._fault("nothing more was expected")
        return structure

    def _structure(self, depth: int) -> Structure:
        if depth > _DEEPEST:
            raise self._fault(f"groups stand at most {_DEEPEST} deep")
        least, word, number, _ = self._next("a number, all(…), any(…) or 2 of (…)")
        if number is not None:
            return self._part(number)
        if least is None and word is None:
            raise self._fault("expected a number, all(…), any(…) or 2 of (…)")
        members = self._members(depth)
        needed = int(least) if least is not None else (len(members) if word == "all" else 1)
        if not 1 <= needed <= len(members):
            raise self._fault(f"{needed} of {len(members)} cannot be needed")
        return Needs(needed, members)

    def _part(self, number: str) -> Part:
        self.parts += 1
        if float(number) > 1.0:
            raise self._fault(f"an availability lies between 0 and 1; you gave {number[:20]}")
        if self.parts > MOST_PARTS:
            raise self._fault(f"a structure has at most {MOST_PARTS} parts")
        return Part(float(number))

    def _members(self, depth: int) -> tuple[Structure, ...]:
        self._sign("(")
        members = [self._structure(depth + 1)]
        while self._sign(",", ")") == ",":
            members.append(self._structure(depth + 1))
        return tuple(members)

    def _sign(self, *wanted: str) -> str:
        expected = " or ".join(wanted)
        *_, sign = self._next(expected)
        if sign not in wanted:
            raise self._fault(f"expected {expected}")
        return str(sign)

    def _next(self, expected: str) -> tuple[str | None, str | None, str | None, str | None]:
        found = _TOKEN.match(self.text, self.place)
        if found is None:
            raise self._fault(f"expected {expected}")
        self.place = found.end()
        least, word, number, sign = found.groups()
        return least, word, number, sign

    def _fault(self, message: str) -> InvalidStructure:
        return InvalidStructure(f"At character {self.place + 1} of {len(self.text)}: {message}.")
