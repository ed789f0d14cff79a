"""Shares as words and as places on an axis from 0 to 100%."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * share:.0f}%"


@register.filter
def position(share: float) -> str:
    """Return where a share lies on the axis, as SVG takes it."""
    return f"{100 * share:.1f}%"


@register.filter
def width_from(high: float, low: float) -> str:
    """Return the width between two shares, as SVG takes it."""
    return f"{100 * (high - low):.1f}%"
