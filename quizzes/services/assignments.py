"""Setting work: an offering's assignments and the categories that they count in, and posting their grades."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from lessons.catalogue.models import Item, Offering
from quizzes import policy
from quizzes.errors import AssignmentNotFound, Fault, InvalidAssignment
from quizzes.models import Assignment, AssignmentQuestion, GradeCategory
from quizzes.services.remarking import apply_times, hold_work
from quizzes.services.terms import (
    TWO_PLACES,
    AssignmentTerms,
    CategoryTerms,
    SetQuestion,
    faults_of_category,
    faults_of_changes,
    faults_of_questions,
    faults_of_terms,
)


@transaction.atomic
def create_assignment(*, offering: Offering, terms: AssignmentTerms, actor: Person, now: datetime) -> Assignment:
    """Set an assignment for an offering's cohort.

    Raises AssignmentNotFound where the actor is not staff of the cohort, InvalidAssignment with every fault of the
    terms.
    """
    if not policy.may_teach(actor, offering):
        raise AssignmentNotFound
    offering = _held(offering)
    assignment = Assignment(offering=offering, created_by=actor, created_at=now)
    _refuse([*faults_of_terms(terms, assignment, offering), *faults_of_questions(terms.questions, offering, kept=())])
    _write(assignment, terms)
    return assignment


@transaction.atomic
def update_assignment(*, assignment_id: UUID, terms: AssignmentTerms, actor: Person, now: datetime) -> Assignment:
    """Change an assignment, as far as learners who have started it were not promised otherwise.

    Changed times and deductions reach running sittings and marks at once. Raises AssignmentNotFound where the actor is
    not staff of the cohort, InvalidAssignment with every fault of the terms.
    """
    hold_work(assignment_id=assignment_id)
    assignment = locked_assignment(assignment_id, actor)
    offering = _held(assignment.offering)
    kept = tuple(assignment.questions.values_list("item__key", flat=True))
    _refuse(
        [
            *faults_of_terms(terms, assignment, offering),
            *faults_of_questions(terms.questions, offering, kept=kept),
            *faults_of_changes(assignment, terms, kept, now=now),
        ]
    )
    before = assignment.opens_at, assignment.due_at, assignment.cut_off_at, assignment.late_deduction
    _write(assignment, terms)
    if before != (assignment.opens_at, assignment.due_at, assignment.cut_off_at, assignment.late_deduction):
        apply_times(
            assignment=assignment,
            actor=actor,
            now=now,
            reason=f"The times of “{assignment.title}” changed",
            key=f"times:{now.isoformat()}",
        )
    return assignment


@transaction.atomic
def post_grades(*, assignment_id: UUID, actor: Person, now: datetime) -> Assignment:
    """Show an assignment's grades to its learners from now on; posting again changes nothing."""
    assignment = locked_assignment(assignment_id, actor)
    if assignment.posted_at is None:
        assignment.posted_at = now
        assignment.save(update_fields=["posted_at"])
    return assignment


@transaction.atomic
def withdraw_grades(*, assignment_id: UUID, actor: Person) -> Assignment:
    """Hold an assignment's grades back from its learners again."""
    assignment = locked_assignment(assignment_id, actor)
    assignment.posted_at = None
    assignment.save(update_fields=["posted_at"])
    return assignment


@transaction.atomic
def update_category(*, category_id: UUID, terms: CategoryTerms, actor: Person) -> GradeCategory:
    """Change a category's title, weight and how many marks it drops; raises as `create_assignment`."""
    category = (
        GradeCategory.objects.select_for_update(no_key=True, of=("self",))
        .select_related("offering")
        .filter(pk=category_id)
        .first()
    )
    if category is None or not policy.may_teach(actor, category.offering):
        raise AssignmentNotFound
    others = category.offering.grade_categories.exclude(pk=category.pk)
    _refuse(list(faults_of_category(terms, [other.title for other in others])))
    category.title, category.drop_lowest = terms.title.strip(), terms.drop_lowest
    category.weight = terms.weight.quantize(TWO_PLACES)
    category.save(update_fields=["title", "weight", "drop_lowest"])
    return category


def locked_assignment(assignment_id: UUID, actor: Person) -> Assignment:
    """Return an assignment of a cohort that the actor is staff of, held until the transaction ends."""
    assignment = (
        Assignment.objects.staffed_by(actor)
        .select_for_update(no_key=True, of=("self",))
        .select_related("offering__cohort")
        .filter(pk=assignment_id)
        .first()
    )
    if assignment is None:
        raise AssignmentNotFound
    return assignment


def _held(offering: Offering) -> Offering:
    """Let one change at a time through in an offering: two of one title are told apart here, not by the database."""
    return Offering.objects.select_for_update(no_key=True, of=("self",)).select_related("cohort").get(pk=offering.pk)


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise InvalidAssignment(faults)


def _write(assignment: Assignment, terms: AssignmentTerms) -> None:
    offering = assignment.offering
    assignment.category = _category(offering, terms.category)
    assignment.title, assignment.instructions = terms.title.strip(), terms.instructions.strip()
    assignment.opens_at, assignment.due_at, assignment.cut_off_at = terms.opens_at, terms.due_at, terms.cut_off_at
    assignment.time_limit_minutes, assignment.tries = terms.time_limit_minutes, terms.tries
    assignment.feedback = terms.feedback
    assignment.late_deduction = terms.late_deduction.quantize(Decimal("0.001"))
    assignment.weight = terms.weight.quantize(TWO_PLACES)
    assignment.save()
    _write_questions(assignment, terms.questions)


def _write_questions(assignment: Assignment, questions: Sequence[SetQuestion]) -> None:
    """Make the questions those, in one statement for each sort of change: each has the marks summed anew."""
    wanted = [question.item_key for question in questions]
    assignment.questions.exclude(item__key__in=wanted).delete()
    kept = {row.item.key: row for row in assignment.questions.select_related("item")}
    items = {item.key: item for item in Item.objects.filter(course=assignment.offering.course_id, key__in=wanted)}
    changed, added = [], []
    for place, question in enumerate(questions, start=1):
        row = kept.get(question.item_key) or AssignmentQuestion(assignment=assignment, item=items[question.item_key])
        before = row.position, row.points
        row.position, row.points = place, question.points.quantize(TWO_PLACES)
        if question.item_key not in kept:
            added.append(row)
        elif before != (row.position, row.points):
            changed.append(row)
    AssignmentQuestion.objects.bulk_update(changed, ["position", "points"])
    AssignmentQuestion.objects.bulk_create(added)


def _category(offering: Offering, wanted: UUID | CategoryTerms) -> GradeCategory:
    if isinstance(wanted, UUID):
        return GradeCategory.objects.get(pk=wanted)
    return GradeCategory.objects.create(
        offering=offering,
        title=wanted.title.strip(),
        weight=wanted.weight.quantize(TWO_PLACES),
        drop_lowest=wanted.drop_lowest,
        position=offering.grade_categories.count() + 1,
    )
