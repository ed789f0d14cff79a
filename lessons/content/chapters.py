"""Read a chapter or an appendix: its front matter, sections, and what they embed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

from lessons.content.containers import BOXES, CLOSERS, TABLE, Closer, box_html, options_of, table_html
from lessons.content.directives import Directive, Heading, Text, split
from lessons.content.documents import Document, validate
from lessons.content.embeds import run_block, simulation_block, title_of
from lessons.content.faults import FaultLog
from lessons.content.files import decode
from lessons.content.glossary import NAMESPACE as GLOSSARY
from lessons.content.glossary import plain_text
from lessons.content.identifiers import Identifiers
from lessons.content.model import Block, Kind, LoadedItem
from lessons.content.pages import PageFolder, Pages, front_matter
from lessons.content.prose import Prose
from lessons.content.questions import FILE as QUESTIONS_FILE
from lessons.content.questions import Questions, ReadQuestion, read_questions
from lessons.content.schemas import AppendixFront, Front, NoOptions, RunOptions, SimulationOptions

WORDS_A_MINUTE: Final = 220
MINUTES: Final[Mapping[str, float]] = {"question": 2, "simulation": 3, "run": 1}
IN_CHAPTERS_ALONE: Final = ("question", "run", *CLOSERS)
"""Directives that belong to a chapter: an appendix is looked things up in, and asks nothing."""


@dataclass(slots=True)
class _Container:
    """The page's opening or a section while it is being read."""

    line: int
    kind: Kind
    key: str
    was: tuple[str, ...]
    title: str
    blocks: list[Block] = field(default_factory=list)
    children: list[LoadedItem] = field(default_factory=list)

    def minutes(self) -> int:
        """Estimate how long a reader needs, from words and from what there is to do."""
        words = sum(len(plain_text(block["html"]).split()) for block in self.blocks if block["type"] == "html")
        doing = sum(MINUTES.get(block["type"], 0) for block in self.blocks)
        return max(ceil(words / WORDS_A_MINUTE + doing), 1)


def read_page(
    folder: PageFolder,
    files: Mapping[str, bytes],
    glossary: Collection[str],
    pages: Pages,
    faults: FaultLog,
) -> tuple[LoadedItem, ...]:
    """Return a page's items, parents first; whatever is wrong is reported, and then the items are incomplete."""
    name = folder.file
    if name not in files:
        listed = "chapters" if folder.kind == "chapter" else "appendices"
        faults.add("course.yaml", 1, f"{name} is missing, and course.yaml lists {folder.name} under {listed}.")
        return ()
    text = decode(name, files[name], faults)
    questions = read_questions(f"{folder.name}/{QUESTIONS_FILE}", files, faults)
    if text is None:
        return ()
    own = faults.in_file(name)
    found = front_matter(text, own)
    if found is None:
        return ()
    document, end = found
    front: Front | AppendixFront | None
    front = validate(Front, document, own) if folder.kind == "chapter" else validate(AppendixFront, document, own)
    if front is None:
        return ()
    body = Text(text.count("\n", 0, end) + 1, text[end:])
    return _PageReader(folder, front, document, questions, Prose(own, glossary, pages=pages)).read(body)


