"""A chapter as it is read: its blocks in order, with the instruments, runs and questions of whoever reads.

The chapter's own text is one stored rendering. What it embeds is collected first, so that each lower room is asked once
for all of it, however long the chapter is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering, Revision
from lessons.catalogue.selectors import (
    MOST_CHAPTERS_KEPT,
    OutlineAppendix,
    OutlineChapter,
    TermContent,
    chapter_of,
    glossary_of,
    offering_and_enrolment,
    outline_of,
)
from lessons.content.glossary import TERM_LINK
from lessons.reading.selectors.standings import standings_of
from lessons.reading.standing import ChapterStanding, course_standing
from quizzes.selectors import QuestionCard, questions_on_page
from simulations.selectors import Embed, Instrument, Panel, RunEmbed, instruments_on_page, panels_on_page


@dataclass(frozen=True, slots=True)
class Recalled:
    """The section of an earlier chapter whose idea a question asks for again; `page` is that chapter's address."""

    page: str
    anchor: str
    title: str
    number: int


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a chapter; `type` says which of the others is set."""

    type: str
    html: str = ""
    instrument: Instrument | None = None
    panel: Panel | None = None
    card: QuestionCard | None = None
    recalled: Recalled | None = None
    principle_html: str = ""
    explanations: tuple[str, ...] = ()
    mistake_html: str = ""
    questions_html: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section with its blocks in order."""

    key: str
    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The course's outline beside a chapter, as far as the reader is."""

    slug: str
    course: str
    key: str
    chapters: tuple[ChapterStanding, ...]
    appendices: tuple[OutlineAppendix, ...]


@dataclass(frozen=True, slots=True)
class TermCards:
    """What the terms that a chapter links to mean, to be shown beside them."""

    slug: str
    terms: tuple[TermContent, ...]


@dataclass(frozen=True, slots=True)
class ChapterPage:
    """What the page of a chapter or an appendix shows; an appendix has no number."""

    slug: str
    group: str
    key: str
    number: int | None
    title: str
    minutes: int
    lede_html: str
    outcomes_html: tuple[str, ...]
    opening: tuple[Block, ...]
    sections: tuple[SectionText, ...]
    contents: Contents
    before: OutlineChapter | None
    after: OutlineChapter | None
    is_enrolled: bool
    questions: int
    instruments: int
    has_instruments: bool
    cards: TermCards


def chapter_page(*, person: Person | None, slug: str, key: str, now: datetime) -> ChapterPage:
    """Return a chapter or an appendix for whoever reads it, in a number of queries that does not depend on its length.

    Raises catalogue's NotFound where the offering is not theirs to see or the chapter unknown.
    """
    offering, enrolment = offering_and_enrolment(person, slug)
    content = chapter_of(offering.revision, key)
    outline = outline_of(offering.revision)
    text, sections = content.payload, content.sections
    raw_blocks = [*text["blocks"], *(block for section in sections for block in section.payload["blocks"])]
    embedded = _Embedded(raw_blocks, offering=offering, person=person, enrolment=enrolment, now=now)
    before, after = _neighbours(outline.chapters, key)
    return ChapterPage(
        slug=offering.slug,
        group=offering.cohort.name if offering.cohort else "",
        key=content.key,
        number=text.get("number"),
        title=content.title,
        minutes=text.get("minutes", 0),
        lede_html=text["lede_html"],
        outcomes_html=tuple(text.get("outcomes", ())),
        opening=embedded.blocks(text["blocks"]),
        sections=tuple(
            SectionText(
                section.key, section.payload["anchor"], section.title, embedded.blocks(section.payload["blocks"])
            )
            for section in sections
        ),
        contents=Contents(
            offering.slug, outline.title, key, course_standing(outline, standings_of(enrolment)), outline.appendices
        ),
        before=before,
        after=after,
        is_enrolled=enrolment is not None,
        questions=len(embedded.cards),
        instruments=len(embedded.instruments),
        has_instruments=bool(embedded.instruments or embedded.panels),
        cards=TermCards(offering.slug, _terms_of(offering.revision, key)),
    )


@lru_cache(maxsize=MOST_CHAPTERS_KEPT)
def _terms_of(revision: Revision, key: str) -> tuple[TermContent, ...]:
    """Return the terms that a chapter links to, once each; kept, since a revision never changes."""
    content = chapter_of(revision, key)
    rendered = json.dumps([content.payload, *(section.payload for section in content.sections)])
    linked = set(TERM_LINK.findall(rendered))
    return tuple(term for term in glossary_of(revision) if term.anchor in linked)


def _neighbours(chapters: tuple[OutlineChapter, ...], key: str) -> tuple[OutlineChapter | None, OutlineChapter | None]:
    """Return the chapters before and after the one with a key; an appendix stands beside them and has neither."""
    place = next((index for index, chapter in enumerate(chapters) if chapter.key == key), None)
    if place is None:
        return None, None
    return (chapters[place - 1] if place else None), (chapters[place + 1] if place + 1 < len(chapters) else None)


def recalled_by(block: Mapping[str, Any]) -> Recalled | None:
    """Return what a question recalls, as the revision's text has it at the place where the question stands."""
    stated = block.get("recalls")
    return Recalled(**stated) if stated is not None else None


class _Embedded:
    """What a chapter embeds, asked for once for all its blocks."""

    def __init__(
        self,
        raw: Iterable[Mapping[str, Any]],
        *,
        offering: Offering,
        person: Person | None,
        enrolment: Enrolment | None,
        now: datetime,
    ) -> None:
        by_type: dict[str, list[Mapping[str, Any]]] = {"simulation": [], "run": [], "question": []}
        for block in raw:
            by_type.get(block["type"], []).append(block)
        self.instruments = instruments_on_page(
            enrolment=enrolment,
            offering_slug=offering.slug,
            embeds=[
                Embed(block["key"], block["model"], block["parameters"], block["predict"], block["caption"])
                for block in by_type["simulation"]
            ],
        )
        self.panels = panels_on_page(
            person=person,
            enrolment=enrolment,
            offering_slug=offering.slug,
            now=now,
            embeds=[
                RunEmbed(block["key"], block["model"], block["parameters"], block["requests"])
                for block in by_type["run"]
            ],
        )
        self.cards = questions_on_page(
            enrolment=enrolment,
            revision=offering.revision,
            offering=offering,
            item_keys=[block["key"] for block in by_type["question"]],
        )

    def blocks(self, raw: Iterable[Mapping[str, Any]]) -> tuple[Block, ...]:
        """Return the blocks with what they embed."""
        return tuple(self._block(block) for block in raw)

    def _block(self, raw: Mapping[str, Any]) -> Block:
        match raw["type"]:
            case "html":
                return Block("html", html=raw["html"])
            case "simulation":
                return Block("simulation", instrument=self.instruments[raw["key"]])
            case "run":
                return Block("run", panel=self.panels[raw["key"]])
            case "question":
                return Block("question", card=self.cards[raw["key"]], recalled=recalled_by(raw))
            case "closer":
                return Block(
                    "closer",
                    principle_html=raw["principle_html"],
                    explanations=tuple(self._explanations()),
                    mistake_html=raw["mistake_html"],
                    questions_html=tuple(raw["questions"]),
                )
            case unknown:
                raise AssertionError(f"no page can show a block of type {unknown!r}")

    def _explanations(self) -> Iterable[str]:
        """Yield what the reader said about what they saw, to stand beside the chapter's principle."""
        for instrument in self.instruments.values():
            if instrument.prediction is not None and instrument.prediction.explanation:
                yield instrument.prediction.explanation
