"""Say what differs between two states of a course, item by item, and what that does to learners' progress.

A change is minor where whatever learners did on the item stands. It is major where the author took away something that
learners work on: what they did is kept, and counts towards their progress no more. An author who wants work on an item
not to stand gives it a new id, so that the old item is removed and a new one is added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

from lessons.content.glossary import plain_text
from lessons.content.identity import identities, with_identities
from lessons.content.model import LoadedItem

WORKED_ON: Final = frozenset({"chapter", "section", "question", "simulation"})
"""Kinds on which learners have progress; terms and appendices are looked things up in."""

WORDS_OF_QUESTION: Final = frozenset({"title", "recalls", "stem", "right", "hint", "solution"})
"""What a question says, and what it goes back to; everything else of it decides what is asked and how it is marked."""

MOST_PARAGRAPHS: Final = 400
"""Comparing takes the product of both sides' paragraphs at worst; longer texts are said to differ and no more."""
MOST_PASSAGES: Final = 12
LONGEST_PASSAGE: Final = 240
CONTEXT: Final = 60

_NUMBERED = re.compile(r"\b((?:[a-z0-9-]+-)?(?:calc|term))-\d+\b")
_PARAGRAPH = re.compile(r"</(?:p|li|h[2-4]|pre|tr|caption|blockquote)>")


