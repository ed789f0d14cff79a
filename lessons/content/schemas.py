"""The shapes of course.yaml, glossary.yaml, a chapter's front matter and the options of directives."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from lessons.content.directives import KEY
from lessons.content.documents import Schema

Key = Annotated[str, StringConstraints(pattern=f"^{KEY}$", max_length=50)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Was = Annotated[list[Key], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
"""An earlier id, or several, the nearest first."""


class ComingChapter(Schema):
    """A chapter that is announced and not written."""

    number: Annotated[int, Field(ge=0, le=999)]
    title: Line


class CourseFile(Schema):
    """course.yaml: what the course is, and which chapters and appendices it has, in order."""

    slug: Key
    title: Line
    summary: Words
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]
    licence: Line
    chapters: Annotated[list[Annotated[str, StringConstraints(pattern=rf"^{KEY}$")]], Field(min_length=1)]
    appendices: list[Annotated[str, StringConstraints(pattern=rf"^{KEY}$")]] = []
    outline: list[ComingChapter] = []
    removed: list[Annotated[str, StringConstraints(pattern=rf"^{KEY}(/{KEY})?$")]] = []


class Front(Schema):
    """The front matter of a chapter."""

    id: Key
    number: Annotated[int, Field(ge=0, le=999)]
    title: Line
    minutes: Annotated[int, Field(ge=1, le=600)]
    lede: Words
    outcomes: Annotated[list[Line], Field(min_length=1, max_length=12)]
    was: Was = []


class AppendixFront(Schema):
    """The front matter of an appendix."""

    id: Key
    title: Line
    lede: Words
    was: Was = []


class TermEntry(Schema):
    """An entry of glossary.yaml; `misuse` says how the word is often misused, `taught` which section teaches it."""

    id: Key
    title: Line
    definition: Words
    misuse: Words | None = None
    taught: Annotated[str, StringConstraints(pattern=rf"^{KEY}#{KEY}$")] | None = None
    was: Was = []


class SimulationOptions(Schema):
    """Options of `:::simulation`."""

    id: Key
    parameters: dict[str, Any] = {}
    predict: str | None = None
    caption: Line | None = None
    was: Was = []


class RunOptions(Schema):
    """Options of `:::run`."""

    id: Key
    parameters: dict[str, Any] = {}
    requests: Annotated[int, Field(ge=1)]
    was: Was = []


class TableOptions(Schema):
    """Options of `:::table`; `numbers` states the origin of every number in it."""

    caption: Words
    source: Words | None = None
    numbers: Annotated[str, StringConstraints(pattern="^(given|cited|illustrative)$")] | None = None


class TitleOptions(Schema):
    """Options of `:::worked-example`, `:::aside` and `:::incident`."""

    title: Line | None = None


class NoOptions(Schema):
    """For directives without options."""
