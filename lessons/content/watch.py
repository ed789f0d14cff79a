"""Check a course again whenever its files change, found by looking: that works on every file system."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from lessons.content.course import check_course
from lessons.content.model import Report

SECONDS: Final = 0.5
"""Between looks: a course of two thousand files takes about 10 ms to look at."""

State = frozenset[tuple[str, int, int]]


def state_of(folder: Path) -> State:
    """Return the name, size and time of every file in a folder; what vanishes meanwhile is left out."""
    found: set[tuple[str, int, int]] = set()
    for inner, _, names in os.walk(folder):
        for name in names:
            path = Path(inner) / name
            try:
                status = path.lstat()
            except OSError:
                continue
            found.add((str(path), status.st_size, status.st_mtime_ns))
    return frozenset(found)


def changes(folder: Path, *, wait: Callable[[float], object]) -> Iterator[None]:
    """Yield at once, and then each time that something in a folder has changed; `wait` sleeps for seconds."""
    before: State | None = None
    while True:
        now = state_of(folder)
        if now != before:
            before = now
            yield
        else:
            wait(SECONDS)


def said(folder: Path, report: Report) -> Iterator[str]:
    """Yield what a check found: a line a fault, then how many; or how much there is without one."""
    for fault in report.faults:
        yield f"{folder / fault.file}:{fault.line}: {fault.message}"
    if report.course is None:
        count = len(report.faults)
        yield f"{count} {'fault' if count == 1 else 'faults'}; nothing can be loaded before that is mended."
    else:
        yield f"{report.course.title}: {len(report.course.items)} items, no fault."


def check_on_change(folder: Path, *, say: Callable[[str], object], wait: Callable[[float], object]) -> None:
    """Check the course in a folder at once and after each change, saying what was found, until interrupted."""
    try:
        for _ in changes(folder, wait=wait):
            say(f"{datetime.now().astimezone():%H:%M:%S} checking {folder}")
            for line in said(folder, check_course(folder)):
                say(line)
            say("Waiting for a change; Ctrl-C ends.")
    except KeyboardInterrupt:
        say("")
