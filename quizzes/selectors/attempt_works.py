"""Attempts with what was drawn, tried and drafted in them, read at once for the cards of a page."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from lessons.catalogue.models import Enrolment
from lessons.catalogue.prepared import Prepared
from quizzes.models import Attempt, Draft, Variant
from quizzes.selectors.regrades import judge_anew


@dataclass(frozen=True, slots=True)
class AttemptWork:
    """An attempt with its variants by number, each with the step submitted for it, if one was, and the draft."""

    attempt: Attempt
    variants: list[Variant]
    draft: Draft | None


def works_where(enrolment: Enrolment, item_ids: Iterable[uuid.UUID], which: Q) -> dict[uuid.UUID, AttemptWork]:
    """Return the latest such attempt at each item, in one query: an attempt has a variant from its first moment."""
    return _grouped(enrolment, _variants(enrolment.pk, list(item_ids), which))


def _variants(enrolment_id: uuid.UUID, item_ids: list[uuid.UUID], which: Q) -> QuerySet[Variant]:
    return (
        Variant.objects.filter(which, attempt__enrolment=enrolment_id, attempt__item__id__any_of=item_ids)
        .select_related("attempt__draft", "step")
        .order_by("attempt__number", "number")
    )


_PRACTICE: Final = Prepared(
    lambda enrolment_id, item_ids: _variants(enrolment_id, item_ids, Q(attempt__purpose=Attempt.Purpose.PRACTICE)),
    uuid.UUID,
    list[uuid.UUID],
)


def practice_works(enrolment: Enrolment, item_ids: list[uuid.UUID]) -> dict[uuid.UUID, AttemptWork]:
    """Return the latest practice at each item, in one query that is composed once: every chapter asks it."""
    return _grouped(enrolment, _PRACTICE.rows(enrolment.pk, item_ids))


def _grouped(enrolment: Enrolment, variants: Iterable[Variant]) -> dict[uuid.UUID, AttemptWork]:
    works: dict[uuid.UUID, AttemptWork] = {}
    for variant in variants:
        attempt = variant.attempt
        work = works.get(attempt.item_id)
        if work is None or work.attempt != attempt:
            work = works[attempt.item_id] = AttemptWork(attempt, [], getattr(attempt, "draft", None))
        work.variants.append(variant)
    judge_anew(enrolment.offering, (variant for work in works.values() for variant in work.variants))
    return works
