"""Check a course without a database: `python -m lessons.content PATH`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lessons.content.course import check_course


def main(arguments: list[str] | None = None) -> int:
    """Print every fault of the course in the folder given and return 1, or say how much there is and return 0."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.content", description="Check a course and list every fault."
    )
    parser.add_argument("path", type=Path, help="the folder that holds course.yaml")
    path: Path = parser.parse_args(arguments).path
    report = check_course(path)
    for fault in report.faults:
        sys.stdout.write(f"{path}/{fault}\n")
    if report.course is None:
        count = len(report.faults)
        sys.stdout.write(
            f"{count} {'fault' if count == 1 else 'faults'}; nothing can be loaded before that is mended.\n"
        )
        return 1
    sys.stdout.write(f"{report.course.title}: {len(report.course.items)} items, no fault.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
