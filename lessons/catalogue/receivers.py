"""What the catalogue does when other rooms report something.

What it does is imported when there is something to do: every command sets up Django, and few of them report anything.
"""

from __future__ import annotations

from typing import Any

from accounts.models import Person


def move_guest_work(*, guest_person: Person, person: Person, **_: Any) -> None:
    """Give a guest's work to the person whose account they logged in to."""
    from lessons.catalogue.services import move_enrolments

    move_enrolments(guest_person=guest_person, person=person)
