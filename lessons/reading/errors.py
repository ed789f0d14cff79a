"""What can go wrong when pages are asked for, in words for the reader."""

from __future__ import annotations


class ReadingError(Exception):
    """Base of every error of this room; its text is meant for the person who caused it."""


class ChapterNotFound(ReadingError):
    """The course has no such chapter, or it is not written yet."""

    def __init__(self, key: str) -> None:
        super().__init__(f"This course has no chapter at {key!r}. Its outline lists the chapters there are.")


class NotStaff(ReadingError):
    """A cohort's page was asked for by somebody who does not teach it; for them it does not exist."""

    def __init__(self) -> None:
        super().__init__("There is no such page.")
