"""What a person answered, for them to take away; nothing of a key, and no outcome that is not told yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, F, Q, Value, When

from accounts.models import Person
from quizzes.models import Draft, Step
from quizzes.selectors.withholding import RECORDED

ROWS_AT_ONCE = 500

TOLD = Q(attempt__sitting__isnull=True) | Q(attempt__sitting__assignment__posted_at__isnull=False)


def answers_of(person: Person) -> Iterator[dict[str, Any]]:
    """Yield a person's submitted answers, each with the question as it was shown; one query, read in batches."""
    rows = Step.objects.filter(attempt__enrolment__person=person).order_by("submitted_at", "pk")
    named = rows.annotate(
        course=F("attempt__enrolment__offering__slug"),
        question=F("attempt__item__key"),
        purpose=F("attempt__purpose"),
        shown=F("variant__rendered"),
        result=Case(When(TOLD, then=F("outcome")), default=Value(RECORDED)),
    )
    chosen = named.values(
        "course", "question", "purpose", "number", "shown", "answer", "confidence", "result", "submitted_at"
    )
    for row in chosen.iterator(chunk_size=ROWS_AT_ONCE):
        yield dict(row)


def drafts_of(person: Person) -> Iterator[dict[str, Any]]:
    """Yield what a person typed and did not submit; one query, read in batches."""
    rows = Draft.objects.filter(attempt__enrolment__person=person).order_by("saved_at", "pk")
    named = rows.annotate(course=F("attempt__enrolment__offering__slug"), question=F("attempt__item__key"))
    for row in named.values("course", "question", "answer", "saved_at").iterator(chunk_size=ROWS_AT_ONCE):
        yield dict(row)
