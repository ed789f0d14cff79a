"""Check courses that came from outside: one at a time in a process, so that many of them leave the machine standing."""

from __future__ import annotations

import threading
from typing import Final

from lessons.catalogue.errors import CheckBusy, CourseRefused
from lessons.content import LoadedCourse
from lessons.content.apart import check_apart

LONGEST_WAIT_SECONDS: Final = 10.0

_turn = threading.BoundedSemaphore()


def checked_archive(content: bytes) -> LoadedCourse:
    """Return the course in an archive, checked in a process of its own; takes seconds, and no transaction.

    Raises CourseRefused with every fault, and CheckBusy where another check here does not end in time.
    """
    if not _turn.acquire(timeout=LONGEST_WAIT_SECONDS):
        raise CheckBusy
    try:
        report = check_apart(content)
    finally:
        _turn.release()
    if report.course is None:
        raise CourseRefused(report.faults)
    return report.course
