"""Addresses of the gradebook that keep what was asked for, but for what a link is about."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import template

register = template.Library()


@register.simple_tag
def asking(kept: Mapping[str, str], **changes: object) -> str:
    """Return a query that asks what `kept` does, with changes; what is changed to nothing is left out."""
    merged = {**kept, **{name: str(value or "") for name, value in changes.items()}}
    return "?" + urlencode({name: value for name, value in merged.items() if value})


@register.simple_tag
def sorting(kept: Mapping[str, str], by: object) -> str:
    """Return the query that sorts by a column: upwards first, the other way where it is sorted so already."""
    is_sorted = kept.get("sort", "name") == str(by)
    return asking(kept, sort=f"-{by}" if is_sorted else by)


@register.simple_tag
def sorted_by(kept: Mapping[str, str], by: object) -> str:
    """Return the ARIA value of a column's order; empty where the page is sorted by another."""
    sort = kept.get("sort", "name")
    return {str(by): "ascending", f"-{by}": "descending"}.get(sort, "")
