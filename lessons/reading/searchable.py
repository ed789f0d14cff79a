"""What can be searched of a revision: its text in plain words, without keys, answers or notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from markdown_it import MarkdownIt

from lessons.catalogue.models import ItemKind, ItemVersion
from lessons.content.glossary import plain_text
from lessons.reading.models import SearchEntry
from quizzes.selectors import anchor_of
from simulations.selectors import ModelCard

LONGEST_BODY: Final = 200_000
"""In characters: PostgreSQL makes vectors of up to a megabyte, and an organisation's course may be hostile."""

LONGEST_WORD: Final = 40

_MATHEMATICS: Final = re.compile(r"<math\b.*?</math>", re.DOTALL)
_END_OF_BLOCK: Final = re.compile(r"</(?:p|li|t[dhr]|h[2-4]|div|pre|d[dt]|caption|section|aside|blockquote)>|<br>")
_COMPUTED: Final = re.compile(r"\{\{[^{}\n]*\}\}|\$\$?[^$\n]+\$\$?")
_END_OF_CELL: Final = re.compile(r"</t[dh]>(?=\s*<t[dh]\b)")
_UNSPEAKABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_WORD: Final = re.compile(rf"[^\W\d_]{{3,{LONGEST_WORD}}}")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Searchable:
    """Something to be found, with where it stands; see `SearchEntry`."""

    kind: SearchEntry.Kind
    key: str
    title: str
    place: str
    page: str
    anchor: str
    body: str


def searchable_parts(versions: Iterable[ItemVersion], cards: Iterable[ModelCard]) -> list[Searchable]:
    """Return what can be found in a revision, given its versions in their order and the models that there are."""
    by_id = {version.pk: version for version in versions}
    parts = [part for version in by_id.values() if (part := _part(version, by_id)) is not None]
    return [*parts, *_simulations(by_id, cards)]


def words_of(html: str) -> str:
    """Return the words of rendered prose on one line; formulas and the notes of computed numbers are left out."""
    spaced = _END_OF_BLOCK.sub(" ", _END_OF_CELL.sub(" · ", _MATHEMATICS.sub(" ", html)))
    return _UNSPEAKABLE.sub(" ", plain_text(spaced)).strip()[:LONGEST_BODY]


def words_of_prompt(stem: str) -> str:
    """Return the words of a question's prompt, with an ellipsis where a variant has its numbers."""
    return words_of(_MARKDOWN.render(_COMPUTED.sub("…", stem)))


def vocabulary(parts: Iterable[Searchable]) -> Counter[str]:
    """Return how often each word of three letters or more is used, in small letters."""
    return Counter(word for part in parts for word in words_in(f"{part.title} {part.body}"))


def words_in(text: str) -> list[str]:
    """Return the words of three letters or more in small letters, in their order."""
    return _WORD.findall(text.lower())


def letters_of(word: str) -> str:
    """Return a word's letters in the order of the alphabet."""
    return "".join(sorted(word))


def _part(version: ItemVersion, by_id: Mapping[UUID, ItemVersion]) -> Searchable | None:
    payload, page = version.payload, _page_of(version, by_id)
    match version.item.kind:
        case ItemKind.CHAPTER | ItemKind.APPENDIX:
            opening = " ".join([payload["lede_html"], *payload.get("outcomes", ()), _html(payload["blocks"])])
            return _found(SearchEntry.Kind.SECTION, version, page, "", words_of(opening))
        case ItemKind.SECTION:
            return _found(
                SearchEntry.Kind.SECTION, version, page, payload["anchor"], words_of(_html(payload["blocks"]))
            )
        case ItemKind.QUESTION:
            body = words_of_prompt(payload["stem"])
            return _found(SearchEntry.Kind.QUESTION, version, page, anchor_of(version.item.key), body)
        case ItemKind.TERM:
            body = words_of(f"{payload['definition_html']} {payload['misuse_html']}")
            anchor = payload.get("anchor", version.item.key.rpartition("/")[2])
            return _found(SearchEntry.Kind.TERM, version, None, anchor, body)
        case _:
            return None


def _found(
    kind: SearchEntry.Kind, version: ItemVersion, page: ItemVersion | None, anchor: str, body: str
) -> Searchable:
    key = version.item.key
    place = "" if page is None or page is version else _name(page)
    return Searchable(kind, key, version.title, place, page.item.key if page else "", anchor, body)


def _page_of(version: ItemVersion, by_id: Mapping[UUID, ItemVersion]) -> ItemVersion:
    while version.parent_id is not None:
        version = by_id[version.parent_id]
    return version


def _name(page: ItemVersion) -> str:
    return f"{page.payload['number']}. {page.title}" if "number" in page.payload else page.title


def _html(blocks: Iterable[Mapping[str, Any]]) -> str:
    return " ".join(piece for block in blocks for piece in _pieces(block))


def _pieces(block: Mapping[str, Any]) -> Iterator[str]:
    """Yield a block's own prose as HTML; what it embeds is found by itself."""
    match block["type"]:
        case "html":
            yield block["html"]
        case "closer":
            yield from (
                f"{html} <br>" for html in (block["principle_html"], block["mistake_html"], *block["questions"])
            )


def _simulations(by_id: Mapping[UUID, ItemVersion], cards: Iterable[ModelCard]) -> Iterator[Searchable]:
    """Yield every model there is; its place is the first chapter that embeds it."""
    places: dict[str, str] = {}
    for version in by_id.values():
        if version.item.kind == ItemKind.SIMULATION:
            places.setdefault(version.payload["model"], _name(_page_of(version, by_id)))
    for card in cards:
        words = [
            card.summary,
            *(f"{field['label']}. {field['help']}" for field in card.fields),
            *(prompt["question"] for prompt in card.prompts),
            *(f"{experiment['title']}. {experiment['goal']}" for experiment in card.experiments),
        ]
        body = _UNSPEAKABLE.sub(" ", " ".join(words))
        yield Searchable(SearchEntry.Kind.SIMULATION, card.name, card.title, places.get(card.name, ""), "", "", body)
