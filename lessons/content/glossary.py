"""Read glossary.yaml: the terms of a course, their definitions and how they are misused."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Final

from lessons.content.documents import Document, load_yaml, validate
from lessons.content.faults import FaultLog, FileFaults
from lessons.content.files import decode
from lessons.content.model import LoadedItem
from lessons.content.pages import Pages
from lessons.content.prose import GLOSSARY, Prose
from lessons.content.schemas import TermEntry

FILE: Final = "glossary.yaml"
NAMESPACE: Final = "terms"
"""First part of a term's key; no chapter may be called so."""

TERM_LINK: Final = re.compile(rf"{re.escape(GLOSSARY)}#([a-z0-9-]+)")
"""Where a rendered text links to a term."""

_NOTE = re.compile(r'<span popover="" id="[^"]*" class="[^"]*">.*?</span>')
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of a course by id, and the section that each entry says teaches it, with the line that says so."""

    items: Mapping[str, LoadedItem]
    taught: Mapping[str, tuple[str, int]]


def read_glossary(files: Mapping[str, bytes], faults: FaultLog) -> Glossary:
    """Return the terms; without a file there are none."""
    entries = _entries(files, faults)
    own = faults.in_file(FILE)
    return Glossary(
        {identifier: _item(entry, part, entries, own) for identifier, (entry, part) in entries.items()},
        {
            identifier: (entry.taught, part.line_of(("taught",)))
            for identifier, (entry, part) in entries.items()
            if entry.taught is not None
        },
    )


def placed_terms(
    glossary: Glossary, items: Sequence[LoadedItem], pages: Pages, faults: FaultLog
) -> Iterator[LoadedItem]:
    """Yield the terms, each with the section that teaches it: the stated one, or else the first that links to it."""
    sections = {item.key: item for item in items if item.kind == "section"}
    first: dict[str, str] = {}
    for key, item in sections.items():
        for identifier in TERM_LINK.findall(json.dumps(item.payload["blocks"])):
            first.setdefault(identifier, key)
    for identifier, term in glossary.items.items():
        stated, line = glossary.taught.get(identifier, ("", 0))
        section = sections.get(stated.replace("#", "/") or first.get(identifier, ""))
        if stated and section is None:
            faults.add(FILE, line, f"{stated} is not a section of this course: name its page and its id, page#section.")
        yield replace(term, payload={**term.payload, "taught": section and _place(section, pages)})


def with_taught_terms(items: Iterable[LoadedItem], terms: Sequence[LoadedItem], pages: Pages) -> Iterator[LoadedItem]:
    """Yield the items, each chapter with the terms that it teaches after those that it links to."""
    for item in items:
        if item.kind != "chapter":
            yield item
            continue
        address, linked = pages.addresses.get(item.key, item.key), item.payload["terms"]
        here = [term for term in terms if (term.payload["taught"] or {}).get("page") == address]
        more = [{"key": term.key} for term in here if {"key": term.key} not in linked]
        yield replace(item, payload={**item.payload, "terms": [*linked, *more]})


def _place(section: LoadedItem, pages: Pages) -> dict[str, str]:
    """Return where a section is found, by the names that never change."""
    assert section.parent is not None
    return {
        "page": pages.addresses.get(section.parent, section.parent),
        "anchor": section.payload["anchor"],
        "title": section.title,
    }


def _entries(files: Mapping[str, bytes], faults: FaultLog) -> dict[str, tuple[TermEntry, Document]]:
    """Return the entries by id, reporting what is wrong with each at its line."""
    own = faults.in_file(FILE)
    text = decode(FILE, files[FILE], faults) if FILE in files else None
    document = None if text is None else load_yaml(text, own)
    if document is None:
        return {}
    if not isinstance(document.value, list):
        own.add(1, "The glossary is a list of terms, each with id, title and definition.")
        return {}
    entries: dict[str, tuple[TermEntry, Document]] = {}
    for index in range(len(document.value)):
        part = document.under(index)
        entry = validate(TermEntry, part, own)
        if entry is None:
            continue
        if entry.id in entries:
            own.add(part.line_of(("id",)), f"{entry.id} is defined twice; give one of them another id.")
        entries[entry.id] = (entry, part)
    return entries


def _item(entry: TermEntry, part: Document, terms: Collection[str], faults: FileFaults) -> LoadedItem:
    prose = Prose(faults, terms, prefix=f"{NAMESPACE}-{entry.id}-")
    definition = prose.inline(entry.definition, part.line_of(("definition",)))
    misuse = prose.inline(entry.misuse, part.line_of(("misuse",))) if entry.misuse else ""
    title = prose.plain(entry.title, part.line_of(("title",)))
    for line, anchor in prose.anchors:
        faults.add(line, f"#{anchor} leads nowhere: a glossary has no sections.")
    return LoadedItem(
        kind="term",
        key=f"{NAMESPACE}/{entry.id}",
        was=tuple(f"{NAMESPACE}/{old}" for old in entry.was),
        parent=None,
        title=title,
        payload={"anchor": entry.id, "definition_html": definition, "misuse_html": misuse},
    )


def plain_text(html: str) -> str:
    """Return the words of rendered prose, its notes left out."""
    return unescape(_TAG.sub("", _NOTE.sub("", html)))
