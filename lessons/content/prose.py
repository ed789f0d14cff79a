"""Render Markdown to HTML and report what a lesson may not hold: raw HTML, odd addresses, numbers without an origin."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin

from lessons.content.faults import FileFaults
from lessons.content.inserts import MARKER, Inserts
from lessons.content.numbers import MARKS, unmarked_number
from lessons.content.pages import Pages
from lessons.content.sanitise import sanitise

DEEPEST_NESTING = 12
LONGEST_PARAGRAPH = 4_000
MOST_INSERTS = 1_000
"""Computed numbers and formulas in one file: each costs time, and the file may be hostile."""

GLOSSARY = "../glossary/"
"""The address of the glossary's page, as any page of the course names it."""

_SCHEMES = ("http", "https", "mailto")
_ALIGNMENT = re.compile(r"text-align:(center|right)")
_ALIGNED = {"center": "align-center", "right": "n"}
_ITEM = re.compile(r"^\s*\d+[.)]\s*")


@dataclass(slots=True)
class Prose:
    """Renders the Markdown of one file; identifiers are unique within it when `prefix` is unique on the page.

    `anchors` collects the sections that links point to, with their lines, for a check once all sections are known;
    `pages` does so for sections of other pages. `linked_terms` collects the glossary's terms that links point to, in
    the order of their first link; `glossary` holds the ids of all.
    """

    faults: FileFaults
    glossary: Collection[str]
    prefix: str = ""
    pages: Pages = field(default_factory=Pages)
    anchors: list[tuple[int, str]] = field(default_factory=list)
    linked_terms: dict[str, None] = field(default_factory=dict)
    _inserted: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def blocks(self, text: str, line: int, *, table: bool = False, marked: bool = False) -> str:
        """Return block HTML of a text that begins at a line.

        `table` lets a table stand in it; `marked` says that the origin of all its numbers is stated beside it.
        """
        inserts = self._lift(text, line)
        tokens = _markdown().parse(inserts.text)
        _Inspector(self, inserts, line, table=table, marked=marked).inspect(tokens)
        html = _markdown().renderer.render(tokens, _markdown().options, {})
        # Wide code scrolls, so the keyboard must be able to reach it.
        html = html.replace("<pre>", '<pre tabindex="0">')
        return sanitise(inserts.expand(html, self._identifiers()))

    def inline(self, text: str, line: int) -> str:
        """Return the inline HTML of one paragraph."""
        inserts = self._lift(text.strip(), line)
        tokens = _markdown().parseInline(inserts.text)
        _Inspector(self, inserts, line).inspect(tokens)
        html = _markdown().renderer.render(tokens, _markdown().options, {})
        return sanitise(inserts.expand(html, self._identifiers()))

    def plain(self, text: str, line: int) -> str:
        """Return the plain text of one line, for titles and captions; its numbers need an origin too."""
        inserts = self._lift(" ".join(text.split()), line)
        tokens = _markdown().parseInline(inserts.text)
        _Inspector(self, inserts, line).inspect(tokens)
        children = [child for token in tokens for child in token.children or ()]
        words = "".join(child.content for child in children if child.type in {"text", "code_inline"})
        return inserts.expand_plain(words)

    def ordered_items(self, text: str, line: int) -> list[tuple[int, str]] | None:
        """Return line and Markdown of each item of an ordered list, or None where the text is anything else."""
        tokens = _markdown().parse(text)
        if not tokens or tokens[0].type != "ordered_list_open":
            return None
        if any(token.level == 0 and token.type not in {"ordered_list_open", "ordered_list_close"} for token in tokens):
            return None
        lines = text.split("\n")
        spans = [token.map for token in tokens if token.type == "list_item_open" and token.level == 1 and token.map]
        return [(line + first, _ITEM.sub("", "\n".join(lines[first:end]), count=1)) for first, end in spans]

    def term_html(self, identifier: str, line: int) -> tuple[str, str]:
        """Return what stands before and after the words of a link to the glossary."""
        if identifier not in self.glossary:
            self.faults.add(line, f"term:{identifier} is not in glossary.yaml; define it there.")
            return "", ""
        self.linked_terms[identifier] = None
        return f'<a class="term" href="{GLOSSARY}#{identifier}">', "</a>"

    def _lift(self, text: str, line: int) -> Inserts:
        inserts = Inserts(text, line, self.faults)
        self._inserted += inserts.count
        if self._inserted <= MOST_INSERTS:
            return inserts
        self.faults.add(line, f"A file may hold {MOST_INSERTS:,} computed numbers and formulas; split it.")
        return Inserts("", line, self.faults)

    def _identifiers(self) -> Iterator[str]:
        return (f"{self.prefix}calc-{number}" for number in self._numbers)


class _Parser(MarkdownIt):
    """Lets every address through, since the inspector refuses it by name where Markdown would print the brackets."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name
        return True


@cache
def _markdown() -> MarkdownIt:
    """Return the parser: CommonMark with tables and marked spans; raw HTML is parsed in order to be refused."""
    markdown = _Parser("commonmark", {"html": True, "typographer": True}).enable(["table", "smartquotes"])
    markdown.core.ruler.before("inline", "bound_paragraphs", _bound_paragraphs)
    return markdown.use(attrs_plugin, after=(), spans=True, allowed=("class",))


def _bound_paragraphs(state: StateCore) -> None:
    """Empty the paragraphs that the inline parser would take long over, and leave their length for the inspector."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > LONGEST_PARAGRAPH:
            token.meta["length"] = len(token.content)
            token.content = ""


