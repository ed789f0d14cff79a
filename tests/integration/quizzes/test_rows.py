"""Rows that are inserted by a statement of our own are what the ORM would have written."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms.models import model_to_dict

from quizzes.models import GradeEntry, Variant
from quizzes.services.rows import insert
from tests.factories.quizzes import GradeEntryFactory, VariantFactory

pytestmark = pytest.mark.django_db


def values_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


class TestInsert:
    def test_writes_a_row_with_a_key_of_its_own(self) -> None:
        made = VariantFactory()
        another = Variant(**(values_of(made) | {"id": Variant().pk, "number": 2}))

        insert(another)

        assert values_of(Variant.objects.get(pk=another.pk)) == values_of(another)
        assert not another._state.adding

    def test_brings_the_key_that_the_database_gave(self) -> None:
        made = GradeEntryFactory()
        another = GradeEntry(**(values_of(made) | {"id": None, "idempotency_key": "another"}))

        insert(another)

        assert another.pk > made.pk
        assert model_to_dict(GradeEntry.objects.get(pk=another.pk)) == model_to_dict(another)
