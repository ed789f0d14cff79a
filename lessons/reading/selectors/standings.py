"""Stored progress, by enrolment and item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from lessons.catalogue.models import Enrolment
from lessons.catalogue.prepared import Prepared
from lessons.reading.models import Progress
from lessons.reading.projections import Standing, standing_of
from lessons.reading.standing import Standings

_PROGRESS: Final = Prepared(lambda enrolment_id: Progress.objects.filter(enrolment=enrolment_id), UUID)


def standings_of(enrolment: Enrolment | None) -> Standings:
    """Return the progress of one enrolment by item, in one query; nothing without an enrolment."""
    if enrolment is None:
        return {}
    return {progress.item_id: standing_of(progress) for progress in _PROGRESS.rows(enrolment.pk)}


def standings_by_enrolment(enrolment_ids: Iterable[UUID]) -> dict[UUID, Standings]:
    """Return the progress of several enrolments by item, in one query."""
    found: dict[UUID, dict[UUID, Standing]] = defaultdict(dict)
    for progress in Progress.objects.filter(enrolment_id__in=list(enrolment_ids)):
        found[progress.enrolment_id][progress.item_id] = standing_of(progress)
    return dict(found)
