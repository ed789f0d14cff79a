"""Current grades, folded from the ledger: one learner's, and a cohort's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from accounts.selectors import display_names
from lessons.catalogue.models import Enrolment, ItemKind, ItemVersion, Offering
from lessons.catalogue.prepared import Prepared
from quizzes.models import DECIDED, Attempt, GradeEntry
from quizzes.policy import to_share


@dataclass(frozen=True, slots=True)
class CurrentGrade:
    """What stands for one question: a share of the mark (None where excused), and who decided."""

    fraction: Decimal | None
    kind: str
    reason: str
    by_person: bool

    @property
    def is_excused(self) -> bool:
        """Whether the question does not count for this learner."""
        return self.kind == GradeEntry.Kind.EXCUSED

    @property
    def is_regraded(self) -> bool:
        """Whether the mark comes from a correction of the question."""
        return self.kind == GradeEntry.Kind.REGRADED


@dataclass(frozen=True, slots=True)
class QuestionHeading:
    """A column of a gradebook."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class LearnerGrades:
    """A row of a gradebook: grades by question key, and questions that are begun but have no grade yet."""

    enrolment_id: UUID
    person_id: UUID
    name: str
    grades: Mapping[str, CurrentGrade]
    open: frozenset[str]

    @property
    def mean(self) -> Decimal | None:
        """The mean share over the questions graded so far, None where there is none."""
        fractions = [grade.fraction for grade in self.grades.values() if grade.fraction is not None]
        return to_share(sum(fractions, Decimal(0)) / len(fractions)) if fractions else None


@dataclass(frozen=True, slots=True)
class CohortGrades:
    """A gradebook: questions in the course's order, learners by name."""

    questions: tuple[QuestionHeading, ...]
    rows: tuple[LearnerGrades, ...]


def grades_of(enrolment: Enrolment) -> dict[str, CurrentGrade]:
    """Return the current grade of each graded question by its key; one query."""
    entries = GradeEntry.objects.filter(enrolment=enrolment).practice().current().select_related("item")
    return {entry.item.key: grade_from(entry) for entry in entries}


def practice_grades(enrolment_id: UUID, item_ids: list[UUID]) -> dict[UUID, CurrentGrade]:
    """Return the current grades of chapters' questions by item; one query."""
    return {entry.item_id: grade_from(entry) for entry in _PRACTICE.rows(enrolment_id, item_ids)}


_PRACTICE: Final = Prepared(
    lambda enrolment_id, item_ids: (
        GradeEntry.objects.filter(enrolment=enrolment_id, item__id__any_of=item_ids).practice().current()
    ),
    UUID,
    list[UUID],
)


def cohort_grades(offering: Offering) -> CohortGrades:
    """Return the gradebook of an offering; five queries, whatever its size. Who may see it is the caller's to check."""
    questions = ItemVersion.objects.filter(revision=offering.revision_id, item__kind=ItemKind.QUESTION)
    headings = tuple(
        QuestionHeading(key, title) for key, title in questions.order_by("position").values_list("item__key", "title")
    )
    enrolments = list(Enrolment.objects.filter(offering=offering).values_list("pk", "person_id"))
    names = display_names(person_id for _, person_id in enrolments)
    grades: dict[UUID, dict[str, CurrentGrade]] = {pk: {} for pk, _ in enrolments}
    entries = GradeEntry.objects.filter(enrolment__offering=offering).practice().current().select_related("item")
    for entry in entries:
        grades.setdefault(entry.enrolment_id, {})[entry.item.key] = grade_from(entry)
    begun: dict[UUID, set[str]] = {}
    attempts = Attempt.objects.filter(
        enrolment__offering=offering, state=Attempt.State.OPEN, purpose=Attempt.Purpose.PRACTICE
    )
    for enrolment_id, key in attempts.values_list("enrolment_id", "item__key"):
        begun.setdefault(enrolment_id, set()).add(key)
    rows = [
        LearnerGrades(pk, person_id, names[person_id], grades[pk], frozenset(begun.get(pk, ())))
        for pk, person_id in enrolments
    ]
    return CohortGrades(headings, tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.person_id))))


def grade_from(entry: GradeEntry) -> CurrentGrade:
    """Return what a ledger entry says, for the entry that stands."""
    by_person = entry.kind in DECIDED
    return CurrentGrade(entry.fraction, entry.kind, entry.reason, by_person)
