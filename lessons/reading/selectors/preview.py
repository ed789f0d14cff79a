"""A revision as it would be read, for whoever holds a private link to it: nothing in it can be sent or is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from lessons.catalogue.models import Offering, Revision
from lessons.catalogue.revisions import previewed_revision
from lessons.catalogue.selectors import Outline, TermContent, chapter_of, glossary_of, outline_of
from lessons.reading.selectors.chapter import Block, SectionText, recalled_by
from quizzes.selectors import QuestionCard, questions_on_page
from simulations.selectors import Instrument, instrument_without_work, model_card

NOWHERE: Final = "-"
"""Stands for the offering in forms that cannot be sent: no offering has this address."""


@dataclass(frozen=True, slots=True)
class PreviewOutline:
    """A revision's outline behind a private link."""

    link: str
    number: int
    outline: Outline


@dataclass(frozen=True, slots=True)
class PreviewChapter:
    """A chapter or an appendix of a revision behind a private link."""

    link: str
    number: int
    outline: Outline
    key: str
    title: str
    lede_html: str
    opening: tuple[Block, ...]
    sections: tuple[SectionText, ...]
    has_instruments: bool


@dataclass(frozen=True, slots=True)
class PreviewGlossary:
    """The glossary of a revision behind a private link."""

    link: str
    number: int
    course: str
    terms: tuple[TermContent, ...]


def preview_outline(link: str) -> PreviewOutline:
    """Return the outline that a private link opens; two queries. Raises catalogue's PreviewEnded."""
    revision = previewed_revision(link)
    return PreviewOutline(link, revision.number, outline_of(revision))


def preview_chapter(link: str, key: str) -> PreviewChapter:
    """Return a chapter or an appendix that a private link opens; five queries at most.

    Raises catalogue's PreviewEnded, and NotFound where the revision has no such page.
    """
    revision = previewed_revision(link)
    content = chapter_of(revision, key)
    raw = [*content.payload["blocks"], *(block for part in content.sections for block in part.payload["blocks"])]
    cards = _cards(revision, raw)
    return PreviewChapter(
        link=link,
        number=revision.number,
        outline=outline_of(revision),
        key=content.key,
        title=content.title,
        lede_html=content.payload["lede_html"],
        opening=tuple(_block(block, cards) for block in content.payload["blocks"]),
        sections=tuple(
            SectionText(
                section.key,
                section.payload["anchor"],
                section.title,
                tuple(_block(block, cards) for block in section.payload["blocks"]),
            )
            for section in content.sections
        ),
        has_instruments=any(block["type"] == "simulation" for block in raw),
    )


def preview_glossary(link: str) -> PreviewGlossary:
    """Return the glossary that a private link opens; two queries at most. Raises catalogue's PreviewEnded."""
    revision = previewed_revision(link)
    return PreviewGlossary(link, revision.number, revision.title, glossary_of(revision))


def _cards(revision: Revision, raw: Iterable[Mapping[str, Any]]) -> Mapping[str, QuestionCard]:
    keys = [block["key"] for block in raw if block["type"] == "question"]
    return questions_on_page(enrolment=None, revision=revision, item_keys=keys, offering=Offering(slug=NOWHERE))


def _block(raw: Mapping[str, Any], cards: Mapping[str, QuestionCard]) -> Block:
    match raw["type"]:
        case "html":
            return Block("html", html=raw["html"])
        case "simulation":
            return Block("simulation", instrument=_instrument(raw))
        case "run":
            return Block("run", html=f"{raw['requests']:,} requests of {model_card(raw['model']).title}")
        case "question":
            return Block("question", card=cards[raw["key"]], recalled=recalled_by(raw))
        case "closer":
            return Block(
                "closer",
                principle_html=raw["principle_html"],
                mistake_html=raw["mistake_html"],
                questions_html=tuple(raw["questions"]),
            )
        case unknown:
            raise AssertionError(f"no page can show a block of type {unknown!r}")


def _instrument(raw: Mapping[str, Any]) -> Instrument:
    instrument = instrument_without_work(model=raw["model"], parameters=raw["parameters"], predict=raw["predict"])
    return replace(instrument, key=raw["key"], caption=raw["caption"])
