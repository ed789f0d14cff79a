"""Begin or check a course without a database: `python -m lessons.content PATH`, with `--new` or `--watch`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from lessons.content.course import check_course
from lessons.content.scaffold import CannotBegin, write_course
from lessons.content.watch import check_on_change, said


def main(arguments: list[str] | None = None) -> int:
    """Write or check the course in the folder given; return 1 where it cannot be written or has a fault, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.content", description="Check a course and list every fault."
    )
    parser.add_argument("path", type=Path, help="the folder that holds course.yaml")
    parser.add_argument("--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C")
    parser.add_argument("--new", metavar="TITLE", help="write a small course of this title into a folder of its own")
    given = parser.parse_args(arguments)
    path: Path = given.path
    if given.new is not None:
        try:
            write_course(path, title=given.new)
        except CannotBegin as refusal:
            sys.stdout.write(f"{refusal}\n")
            return 1
    if given.watch:
        check_on_change(path, say=_say, wait=time.sleep)
        return 0
    report = check_course(path)
    for line in said(path, report):
        _say(line)
    return 0 if report.course is not None else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
