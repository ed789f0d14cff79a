"""Questions and attempts at them for tests, with the least that each needs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from quizzes.kinds import Drawn, parse_question
from quizzes.models import (
    Allowance,
    Assignment,
    AssignmentQuestion,
    Attempt,
    GradeCategory,
    GradeEntry,
    Sitting,
    Variant,
)
from tests.factories.accounts import CREATED_AT, PersonFactory
from tests.factories.catalogue import EnrolmentFactory, ItemFactory, ItemVersionFactory, OfferingFactory
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


class GradeCategoryFactory(DjangoModelFactory[GradeCategory]):
    """A category of a cohort's offering that drops nothing."""

    class Meta:
        model = GradeCategory

    offering = factory.SubFactory(OfferingFactory, in_cohort=True)
    title = factory.Sequence(lambda n: f"Category {n}")
    weight = Decimal(1)
    position = factory.Sequence(lambda n: n)


class AssignmentFactory(DjangoModelFactory[Assignment]):
    """An assignment without questions: opened at CREATED_AT, due after a week, cut off after two, not yet posted.

    Past its cut-off on the day that tests take for today; `posted` shows its grades to learners.
    """

    class Meta:
        model = Assignment

    category = factory.SubFactory(GradeCategoryFactory)
    offering = factory.SelfAttribute("category.offering")
    title = factory.Sequence(lambda n: f"Assignment {n}")
    opens_at = CREATED_AT
    due_at = factory.LazyAttribute(lambda row: row.opens_at + timedelta(days=7))
    cut_off_at = factory.LazyAttribute(lambda row: row.due_at + timedelta(days=7))
    created_by = factory.SubFactory(PersonFactory)
    created_at = CREATED_AT

    class Params:
        posted = factory.Trait(posted_at=factory.SelfAttribute("cut_off_at"))


class AssignmentQuestionFactory(DjangoModelFactory[AssignmentQuestion]):
    """A question of the offering's revision, worth one point in an assignment."""

    class Meta:
        model = AssignmentQuestion

    assignment = factory.SubFactory(AssignmentFactory)
    item = factory.LazyAttribute(lambda row: QuestionFactory(revision=row.assignment.offering.revision).item)
    position = factory.Sequence(lambda n: n % 10_000)
    points = Decimal(1)


class SittingFactory(DjangoModelFactory[Sitting]):
    """Work on an assignment that was begun and still runs; `handed_in` ends it."""

    class Meta:
        model = Sitting

    assignment = factory.SubFactory(AssignmentFactory)
    enrolment = factory.SubFactory(EnrolmentFactory, offering=factory.SelfAttribute("..assignment.offering"))
    started_at = factory.SelfAttribute("assignment.opens_at")
    ends_at = factory.SelfAttribute("assignment.cut_off_at")

    class Params:
        handed_in = factory.Trait(
            ending=Sitting.Ending.HANDED_IN,
            ended_at=factory.LazyAttribute(lambda row: row.started_at + timedelta(hours=1)),
        )


class AllowanceFactory(DjangoModelFactory[Allowance]):
    """An extension by a week; `excused` excuses instead."""

    class Meta:
        model = Allowance

    assignment = factory.SubFactory(AssignmentFactory)
    enrolment = factory.SubFactory(EnrolmentFactory, offering=factory.SelfAttribute("..assignment.offering"))
    due_at = factory.LazyAttribute(lambda row: row.assignment.due_at + timedelta(days=7))
    cut_off_at = factory.LazyAttribute(lambda row: row.assignment.cut_off_at + timedelta(days=7))
    reason = "A week in hospital"
    actor = factory.SubFactory(PersonFactory)
    at = CREATED_AT
    idempotency_key = factory.Sequence(lambda n: f"allowance-{n}")

    class Params:
        excused = factory.Trait(is_excused=True, due_at=None, cut_off_at=None)
