"""Marks and their changes in words."""

from __future__ import annotations

import json
from decimal import Decimal

from django import template

from quizzes.selectors.words import percent

register = template.Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def mark(share: Decimal) -> str:
    """Return a share of the mark as a percentage."""
    return percent(share)


@register.filter
def points(change: float) -> str:
    """Return a change in percentage points, with its sign."""
    rounded = round(change, 1)
    if rounded == 0:
        return "0"
    return f"{'+' if rounded > 0 else MINUS}{abs(rounded):g}"


@register.filter
def as_points(share: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    return points(100 * share)


@register.filter
def rounded_share(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * share:.0f}%"


@register.filter
def coefficient(value: float) -> str:
    """Return a correlation, or another figure of that size, with two decimals."""
    return f"{value:.2f}".replace("-", MINUS)


@register.filter
def chance(p: float) -> str:
    """Return a p-value as people read it."""
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


@register.filter
def duration(seconds: float) -> str:
    """Return seconds in words, minutes from two on."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


@register.filter
def from_slug(name: str) -> str:
    """Return an id as words."""
    return name.replace("-", " ")


@register.filter
def drawn_numbers(numbers: str) -> str:
    """Return a variant's numbers, kept as a JSON object, as a list of what is what."""
    return ", ".join(f"{name} = {value}" for name, value in json.loads(numbers).items()) or "no numbers drawn"
