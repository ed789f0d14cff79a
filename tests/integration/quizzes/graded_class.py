"""A cohort with an offering, its teacher and learners, and marks: what the gradebook's tests are about."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import Cohort, Person
from lessons.catalogue.models import Enrolment, Offering
from quizzes.models import Assignment, AssignmentQuestion, GradeCategory, GradeEntry
from quizzes.selectors.gradebook import Asked, GradebookPage, gradebook_page
from quizzes.selectors.roster import Listing
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory
from tests.factories.quizzes import (
    AssignmentFactory,
    AssignmentQuestionFactory,
    GradeCategoryFactory,
    GradeEntryFactory,
)

NOW = datetime.datetime(2026, 11, 2, 9, 30, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@dataclass
class Class:
    """A cohort with an offering, its teacher, and whoever joins."""

    offering: Offering = field(default_factory=lambda: OfferingFactory(in_cohort=True))
    people: dict[str, Person] = field(default_factory=dict)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.teacher = LoginFactory(name="Teacher").person
        MembershipFactory(person=self.teacher, cohort=self.cohort, instructor=True)

    @property
    def cohort(self) -> Cohort:
        assert self.offering.cohort is not None
        return self.offering.cohort

    @property
    def address(self) -> str:
        return f"/learn/{self.offering.slug}/gradebook/"

    def join(self, name: str, *, enrol: bool = True) -> Person:
        person = self.people[name] = LoginFactory(name=name, email=f"{name.lower()}@school.example").person
        member = MembershipFactory(person=person, cohort=self.cohort)
        if enrol:
            self.enrolments[name] = EnrolmentFactory(
                offering=self.offering, person=person, created_at=member.created_at
            )
        return person

    def category(self, **given: Any) -> GradeCategory:
        return GradeCategoryFactory(offering=self.offering, **given)

    def assign(
        self, category: GradeCategory | None = None, *, points: tuple[int, ...] = (1,), **given: Any
    ) -> Assignment:
        assignment = AssignmentFactory(category=category or self.category(), **given)
        for number in points:
            AssignmentQuestionFactory(assignment=assignment, points=number)
        return assignment

    def mark(
        self, name: str, assignment: Assignment, fraction: str | None, *, place: int = 0, kind: str = "graded"
    ) -> GradeEntry:
        return GradeEntryFactory(
            enrolment=self.enrolments[name],
            assignment=assignment,
            item=question(assignment, place).item,
            kind=kind,
            fraction=None if fraction is None else Decimal(fraction),
            reason="A reason" if kind in {"overridden", "excused"} else "",
        )

    def page(self, **given: Any) -> GradebookPage:
        listing = Listing(**{name: given.pop(name) for name in list(given) if name in Listing.__slots__})
        return gradebook_page(person=self.teacher, slug=self.offering.slug, asked=Asked(listing, **given), now=NOW)

    def names(self, **given: Any) -> list[str]:
        return [row.name for row in self.page(**given).rows]

    def cells(self, name: str, **given: Any) -> list[str]:
        """Return a learner's cells as text, with the words of what is beside each mark."""
        (row,) = [row for row in self.page(**given).rows if row.name == name]
        return [f"{cell.text} {cell.words}".strip() for cell in row.cells]


def question(assignment: Assignment, place: int = 0) -> AssignmentQuestion:
    return assignment.questions.order_by("pk")[place]
