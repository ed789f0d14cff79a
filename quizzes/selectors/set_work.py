"""What an offering's staff see of the work that is set: its assignments, and how far every learner is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, Sum

from accounts.models import Person, Role
from accounts.selectors import display_names, people_in
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import enrolment_to_begin
from quizzes.errors import AssignmentNotFound
from quizzes.models import Allowance, Assignment, GradeCategory, Sitting
from quizzes.selectors.assignments import AssignmentSummary, WorkFound, WorkState

LEARNERS_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class SetAssignment:
    """An assignment with how many have started and ended it."""

    id: UUID
    title: str
    category: str
    opens_at: datetime
    due_at: datetime
    cut_off_at: datetime
    questions: int
    points: Decimal
    weight: Decimal
    started: int
    ended: int
    posted_at: datetime | None


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category, and which share of the total its weight comes to."""

    id: UUID
    title: str
    weight: Decimal
    drop_lowest: int
    percent: int
    assignments: int


@dataclass(frozen=True, slots=True)
class SetWork:
    """Everything that is set in an offering."""

    slug: str
    course: str
    cohort: str
    time_zone: str
    learners: int
    assignments: tuple[SetAssignment, ...]
    categories: tuple[CategoryLine, ...]


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """A learner's work on an assignment; the mark is as it stands, posted or not."""

    person_id: UUID
    name: str
    extra_time_percent: int
    summary: AssignmentSummary


@dataclass(frozen=True, slots=True)
class AssignmentOverview:
    """An assignment for its staff, with one page of learners by name; `counts` is of all of them."""

    slug: str
    cohort: str
    time_zone: str
    assignment: Assignment
    questions: int
    points: Decimal
    lines: tuple[LearnerLine, ...]
    counts: tuple[tuple[str, int], ...]
    learners: int
    page: int
    pages: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Given:
    """An allowance that a learner was given."""

    due_at: datetime | None
    cut_off_at: datetime | None
    is_excused: bool
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LearnerAllowances:
    """A learner's own times for an assignment, and all that they were given for it, the last first."""

    line: LearnerLine
    assignment: Assignment
    slug: str
    cohort: str
    time_zone: str
    history: tuple[Given, ...]


def staffed_assignment(person: Person | None, slug: str, assignment_id: UUID) -> Assignment:
    """Return an assignment of a cohort that the person is staff of; one query. Raises AssignmentNotFound."""
    found = Assignment.objects.staffed_by(person).filter(offering__slug=slug, pk=assignment_id)
    assignment = found.select_related("category", "offering__revision", "offering__cohort").first()
    if assignment is None:
        raise AssignmentNotFound
    return assignment


def set_work(offering: Offering) -> SetWork:
    """Return what is set in an offering; five queries, however much. Who may see it is the caller's to check."""
    assert offering.cohort is not None
    points = dict(
        Assignment.objects.filter(offering=offering)
        .annotate(points=Sum("questions__points"))
        .values_list("pk", "points")
    )
    counted = (
        Assignment.objects.filter(offering=offering)
        .annotate(
            question_count=Count("questions", distinct=True),
            started=Count("sittings", distinct=True),
            ended=Count("sittings", filter=Q(sittings__ended_at__isnull=False), distinct=True),
        )
        .values_list("pk", "question_count", "started", "ended")
    )
    counts = {pk: (questions, started, ended) for pk, questions, started, ended in counted}
    assignments = Assignment.objects.filter(offering=offering).select_related("category").order_by("due_at", "title")
    categories = list(
        GradeCategory.objects.filter(offering=offering)
        .annotate(assignment_count=Count("assignments"))
        .order_by("position", "title")
    )
    return SetWork(
        slug=offering.slug,
        course=offering.revision.title,
        cohort=offering.cohort.name,
        time_zone=offering.cohort.time_zone,
        learners=len(people_in(offering.cohort, roles=[Role.LEARNER])),
        assignments=tuple(
            _set_assignment(assignment, points[assignment.pk] or Decimal(0), counts[assignment.pk])
            for assignment in assignments
        ),
        categories=_category_lines(categories),
    )