class _PageReader:
    """Walks the parts of one page and gathers its items."""

    def __init__(
        self,
        folder: PageFolder,
        front: Front | AppendixFront,
        document: Document,
        questions: Questions,
        prose: Prose,
    ) -> None:
        self._kind = folder.kind
        self._folder = folder.name
        self._front = front
        self._document = document
        self._questions = questions
        self._prose = prose
        self._faults = prose.faults
        self._identifiers = Identifiers(prose.faults)
        self._placed: dict[str, int] = {}
        title = prose.plain(front.title, document.line_of(("title",)))
        opening = _Container(document.line_of(("id",)), folder.kind, front.id, tuple(front.was), title)
        self._containers = [opening]
        self._closer = Closer(prose)

    def read(self, body: Text) -> tuple[LoadedItem, ...]:
        """Return the page's items in order."""
        head = self._head()
        for part in split(body, self._faults):
            match part:
                case Text():
                    self._html(self._prose.blocks(part.text, part.line))
                case Heading():
                    self._begin_section(part)
                case _:
                    self._directive(part)
        last_line = body.line + body.text.rstrip("\n").count("\n")
        self._check_sections(last_line)
        if self._kind == "chapter":
            self._containers[-1].blocks.append(self._closer.block(last_line))
        self._place_questions()
        self._check_anchors()
        return tuple(item for container in self._containers for item in self._items(container, head))

    def _head(self) -> dict[str, Any]:
        """Return what stands above the page's text; an appendix has no number, no minutes and no outcomes."""
        front, line_of = self._front, self._document.line_of
        head: dict[str, Any] = {"lede_html": self._prose.inline(front.lede, line_of(("lede",)))}
        if isinstance(front, Front):
            outcomes = [
                self._prose.inline(outcome, line_of(("outcomes", index)))
                for index, outcome in enumerate(front.outcomes)
            ]
            head |= {"number": front.number, "minutes": front.minutes, "outcomes": outcomes}
        return head

    def _items(self, container: _Container, head: Mapping[str, Any]) -> list[LoadedItem]:
        is_section = container.kind == "section"
        if is_section:
            anchor = container.key.rpartition("/")[2]
            payload = {"anchor": anchor, "minutes": container.minutes(), "blocks": container.blocks}
        else:
            payload = {**head, "blocks": container.blocks}
        if container.kind == "chapter":
            payload["terms"] = [{"key": f"{GLOSSARY}/{identifier}"} for identifier in self._prose.linked_terms]
        parent = self._front.id if is_section else None
        own = LoadedItem(container.kind, container.key, container.was, parent, container.title, payload)
        return [own, *container.children]

    def _html(self, html: str) -> None:
        blocks = self._containers[-1].blocks
        if blocks and blocks[-1]["type"] == "html":
            blocks[-1] = {"type": "html", "html": blocks[-1]["html"] + html}
        elif html.strip():
            blocks.append({"type": "html", "html": html})

    def _begin_section(self, heading: Heading) -> None:
        if self._identifiers.take(heading.id, heading.line):
            title = self._prose.plain(heading.title, heading.line)
            if not title:
                self._faults.add(heading.line, "A section needs a title: ## Title {#section-id}.")
            key, was = self._key(heading.id), self._earlier_keys(heading.id, heading.was)
            self._containers.append(_Container(heading.line, "section", key, was, title))

    def _directive(self, directive: Directive) -> None:
        handlers: Mapping[str, Callable[[Directive], None]] = {
            "question": self._question,
            "simulation": self._simulation,
            "run": self._run,
            TABLE: lambda table: self._html(table_html(table, self._prose, self._identifiers)),
            **dict.fromkeys(BOXES, lambda box: self._html(box_html(box, self._prose, self._identifiers))),
            **dict.fromkeys(CLOSERS, self._closer.add),
        }
        handler = handlers.get(directive.name)
        if handler is None:
            known = ", ".join(handlers)
            self._faults.add(directive.line, f":::{directive.name} is not a directive; there are {known}.")
            return
        if self._kind == "appendix" and directive.name in IN_CHAPTERS_ALONE:
            self._faults.add(directive.line, f":::{directive.name} belongs to a chapter; an appendix asks nothing.")
            return
        handler(directive)

    def _question(self, directive: Directive) -> None:
        options_of(NoOptions, directive, self._faults)
        self._refuse_body(directive)
        identifier = directive.argument
        if identifier not in self._questions.known:
            message = f"There is no question {identifier} in {self._folder}/{QUESTIONS_FILE}; check its id."
            self._faults.add(directive.line, message)
        elif identifier in self._placed:
            message = f"Question {identifier} stands on line {self._placed[identifier]} already; place it once."
            self._faults.add(directive.line, message)
        elif self._identifiers.take(identifier, directive.line):
            self._placed[identifier] = directive.line
            self._containers[-1].blocks.append({"type": "question", "key": self._key(identifier)})

    def _simulation(self, directive: Directive) -> None:
        self._refuse_body(directive)
        options = options_of(SimulationOptions, directive, self._faults)
        if options is None or not self._identifiers.take(options.id, directive.line):
            return
        line = directive.options.line_of(("caption",))
        caption = self._prose.plain(options.caption, line) if options.caption else ""
        block = simulation_block(directive, options, self._key(options.id), caption, self._faults)
        self._embed(block, options.id, tuple(options.was))

    def _run(self, directive: Directive) -> None:
        self._refuse_body(directive)
        options = options_of(RunOptions, directive, self._faults)
        if options is None or not self._identifiers.take(options.id, directive.line):
            return
        block = run_block(directive, options, self._key(options.id), self._faults)
        self._embed(block, options.id, tuple(options.was))

    def _embed(self, block: Block | None, identifier: str, was: tuple[str, ...]) -> None:
        if block is None:
            return
        container = self._containers[-1]
        container.blocks.append(block)
        earlier = self._earlier_keys(identifier, was)
        item = LoadedItem("simulation", block["key"], earlier, container.key, title_of(block), block)
        container.children.append(item)

    def _place_questions(self) -> None:
        """Put each question under the section in which its progress counts."""
        sections = {container.key: container for container in self._containers[1:]}
        own = self._faults.log.in_file(f"{self._folder}/{QUESTIONS_FILE}")
        for question in self._questions.read.values():
            section = sections.get(self._key(question.section))
            if section is None:
                own.add(question.line, f"{question.id} counts in section {question.section}, which the chapter lacks.")
            elif question.id not in self._placed:
                own.add(question.line, f"{question.id} stands nowhere in the chapter; place it by :::question.")
            else:
                section.children.append(self._question_item(question, section.key))
            if question.recalls:
                self._prose.pages.recall(question.id, question.recalls, self._front.id, question.line, own)

    def _question_item(self, question: ReadQuestion, section_key: str) -> LoadedItem:
        was = self._earlier_keys(question.id, question.was)
        return LoadedItem("question", self._key(question.id), was, section_key, question.title, question.definition)

    def _check_sections(self, last_line: int) -> None:
        if len(self._containers) == 1:
            self._faults.add(last_line, "The page has no section; begin one with ## Title {#section-id}.")
        for container in self._containers[1:]:
            if not container.blocks:
                self._faults.add(container.line, f"Section {container.title!r} is empty; write its text or remove it.")

    def _check_anchors(self) -> None:
        sections = {container.key.rpartition("/")[2] for container in self._containers[1:]}
        for line, anchor in self._prose.anchors:
            if anchor not in sections:
                self._faults.add(line, f"#{anchor} leads nowhere: it is not a section of this page.")

    def _refuse_body(self, directive: Directive) -> None:
        if directive.body.text.strip():
            message = f":::{directive.name} holds options and no text; close it before the text begins."
            self._faults.add(directive.body.line, message)

    def _key(self, identifier: str) -> str:
        return f"{self._front.id}/{identifier}"

    def _earlier_keys(self, identifier: str, was: tuple[str, ...]) -> tuple[str, ...]:
        """Return the keys that an item had before it or its chapter was renamed, the nearest first."""
        chapters = (self._front.id, *self._front.was)
        keys = [f"{chapter}/{name}" for chapter in chapters for name in (identifier, *was)]
        return tuple(keys[1:])
