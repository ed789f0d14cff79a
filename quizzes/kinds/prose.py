"""Render a question's Markdown with this variant's numbers in it, as HTML that is safe to put on a page.

Raw HTML in the Markdown stays text; what is left is cleaned once more, since a course may come from somebody hostile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Final

import nh3
from markdown_it import MarkdownIt

from quizzes.kinds import mathematics
from quizzes.kinds.errors import InvalidQuestion
from simulations.expressions import (
    INLINE,
    NON_BREAKING_SPACE,
    InvalidExpression,
    contains_function_call,
    format_value,
    names_in,
    parse_inline,
    value_of,
)

TAGS: Final = mathematics.TAGS | frozenset(
    "a blockquote br code em h4 hr li ol p pre strong sub sup table tbody td th thead tr ul".split()  # noqa: SIM905
)
ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}} | {
    tag: set(names) for tag, names in mathematics.ATTRIBUTES.items()
}
SCHEMES: Final = frozenset({"https", "mailto"})

MOST_TEXTS_KEPT: Final = 4_096
"""Of a few hundred bytes each: a question has about ten texts, and most of them hold no number of the variant."""

_CLEANER: Final = nh3.Cleaner(tags=set(TAGS), attributes=dict(ATTRIBUTES), url_schemes=set(SCHEMES))
_LIFTED: Final = re.compile(
    rf"""
      \\.                                              # an escaped character stays
    | (?P<ticks>`+)(?!`)(?s:.*?)(?<!`)(?P=ticks)(?!`)  # and so does code
    | {mathematics.FORMULA}
    """,
    re.VERBOSE,
)
_PRIVATE: Final = re.compile("[\ue000-\ue003]")
_MARKER: Final = re.compile("\ue000(\\d+)\ue001")
_GAP: Final = re.compile("\ue002(\\d+)\ue003")
_MARKUP: Final = re.compile(r"[*`$]|\]\(|</?[a-z]")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


class Prose:
    """Renders the texts of one variant and gathers their faults, so that an author sees all at once."""

    def __init__(self, names: Mapping[str, float]) -> None:
        self._names = names
        self._faults: list[tuple[str, str]] = []

    def block(self, path: str, text: str) -> str:
        """Return paragraphs of HTML; `path` says where in the definition a fault is."""
        return self._rendered(path, text, is_block=True)

    def inline(self, path: str, text: str) -> str:
        """Return HTML without a paragraph around it."""
        return self._rendered(path, text.strip(), is_block=False)

    def plain(self, path: str, text: str) -> str:
        """Return a text without markup, for where a page can show none, such as an entry of a list to pick from."""
        filled = " ".join(self._filled(path, text).split())
        if mark := _MARKUP.search(filled):
            self._faults.append((path, f"{mark.group()} is markup, and here only words and numbers can be shown"))
        return filled

    def number(self, path: str, expression: str) -> float:
        """Return an expression's value, zero where it is faulty."""
        try:
            return self._value(expression)
        except InvalidExpression as refusal:
            self._faults.append((path, str(refusal)))
            return 0.0

    def finish(self) -> None:
        """Raise InvalidQuestion with the faults gathered, if there are any."""
        if self._faults:
            raise InvalidQuestion(self._faults)

    def _rendered(self, path: str, text: str, *, is_block: bool) -> str:
        """Return the HTML of a text: read as Markdown once for all variants, with a gap for each of their numbers."""
        numbers: list[str] = []

        def gap(number: str) -> str:
            numbers.append(number)
            return f"\ue002{len(numbers) - 1}\ue003"

        text = _PRIVATE.sub("", text)
        with_gaps = self._filled(path, text, gap)
        html, faults = _html_kept(with_gaps, is_block=is_block)
        if len(_GAP.findall(html)) == len(_GAP.findall(with_gaps)):
            html = _GAP.sub(lambda found: _as_html(numbers[int(found[1])]), html)
        else:
            # A formula or an address has taken one in: what is made of it depends on the number.
            html, faults = _html(self._filled(path, text), is_block=is_block)
        self._faults += [(path, fault) for fault in faults]
        return html

    def _filled(self, path: str, text: str, put: Callable[[str], str] = str) -> str:
        """Return the Markdown with every `{{ expression | format }}` replaced by what `put` makes of its number."""
        try:
            return INLINE.sub(lambda match: put(self._number_in_text(match.group())), text)
        except InvalidExpression as refusal:
            self._faults.append((path, str(refusal)))
            return ""

    def _number_in_text(self, written: str) -> str:
        inline = parse_inline(written)
        is_name = inline.expression in self._names
        if not is_name and not names_in(inline.expression) and not contains_function_call(inline.expression):
            message = "A plain number needs no braces: write it as it is"
            raise InvalidExpression(message, expression=inline.expression)
        return format_value(self._value(inline.expression), inline.format)

    def _value(self, expression: str) -> float:
        """Return an expression's value; most are a name alone, which needs no evaluation."""
        if expression in self._names:
            return self._names[expression]
        return value_of(expression, self._names)


def _as_html(number: str) -> str:
    return escape(number).replace(NON_BREAKING_SPACE, "&nbsp;")


def _html(text: str, *, is_block: bool) -> tuple[str, tuple[str, ...]]:
    """Return the HTML of Markdown, and what is wrong with formulas in it.

    Formulas are lifted out before Markdown could read them, and put back.
    """
    formulas: list[str] = []
    faults: list[str] = []

    def lift(match: re.Match[str]) -> str:
        latex = match["formula"] or match["display"]
        if not latex:
            return match.group()
        try:
            formulas.append(mathematics.to_mathml(latex, "block" if match["display"] is not None else "inline"))
        except mathematics.InvalidFormula as refusal:
            formulas.append("")
            faults.append(str(refusal))
        return f"\ue000{len(formulas) - 1}\ue001"

    lifted = _LIFTED.sub(lift, text)
    html = _MARKDOWN.render(lifted) if is_block else _MARKDOWN.renderInline(lifted)
    html = _MARKER.sub(lambda marker: formulas[int(marker[1])], html)
    return _CLEANER.clean(html).strip(), tuple(faults)


_html_kept = lru_cache(maxsize=MOST_TEXTS_KEPT)(_html)
