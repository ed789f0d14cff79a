"""Read glossary.yaml: the terms of a course, their definitions and how they are misused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Final

from lessons.content.documents import Document, load_yaml, validate
from lessons.content.faults import FaultLog, FileFaults
from lessons.content.files import decode
from lessons.content.model import LoadedItem
from lessons.content.prose import Prose, Term
from lessons.content.schemas import TermEntry

FILE: Final = "glossary.yaml"
NAMESPACE: Final = "terms"
"""First part of a term's key; no chapter may be called so."""

_NOTE = re.compile(r'<span popover="" id="[^"]*" class="[^"]*">.*?</span>')
_TAG = re.compile(r"<[^>]*>")


def read_glossary(files: Mapping[str, bytes], faults: FaultLog) -> tuple[dict[str, Term], tuple[LoadedItem, ...]]:
    """Return the terms by id, for links, and as items; without a file there are none."""
    if FILE not in files:
        return {}, ()
    own = faults.in_file(FILE)
    text = decode(FILE, files[FILE], faults)
    document = None if text is None else load_yaml(text, own)
    if document is None:
        return {}, ()
    if not isinstance(document.value, list):
        own.add(1, "The glossary is a list of terms, each with id, title and definition.")
        return {}, ()
    entries: dict[str, tuple[TermEntry, Document]] = {}
    for index in range(len(document.value)):
        part = document.under(index)
        entry = validate(TermEntry, part, own)
        if entry is None:
            continue
        if entry.id in entries:
            own.add(part.line_of(("id",)), f"{entry.id} is defined twice; give one of them another id.")
        entries[entry.id] = (entry, part)
    # A definition may link to a term below it, whose words are known only once they have been rendered.
    terms = {identifier: Term(entry.title, "") for identifier, (entry, _) in entries.items()}
    items = [_item(entry, part, terms, own) for entry, part in entries.values()]
    terms = {
        identifier: Term(item.title, plain_text(item.payload["definition_html"]))
        for identifier, item in zip(entries, items, strict=True)
    }
    return terms, tuple(_item(entry, part, terms, own) for entry, part in entries.values())


def _item(entry: TermEntry, part: Document, terms: Mapping[str, Term], faults: FileFaults) -> LoadedItem:
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
        payload={"definition_html": definition, "misuse_html": misuse},
    )


def plain_text(html: str) -> str:
    """Return the words of rendered prose, its notes left out."""
    return unescape(_TAG.sub("", _NOTE.sub("", html)))
