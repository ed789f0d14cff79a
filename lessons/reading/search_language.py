"""Which rules of word forms and stop words PostgreSQL applies to a course, by the course's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CONFIGURATIONS: Final[Mapping[str, str]] = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
}
"""By the first part of a language tag; PostgreSQL brings these along."""


def configuration_of(language: str) -> str:
    """Return the name of PostgreSQL's text search configuration for a language; words as they are where it has none."""
    return CONFIGURATIONS.get(language.partition("-")[0].lower(), "simple")
