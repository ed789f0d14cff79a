"""Say at each question of a chapter which section of an earlier one it asks about again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lessons.content.model import LoadedItem
from lessons.content.pages import Pages


def with_recalled(items: Sequence[LoadedItem], pages: Pages) -> Iterator[LoadedItem]:
    """Yield the items, each place of a question in a chapter with the section that the question recalls.

    That section is named by its page's address, its anchor, its title and its chapter's number, since whoever shows the
    place shows no other chapter. One that there is not has been reported, and is left out.
    """
    numbers = {item.key: item.payload["number"] for item in items if item.kind == "chapter"}
    sections = {
        f"{item.parent}#{item.payload['anchor']}": {
            "page": pages.addresses.get(item.parent, item.parent),
            "anchor": item.payload["anchor"],
            "title": item.title,
            "number": numbers[item.parent],
        }
        for item in items
        if item.kind == "section" and item.parent in numbers
    }
    recalled = {
        item.key: sections[item.payload["recalls"]]
        for item in items
        if item.kind == "question" and item.payload.get("recalls") in sections
    }
    for item in items:
        if item.kind in {"chapter", "section"}:
            blocks = [_with_recalled(block, recalled) for block in item.payload["blocks"]]
            yield replace(item, payload={**item.payload, "blocks": blocks})
        else:
            yield item


def _with_recalled(block: Mapping[str, Any], recalled: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    if block["type"] == "question" and block["key"] in recalled:
        return {**block, "recalls": recalled[block["key"]]}
    return block
