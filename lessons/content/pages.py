"""Know the pages of a course, its chapters and appendices, and check the links between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from lessons.content.documents import Document, load_yaml
from lessons.content.faults import FaultLog, FileFaults
from lessons.content.files import decode
from lessons.content.model import LoadedItem

PageKind = Literal["chapter", "appendix"]

FILES: Final[Mapping[PageKind, str]] = {"chapter": "chapter.md", "appendix": "appendix.md"}
"""The file that each kind of page is read from."""

_FRONT = re.compile(r"---[ \t]*\n(?P<yaml>.*?\n)?---[ \t]*\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageFolder:
    """A folder of the course by what it holds."""

    kind: PageKind
    name: str

    @property
    def file(self) -> str:
        """The path of the page's own file."""
        return f"{self.name}/{FILES[self.kind]}"


@dataclass(slots=True)
class Pages:
    """The first id of each page by its present one, since addresses keep the first; and the links met so far."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    _links: list[tuple[FileFaults, int, str, str]] = field(default_factory=list)

    def link(self, target: str, line: int, faults: FileFaults) -> str:
        """Return the address of `page`, or `page#section`, as any other page names it; report an unknown page."""
        page, _, section = target.partition("#")
        if page not in self.addresses:
            known = ", ".join(self.addresses) or "none to link from here"
            faults.add(line, f"page:{target[:60]} leads nowhere; the pages are {known}.")
            return ""
        if section:
            self._links.append((faults, line, page, section))
        return f"../{self.addresses[page]}/{f'#{section}' if section else ''}"

    def recall(self, question: str, target: str, page: str, line: int, faults: FileFaults) -> None:
        """Check that what a question of a page recalls is a section of an earlier page, once all sections are known."""
        order = list(self.addresses)
        earlier = order[: order.index(page)] if page in order else []
        if target.partition("#")[0] in earlier:
            self.link(target, line, faults)
            return
        known = ", ".join(earlier) or "none, since this is the first"
        faults.add(line, f"{question} recalls {target}, which is in no earlier chapter; the earlier ones are {known}.")

    def check_sections(self, items: Iterable[LoadedItem]) -> None:
        """Report each link to a section that its page lacks."""
        sections = {(item.parent, item.payload["anchor"]) for item in items if item.kind == "section"}
        for faults, line, page, section in self._links:
            if (page, section) not in sections:
                faults.add(line, f"page:{page}#{section} leads nowhere: {page} has no such section.")


def find_pages(folders: Iterable[PageFolder], files: Mapping[str, bytes]) -> Pages:
    """Return the pages in these folders by what their front matter says; what cannot be read is left out."""
    addresses: dict[str, str] = {}
    ignored = FaultLog()
    for folder in folders:
        name = folder.file
        text = decode(name, files[name], ignored) if name in files else None
        front = None if text is None else front_matter(text, ignored.in_file(name))
        if front is not None and isinstance(front[0].value, dict) and isinstance(front[0].value.get("id"), str):
            identifier, was = front[0].value["id"], front[0].value.get("was", [])
            earlier = [was] if isinstance(was, str) else was
            addresses[identifier] = str(earlier[-1]) if isinstance(earlier, list) and earlier else identifier
    return Pages(addresses)


def front_matter(text: str, faults: FileFaults) -> tuple[Document, int] | None:
    """Return a page's front matter and the length of the text that it takes, or None after reporting what is wrong."""
    match = _FRONT.match(text)
    if match is None:
        faults.add(1, "A page begins with its front matter: a line ---, then id, title and so on, then ---.")
        return None
    document = load_yaml(match["yaml"] or "", faults, first_line=2)
    return None if document is None else (document, match.end())