class _Inspector:
    """Walks the tokens of one text, reports what may not stand there and rewrites what the renderer cannot know."""

    def __init__(
        self, prose: Prose, inserts: Inserts, first_line: int, *, table: bool = False, marked: bool = False
    ) -> None:
        self._prose = prose
        self._faults = prose.faults
        self._inserts = inserts
        self._first_line = first_line
        self._line = first_line
        self._table = table
        self._marks = int(marked)
        self._spans: list[bool] = []
        self._links: list[str | None] = []

    def inspect(self, tokens: list[Token]) -> None:
        """Report faults at their lines and rewrite tokens in place."""
        for token in tokens:
            if token.map:
                self._line = self._first_line + token.map[0]
            if token.level > DEEPEST_NESTING:
                self._faults.add(self._line, f"Markdown may be nested {DEEPEST_NESTING} deep; this is deeper.")
            self._block(token)

    def _block(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._inline(token)
            case "html_block":
                self._refuse_html(token)
            case "heading_open" if token.tag not in {"h3", "h4"}:
                message = "Only ### and #### can stand here; a section begins with ## Title {#id} at the line's start."
                self._faults.add(self._line, message)
            case "table_open" if not self._table:
                self._faults.add(self._line, "A table stands in :::table, which gives it a caption.")
            case "th_open" | "td_open":
                self._align(token)
            case "fence" | "code_block":
                token.content = self._inserts.restore(token.content)
                token.info = self._inserts.restore(token.info)

    def _inline(self, token: Token) -> None:
        if length := token.meta.get("length"):
            message = f"This paragraph has {length:,} characters; {LONGEST_PARAGRAPH:,} is the most. Break it up."
            self._faults.add(self._line, message)
        if any(line.lstrip().startswith(":::") for line in token.content.split("\n")):
            self._faults.add(self._line, "::: opens a directive only at the beginning of a line outside other blocks.")
        for child in token.children or ():
            if child.level > DEEPEST_NESTING:
                self._faults.add(self._line, f"Markdown may be nested {DEEPEST_NESTING} deep; this is deeper.")
            self._child(child)

    def _child(self, child: Token) -> None:
        match child.type:
            case "text":
                self._words(child.content)
            case "softbreak" | "hardbreak":
                self._line += 1
            case "code_inline":
                child.content = self._inserts.restore(child.content)
            case "html_inline":
                self._refuse_html(child)
            case "image":
                self._faults.add(
                    self._line, "Pictures are not part of a course; show data with :::simulation or :::table."
                )
            case "span_open":
                self._open_span(child)
            case "span_close":
                self._marks -= self._spans.pop()
            case "link_open":
                self._open_link(child)
            case "link_close":
                self._close_link(child)

    def _words(self, text: str) -> None:
        plain = MARKER.sub(" ", text)
        if "{{" in plain or "}}" in plain:
            self._faults.add(
                self._line, "{{ and }} enclose one expression on one line; one of them is left alone here."
            )
        if self._marks == 0 and (number := unmarked_number(plain)):
            message = (
                f"{number!r} has no origin: compute it with {{{{ … }}}}, or mark it [{number}]{{.given}}, "
                f"[{number}]{{.cited}} or [{number}]{{.illustrative}}."
            )
            self._faults.add(self._line, message)

    def _refuse_html(self, token: Token) -> None:
        shown = token.content.strip().split("\n")[0][:40]
        self._faults.add(self._line, f"{shown!r} is raw HTML, which is not allowed; use Markdown or a directive.")

    def _open_span(self, token: Token) -> None:
        classes = str(token.attrs.get("class", "")).split()
        is_mark = bool(classes) and all(name in MARKS for name in classes)
        if token.meta.get("insecure_attrs") or not is_mark:
            known = ", ".join(f".{mark}" for mark in MARKS)
            self._faults.add(self._line, f"A span in brackets can be marked {known}, and nothing else.")
        self._spans.append(is_mark)
        self._marks += is_mark

    def _open_link(self, token: Token) -> None:
        address = str(token.attrs.get("href", ""))
        self._links.append(None)
        if address.startswith("term:"):
            before, after = self._prose.term_html(address.removeprefix("term:"), self._line)
            self._links[-1] = after
            token.type, token.content = "html_inline", before
        elif address.startswith("#"):
            self._prose.anchors.append((self._line, address[1:]))
        elif address.startswith("page:"):
            target = address.removeprefix("page:")
            token.attrs["href"] = self._prose.pages.link(target, self._line, self._faults)
        elif not MARKER.search(unquote(address)) and (refusal := _refusal_of(address)):
            self._faults.add(self._line, f"{address[:60]!r} {refusal}")

    def _close_link(self, token: Token) -> None:
        after = self._links.pop()
        if after is not None:
            token.type, token.content = "html_inline", after

    def _align(self, token: Token) -> None:
        """State a column's alignment by a class, since the site's policy allows no inline style."""
        alignment = _ALIGNMENT.search(str(token.attrs.pop("style", "")))
        if alignment:
            token.attrs["class"] = _ALIGNED[alignment.group(1)]
        if token.type == "th_open":
            token.attrs["scope"] = "col"


def _refusal_of(address: str) -> str:
    """Return why a link may not lead to an address, or nothing."""
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES:
        return "cannot be linked: a link leads to http, https, mailto, term:…, page:… or a section's #id."
    if parts.scheme != "mailto" and not parts.hostname:
        return "names no site."
    return ""
