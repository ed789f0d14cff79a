"""Compute what stands between `{{` and `}}`, and formulas between dollar signs.

Both are lifted out of the text before Markdown sees it, since they hold bars, underscores and asterisks, and put back
as HTML afterwards. Inside code they are put back as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from lessons.content.faults import FileFaults
from quizzes.kinds.mathematics import FORMULA, InvalidFormula, to_mathml
from simulations.expressions import (
    InvalidExpression,
    contains_function_call,
    evaluate,
    format_value,
    parse_inline,
)

_LIFTED = re.compile(
    rf"""
      \\.                                                                    # an escaped character stays
    | (?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)                             # and so does code within a line
    | (?P<computed>\{{\{{[^{{}}\n]*\}}\}})
    | {FORMULA}
    """,
    re.VERBOSE,
)
MARKER = re.compile("\ue000(?P<number>\\d+)\ue001")
"""Stands for what was lifted; `files.decode` lets neither character in from outside."""

_BESIDE = r"[^\s<>&;\ue000\ue001]{0,3}"
_WITH_NEIGHBOURS = re.compile(f"(?P<before>{_BESIDE}){MARKER.pattern}(?P<after>{_BESIDE})")
"""A marker with what stands against it; the characters left out could be half of a tag or of an entity."""


@dataclass(frozen=True, slots=True)
class _Insert:
    raw: str
    line: int
    computed: bool
    formula: str
    display: bool


class Inserts:
    """What was lifted out of one piece of Markdown."""

    def __init__(self, text: str, line: int, faults: FileFaults) -> None:
        self._faults = faults
        self._inserts: list[_Insert] = []
        self._shown: set[int] = set()
        lines = text.split("\n")
        self.text = "\n".join(self._lift(content, number) for number, content in enumerate(lines, start=line))

    @property
    def count(self) -> int:
        """How many were lifted."""
        return len(self._inserts)

    def restore(self, text: str) -> str:
        """Return text from inside code as its author wrote it."""
        return MARKER.sub(lambda marker: self._take(marker["number"]).raw, text)

    def expand(self, html: str, identifiers: Iterator[str]) -> str:
        """Return HTML with each computed number as a button that opens how it was computed, formulas as MathML."""
        expanded = _WITH_NEIGHBOURS.sub(lambda found: self._unbroken(found, identifiers), html)
        self._report_misplaced()
        return expanded

    def expand_plain(self, text: str) -> str:
        """Return plain text with each computed number written out; a formula is a fault."""
        expanded = MARKER.sub(lambda marker: self._plain(self._take(marker["number"])), text)
        self._report_misplaced()
        return expanded

    def _lift(self, line: str, number: int) -> str:
        def lift(match: re.Match[str]) -> str:
            formula = match["formula"] or match["display"] or ""
            if match["computed"] is None and not formula:
                return match.group()
            display = match["display"] is not None
            self._inserts.append(_Insert(match.group(), number, match["computed"] is not None, formula, display))
            return f"\ue000{len(self._inserts) - 1}\ue001"

        return _LIFTED.sub(lift, line)

    def _take(self, number: str) -> _Insert:
        index = int(number)
        self._shown.add(index)
        return self._inserts[index]

    def _unbroken(self, found: re.Match[str], identifiers: Iterator[str]) -> str:
        """Return an insert held together with what stands against it, since a line may end beside a button."""
        insert, before, after = self._take(found["number"]), found["before"], found["after"]
        html = f"{before}{self._html(insert, identifiers)}{after}"
        return f'<span class="unbroken">{html}</span>' if insert.computed and (before or after) else html

    def _html(self, insert: _Insert, identifiers: Iterator[str]) -> str:
        if not insert.computed:
            try:
                return to_mathml(insert.formula, "block" if insert.display else "inline")
            except InvalidFormula as refusal:
                self._faults.add(insert.line, str(refusal))
                return ""
        shown, explanation = self._compute(insert)
        name = next(identifiers)
        note = f"How this was computed: <code>{escape(explanation)}</code>"
        return (
            f'<button type="button" class="calc" popovertarget="{name}">{escape(shown)}</button>'
            f'<span popover id="{name}" class="calc-note">{note}</span>'
        )

    def _plain(self, insert: _Insert) -> str:
        if insert.computed:
            return self._compute(insert)[0]
        self._faults.add(insert.line, f"{insert.raw} is a formula; here only words and numbers can stand.")
        return ""

    def _compute(self, insert: _Insert) -> tuple[str, str]:
        """Return a computed number as shown and how it was computed, reporting what is wrong with it."""
        try:
            inline = parse_inline(insert.raw)
            if not contains_function_call(inline.expression):
                message = f"{insert.raw} wraps a literal: call a function of the engine, or mark the number as given."
                self._faults.add(insert.line, message)
                return "", ""
            value = evaluate(inline.expression)
            return format_value(value.value, inline.format), value.explanation
        except InvalidExpression as refusal:
            self._faults.add(insert.line, str(refusal))
            return "", ""

    def _report_misplaced(self) -> None:
        for index, insert in enumerate(self._inserts):
            if index not in self._shown:
                message = (
                    f"{insert.raw} stands where nothing can be computed, such as an address; move it into the text."
                )
                self._faults.add(insert.line, message)
