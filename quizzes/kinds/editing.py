"""A question's definition as fields of a form, whatever its kind, and the definition that a filled form comes to.

The fields follow from the definition's own model, so that a new kind needs nothing here. What learners were shown is
left out or only shown; what is typed is checked by whoever parses the definition that comes back.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from quizzes.kinds.contract import Json
from quizzes.kinds.definition import Definition, Part

LEFT_OUT: Final = frozenset(
    {"id", "kind", "dimension", "title", "section", "recalls", "tries", "penalty", "variables", "stem", "ends"}
)
"""What a definition says that is shown, drawn or stated beforehand."""

GROWING: Final = "misconceptions"
"""The list that may gain and lose entries: it is never shown."""

REMOVED: Final = "removed"
LONG_FROM: Final = 60
LONG_NAMES: Final = frozenset({"feedback", "right", "hint", "solution", "why", "worked"})

EXPLAINED: Final[Mapping[str, str]] = {
    "value": "A number, or an expression of the named values.",
    "to": "The upper end, where the answer is an interval.",
    "significant": "Significant figures that are asked for; or else decimals.",
    "decimals": "Decimals that are asked for; or else significant figures.",
    "accepts": "Further units or spellings that count.",
    "relative": "A share of the value: 0.01 is 1%. Either this or an absolute tolerance.",
    "absolute": "In the unit of the answer. Either this or a relative tolerance.",
    "id": "A short name in small letters and hyphens, such as forgets-the-peak.",
    "feedback": "What the learner is told who answers so.",
    "right": "What is said of a right answer.",
    "hint": "What is shown between tries.",
    "solution": "Shown once the question is finished.",
    "worked": "How the step is found.",
}
"""What is said beside a field, by its name, wherever it stands in a definition."""


class Input(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    TICK = "tick"


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its dotted path in the definition, what it is called, how it is filled in, and what it holds."""

    path: str
    label: str
    input: Input
    value: str
    is_ticked: bool = False
    takes_text: bool = True

    @property
    def explanation(self) -> str:
        """What the field is for, empty where its label says it."""
        return EXPLAINED.get(self.path.rpartition(".")[2], "") if not self.path.startswith("values.") else ""

    @property
    def rows(self) -> int:
        """How many lines a large field shows."""
        return min(12, max(2, self.value.count("\n") + 1, len(self.value) // 70 + 1))


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that belong together; `shown` is what learners saw of it, `path` is set where it can be taken out."""

    title: str
    fields: tuple[Field, ...]
    shown: str = ""
    path: str = ""
    is_new: bool = False
    is_removed: bool = False


def editable_fields(definition: Definition) -> tuple[FieldGroup, ...]:
    """Return the groups of fields that a correction of a definition may fill in otherwise."""
    return tuple(_groups(definition, "", "Feedback, solution and named values", LEFT_OUT))


def edited(definition: Definition, payload: Mapping[str, Any], sent: Mapping[str, str]) -> Json:
    """Return a definition's payload with what a form sent, by path; what was left as it was stays as it was written.

    An empty field takes an optional value away. A box that is not ticked is absent from what is sent, so only forms
    that hold every field may be read so. Nothing is checked but that paths are those of the definition.
    """
    changed = copy.deepcopy(dict(payload))
    removed: list[list[str]] = []
    for group in editable_fields(definition):
        if group.is_new and not any(sent.get(field.path, "").strip() for field in group.fields):
            continue
        if group.path and f"{REMOVED}.{group.path}" in sent:
            removed.append(group.path.split("."))
            continue
        for field in group.fields:
            _fill(changed, field, sent)
    for steps in reversed(removed):
        del _at(changed, steps[:-1])[int(steps[-1])]
    return changed


def _groups(part: Part, prefix: str, title: str, left_out: frozenset[str]) -> Iterator[FieldGroup]:
    """Yield the part's own fields as a group, then those of the parts within it."""
    own: list[Field] = []
    within: list[FieldGroup] = []
    is_entry = "id" in type(part).model_fields and bool(prefix)
    hidden = left_out | (frozenset({"id", "unit", "text"}) if is_entry else frozenset({"unit"}))
    for name, info in type(part).model_fields.items():
        value, path = getattr(part, name), f"{prefix}{name}"
        if name in hidden:
            continue
        if isinstance(value, Part):
            within += _groups(value, f"{path}.", _words(name), frozenset())
        elif isinstance(value, list) and ((value and isinstance(value[0], Part)) or _entry_of(info.annotation)):
            within += _entries(value, path, name, _entry_of(info.annotation))
        elif isinstance(value, dict):
            own += [_field(f"{path}.{key}", key, each, text_too=True) for key, each in value.items() if _is_plain(each)]
        else:
            own.append(_field(path, _words(name), value, text_too=_takes_text(info.annotation)))
    shown = str(getattr(part, "text", "") or getattr(part, "prompt", "")) if is_entry else ""
    is_growing = is_entry and prefix.split(".")[-3] == GROWING
    path = prefix.removesuffix(".") if is_growing else ""
    group = [FieldGroup(title, _lines_first(own) if prefix else tuple(own), shown=shown, path=path)] if own else []
    # The key first: what the whole question says of it comes last.
    yield from ([*group, *within] if prefix else [*within, *group])


def _lines_first(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Return fields of one line, which stand side by side, before those of several."""
    return tuple(sorted(fields, key=lambda field: field.input is not Input.LINE))


def _entries(entries: list[Part], path: str, name: str, kind: type[Part] | None) -> Iterator[FieldGroup]:
    for index, entry in enumerate(entries):
        title = f"{_words(name).removesuffix('s')} “{getattr(entry, 'id', index + 1)}”"
        yield from _groups(entry, f"{path}.{index}.", title, frozenset())
    if name == GROWING and kind is not None:
        blank = _lines_first(
            _field(f"{path}.{len(entries)}.{field}", _words(field), None, text_too=_takes_text(info.annotation))
            for field, info in kind.model_fields.items()
        )
        yield FieldGroup("One more misconception", blank, is_new=True)


def _field(path: str, label: str, value: object, *, text_too: bool) -> Field:
    name = path.rpartition(".")[2]
    if isinstance(value, bool):
        return Field(path, label, Input.TICK, "", is_ticked=value)
    if isinstance(value, list):
        return Field(path, f"{label}, one a line", Input.LINES, "\n".join(str(each) for each in value))
    if name in {"texts", "accepts"}:
        return Field(path, f"{label}, one a line", Input.LINES, "")
    text = "" if value is None else str(value)
    is_long = name in LONG_NAMES or "\n" in text or len(text) > LONG_FROM
    return Field(path, label, Input.TEXT if is_long else Input.LINE, text, takes_text=text_too)


def _fill(changed: Json, field: Field, sent: Mapping[str, str]) -> None:
    *steps, name = field.path.split(".")
    typed = sent.get(field.path, "").replace("\r\n", "\n")
    if field.input is Input.TICK:
        if (field.path in sent) != field.is_ticked:
            _at(changed, steps)[name] = field.path in sent
        return
    if typed.strip() == field.value.strip():
        return
    where = _at(changed, steps)
    if field.input is Input.LINES:
        where[name] = [line.strip() for line in typed.split("\n") if line.strip()]
    elif not typed.strip():
        where.pop(name, None)
    else:
        where[name] = typed if field.input is Input.TEXT else _read(typed.strip(), is_text=field.takes_text)


def _at(changed: Any, steps: list[str]) -> Any:
    """Return what stands at a path, made where it is not there yet."""
    for step, following in zip(steps, [*steps[1:], ""], strict=False):
        if isinstance(changed, list):
            if int(step) == len(changed):
                changed.append({})
            changed = changed[int(step)]
        else:
            changed = changed.setdefault(step, [] if following.isdigit() else {})
    return changed


def _read(typed: str, *, is_text: bool) -> object:
    """Return a number where only a number can stand, else what was typed, for the model to refuse."""
    if is_text:
        return typed
    for read in (int, float):
        try:
            return read(typed)
        except ValueError:
            continue
    return typed


def _takes_text(annotation: object) -> bool:
    """Return whether a field's type admits text."""
    if get_origin(annotation) in {Union, UnionType, Annotated}:
        return any(_takes_text(each) for each in get_args(annotation))
    return annotation is str


def _entry_of(annotation: object) -> type[Part] | None:
    """Return which part a list holds, None where it holds something else or is no list."""
    if get_origin(annotation) is not list:
        return None
    (entry,) = get_args(annotation)
    return entry if isinstance(entry, type) and issubclass(entry, Part) else None


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
