"""Questions and attempts at them for tests, with the least that each needs."""

from __future__ import annotations

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from quizzes.kinds import Drawn, parse_question
from quizzes.models import Attempt, GradeEntry, Variant
from tests.factories.accounts import CREATED_AT
from tests.factories.catalogue import EnrolmentFactory, ItemFactory, ItemVersionFactory
from tests.unit.kinds import definitions


class QuestionFactory(ItemVersionFactory):
    """A numeric question in a revision; traits make the other kinds."""

    item = factory.SubFactory(ItemFactory, question=True, course=factory.SelfAttribute("..revision.course"))
    title = "The share of slow pages"
    payload = factory.LazyFunction(definitions.numeric)

    class Params:
        choice = factory.Trait(payload=factory.LazyFunction(definitions.choice))
        multiple = factory.Trait(payload=factory.LazyFunction(definitions.multiple))


class AttemptFactory(DjangoModelFactory[Attempt]):
    """An open attempt of three tries, without a variant."""

    class Meta:
        model = Attempt

    enrolment = factory.SubFactory(EnrolmentFactory)
    item = factory.SubFactory(ItemFactory, question=True, course=factory.SelfAttribute("..enrolment.offering.course"))
    tries_allowed = 3
    penalty = Decimal("0.25")
    started_at = CREATED_AT


def _drawn(variant: Variant) -> Drawn:
    return parse_question(variant.version.payload).draw(variant.seed)


class VariantFactory(DjangoModelFactory[Variant]):
    """The first variant of an attempt, drawn from a question of its offering's revision."""

    class Meta:
        model = Variant

    attempt = factory.SubFactory(AttemptFactory)
    version = factory.SubFactory(
        QuestionFactory,
        item=factory.SelfAttribute("..attempt.item"),
        revision=factory.SelfAttribute("..attempt.enrolment.offering.revision"),
    )
    number = 1
    seed = 1
    parameters = factory.LazyAttribute(lambda row: _drawn(row).parameters)
    rendered = factory.LazyAttribute(lambda row: _drawn(row).rendered)
    key = factory.LazyAttribute(lambda row: _drawn(row).key)
    created_at = CREATED_AT


class GradeEntryFactory(DjangoModelFactory[GradeEntry]):
    """A full mark that the engine gave."""

    class Meta:
        model = GradeEntry

    enrolment = factory.SubFactory(EnrolmentFactory)
    item = factory.SubFactory(ItemFactory, question=True, course=factory.SelfAttribute("..enrolment.offering.course"))
    revision = factory.SelfAttribute("enrolment.offering.revision")
    kind = GradeEntry.Kind.GRADED
    fraction = Decimal(1)
    at = CREATED_AT
    idempotency_key = factory.Sequence(lambda n: f"grade-{n}")
