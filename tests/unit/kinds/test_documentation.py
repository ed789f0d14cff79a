"""The reference page names every kind of question and every field that one may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from quizzes.kinds import KINDS
from quizzes.kinds.definition import Definition

PAGE = (Path(__file__).parents[3] / "docs/reference/questions.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the parts of a definition that a field's type holds, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _fields_of(model: type[BaseModel], besides: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the names of a definition's fields and of its parts' fields."""
    for name, field in model.model_fields.items():
        if name not in besides:
            yield name
            for part in _models_in(field.annotation):
                yield from _fields_of(part)


class TestReferencePage:
    def test_has_a_section_for_every_kind_and_for_no_other(self) -> None:
        assert SECTIONS.keys() - {"Every question", "What is tested"} == KINDS.keys()

    def test_names_every_field_that_all_kinds_have(self) -> None:
        wanted = set(_fields_of(Definition)) | {"was"}

        assert (
            sorted(name for name in wanted if f"`{name}`" not in SECTIONS["Every question"] and f"{name}:" not in PAGE)
            == []
        )

    @pytest.mark.parametrize("kind", KINDS)
    def test_names_every_field_of_a_kind(self, kind: str) -> None:
        # `multiple` and `categorise` are described by what sets them apart from the kind before them.
        text = SECTIONS[kind] + {"multiple": SECTIONS["choice"], "categorise": SECTIONS["matching"]}.get(kind, "")
        text += SECTIONS["numeric"] if kind == "estimate" else ""
        own = set(_fields_of(KINDS[kind].definition, besides=frozenset(Definition.model_fields)))

        assert sorted(name for name in own if f"`{name}`" not in text and f"{name}:" not in text) == []
