"""What a person reviewed, for them to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import F

from accounts.models import Person
from lessons.review.models import Review

ROWS_AT_ONCE: Final = 500


def reviews_by(person: Person) -> Iterator[dict[str, Any]]:
    """Yield a person's reviews with what was predicted and how they went; one query, read in batches."""
    rows = Review.objects.filter(enrolment__person=person).order_by("at", "pk")
    named = rows.annotate(course=F("enrolment__offering__slug"), of=F("item__key"))
    chosen = named.values("course", "of", "number", "predicted", "rating", "is_recalled", "at")
    for row in chosen.iterator(chunk_size=ROWS_AT_ONCE):
        yield dict(row)
