"""Keep the ids of one chapter apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lessons.content.directives import KEY
from lessons.content.faults import FileFaults

_KEY = re.compile(KEY)


@dataclass(slots=True)
class Identifiers:
    """The ids that a chapter has used for sections, questions, simulations, tables and worked examples."""

    faults: FileFaults
    _lines: dict[str, int] = field(default_factory=dict)

    def take(self, identifier: str, line: int) -> bool:
        """Reserve an id; report one that is malformed or in use and return False."""
        if not _KEY.fullmatch(identifier):
            message = (
                f"{identifier!r} is no id; write one of small letters, digits and hyphens after the directive's name."
            )
            self.faults.add(line, message)
            return False
        if identifier in self._lines:
            message = (
                f"{identifier} is used on line {self._lines[identifier]} already; ids are unique within a chapter."
            )
            self.faults.add(line, message)
            return False
        self._lines[identifier] = line
        return True
