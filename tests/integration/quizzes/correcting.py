"""A cohort that has answered a question whose key turns out wrong: what the tests of corrections start from."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import Person
from lessons.catalogue.models import Enrolment, ItemVersion, Offering
from quizzes import services
from quizzes.models import Attempt, Correction, GradeEntry, Sitting, Variant
from quizzes.selectors import drawn_again
from quizzes.selectors.questions import version_of
from quizzes.services.corrections import apply_correction, draft_correction
from quizzes.services.regrading import advance_correction
from tests.factories.accounts import MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.quizzes import QuestionFactory
from tests.unit.kinds import definitions

UNION_IS_RIGHT = definitions.numeric(
    answer={"value": "union", "unit": "%", "significant": 3, "tolerance": {"relative": 0.01}},
    right="Now {{ union | number(1) }}% is right.",
    misconceptions=[{"id": "exact-share", "value": "share", "feedback": "That was the key before."}],
)
"""The numeric question with what was a misconception as its key."""


@dataclass
class School:
    """An offering of a cohort with an instructor and a numeric question."""

    now: datetime.datetime
    offering: Offering = field(default_factory=lambda: OfferingFactory(in_cohort=True))
    version: ItemVersion = field(init=False)
    instructor: Person = field(init=False)

    def __post_init__(self) -> None:
        self.version = QuestionFactory(revision=self.offering.revision)
        if self.offering.cohort is not None:
            self.instructor = MembershipFactory(cohort=self.offering.cohort, instructor=True).person

    @property
    def key(self) -> str:
        """The question's key."""
        return self.version.item.key

    def learner(self) -> Enrolment:
        """Somebody new in the cohort."""
        if self.offering.cohort is None:
            return EnrolmentFactory(offering=self.offering)
        person = MembershipFactory(cohort=self.offering.cohort).person
        return EnrolmentFactory(offering=self.offering, person=person)

    def attempt(self, enrolment: Enrolment | None = None, sitting: Sitting | None = None) -> Attempt:
        """Open somebody's attempt."""
        enrolment = enrolment or self.learner()
        purpose = Attempt.Purpose.PRACTICE if sitting is None else Attempt.Purpose.ASSIGNMENT
        return services.open_attempt(
            enrolment=enrolment,
            item_key=self.key,
            actor=enrolment.person,
            now=self.now,
            purpose=purpose,
            sitting=sitting,
        )

    def answer(self, attempt: Attempt, *names: str, at: datetime.datetime | None = None) -> Attempt:
        """Answer with the exact share, the union bound or what is neither, one try after the other."""
        for name in names:
            variant = current(attempt)
            services.submit_step(
                attempt_id=attempt.pk,
                actor=attempt.enrolment.person,
                variant_id=variant.pk,
                idempotency_key=f"try-{variant.number}",
                answer={"text": said(variant, name)},
                confidence="sure",
                now=at or self.now,
            )
        attempt.refresh_from_db()
        return attempt

    def answered(self, *names: str) -> Attempt:
        """Return the attempt of somebody new who answered so."""
        return self.answer(self.attempt(), *names)

    def draft(self, definition: dict[str, Any] | None = None, **changes: Any) -> Correction:
        """Draft a correction that makes the union bound right."""
        given = {
            "offering": Offering.objects.get(pk=self.offering.pk),
            "item_key": self.key,
            "definition": definition or UNION_IS_RIGHT,
            "reason": "The key took the wrong formula.",
            "actor": self.instructor,
            "now": self.now + datetime.timedelta(hours=1),
        }
        return draft_correction(**given | changes)

    def apply(
        self, correction: Correction | None = None, policy: str = "new", *, until_done: bool = True
    ) -> Correction:
        """Apply a correction and, unless told, regrade everybody."""
        correction = apply_correction(
            correction_id=(correction or self.draft()).pk,
            chosen=policy,
            actor=self.instructor,
            now=self.now + datetime.timedelta(hours=2),
        )
        while until_done and advance_correction(
            correction_id=correction.pk, now=self.now + datetime.timedelta(hours=2, seconds=1)
        ):
            pass
        correction.refresh_from_db()
        return correction


def current(attempt: Attempt) -> Variant:
    """The variant that can be answered now."""
    variant = attempt.variants.order_by("-number").first()
    assert variant is not None
    return variant


def said(variant: Variant, name: str) -> str:
    """What somebody types who takes a value for the answer."""
    if name == "neither":
        return "0.5"
    calls = variant.parameters["calls"]
    values = {"share": 100 * (1 - 0.99**calls), "union": 100 * calls * 0.01}
    return f"{values[name]!r} %"


def key_in_force(attempt: Attempt) -> dict[str, Any]:
    """The key by which the attempt's variant would be judged now."""
    variant = current(attempt)
    variant.version = version_of(variant.version_id)
    return drawn_again(Offering.objects.get(pk=attempt.enrolment.offering_id), variant).key


def mark(attempt: Attempt) -> Decimal | None:
    """The mark that stands for an attempt's question."""
    entry = GradeEntry.objects.filter(enrolment=attempt.enrolment, item=attempt.item).practice().current().first()
    return None if entry is None else entry.fraction
