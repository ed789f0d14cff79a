"""Render a piece of a chapter once for everybody to whom it looks the same.

A chapter is mostly questions that nobody has touched and instruments in the state that the author chose: the same for
each reader but for two values, the token against forged requests and the key that makes a form's sending count once.
Both are left out of the rendering that is kept, and put in for each reader.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from django import template
from django.template import Engine
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from lessons.reading.selectors.chapter import Block

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
    return mark_safe(_filled(context, template_name, name, value))  # noqa: S308 - a template's own rendering


@register.simple_tag(takes_context=True)
def pieces(context: Context, blocks: Iterable[Block]) -> SafeString:
    """Return the blocks of a section as they are shown, one after another.

    In Python, since a chapter has so many that a template's loop and choice cost more than what they choose.
    """
    return mark_safe("".join(_shown(context, block) for block in blocks))  # noqa: S308 - rendered with the revision


def _shown(context: Context, block: Block) -> str:
    match block.type:
        case "html":
            return block.html
        case "simulation":
            return _filled(context, "simulations/instrument.html", "instrument", block.instrument)
        case "question":
            question = _filled(context, "quizzes/question.html", "card", block.card)
            if block.recalled is None:
                return question
            # After the question, which an answer replaces: this stays.
            return question + _filled(context, "reading/parts/recalled.html", "recalled", block.recalled)
        case "run":
            with context.push(panel=block.panel):
                return Engine.get_default().get_template("simulations/run.html").render(context)
        case "closer":
            return _filled(context, "reading/parts/closer.html", "closer", block)
        case unknown:
            raise AssertionError(f"no page can show a block of type {unknown!r}")


def _filled(context: Context, template_name: str, name: str, piece: Hashable) -> str:
    rendering = _rendered(template_name, name, piece, context["request"].path)
    html = rendering.html
    if rendering.has_token:
        html = html.replace(CSRF_TOKEN_GAP, str(context["csrf_token"]))
    if rendering.has_key:
        html = html.replace(IDEMPOTENCY_KEY_GAP, uuid.uuid4().hex)
    return html


class _Rendering(NamedTuple):
    """A piece as it is kept, and which of a reader's values are left out of it."""

    html: str
    has_token: bool
    has_key: bool


@lru_cache(maxsize=MOST_PIECES_KEPT)
def _rendered(template_name: str, name: str, piece: Hashable, return_to: str) -> _Rendering:
    gaps = {"csrf_token": CSRF_TOKEN_GAP, "idempotency_key": IDEMPOTENCY_KEY_GAP}
    html = render_to_string(template_name, {name: piece, "return_to": return_to, **gaps})
    return _Rendering(html, CSRF_TOKEN_GAP in html, IDEMPOTENCY_KEY_GAP in html)
