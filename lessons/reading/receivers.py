"""What this room does when the rooms below report something."""

from __future__ import annotations

from typing import Any

from accounts.models import Person
from lessons.catalogue.models import Revision
from lessons.reading.services import erase_notes, index_revision, move_notes


def index_published(*, revision: Revision, **_: Any) -> None:
    """Let what an offering reads from now on be searched."""
    index_revision(revision=revision)


def move_guest_notes(*, guest_person: Person, person: Person, **_: Any) -> None:
    """Give a guest's notes to the person whose account they logged in to."""
    move_notes(guest_person=guest_person, person=person)


def erase_own_notes(*, person: Person, **_: Any) -> None:
    """Delete the notes of somebody whose login is erased."""
    erase_notes(person=person)
