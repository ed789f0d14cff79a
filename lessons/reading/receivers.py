"""What this room does when the rooms below report something.

What it does is imported when there is something to do: every command sets up Django, and few of them report anything.
"""

from __future__ import annotations

from typing import Any

from accounts.models import Person
from lessons.catalogue.models import Revision


def index_published(*, revision: Revision, **_: Any) -> None:
    """Let what an offering reads from now on be searched."""
    from lessons.reading.services import index_revision

    index_revision(revision=revision)


def move_guest_notes(*, guest_person: Person, person: Person, **_: Any) -> None:
    """Give a guest's notes to the person whose account they logged in to."""
    from lessons.reading.services import move_notes

    move_notes(guest_person=guest_person, person=person)


def erase_own_notes(*, person: Person, **_: Any) -> None:
    """Delete the notes of somebody whose login is erased."""
    from lessons.reading.services import erase_notes

    erase_notes(person=person)
