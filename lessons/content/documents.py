"""Read YAML keeping the line of every value, and check it against a schema.

Only the plain core of YAML is understood: no tags, anchors or aliases, no duplicate keys, bounded depth and size. So a
file cannot make the reader do more than its length is worth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from lessons.content.faults import FileFaults
from lessons.content.files import is_printable

DEEPEST = 20
MOST_NODES = 20_000

Path = tuple[str | int, ...]
S = TypeVar("S", bound="Schema")


class Schema(BaseModel):
    """The shape of a YAML mapping: values are taken as written, an unknown key is a fault."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML value and the line on which each part of it stands."""

    value: Any
    lines: Mapping[Path, int]

    def line_of(self, path: Sequence[str | int]) -> int:
        """Return the line of the value at a path, or of the nearest value around it."""
        parts = tuple(path)
        while parts not in self.lines and parts:
            parts = parts[:-1]
        return self.lines.get(parts, 1)

    def under(self, *path: str | int) -> Document:
        """Return the part of the document at a path that exists, with lines of its own."""
        value = self.value
        for step in path:
            value = value[step]
        size = len(path)
        return Document(value, {found[size:]: line for found, line in self.lines.items() if found[:size] == path})


class _UnacceptableYamlError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _CoreLoader(yaml.SafeLoader):
    """Resolves null, true, false and decimal numbers; everything else is text, `on`, dates and `1:30` included."""

    yaml_implicit_resolvers: dict[str, Any] = {}


class _QuickLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Resolves the same by libyaml where PyYAML was built with it: seven times as fast."""

    yaml_implicit_resolvers = _CoreLoader.yaml_implicit_resolvers


for _tag, _pattern, _first in (
    ("null", r"(?:null|~|)", ["n", "~", ""]),
    ("bool", r"(?:true|false)", list("tf")),
    ("int", r"[-+]?[0-9]{1,300}", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][-+]?[0-9]{1,4})?",
        list("-+.0123456789"),
    ),
):
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^{_pattern}$"), _first)


def load_yaml(text: str, faults: FileFaults, first_line: int = 1) -> Document | None:
    """Return a YAML text's value and lines, or None after reporting what is wrong.

    `first_line` is the line of the file on which the text begins.
    """
    try:
        node = _composed(text)
        lines: dict[Path, int] = {}
        value = None if node is None else _construct(node, (), lines, first_line)
    except _UnacceptableYamlError as refusal:
        faults.add(refusal.line + first_line, str(refusal))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        faults.add(line + first_line, f"This is not YAML: {error.problem or error.context}.")
    except yaml.YAMLError as error:
        faults.add(first_line, f"This is not YAML: {' '.join(str(error).split())}.")
    else:
        return Document(value, lines or {(): first_line})
    return None


def validate(schema: type[S], document: Document, faults: FileFaults) -> S | None:
    """Return the document as an instance of a schema, or None after reporting each fault at its line."""
    try:
        return schema.model_validate(document.value)
    except ValidationError as errors:
        for error in errors.errors():
            path = error["loc"]
            faults.add(document.line_of(path), describe(path, error["type"], error["msg"], error["input"]))
    return None


def describe(path: Sequence[str | int], kind: str, message: str, given: object) -> str:
    """Return a schema fault in words: where, what was given, what is wanted."""
    name = ".".join(str(step) for step in path)
    if kind == "missing":
        return f"{name} is missing."
    if kind == "extra_forbidden":
        return f"{name} is not known here; check its spelling."
    if not name or isinstance(given, (dict, list)):
        return f"{name or 'This'} is not right: {message}."
    shown = repr(given)
    shown = shown if len(shown) <= 60 else shown[:59] + "…"
    return f"{name} is {shown}, which is not right: {message}."


def _composed(text: str) -> yaml.Node | None:
    """Return the root of a text that holds nothing but the plain core, None for an empty one."""
    try:
        _check_events(text, _QuickLoader)
        return yaml.compose(text, Loader=_QuickLoader)
    except yaml.YAMLError:
        # Of what is no YAML the loader in Python says more, and at the line where it stands.
        _check_events(text, _CoreLoader)
        return yaml.compose(text, Loader=_CoreLoader)


def _check_events(text: str, loader: type[yaml.SafeLoader]) -> None:
    """Refuse anchors, aliases, tags, deep nesting and masses of nodes before anything recursive sees the text."""
    depth = 0
    documents = 0
    for count, event in enumerate(yaml.parse(text, Loader=loader)):
        line = event.start_mark.line if event.start_mark else 0
        if count > MOST_NODES:
            raise _UnacceptableYamlError(line, f"A file may hold {MOST_NODES:,} values; split it.")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _UnacceptableYamlError(line, "A file holds one document; remove this ---.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _UnacceptableYamlError(line, "Anchors and aliases (& and *) are not allowed; write the value out.")
        if getattr(event, "tag", None) not in {None, "!"}:
            raise _UnacceptableYamlError(line, "Tags (!) are not allowed; write the plain value.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _UnacceptableYamlError(line, f"Values may be nested {DEEPEST} deep; this is deeper.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _construct(node: yaml.Node, path: Path, lines: dict[Path, int], first_line: int) -> Any:
    """Return a node's value, noting the line of each part."""
    lines[path] = node.start_mark.line + first_line
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or not is_printable(key):
                raise _UnacceptableYamlError(key_node.start_mark.line, "A key must be a plain word.")
            if key in mapping:
                raise _UnacceptableYamlError(key_node.start_mark.line, f"{key} is given twice.")
            mapping[key] = _construct(value_node, (*path, key), lines, first_line)
            lines[(*path, key)] = key_node.start_mark.line + first_line
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, (*path, index), lines, first_line) for index, child in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    text: str = node.value
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case "float":
            return float(text)
        case _ if is_printable(text):
            return text
    raise _UnacceptableYamlError(node.start_mark.line, "This text holds a character that cannot be printed; remove it.")
