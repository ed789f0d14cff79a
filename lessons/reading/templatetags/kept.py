"""Render a piece of a chapter once for everybody to whom it looks the same.

A chapter is mostly questions that nobody has touched and instruments in the state that the author chose: the same for
each reader but for two values, the token against forged requests and the key that makes a form's sending count once.
Both are left out of the rendering that is kept, and put in for each reader.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Hashable
from functools import lru_cache
from typing import Final

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

MOST_PIECES_KEPT: Final = 2_048
"""Of a few kB each, an instrument of about 60."""

CSRF_TOKEN_GAP: Final = secrets.token_hex(32)
IDEMPOTENCY_KEY_GAP: Final = secrets.token_hex(32)
"""Stand where a reader's own values go; no author or learner can have written them."""


@register.simple_tag(takes_context=True)
def kept(context: Context, template_name: str, **piece: Hashable) -> SafeString:
    """Return a template rendered for one piece, given by name and equal to another exactly where it looks the same.

    The template sees the piece, `return_to`, `csrf_token` and `idempotency_key`, and nothing else of the page.
    """
    ((name, value),) = piece.items()
    html = _rendered(template_name, name, value, context["request"].path)
    html = html.replace(CSRF_TOKEN_GAP, str(context["csrf_token"]))
    return mark_safe(html.replace(IDEMPOTENCY_KEY_GAP, uuid.uuid4().hex))  # noqa: S308 - a template's own rendering


@lru_cache(maxsize=MOST_PIECES_KEPT)
def _rendered(template_name: str, name: str, piece: Hashable, return_to: str) -> str:
    gaps = {"csrf_token": CSRF_TOKEN_GAP, "idempotency_key": IDEMPOTENCY_KEY_GAP}
    return render_to_string(template_name, {name: piece, "return_to": return_to, **gaps})
