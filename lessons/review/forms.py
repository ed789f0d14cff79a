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
    number = post.get("number") or ""
    try:
        item_id = UUID(post.get("item") or "")
    except ValueError:
        raise NotFound from None
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(LARGEST_NUMBER))):
        raise NotFound
    return SentCard(item_id, min(int(number), LARGEST_NUMBER), post.get("rating") or "")
