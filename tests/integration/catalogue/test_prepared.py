"""A query that is composed once returns what its queryset does, whatever it is asked with."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from lessons.catalogue.models import Course, Item, Offering
from lessons.catalogue.prepared import Prepared
from tests.factories.catalogue import CourseFactory, ItemFactory, OfferingFactory

pytestmark = pytest.mark.django_db


def items_of(course_id: UUID, keys: list[str]) -> QuerySet[Item]:
    items = Item.objects.filter(course=course_id, key__any_of=keys).select_related("course").order_by("key")
    return items.annotate(read=Exists(Offering.objects.filter(course=OuterRef("course"))), name=F("key"))


ITEMS = Prepared(items_of, UUID, list[str])


class TestPrepared:
    def test_returns_what_its_queryset_does(self) -> None:
        course = CourseFactory()
        for key in ("first", "second", "third"):
            ItemFactory(course=course, key=key)
        ItemFactory(key="first")

        rows = ITEMS.rows(course.pk, ["third", "first", "never"])

        assert rows == list(items_of(course.pk, ["third", "first", "never"]))
        assert [(row.key, row.name, row.read, row.course) for row in rows] == [
            ("first", "first", False, course),
            ("third", "third", False, course),
        ]

    def test_asks_one_query_and_brings_what_is_selected_with_it(self) -> None:
        course = ItemFactory(key="first").course
        ITEMS.rows(course.pk, [])

        with CaptureQueriesContext(connection) as queries:
            (row,) = ITEMS.rows(course.pk, ["first"])
            assert row.course.slug == course.slug

        assert len(queries) == 1

    def test_remembers_no_answer(self) -> None:
        offering = OfferingFactory()
        assert ITEMS.rows(offering.course_id, ["first"]) == []

        item = ItemFactory(course=offering.course, key="first")

        (row,) = ITEMS.rows(offering.course_id, ["first"])
        assert (row, row.read) == (item, True)

    def test_returns_values_where_those_are_asked_for(self) -> None:
        slugs = Prepared(lambda pk: Course.objects.filter(pk=pk).values_list("slug", "pk"), UUID)
        one, other = CourseFactory(), CourseFactory()

        assert slugs.rows(one.pk) == [(one.slug, one.pk)]
        assert slugs.rows(other.pk) == [(other.slug, other.pk)]

    def test_refuses_a_parameter_that_does_not_arrive(self) -> None:
        careless = Prepared(lambda pk, slug: Course.objects.filter(pk=pk, slug=slug.upper()), UUID, str)

        with pytest.raises(AssertionError, match=r"parameters \[1\] do not arrive"):
            careless.rows(CourseFactory().pk, "course")


class TestAnyOf:
    def test_finds_by_a_key_without_joining_what_it_is_the_key_of(self) -> None:
        offering = OfferingFactory()

        found = Offering.objects.filter(course__id__any_of=[offering.course_id])

        assert list(found) == [offering]
        assert "JOIN" not in str(found.query)