def assignment_overview(assignment: Assignment, *, page: int, now: datetime) -> AssignmentOverview:
    """Return who has started, ended, is late or missing; seven queries, whatever the number of learners.

    `page` counts from 1 and is brought into range. Who may see it is the caller's to check.
    """
    lines = _lines(assignment, now=now)
    pages = max(1, ceil(len(lines) / LEARNERS_A_PAGE))
    page = min(max(1, page), pages)
    totals = assignment.questions.aggregate(questions=Count("pk"), points=Sum("points"))
    cohort = assignment.offering.cohort
    assert cohort is not None
    return AssignmentOverview(
        slug=assignment.offering.slug,
        cohort=cohort.name,
        time_zone=cohort.time_zone,
        assignment=assignment,
        questions=totals["questions"],
        points=totals["points"] or Decimal(0),
        lines=tuple(lines[(page - 1) * LEARNERS_A_PAGE : page * LEARNERS_A_PAGE]),
        counts=_counts(lines),
        learners=len(lines),
        page=page,
        pages=pages,
        is_over=now > assignment.cut_off_at,
    )


def learner_allowances(assignment: Assignment, *, person_id: UUID, now: datetime) -> LearnerAllowances:
    """Return one learner's times for an assignment and what they were given; raises AssignmentNotFound."""
    line = next(iter(_lines(assignment, now=now, person_id=person_id)), None)
    cohort = assignment.offering.cohort
    if line is None or cohort is None:
        raise AssignmentNotFound
    given = list(Allowance.objects.filter(assignment=assignment, enrolment__person=person_id).order_by("-id"))
    names = display_names({allowance.actor_id for allowance in given})
    return LearnerAllowances(
        line=line,
        assignment=assignment,
        slug=assignment.offering.slug,
        cohort=cohort.name,
        time_zone=cohort.time_zone,
        history=tuple(
            Given(row.due_at, row.cut_off_at, row.is_excused, row.reason, names.get(row.actor_id, ""), row.at)
            for row in given
        ),
    )


def started_count(assignment: Assignment) -> int:
    """Return how many learners have started an assignment; one query."""
    return Sitting.objects.filter(assignment=assignment).count()


def _set_assignment(assignment: Assignment, points: Decimal, counts: tuple[int, int, int]) -> SetAssignment:
    questions, started, ended = counts
    return SetAssignment(
        id=assignment.pk,
        title=assignment.title,
        category=assignment.category.title,
        opens_at=assignment.opens_at,
        due_at=assignment.due_at,
        cut_off_at=assignment.cut_off_at,
        questions=questions,
        points=points,
        weight=assignment.weight,
        started=started,
        ended=ended,
        posted_at=assignment.posted_at,
    )


def _lines(assignment: Assignment, *, now: datetime, person_id: UUID | None = None) -> list[LearnerLine]:
    """Return everybody's work on an assignment by name, or one person's alone."""
    cohort = assignment.offering.cohort
    assert cohort is not None
    learners = people_in(cohort, roles=[Role.LEARNER], person_id=person_id)
    rows = Enrolment.objects.filter(offering=assignment.offering_id, person__in=[learner.id for learner in learners])
    enrolments = {row.person_id: row for row in rows}
    begun = {
        learner.id: enrolment_to_begin(person_id=learner.id, offering=assignment.offering, joined_at=learner.joined_at)
        for learner in learners
    } | enrolments
    places = [(learner, begun[learner.id]) for learner in learners]
    assignment.question_count = assignment.questions.count()  # type: ignore[attr-defined]  # as the summary reads it
    found = WorkFound([assignment], [enrolment.pk for _, enrolment in places], marked=[assignment])
    return [
        LearnerLine(
            person_id=learner.id,
            name=learner.name,
            extra_time_percent=enrolment.extra_time_percent,
            summary=found.summary(assignment, enrolment, now=now),
        )
        for learner, enrolment in places
    ]


def _counts(lines: Sequence[LearnerLine]) -> tuple[tuple[str, int], ...]:
    states = Counter(line.summary.state for line in lines)
    late = sum(line.summary.is_late for line in lines)
    return (
        ("Not started", states[WorkState.UPCOMING] + states[WorkState.DUE]),
        ("Working", states[WorkState.RUNNING]),
        ("Handed in", states[WorkState.DONE]),
        ("Late", late),
        ("Missing", states[WorkState.MISSING]),
        ("Excused", states[WorkState.EXCUSED]),
    )


def _category_lines(categories: Sequence[GradeCategory]) -> tuple[CategoryLine, ...]:
    total = sum((category.weight for category in categories), Decimal(0))
    return tuple(
        CategoryLine(
            id=category.pk,
            title=category.title,
            weight=category.weight,
            drop_lowest=category.drop_lowest,
            percent=round(100 * category.weight / total) if total else 0,
            assignments=category.assignment_count,  # type: ignore[attr-defined]  # annotated by the caller
        )
        for category in categories
    )