class How(StrEnum):
    """What happened to an item."""

    REMOVED = "removed"
    CHANGED = "changed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class StatedItem:
    """An item as one state of a course has it; `key` and `parent` are identities, which no renaming changes."""

    kind: str
    key: str
    parent: str | None
    title: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """Words before and after, shortened around what differs; one of them is empty where words were added or removed."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one item, what it means for learners, and the passages that differ."""

    how: How
    kind: str
    key: str
    title: str
    is_major: bool
    effect: str
    passages: tuple[Passage, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs: what was removed first, then what changed and what was added, in the course's order."""

    changes: tuple[Change, ...]

    @property
    def is_major(self) -> bool:
        """Whether progress on something no longer counts."""
        return any(change.is_major for change in self.changes)

    def of(self, how: How) -> tuple[Change, ...]:
        """Return the changes of one sort."""
        return tuple(change for change in self.changes if change.how is how)


def stated(items: Iterable[LoadedItem], known: Collection[str]) -> tuple[StatedItem, ...]:
    """Return a checked course's items by their identity; `known` are the keys of the items that the course has had."""
    items = tuple(items)
    keys = identities(items, known)
    return tuple(
        StatedItem(
            kind=item.kind,
            key=keys[item.key],
            parent=keys[item.parent] if item.parent else None,
            title=item.title,
            # As the database gives it back: lists for tuples, text for the keys of mappings.
            payload=json.loads(json.dumps(with_identities(item.payload, keys))),
        )
        for item in items
    )


def difference(before: Iterable[StatedItem], after: Iterable[StatedItem]) -> Difference:
    """Return what differs between two states of a course."""
    old = {item.key: item for item in before}
    new = {item.key: item for item in after}
    removed = [_removed(item) for key, item in old.items() if key not in new]
    kept = [change for key, item in new.items() if key in old and (change := _changed(old[key], item))]
    added = [_added(item, old) for key, item in new.items() if key not in old]
    return Difference((*removed, *kept, *added))


def _removed(item: StatedItem) -> Change:
    is_major = item.kind in WORKED_ON
    effect = "Learners no longer meet it."
    if is_major:
        effect = (
            "What learners did on it is kept and counts towards their progress no more. An answer begun before is "
            "still marked when it is sent."
            if item.kind == "question"
            else "What learners did on it is kept and counts towards their progress no more."
        )
    return Change(How.REMOVED, item.kind, item.key, item.title, is_major, effect)


def _added(item: StatedItem, old: Mapping[str, StatedItem]) -> Change:
    effect = "Learners meet it from now on."
    if item.kind == "question" and item.parent in old:
        effect = "Its section is not done again until it is answered, for learners who had done it too."
    return Change(How.ADDED, item.kind, item.key, item.title, is_major=False, effect=effect)


def _changed(old: StatedItem, new: StatedItem) -> Change | None:
    passages = list(_passages(old, new))
    if not passages:
        return None
    effect = "Progress stands."
    if new.kind == "question" and any(passage.part not in WORDS_OF_QUESTION for passage in passages):
        effect = (
            "Marks stand as they were given. An answer begun before is marked by the question as it was begun; whoever "
            "begins from now on gets the new one."
        )
    shown, more = passages[:MOST_PASSAGES], max(0, len(passages) - MOST_PASSAGES)
    return Change(How.CHANGED, new.kind, new.key, new.title, False, effect, tuple(shown), more)


def _passages(old: StatedItem, new: StatedItem) -> Iterator[Passage]:
    if old.title != new.title and "title" not in new.payload:
        yield _passage("title", old.title, new.title)
    if old.parent != new.parent:
        yield _passage("place", old.parent or "", new.parent or "")
    # What follows from the words of a page: which terms it links to, where a term is taught, how long a section takes.
    derived = {"key", "terms", "taught", *(("minutes",) if new.kind == "section" else ())}
    for part in dict.fromkeys([*old.payload, *new.payload]):
        before, after = old.payload.get(part), new.payload.get(part)
        if part in derived or before == after:
            continue
        if part == "blocks":
            yield from _of_text(_paragraphs(before or ()), _paragraphs(after or ()))
        elif _of_html(_words(before)) != _of_html(_words(after)):
            yield _passage(part, plain_text(_words(before)), plain_text(_words(after)))


def _of_text(before: list[str], after: list[str]) -> Iterator[Passage]:
    """Yield the paragraphs that differ, each beside the one that took its place."""
    if before == after:
        return
    if max(len(before), len(after)) > MOST_PARAGRAPHS:
        yield Passage("text", f"{len(before):,} paragraphs", f"{len(after):,} paragraphs")
        return
    for operation, start, end, new_start, new_end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if operation == "equal":
            continue
        old, new = before[start:end], after[new_start:new_end]
        for index in range(max(len(old), len(new))):
            left = plain_text(old[index]) if index < len(old) else ""
            right = plain_text(new[index]) if index < len(new) else ""
            yield _passage("text" if left != right else "links or marks in", left, right)


def _paragraphs(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the paragraphs of a page's text with their marks; what it embeds are items of their own."""
    texts: list[str] = []
    for block in blocks:
        texts.extend(block[name] for name in ("html", "principle_html", "mistake_html") if name in block)
        texts.extend(block["questions"] if block["type"] == "closer" else ())
    parts = [part.strip() for text in texts for part in _PARAGRAPH.split(_of_html(text))]
    return [part for part in parts if plain_text(part).strip()]


def _of_html(text: str) -> str:
    """Return HTML without the running numbers in its ids, which move when anything before them does."""
    return _NUMBERED.sub(r"\1", text)


def _words(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _passage(part: str, before: str, after: str) -> Passage:
    """Return two texts shortened to where they differ, with a few words around it."""
    before, after = " ".join(before.split()), " ".join(after.split())
    if max(len(before), len(after)) <= LONGEST_PASSAGE:
        return Passage(part, before, after)
    shorter = min(len(before), len(after))
    same = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    start = max(0, same - CONTEXT)
    return Passage(part, _cut(before, start), _cut(after, start))


def _cut(text: str, start: int) -> str:
    shown = text[start : start + LONGEST_PASSAGE]
    return f"{'…' if start and shown else ''}{shown}{'…' if start + LONGEST_PASSAGE < len(text) else ''}"


def lines_of(found: Difference) -> Iterator[str]:
    """Yield a difference as lines for a terminal: a line an item, what it means for learners, then its passages."""
    if not found.changes:
        yield "Nothing differs."
        return
    for change in found.changes:
        weight = "major" if change.is_major else "minor"
        yield f"{change.how:<8} {change.kind:<10} {change.key}  ({weight})  {change.title}"
        yield f"    {change.effect}"
        for passage in change.passages:
            yield f"    {passage.part}:"
            if passage.before:
                yield f"      - {passage.before}"
            if passage.after:
                yield f"      + {passage.after}"
        if change.more:
            yield f"    and {change.more} more passages"
    counts = ", ".join(f"{len(found.of(how))} {how}" for how in How)
    weight = "major, progress on what was removed counts no more" if found.is_major else "minor, progress stands"
    yield f"{counts}: {weight}."
