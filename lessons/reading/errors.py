"""What can go wrong with notes, in words for the person who writes them."""

from __future__ import annotations


class ReadingError(Exception):
    """Base of every error of this room; its text is meant for the person who caused it."""


class NoteNotFound(ReadingError):
    """There is no such note, or it is somebody else's; which of these is not said."""

    def __init__(self) -> None:
        super().__init__("There is no such note among yours. It may have been deleted.")


class InvalidNote(ReadingError):
    """A note that cannot be kept as it is."""


class TooManyNotes(ReadingError):
    """Somebody has as many notes in a course as there can be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most:,} notes in this course, the most there can be. Delete one to write another.")
