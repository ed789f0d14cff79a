"""Cards as a projection of reviews: the same fold over the whole log checks them and makes them anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from lessons.review.models import Card, Review
from lessons.review.policy.scheduling import Memory, Rating, fold
from lessons.review.selectors import memory_of

BATCH: Final = 2_000
PRECISION: Final = 9
"""Significant digits that must agree: the last bits of a power may differ between processors."""


@dataclass(frozen=True, slots=True)
class CardState:
    """How often a card was met, and the memory that came of it."""

    reviews: int
    memory: Memory

    def agrees_with(self, other: CardState) -> bool:
        """Return whether two states are the same, but for the last digits of what was computed."""
        return _rounded(self) == _rounded(other)


@dataclass(frozen=True, slots=True)
class CardDifference:
    """A stored card that its reviews don't explain, or reviews without a card."""

    enrolment_id: UUID
    item_id: UUID
    stored: CardState | None
    expected: CardState | None


@transaction.atomic
def check_cards() -> list[CardDifference]:
    """Return every card that is not what its reviews fold to."""
    _let_writers_wait()
    return list(_differences())


@transaction.atomic
def rebuild_cards() -> int:
    """Make all cards what the log says, and return how many rows had to change."""
    _let_writers_wait()
    changes = list(_differences())
    for change in changes:
        rows = Card.objects.filter(enrolment_id=change.enrolment_id, item_id=change.item_id)
        if change.expected is None:
            rows.delete()
        else:
            memory = change.expected.memory
            Card.objects.update_or_create(
                enrolment_id=change.enrolment_id,
                item_id=change.item_id,
                defaults={
                    "reviews": change.expected.reviews,
                    "stability": memory.stability,
                    "difficulty": memory.difficulty,
                    "reviewed_on": memory.reviewed_on,
                    "due_on": memory.due_on,
                },
            )
    return len(changes)


def _let_writers_wait() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Card._meta.db_table} IN EXCLUSIVE MODE")


def _differences() -> Iterator[CardDifference]:
    stored = {
        (card.enrolment_id, card.item_id): CardState(card.reviews, memory_of(card))
        for card in Card.objects.iterator(chunk_size=BATCH)
    }
    log = Review.objects.order_by("enrolment_id", "item_id", "number").iterator(chunk_size=BATCH)
    for key, group in groupby(log, key=lambda review: (review.enrolment_id, review.item_id)):
        reviews = [(Rating(review.rating), review.day) for review in group]
        memory, found = fold(reviews), stored.pop(key, None)
        assert memory is not None, "a group has a review"
        expected = CardState(len(reviews), memory)
        if found is None or not found.agrees_with(expected):
            yield CardDifference(*key, stored=found, expected=expected)
    for key, found in stored.items():
        yield CardDifference(*key, stored=found, expected=None)


def _rounded(state: CardState) -> tuple[object, ...]:
    memory = state.memory
    return (
        state.reviews,
        f"{memory.stability:.{PRECISION}g}",
        f"{memory.difficulty:.{PRECISION}g}",
        memory.reviewed_on,
        memory.due_on,
    )
