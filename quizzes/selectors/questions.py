"""Questions as the catalogue keeps them, read and parsed once: what a revision says never changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from lessons.catalogue.models import ItemKind, ItemVersion, Revision
from quizzes.kinds import Drawn, Question, parse_question

MOST_PAGES_KEPT: Final = 128
MOST_QUESTIONS_KEPT: Final = 512
MOST_VARIANTS_KEPT: Final = 4_096
"""A chapter's questions with all their first variants are about a thousand, of a few kB each."""


@lru_cache(maxsize=MOST_PAGES_KEPT)
def questions_of(revision: Revision, keys: tuple[str, ...]) -> Mapping[str, ItemVersion]:
    """Return those of the keys that are questions of a revision, in their order; one query, none where it is kept."""
    versions = ItemVersion.objects.filter(revision=revision, item__key__in=keys, item__kind=ItemKind.QUESTION)
    found = {version.item.key: version for version in versions.select_related("item")}
    return MappingProxyType({key: found[key] for key in keys if key in found})


@lru_cache(maxsize=MOST_QUESTIONS_KEPT)
def question_of(version: ItemVersion) -> Question:
    """Return the question that an item of a revision holds; raises InvalidQuestion if its payload is none."""
    return parse_question(version.payload)


@lru_cache(maxsize=MOST_VARIANTS_KEPT)
def drawn_of(version: ItemVersion, seed: int) -> Drawn:
    """Return the variant of a seed, drawn and not stored; drawing takes milliseconds, so it is remembered."""
    return question_of(version).draw(seed)
