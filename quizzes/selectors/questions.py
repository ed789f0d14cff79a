"""Questions as the catalogue keeps them, parsed once."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final

from lessons.catalogue.models import ItemVersion
from quizzes.kinds import Drawn, Question, parse_question

MOST_QUESTIONS_KEPT: Final = 512
MOST_VARIANTS_KEPT: Final = 4_096
"""A chapter's questions with all their first variants are about a thousand, of a few kB each."""


def question_of(version: ItemVersion) -> Question:
    """Return the question that an item of a revision holds; raises InvalidQuestion if its payload is none."""
    return _parsed(json.dumps(version.payload, sort_keys=True))


def drawn_of(version: ItemVersion, seed: int) -> Drawn:
    """Return the variant of a seed, drawn and not stored; drawing takes milliseconds, so it is remembered."""
    return _drawn(json.dumps(version.payload, sort_keys=True), seed)


@lru_cache(maxsize=MOST_QUESTIONS_KEPT)
def _parsed(payload: str) -> Question:
    return parse_question(json.loads(payload))


@lru_cache(maxsize=MOST_VARIANTS_KEPT)
def _drawn(payload: str, seed: int) -> Drawn:
    return _parsed(payload).draw(seed)
