"""What the forms of this room send, read without judging it further."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import QueryDict

from lessons.review.errors import NotFound

LARGEST_NUMBER: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SentCard:
    """Which card a form showed, which meeting with it that was, and the rating as it came."""

    item_id: UUID
    number: int
    rating: str


def sent_card(post: QueryDict) -> SentCard:
    """Return what a card's form sent; raises NotFound where it names no card."""
    try:
        item_id = UUID(post.get("item") or "")
    except ValueError:
        raise NotFound from None
    return SentCard(item_id, _number(post.get("number") or ""), post.get("rating") or "")


def sent_position(post: QueryDict) -> int:
    """Return which question of a placement check a form showed; raises NotFound where it says none."""
    return _number(post.get("position") or "")


def _number(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(LARGEST_NUMBER))):
        raise NotFound
    return min(int(given), LARGEST_NUMBER)
