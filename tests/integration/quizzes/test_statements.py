"""Statements that are written down read and write what the ORM does."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms.models import model_to_dict

from lessons.catalogue.models import Enrolment
from quizzes.models import Draft, GradeEntry, Variant
from quizzes.statements import Statement, insert
from tests.factories.quizzes import GradeEntryFactory, VariantFactory

pytestmark = pytest.mark.django_db

READ = Statement(
    """
    SELECT {variant}, {draft}, {enrolment}, variant.number + 1
    FROM quizzes_variant variant
    JOIN quizzes_attempt attempt ON attempt.id = variant.attempt_id
    JOIN catalogue_enrolment enrolment ON enrolment.id = attempt.enrolment_id
    LEFT JOIN quizzes_draft draft ON draft.attempt_id = attempt.id
    WHERE variant.id = %s
    """,
    variant=Variant,
    draft=Draft,
    enrolment=Enrolment,
)


def values_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


class TestStatement:
    def test_returns_each_model_as_the_orm_reads_it_then_the_rest(self) -> None:
        made = VariantFactory()

        ((variant, draft, enrolment, following),) = READ.rows(made.pk)

        kept = Variant.objects.select_related("attempt__enrolment").get(pk=made.pk)
        assert values_of(variant) == values_of(kept)
        assert isinstance(variant.rendered, dict)
        assert values_of(enrolment) == values_of(kept.attempt.enrolment)
        assert (draft, following) == (None, kept.number + 1)
        variant.seed += 1
        variant.save()
        assert Variant.objects.get(pk=made.pk).seed == kept.seed + 1

    def test_returns_nothing_where_nothing_is_found(self) -> None:
        assert READ.rows("00000000-0000-0000-0000-000000000000") == []


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
