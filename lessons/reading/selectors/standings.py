"""Stored progress, by enrolment and item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from lessons.catalogue.models import Enrolment
from lessons.reading.models import Progress
from lessons.reading.projections import Standing, standing_of
from lessons.reading.standing import Standings


def standings_of(enrolment: Enrolment | None) -> Standings:
    """Return the progress of one enrolment by item, in one query; nothing without an enrolment."""
    return {} if enrolment is None else standings_by_enrolment([enrolment.pk]).get(enrolment.pk, {})


def standings_by_enrolment(enrolment_ids: Iterable[UUID]) -> dict[UUID, Standings]:
    """Return the progress of several enrolments by item, in one query."""
    found: dict[UUID, dict[UUID, Standing]] = defaultdict(dict)
    for progress in Progress.objects.filter(enrolment_id__in=list(enrolment_ids)):
        found[progress.enrolment_id][progress.item_id] = standing_of(progress)
    return dict(found)
