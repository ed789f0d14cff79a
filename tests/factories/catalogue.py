"""Courses, offerings and what happens in them for tests, with the least that each needs."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from lessons.catalogue.models import (
    Course,
    Enrolment,
    Event,
    Item,
    ItemKind,
    ItemVersion,
    Offering,
    Revision,
    Verb,
)
from tests.factories.accounts import CREATED_AT, CohortFactory, PersonFactory


class CourseFactory(DjangoModelFactory[Course]):
    """A course that belongs to nobody."""

    class Meta:
        model = Course

    slug = factory.Sequence(lambda n: f"course-{n}")
    created_at = CREATED_AT


class RevisionFactory(DjangoModelFactory[Revision]):
    """A revision without items."""

    class Meta:
        model = Revision

    course = factory.SubFactory(CourseFactory)
    number = factory.Sequence(lambda n: n + 1)
    digest = factory.Sequence(lambda n: f"{n:064x}")
    engine_version = "1"
    renderer_version = "1"
    title = "A course"
    language = "en"
    licence = "CC BY 4.0"
    created_at = CREATED_AT


class ItemFactory(DjangoModelFactory[Item]):
    """A section; traits make the other kinds."""

    class Meta:
        model = Item

    course = factory.SubFactory(CourseFactory)
    kind = ItemKind.SECTION
    key = factory.Sequence(lambda n: f"chapter/item-{n}")

    class Params:
        chapter = factory.Trait(kind=ItemKind.CHAPTER, key=factory.Sequence(lambda n: f"chapter-{n}"))
        question = factory.Trait(kind=ItemKind.QUESTION)
        simulation = factory.Trait(kind=ItemKind.SIMULATION)
        term = factory.Trait(kind=ItemKind.TERM, key=factory.Sequence(lambda n: f"terms/term-{n}"))


def empty_payload(kind: str, key: str) -> dict[str, Any]:
    """Return the least that an item of a kind holds; a question's payload is for its test to state."""
    match kind:
        case ItemKind.CHAPTER:
            return {"number": 1, "minutes": 1, "lede_html": "", "outcomes": [], "blocks": []}
        case ItemKind.SECTION:
            return {"anchor": key.rpartition("/")[2], "minutes": 1, "blocks": []}
        case ItemKind.TERM:
            return {"definition_html": "", "misuse_html": ""}
        case _:
            return {}


class ItemVersionFactory(DjangoModelFactory[ItemVersion]):
    """An empty section, or whatever its item's kind is, in a revision of its course."""

    class Meta:
        model = ItemVersion

    revision = factory.SubFactory(RevisionFactory)
    item = factory.SubFactory(ItemFactory, course=factory.SelfAttribute("..revision.course"))
    position = factory.Sequence(lambda n: n)
    title = factory.Sequence(lambda n: f"Item {n}")
    payload = factory.LazyAttribute(lambda row: empty_payload(row.item.kind, row.item.key))


class OfferingFactory(DjangoModelFactory[Offering]):
    """The open offering of a course; the trait `in_cohort` makes it a cohort's."""

    class Meta:
        model = Offering

    revision = factory.SubFactory(RevisionFactory)
    course = factory.SelfAttribute("revision.course")
    slug = factory.Sequence(lambda n: f"offering-{n}")
    adopted_at = CREATED_AT
    created_at = CREATED_AT

    class Params:
        in_cohort = factory.Trait(cohort=factory.SubFactory(CohortFactory))


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    """A guest in an open offering."""

    class Meta:
        model = Enrolment

    offering = factory.SubFactory(OfferingFactory)
    person = factory.SubFactory(PersonFactory)
    created_at = CREATED_AT


class EventFactory(DjangoModelFactory[Event]):
    """Somebody opened an item of their offering's course."""

    class Meta:
        model = Event

    enrolment = factory.SubFactory(EnrolmentFactory)
    item = factory.SubFactory(ItemFactory, course=factory.SelfAttribute("..enrolment.offering.course"))
    verb = Verb.OPENED
    at = CREATED_AT
    idempotency_key = factory.Sequence(lambda n: f"event-{n}")
