"""Everything that a person wrote, as one JSON document that is written while it is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Person
from accounts.selectors import profile_of
from lessons.reading.selectors import notes_of
from lessons.review.selectors import reviews_by
from quizzes.selectors import answers_of, drafts_of
from simulations.selectors import predictions_of, requested_runs_of


def export_of(person: Person) -> Iterator[str]:
    """Yield the pieces of a JSON object: who they are here, then a list a sort of work; memory stays bounded."""
    profile = profile_of(person)
    yield "{"
    yield f'"person": {_json({"name": profile.display_name, "email": profile.email, "time_zone": profile.time_zone})}'
    lists: Mapping[str, Iterable[dict[str, Any]]] = {
        "answers": answers_of(person),
        "drafts": drafts_of(person),
        "notes": notes_of(person),
        "predictions": predictions_of(person),
        "reviews": reviews_by(person),
        "runs": requested_runs_of(person),
    }
    for name, rows in lists.items():
        yield f',\n"{name}": ['
        for at, row in enumerate(rows):
            yield (",\n" if at else "\n") + _json(row)
        yield "]"
    yield "}\n"


def _json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
