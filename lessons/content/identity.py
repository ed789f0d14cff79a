"""Know which item of a course a file's item is: by the key it has, or one that it had before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lessons.content.model import LoadedItem


def identities(items: Iterable[LoadedItem], known: Collection[str]) -> dict[str, str]:
    """Return the key of each item's identity by its key in the files.

    That is whichever of its keys, the present one and then the nearest earlier one, the course knows; a new item is
    known by the present one from now on.
    """
    return {item.key: next((key for key in (item.key, *item.was) if key in known), item.key) for item in items}


def with_identities(payload: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """Return a payload whose parts name items by their identity, whatever they are called in the files now."""
    stable = dict(payload)
    for parts in ("blocks", "terms"):
        if parts in stable:
            stable[parts] = [with_identities(part, keys) for part in stable[parts]]
    if "key" in stable:
        stable["key"] = keys[stable["key"]]
    return stable
