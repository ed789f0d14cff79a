"""Collect what is wrong with a course, so that its author sees every fault at once."""

from __future__ import annotations

from dataclasses import dataclass

MOST_FAULTS = 500


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """One thing that is wrong: the file relative to the course's folder, the line counted from 1, and why."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class FaultLog:
    """Gathers faults of all files; after the five hundredth the rest is only counted."""

    def __init__(self) -> None:
        self._faults: set[Fault] = set()
        self._left_out = 0

    def add(self, file: str, line: int, message: str) -> None:
        """Note a fault; the same one twice is kept once."""
        if len(self._faults) < MOST_FAULTS:
            self._faults.add(Fault(file, line, message))
        else:
            self._left_out += 1

    def in_file(self, file: str) -> FileFaults:
        """Return a log whose faults all belong to one file."""
        return FileFaults(self, file)

    def sorted(self) -> tuple[Fault, ...]:
        """Return the faults by file and line."""
        faults = sorted(self._faults)
        if self._left_out:
            last = faults[-1]
            faults.append(
                Fault(last.file, last.line, f"{self._left_out} more faults are not listed; mend these first.")
            )
        return tuple(faults)

    def __bool__(self) -> bool:
        return bool(self._faults)


@dataclass(frozen=True, slots=True)
class FileFaults:
    """The faults of one file."""

    log: FaultLog
    file: str

    def add(self, line: int, message: str) -> None:
        """Note a fault at a line of this file."""
        self.log.add(self.file, line, message)
