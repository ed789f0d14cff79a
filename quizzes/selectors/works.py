"""What assignments stand at for some of an offering's learners, ready to be totalled: read once for pages and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from lessons.catalogue.models import Enrolment, ItemVersion, Offering
from quizzes.models import Assignment, AssignmentMark, AssignmentQuestion, GradeEntry
from quizzes.policy import CategoryWork, Times, Work, times_of
from quizzes.selectors.allowances import standing_allowances
from quizzes.selectors.roster import Learner


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question of an assignment as the offering's revision calls it."""

    item_id: UUID
    key: str
    title: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class SetWork:
    """An assignment with its questions."""

    assignment: Assignment
    questions: tuple[SetQuestion, ...]

    @property
    def points(self) -> Decimal:
        """What all of its questions are worth."""
        return sum((question.points for question in self.questions), Decimal(0))


@dataclass(frozen=True, slots=True)
class SetCategory:
    """A category of an offering with its assignments, by opening time."""

    id: UUID
    title: str
    weight: Decimal
    drop_lowest: int
    works: tuple[SetWork, ...]


@dataclass(frozen=True, slots=True)
class LearnerWork:
    """An assignment as it stands for one learner: the sums, the times that hold, and the kept mark if there is one."""

    work: Work
    times: Times
    mark: AssignmentMark | None

    @property
    def is_late(self) -> bool:
        """Whether the last try was submitted after the learner's due time."""
        submitted_at = self.mark.submitted_at if self.mark else None
        return submitted_at is not None and submitted_at > self.times.due_at


@dataclass(frozen=True, slots=True)
class StandingGrade:
    """The ledger entry that stands for a question of an assignment."""

    kind: str
    fraction: Decimal | None


def categories_of(offering: Offering) -> tuple[SetCategory, ...]:
    """Return what is set in an offering, categories by position, assignments by opening time; two queries."""
    assignments = list(
        Assignment.objects.filter(offering=offering)
        .select_related("category")
        .order_by("category__position", "category__title", "opens_at", "title")
    )
    title = ItemVersion.objects.filter(revision=offering.revision_id, item=OuterRef("item")).values("title")[:1]
    rows = (
        AssignmentQuestion.objects.filter(assignment__offering=offering)
        .annotate(title=Subquery(title), key=F("item__key"))
        .order_by("position")
        .values_list("assignment_id", "item_id", "key", "title", "points")
    )
    questions: dict[UUID, list[SetQuestion]] = {}
    for assignment_id, item_id, key, name, points in rows:
        # A question that the revision no longer has keeps its key for a name.
        questions.setdefault(assignment_id, []).append(SetQuestion(item_id, key, name or key, points))
    grouped: dict[UUID, list[SetWork]] = {}
    for assignment in assignments:
        work = SetWork(assignment, tuple(questions.get(assignment.pk, ())))
        grouped.setdefault(assignment.category_id, []).append(work)
    return tuple(
        SetCategory(
            id=category_id,
            title=works[0].assignment.category.title,
            weight=works[0].assignment.category.weight,
            drop_lowest=works[0].assignment.category.drop_lowest,
            works=tuple(works),
        )
        for category_id, works in grouped.items()
    )


def works_of(
    categories: Sequence[SetCategory], learners: Sequence[Learner], *, now: datetime
) -> dict[UUID, dict[UUID, LearnerWork]]:
    """Return what each assignment stands at, by person and assignment; two queries, whatever the number of learners."""
    enrolments = [learner.enrolment_id for learner in learners if learner.enrolment_id is not None]
    points = {work.assignment.pk: work.points for category in categories for work in category.works}
    marks = {
        (mark.enrolment_id, mark.assignment_id): mark
        for mark in AssignmentMark.objects.filter(enrolment__in=enrolments)
    }
    allowances = standing_allowances(assignments=points, enrolments=enrolments)
    found: dict[UUID, dict[UUID, LearnerWork]] = {}
    for learner in learners:
        enrolment = Enrolment(created_at=learner.joined_at)
        works = found[learner.person_id] = {}
        for category in categories:
            for each in category.works:
                assignment = each.assignment
                mark = marks.get((learner.enrolment_id, assignment.pk)) if learner.enrolment_id else None
                allowance = allowances.get((assignment.pk, learner.enrolment_id)) if learner.enrolment_id else None
                times = times_of(assignment, enrolment, allowance)
                sums = {"earned": mark.earned, "marked": mark.marked, "excused": mark.excused} if mark else {}
                work = Work(
                    assignment_id=assignment.pk,
                    weight=assignment.weight,
                    points=points[assignment.pk],
                    is_over=now > times.cut_off_at,
                    is_excused=times.is_excused,
                    **sums,
                )
                works[assignment.pk] = LearnerWork(work, times, mark)
    return found


def weighed(
    categories: Iterable[SetCategory], works: Mapping[UUID, LearnerWork], *, only_posted: bool = False
) -> tuple[CategoryWork, ...]:
    """Return a learner's works in their categories, as `policy.total_of` takes them."""
    return tuple(
        CategoryWork(
            title=category.title,
            weight=category.weight,
            drop_lowest=category.drop_lowest,
            works=tuple(
                works[each.assignment.pk].work
                for each in category.works
                if each.assignment.posted_at is not None or not only_posted
            ),
        )
        for category in categories
    )


def standing_grades(
    learners: Iterable[Learner], assignment_ids: Iterable[UUID]
) -> dict[tuple[UUID, UUID, UUID], StandingGrade]:
    """Return what stands for each question, by enrolment, assignment and item; one query."""
    enrolments = [learner.enrolment_id for learner in learners if learner.enrolment_id is not None]
    entries = GradeEntry.objects.filter(enrolment__in=enrolments, assignment__in=list(assignment_ids)).current()
    return {
        (enrolment_id, assignment_id, item_id): StandingGrade(kind, fraction)
        for enrolment_id, assignment_id, item_id, kind, fraction in entries.values_list(
            "enrolment_id", "assignment_id", "item_id", "kind", "fraction"
        )
    }
