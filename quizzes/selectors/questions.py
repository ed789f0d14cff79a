"""Questions as the catalogue keeps them and as an offering's staff corrected them, read and parsed once.

What a revision says never changes, and neither does a correction that was applied: `Offering.amended_at` tells when
there is another one, so that in an offering where nothing was corrected nothing is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from lessons.catalogue.models import Item, ItemKind, ItemVersion, Offering, Revision
from quizzes.kinds import Drawn, InvalidQuestion, Question, looks_alike, parse_question
from quizzes.models import Correction, Variant

MOST_PAGES_KEPT: Final = 128
MOST_QUESTIONS_KEPT: Final = 512
MOST_VARIANTS_KEPT: Final = 4_096
"""A chapter's questions with all their first variants are about a thousand, of a few kB each."""

MOST_OFFERINGS_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class CorrectedDefinition:
    """A definition that staff of one offering put in the place of `payload`, what the revision says.

    It holds for every version of the question that says the same, so that it outlives a new revision of the course in
    which this question did not change.
    """

    correction_id: UUID
    policy: str = field(compare=False)
    payload: Mapping[str, Any] = field(compare=False)
    definition: Mapping[str, Any] = field(compare=False)

    def holds_for(self, version: ItemVersion) -> bool:
        """Return whether it corrects what this version says."""
        return bool(self.payload == version.payload)


@lru_cache(maxsize=MOST_PAGES_KEPT)
def questions_of(revision: Revision, keys: tuple[str, ...]) -> Mapping[str, ItemVersion]:
    """Return those of the keys that are questions of a revision, in their order; one query, none where it is kept."""
    versions = ItemVersion.objects.filter(revision=revision, item__key__in=keys, item__kind=ItemKind.QUESTION)
    found = {version.item.key: version for version in versions.select_related("item")}
    return MappingProxyType({key: found[key] for key in keys if key in found})


@lru_cache(maxsize=MOST_QUESTIONS_KEPT)
def version_of(version_id: UUID) -> ItemVersion:
    """Return a question's version by its id; one query, none where it is kept: a version never changes."""
    return ItemVersion.objects.select_related("item").get(pk=version_id)


def items_asked(offering: Offering, keys: tuple[str, ...]) -> dict[str, UUID]:
    """Return the questions of the keys by item, in their order, those that were taken out of the course included.

    No query where the revision that the offering reads has them all and is kept; one for the others.
    """
    versions = questions_of(offering.revision, keys)
    gone = [key for key in keys if key not in versions]
    found = {key: version.item_id for key, version in versions.items()}
    if gone:
        items = Item.objects.filter(course=offering.course_id, kind=ItemKind.QUESTION, key__in=gone)
        found |= dict(items.values_list("key", "pk"))
    return {key: found[key] for key in keys if key in found}


@lru_cache(maxsize=MOST_QUESTIONS_KEPT)
def question_of(version: ItemVersion) -> Question:
    """Return the question that an item of a revision holds; raises InvalidQuestion if its payload is none."""
    return parse_question(version.payload)


@lru_cache(maxsize=MOST_VARIANTS_KEPT)
def drawn_of(version: ItemVersion, seed: int) -> Drawn:
    """Return the variant of a seed, drawn and not stored; drawing takes milliseconds, so it is remembered."""
    return question_of(version).draw(seed)


def definition_for(offering: Offering, version: ItemVersion) -> Mapping[str, Any]:
    """Return a question's definition as it stands in an offering: the revision's, or the last correction of it.

    No query where nothing was corrected since it was last asked.
    """
    standing = corrections_of(offering, version)
    return standing[-1].definition if standing else version.payload


def question_for(offering: Offering, version: ItemVersion) -> Question:
    """Return the question that new variants are drawn from in an offering; queries as `definition_for`."""
    standing = corrections_of(offering, version)
    return corrected_question(standing[-1]) if standing else question_of(version)


def drawn_for(offering: Offering, version: ItemVersion, seed: int) -> Drawn:
    """Return the variant of a seed as an offering has it now, remembered; queries as `definition_for`."""
    standing = corrections_of(offering, version)
    return _drawn_as_corrected(standing[-1], seed) if standing else drawn_of(version, seed)


def drawn_again(offering: Offering, variant: Variant) -> Drawn:
    """Return a stored variant as an offering corrects it: what it shows is unchanged, its key may be another.

    Where nothing corrects it, that is what is stored. The variant's version must be loaded; queries as
    `definition_for`.
    """
    standing = corrections_of(offering, variant.version)
    return (corrected_variant(standing[-1], variant) if standing else None) or as_stored(variant)


def as_stored(variant: Variant) -> Drawn:
    """Return a variant as it is kept."""
    return Drawn(variant.seed, variant.parameters, variant.rendered, variant.key)


def corrected_variant(corrected: CorrectedDefinition, variant: Variant) -> Drawn | None:
    """Return a stored variant with the key of a correction, None where that would show something else.

    That may be after a change of the engine: then the variant keeps the key that it has.
    """
    drawn = _drawn_as_corrected(corrected, variant.seed)
    if looks_alike(variant.rendered, drawn.rendered):
        return drawn
    try:
        drawn = as_json(corrected_question(corrected).redraw(as_stored(variant)))
    except InvalidQuestion:
        return None
    return drawn if looks_alike(variant.rendered, drawn.rendered) else None


def as_json(drawn: Drawn) -> Drawn:
    """Return a variant as it comes back from the store, to be compared with one that did."""
    return Drawn(drawn.seed, *json.loads(json.dumps([drawn.parameters, drawn.rendered, drawn.key])))


def corrections_of(offering: Offering, version: ItemVersion) -> tuple[CorrectedDefinition, ...]:
    """Return the corrections applied to what a version says in an offering, in the order they were applied."""
    if offering.amended_at is None:
        return ()
    made = _corrections_in(offering.pk, offering.amended_at).get(version.item_id, ())
    return tuple(corrected for corrected in made if corrected.holds_for(version))


@lru_cache(maxsize=MOST_QUESTIONS_KEPT)
def corrected_question(corrected: CorrectedDefinition) -> Question:
    """Return the question that a correction defines."""
    return parse_question(corrected.definition)


@lru_cache(maxsize=MOST_VARIANTS_KEPT)
def _drawn_as_corrected(corrected: CorrectedDefinition, seed: int) -> Drawn:
    return as_json(corrected_question(corrected).draw(seed))


@lru_cache(maxsize=MOST_OFFERINGS_KEPT)
def _corrections_in(offering_id: UUID, amended_at: datetime) -> Mapping[UUID, tuple[CorrectedDefinition, ...]]:
    """Return an offering's applied corrections by item; `amended_at` is in the key alone: it changes with each."""
    made: dict[UUID, tuple[CorrectedDefinition, ...]] = {}
    applied = Correction.objects.filter(offering=offering_id, applied_at__isnull=False).select_related("version")
    for correction in applied.order_by("applied_at", "number"):
        corrected = CorrectedDefinition(
            correction.pk, correction.policy, correction.version.payload, correction.definition
        )
        made[correction.item_id] = (*made.get(correction.item_id, ()), corrected)
    return MappingProxyType(made)
