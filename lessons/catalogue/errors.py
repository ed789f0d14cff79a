"""What can go wrong with courses, offerings and enrolments, in words for the person concerned."""

from __future__ import annotations


class CatalogueError(Exception):
    """Base of every error of this room; its text is meant for the person who caused it."""


class NotFound(CatalogueError):
    """What was asked for does not exist, or is not the asker's to see; which of these is not said."""

    def __init__(self, wanted: str, name: str) -> None:
        super().__init__(f"There is no {wanted} {name[:60]!r}, or it is not open to you.")


class PreviewEnded(NotFound):
    """A private link to a revision is incomplete, or older than it may be."""

    def __init__(self, why: str = "is incomplete, or more than a week old") -> None:
        CatalogueError.__init__(
            self,
            f"This link to a preview {why}. Ask whoever sent it to you for a new one: the course's page in their "
            "bootcamp makes it.",
        )


class PreviewRevoked(PreviewEnded):
    """A private link to a revision was taken back by the staff of its bootcamp."""

    def __init__(self) -> None:
        super().__init__("was taken back: the staff of its bootcamp have revoked it")


class NotEnrolled(CatalogueError):
    """Somebody who is not in a cohort tried to work in its offering."""

    def __init__(self, offering: str) -> None:
        super().__init__(f"You are not in the cohort that takes {offering!r}. Ask its instructor for an invitation.")


class NotAllowed(CatalogueError):
    """The actor's role does not allow what was asked."""


class ItemKindChanged(CatalogueError):
    """An id that learners' work hangs on was given to something of another kind."""

    def __init__(self, key: str, before: str, after: str) -> None:
        super().__init__(
            f"{key} was a {before} and is now a {after}. Work already done hangs on it: "
            f"give the {after} an id of its own."
        )


class ItemsCollide(CatalogueError):
    """Two items of a course would continue the same earlier one."""

    def __init__(self, key: str, other: str, earlier: str) -> None:
        super().__init__(
            f"{key} and {other} both continue {earlier}. An item cannot become two: "
            "take was: from one of them, or give it an id that was never used."
        )


class WrongCourse(CatalogueError):
    """An offering was to take a revision of another course, or a course that belongs to another school."""


class NothingToOffer(CatalogueError):
    """A course was to be offered before any revision of it was loaded."""

    def __init__(self, course: str) -> None:
        super().__init__(f"The course {course} has no revision yet. Load it first.")


class SlugTaken(CatalogueError):
    """The short name in an offering's address is in use."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"Another offering has the address {slug!r}. Choose another.")


class UploadTooLarge(CatalogueError):
    """An archive is larger than a course may be."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The archive has more than {most:,} bytes, the most that one may. Pack the text files of the course "
            "alone: pictures and other files have no place in it."
        )


class UploadsWait(CatalogueError):
    """A bootcamp sent as many courses as may wait to be checked."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} courses of this bootcamp wait to be checked, the most that may. Nothing of yours was kept: send "
            "it once one of them is done, which takes seconds each."
        )


class RevisionOvertaken(CatalogueError):
    """An offering reads another revision by now than the one that was compared."""

    def __init__(self, offering: str, number: int) -> None:
        super().__init__(
            f"{offering!r} reads revision {number} by now, since somebody adopted it meanwhile. Nothing was changed: "
            "look at the difference from that one, then decide."
        )
