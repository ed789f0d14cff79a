"""Render the directives that become HTML: tables, worked examples, asides and incidents, and the chapter's closer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Final, TypeVar

from lessons.content.directives import Directive, Heading, Text, split
from lessons.content.documents import Schema, validate
from lessons.content.faults import FileFaults
from lessons.content.identifiers import Identifiers
from lessons.content.model import Block
from lessons.content.prose import Prose
from lessons.content.sanitise import sanitise
from lessons.content.schemas import NoOptions, TableOptions, TitleOptions
from lessons.content.tables import prepared_for_phones

TABLE: Final = "table"
WORKED_EXAMPLE: Final = "worked-example"
BOXES: Final = (WORKED_EXAMPLE, "aside", "incident")
CLOSERS: Final = ("principle", "mistake", "review")
REVIEW_QUESTIONS: Final = 3

S = TypeVar("S", bound=Schema)


def options_of(schema: type[S], directive: Directive, faults: FileFaults) -> S | None:
    """Return a directive's options, or None after reporting what is wrong with them."""
    return validate(schema, directive.options, faults)


def table_html(directive: Directive, prose: Prose, identifiers: Identifiers) -> str:
    """Return a table with its caption and source, in a region that can be scrolled by keyboard."""
    options = options_of(TableOptions, directive, prose.faults)
    if not identifiers.take(directive.argument, directive.line) or options is None:
        return ""
    body = directive.body
    marked = options.numbers is not None
    table = prose.blocks(body.text, body.line, table=True, marked=marked)
    if table.count("<table>") != 1 or not table.strip().startswith("<table>") or not table.strip().endswith("</table>"):
        prose.faults.add(directive.line, "This directive holds one Markdown table and nothing else.")
    name = escape(f"{prose.prefix}table-{directive.argument}")
    caption = prose.inline(options.caption, directive.options.line_of(("caption",)))
    head = f'<caption id="{name}-caption">{caption}</caption>'
    source = ""
    if options.source:
        source = f'<p class="source">Source: {prose.inline(options.source, directive.options.line_of(("source",)))}</p>'
    region = f'<div id="{name}" class="table-wrap" role="region" aria-labelledby="{name}-caption" tabindex="0">'
    stackable = re.sub(r"<table[^>]*>", lambda opening: opening[0] + head, prepared_for_phones(table.strip()), count=1)
    return sanitise(f"{region}{stackable}</div>{source}")


def box_html(directive: Directive, prose: Prose, identifiers: Identifiers) -> str:
    """Return a worked example, aside or incident; tables and asides may stand in it."""
    options = options_of(TitleOptions, directive, prose.faults)
    if options is None:
        return ""
    if directive.name == WORKED_EXAMPLE:
        identifiers.take(directive.argument, directive.line)
    else:
        refuse_argument(directive, prose.faults)
    title = prose.inline(options.title, directive.options.line_of(("title",))) if options.title else ""
    inner = "".join(_inner_html(part, directive, prose, identifiers) for part in split(directive.body, prose.faults))
    if not inner:
        prose.faults.add(directive.line, f"This {directive.name} is empty; write its text before the closing fence.")
    if directive.name == WORKED_EXAMPLE:
        name = escape(f"{prose.prefix}example-{directive.argument}")
        heading = f'<h3 id="{name}">{title or "Worked example"}</h3>'
        return sanitise(f'<section class="worked" aria-labelledby="{name}">{heading}{inner}</section>')
    element = "aside" if directive.name == "aside" else "div"
    heading = f'<p class="title"><strong>{title}</strong></p>' if title else ""
    return sanitise(f'<{element} class="{directive.name}">{heading}{inner}</{element}>')


@dataclass(slots=True)
class Closer:
    """Gathers what a chapter ends with: its principle, its commonest mistake and three questions for a review."""

    prose: Prose
    _html: dict[str, str] = field(default_factory=dict)
    _questions: list[str] = field(default_factory=list)

    def add(self, directive: Directive) -> None:
        """Take one of the three directives; a second of its kind is a fault."""
        faults = self.prose.faults
        options_of(NoOptions, directive, faults)
        refuse_argument(directive, faults)
        if directive.name in self._html:
            faults.add(directive.line, f"A chapter has one :::{directive.name}; this is the second.")
            return
        body = directive.body
        if directive.name != "review":
            self._html[directive.name] = self.prose.blocks(body.text, body.line).strip()
            if not self._html[directive.name]:
                faults.add(directive.line, f"This {directive.name} is empty; write its text before the closing fence.")
            return
        self._html[directive.name] = ""
        items = self.prose.ordered_items(body.text, body.line)
        if items is None or len(items) != REVIEW_QUESTIONS:
            found = "something else" if items is None else str(len(items))
            message = f"A review is an ordered list of {REVIEW_QUESTIONS} questions and nothing else; this has {found}."
            faults.add(directive.line, message)
            return
        self._questions = [self.prose.inline(text, line) for line, text in items]

    def block(self, last_line: int) -> Block:
        """Return the closer, reporting each part that is missing."""
        for name in CLOSERS:
            if name not in self._html:
                self.prose.faults.add(last_line, f"The chapter ends without :::{name}; add it.")
        return {
            "type": "closer",
            "principle_html": self._html.get("principle", ""),
            "mistake_html": self._html.get("mistake", ""),
            "questions": self._questions,
        }


def refuse_argument(directive: Directive, faults: FileFaults) -> None:
    """Report what stands after the name of a directive that takes nothing there."""
    if directive.argument:
        message = f":::{directive.name} takes nothing after its name; remove {directive.argument[:40]!r}."
        faults.add(directive.line, message)


def _inner_html(part: Text | Heading | Directive, outer: Directive, prose: Prose, identifiers: Identifiers) -> str:
    match part:
        case Text():
            return prose.blocks(part.text, part.line)
        case Directive(name="table"):
            return table_html(part, prose, identifiers)
        case Directive(name="aside") if outer.name != "aside":
            return box_html(part, prose, identifiers)
        case Directive():
            message = f":::{part.name} cannot stand inside :::{outer.name}; close that one first."
        case _:
            message = f"A section cannot begin inside :::{outer.name}; close that one first."
    prose.faults.add(part.line, message)
    return ""
