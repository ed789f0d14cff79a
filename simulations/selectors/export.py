"""What a person wrote and chose in simulations, for them to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.models import Person
from simulations.models import Prediction, Run

ROWS_AT_ONCE = 500


def predictions_of(person: Person) -> Iterator[dict[str, Any]]:
    """Yield a person's predictions with what they explained, the oldest first; one query, read in batches."""
    rows = Prediction.objects.filter(enrolment__person=person).order_by("locked_at", "pk")
    named = rows.values(
        "model",
        "prompt",
        "shape",
        "engine_version",
        "low",
        "high",
        "truth",
        "held",
        "guess",
        "guess_truth",
        "score",
        "cause",
        "explanation",
        "locked_at",
    )
    for row in named.iterator(chunk_size=ROWS_AT_ONCE):
        yield dict(row)


def requested_runs_of(person: Person) -> Iterator[dict[str, Any]]:
    """Yield a person's runs with what each was asked to compute, the oldest first; one query, read in batches."""
    rows = Run.objects.filter(enrolment__person=person).order_by("created_at", "pk")
    named = rows.values(
        "id",
        "computation__model",
        "computation__parameters",
        "computation__seed",
        "computation__requests",
        "created_at",
        "cancelled_at",
    )
    for row in named.iterator(chunk_size=ROWS_AT_ONCE):
        yield {name.removeprefix("computation__"): value for name, value in row.items()}
