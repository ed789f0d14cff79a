"""Cut a chapter's text into sections, directives and the Markdown between them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lessons.content.documents import Document, load_yaml
from lessons.content.faults import FileFaults

KEY = r"[a-z0-9]+(?:-[a-z0-9]+)*"

_COLONS = re.compile(r":{3,}")
_FENCE = re.compile(r"(?P<colons>:{3,})[ \t]*(?:(?P<name>[a-z]+(?:-[a-z]+)*)(?:[ \t]+(?P<argument>\S.*?))?)?[ \t]*")
_CODE_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})")
_SECTION = re.compile(r"##[ \t]+(?P<title>.*?)[ \t]*(?:\{(?P<attributes>[^{}]*)\})?[ \t]*")
_ATTRIBUTES = re.compile(rf"#(?P<id>{KEY})(?:[ \t]+was=(?P<was>{KEY}(?:,{KEY})*))?")
_OPTION = re.compile(r"[a-z_]+:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Text:
    """Plain Markdown that begins at a line."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The beginning of a section."""

    line: int
    title: str
    id: str
    was: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Directive:
    """A block between two fences of colons: its options and the Markdown inside."""

    line: int
    name: str
    argument: str
    options: Document
    body: Text


Part = Text | Heading | Directive


def split(text: Text, faults: FileFaults) -> list[Part]:
    """Return the parts of a text in order; faults in its fences and section headings are reported.

    Fences inside code are left alone. A directive is closed by a line of exactly as many colons as opened it, so that
    another can stand inside.
    """
    return _Splitter(faults).split(text)


class _Splitter:
    def __init__(self, faults: FileFaults) -> None:
        self._faults = faults
        self._parts: list[Part] = []
        self._pending: list[str] = []
        self._pending_line = 0

    def split(self, text: Text) -> list[Part]:
        lines = _numbered(text)
        code = ""
        for number, line in lines:
            inside_code, code = bool(code), _code_after(line, code)
            if inside_code or code:
                self._keep(number, line)
            elif fence := _FENCE.fullmatch(line):
                self._flush()
                if fence["name"]:
                    self._directive(number, fence, lines)
                else:
                    self._faults.add(number, f"{fence['colons']} closes nothing; open a directive before it.")
            elif _COLONS.match(line):
                self._faults.add(number, f"{line[:40]!r} is not a directive; write :::name and its argument.")
            elif heading := _SECTION.fullmatch(line):
                self._flush()
                self._heading(number, heading)
            else:
                self._keep(number, line)
        self._flush()
        return self._parts

    def _keep(self, number: int, line: str) -> None:
        if not self._pending:
            self._pending_line = number
        self._pending.append(line)

    def _flush(self) -> None:
        if any(line.strip() for line in self._pending):
            self._parts.append(Text(self._pending_line, "\n".join(self._pending)))
        self._pending = []

    def _heading(self, number: int, match: re.Match[str]) -> None:
        attributes = _ATTRIBUTES.fullmatch((match["attributes"] or "").strip())
        if attributes is None:
            message = "A section needs an id of small letters, digits and hyphens: ## Title {#section-id}."
            self._faults.add(number, message)
            return
        was = tuple(attributes["was"].split(",")) if attributes["was"] else ()
        self._parts.append(Heading(number, match["title"], attributes["id"], was))

    def _directive(self, start: int, fence: re.Match[str], lines: Iterable[tuple[int, str]]) -> None:
        """Take a directive's lines up to its closing fence."""
        open_fences = [fence["colons"]]
        body: list[str] = []
        code = ""
        for number, line in lines:
            inside_code, code = bool(code), _code_after(line, code)
            inner = None if inside_code or code else _FENCE.fullmatch(line)
            if inner and inner["name"]:
                open_fences.append(inner["colons"])
            elif inner and inner["colons"] == open_fences[-1]:
                open_fences.pop()
                if not open_fences:
                    break
            elif inner:
                self._faults.add(number, f"{inner['colons']} closes nothing; {open_fences[-1]} is open here.")
            body.append(line)
        else:
            self._faults.add(start, f"{fence['colons']}{fence['name']} is never closed by {fence['colons']}.")
        options, rest = self._options(body, start + 1)
        self._parts.append(Directive(start, fence["name"], fence["argument"] or "", options, rest))

    def _options(self, body: list[str], first_line: int) -> tuple[Document, Text]:
        """Separate the options, which end at the first blank line, from the Markdown after them."""
        size = 0
        if body and _OPTION.match(body[0]):
            size = next((index for index, line in enumerate(body) if not line.strip()), len(body))
        options = Document({}, {(): first_line - 1})
        if size:
            options = load_yaml("\n".join(body[:size]), self._faults, first_line) or options
        return options, Text(first_line + size, "\n".join(body[size:]))


def _numbered(text: Text) -> Iterable[tuple[int, str]]:
    return iter(list(enumerate(text.text.split("\n"), start=text.line)))


def _code_after(line: str, code: str) -> str:
    """Return the marks of the code fence that is open after a line, or nothing."""
    fence = _CODE_FENCE.match(line)
    if not code:
        opens = fence is not None and not (fence["marks"][0] == "`" and "`" in line[fence.end() :])
        return fence["marks"] if fence is not None and opens else ""
    closes = fence is not None and fence["marks"].startswith(code) and not line[fence.end() :].strip()
    return "" if closes else code
