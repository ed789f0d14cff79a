"""Check an archive in a process of its own, so that whatever it holds costs bounded time and memory.

`check_apart` starts `python -m lessons.content.apart`, which limits itself, reads the archive from its standard input,
and writes the report as JSON. It is given no environment, opens no file for writing, and starts nothing.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from lessons.content.archive import ARCHIVE
from lessons.content.course import check_archive
from lessons.content.faults import Fault
from lessons.content.model import ComingChapter, LoadedCourse, LoadedItem, Report

ROOT: Final = Path(__file__).resolve().parents[2]
LONGEST_SECONDS: Final = 25.0
"""Four times what the largest course that we have takes."""
MOST_MEMORY: Final = 900_000_000
"""Bytes of address space, of which numpy takes a third before anything is read."""
LARGEST_REPORT: Final = 30_000_000

_ALONE: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8"}


def check_apart(content: bytes, *, seconds: float = LONGEST_SECONDS) -> Report:
    """Return the report on an archive, or a report that says why there is none: too slow, or too large to hold."""
    try:
        done = subprocess.run(
            [sys.executable, "-E", "-s", "-m", "lessons.content.apart"],
            input=content,
            capture_output=True,
            timeout=seconds,
            cwd=ROOT,
            env=_ALONE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _refused(
            f"Checking it takes longer than {seconds:.0f} seconds, the most that a course may. Split the course in "
            "two, or leave chapters out until you find the one that takes so long."
        )
    if done.returncode != 0:
        return _refused(
            f"Checking it needs more than {MOST_MEMORY // 1_000_000:,} MB of memory, the most that a course may. Split "
            "the course in two, or leave chapters out until you find the one that takes so much."
        )
    return report_from(json.loads(done.stdout))


def to_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON states it."""
    return {
        "faults": [asdict(fault) for fault in report.faults],
        "course": None if report.course is None else asdict(report.course),
    }


def report_from(stated: dict[str, Any]) -> Report:
    """Return the report that `to_json` stated."""
    faults = tuple(Fault(**fault) for fault in stated["faults"])
    course = stated["course"]
    if course is None:
        return Report(faults, None)
    course["coming"] = tuple(ComingChapter(**chapter) for chapter in course["coming"])
    course["items"] = tuple(LoadedItem(**{**item, "was": tuple(item["was"])}) for item in course["items"])
    course["removed"] = tuple(course["removed"])
    return Report(faults, LoadedCourse(**course))


def main() -> int:
    """Limit this process, check the archive on standard input, and write the report to standard output."""
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, int(LONGEST_SECONDS) + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    report = check_archive(sys.stdin.buffer.read())
    written = json.dumps(to_json(report)).encode()
    if len(written) > LARGEST_REPORT:
        message = (
            f"It renders to {len(written):,} bytes; {LARGEST_REPORT:,} is the most. Use fewer links to long terms."
        )
        written = json.dumps(to_json(_refused(message))).encode()
    sys.stdout.buffer.write(written)
    return 0


def _refused(message: str) -> Report:
    return Report((Fault(ARCHIVE, 1, message),), None)


if __name__ == "__main__":
    raise SystemExit(main())
