"""Progress as a projection of events: one pure fold, kept up to date in the transaction of each event.

`rebuild` and `check` run the same fold over the whole history, so that a row can always be explained by events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from lessons.catalogue.models import Event, Verb
from lessons.reading.models import Progress

BATCH = 2_000
PRECISION = Decimal("0.0001")

FOLD_INTO_ROW: Final = """
    INSERT INTO reading_progress AS kept (enrolment_id, item_id, state, fraction, first_at, last_at)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (enrolment_id, item_id) DO UPDATE SET
        state = CASE WHEN excluded.state = 'done' THEN excluded.state ELSE kept.state END,
        fraction = CASE WHEN excluded.state = 'done' THEN excluded.fraction ELSE kept.fraction END,
        first_at = least(kept.first_at, excluded.first_at),
        last_at = greatest(kept.last_at, excluded.last_at)
"""
"""`fold` on the row as it stands, in one statement that no two events can overtake; `check` compares it with `fold`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one enrolment stands with one item."""

    state: Progress.State
    fraction: Decimal | None
    first_at: datetime
    last_at: datetime

    @property
    def is_done(self) -> bool:
        """Whether the item asks for nothing more."""
        return self.state == Progress.State.DONE


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored standing that its events don't explain, or events without a stored standing."""

    enrolment_id: UUID
    item_id: UUID
    stored: Standing | None
    expected: Standing | None


def fold(standing: Standing | None, event: Event) -> Standing:
    """Return the standing after one more event.

    A grade makes an item done and brings its fraction (`data["fraction"]`, a decimal as text, null where the learner
    was excused); every other event makes it started. What is done stays done: a later event moves `last_at` alone.
    """
    first_at = min(standing.first_at, event.at) if standing else event.at
    last_at = max(standing.last_at, event.at) if standing else event.at
    if event.verb == Verb.GRADED:
        said = event.data["fraction"]
        fraction = None if said is None else Decimal(said).quantize(PRECISION)
        return Standing(Progress.State.DONE, fraction, first_at, last_at)
    if standing is None:
        return Standing(Progress.State.STARTED, None, first_at, last_at)
    return Standing(standing.state, standing.fraction, first_at, last_at)


def fold_all(events: Iterable[Event]) -> Standing | None:
    """Return the standing after all events of one enrolment and item, in the order they were written."""
    standing = None
    for event in events:
        standing = fold(standing, event)
    return standing


def project(*, event: Event) -> None:
    """Bring the progress of the event's item up to date; must run in the transaction that wrote the event.

    An event without an item says nothing about progress.
    """
    if event.item_id is None:
        return
    fresh = fold(None, event)
    with connection.cursor() as cursor:
        cursor.execute(
            FOLD_INTO_ROW,
            (event.enrolment_id, event.item_id, fresh.state, fresh.fraction, fresh.first_at, fresh.last_at),
        )


def project_recorded(*, event: Event, **_: object) -> None:
    """Receive `event_recorded`, which the catalogue sends inside the transaction of the event."""
    project(event=event)


@transaction.atomic
def check() -> list[Difference]:
    """Return every item whose stored progress is not what its events fold to."""
    _let_writers_wait()
    return list(_differences())


@transaction.atomic
def rebuild() -> int:
    """Make all progress what the events say, and return how many rows had to change."""
    _let_writers_wait()
    changes = list(_differences())
    for change in changes:
        row = Progress.objects.filter(enrolment_id=change.enrolment_id, item_id=change.item_id)
        if change.expected is None:
            row.delete()
        elif change.stored is None:
            Progress.objects.create(
                enrolment_id=change.enrolment_id, item_id=change.item_id, **_columns(change.expected)
            )
        else:
            row.update(**_columns(change.expected))
    return len(changes)


def _let_writers_wait() -> None:
    """Hold writers of progress back until the transaction ends.

    An event is projected in its own transaction, so that one not yet projected is not yet visible either, and is
    projected on top of whatever this transaction leaves.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Progress._meta.db_table} IN EXCLUSIVE MODE")


def _differences() -> Iterator[Difference]:
    stored = {
        (progress.enrolment_id, progress.item_id): standing_of(progress)
        for progress in Progress.objects.iterator(chunk_size=BATCH)
    }
    events = Event.objects.filter(item__isnull=False).order_by("enrolment_id", "item_id", "id")
    for key, group in groupby(events.iterator(chunk_size=BATCH), key=lambda event: (event.enrolment_id, event.item_id)):
        expected, found = fold_all(group), stored.pop(key, None)
        if found != expected:
            yield Difference(*key, stored=found, expected=expected)
    for key, found in stored.items():
        yield Difference(*key, stored=found, expected=None)


def _columns(standing: Standing) -> dict[str, object]:
    return {
        "state": standing.state,
        "fraction": standing.fraction,
        "first_at": standing.first_at,
        "last_at": standing.last_at,
    }


def standing_of(progress: Progress) -> Standing:
    """Return a stored row as the value that the fold works with."""
    return Standing(Progress.State(progress.state), progress.fraction, progress.first_at, progress.last_at)
