"""What a checked course is: ready to be stored, nothing left to parse or render."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lessons.content.faults import Fault

RENDERER_VERSION = "6"
"""Changes whenever the same files would render to other HTML; part of every revision's digest."""

Kind = Literal["chapter", "appendix", "section", "question", "simulation", "term"]
Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoadedItem:
    """One item of a course.

    `key` is its path within the course, `was` the keys it had before (nearest first), `parent` the key of the item
    that it belongs to; `payload` is JSON whose shape the kind fixes. Parents come before their children.
    """

    kind: Kind
    key: str
    was: tuple[str, ...]
    parent: str | None
    title: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ComingChapter:
    """A chapter that the outline announces and that is not written yet."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class LoadedCourse:
    """A course without faults, rendered; `digest` covers its files, the engine and the renderer."""

    slug: str
    title: str
    summary: str
    language: str
    licence: str
    digest: str
    engine_version: str
    renderer_version: str
    coming: tuple[ComingChapter, ...]
    items: tuple[LoadedItem, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check: every fault, and the course only where there is none."""

    faults: tuple[Fault, ...]
    course: LoadedCourse | None
