"""A page of a cohort's gradebook for its staff: learners by assignments, with totals and what each mark stands at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final
from uuid import UUID

from accounts.models import Person
from lessons.catalogue.models import Offering
from quizzes.models import Assignment, GradeEntry, Sitting
from quizzes.policy import total_of
from quizzes.selectors.roster import Learner, Listing, learners_listed
from quizzes.selectors.staff import staffed_offering
from quizzes.selectors.words import percent, plain
from quizzes.selectors.works import (
    LearnerWork,
    SetCategory,
    SetQuestion,
    SetWork,
    StandingGrade,
    categories_of,
    standing_grades,
    weighed,
    works_of,
)

LEARNERS_A_PAGE: Final = 25
STATUS_LETTERS: Final = {
    "late": "L",
    "missing": "M",
    "excused": "E",
    "extended": "X",
    "overridden": "O",
    "regraded": "R",
}
"""What stands beside a mark; the page spells each out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a gradebook: a listing, a page of it, and an assignment whose questions are wanted."""

    listing: Listing
    page: int = 1
    expanded: UUID | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A fact about a mark, as a letter and in words."""

    letter: str
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A mark in percent, or a word where there is none, and what is to be known of it."""

    text: str
    statuses: tuple[Status, ...]
    assignment_id: UUID
    is_mark: bool

    @property
    def words(self) -> str:
        """The statuses in words."""
        return ", ".join(status.words for status in self.statuses)


@dataclass(frozen=True, slots=True)
class Column:
    """An assignment, or a question of the one that is expanded."""

    assignment_id: UUID
    title: str
    note: str
    question_key: str = ""
    is_expanded: bool = False
    is_posted: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A category over its columns."""

    title: str
    note: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A learner with their total and a cell for each column."""

    person_id: UUID
    name: str
    email: str
    total: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class GradebookPage:
    """A page of the gradebook; `learners` counts all that were asked for, `assignments` all that are set."""

    slug: str
    cohort: str
    course: str
    time_zone: str
    asked: Asked
    groups: tuple[Group, ...]
    assignments: tuple[Assignment, ...]
    rows: tuple[Row, ...]
    learners: int
    page: int
    pages: int


def gradebook_page(*, person: Person | None, slug: str, asked: Asked, now: datetime) -> GradebookPage:
    """Return one page of a cohort's gradebook; `asked.page` counts from 1 and is brought into range.

    Eight queries at most, whatever the number of learners and assignments, two more for a page past the last. Raises
    as `staffed_offering`.
    """
    offering = staffed_offering(person, slug)
    assert offering.cohort is not None, "an offering with staff has a cohort"
    categories = categories_of(offering)
    learners, count, page = _learners(offering, asked, now=now)
    works = works_of(categories, learners, now=now)
    begun = _begun(learners)
    sets = [work for category in categories for work in category.works]
    expanded = next((work for work in sets if work.assignment.pk == asked.expanded), None)
    grades = standing_grades(learners, [expanded.assignment.pk]) if expanded else {}
    return GradebookPage(
        slug=offering.slug,
        cohort=offering.cohort.name,
        course=offering.revision.title,
        time_zone=offering.cohort.time_zone,
        asked=asked,
        groups=tuple(_group(category, expanded) for category in categories),
        assignments=tuple(work.assignment for work in sets),
        rows=tuple(
            _row(learner, categories, works[learner.person_id], expanded=expanded, grades=grades, begun=begun)
            for learner in learners
        ),
        learners=count,
        page=page,
        pages=max(1, ceil(count / LEARNERS_A_PAGE)),
    )


def percent_text(share: Fraction | None) -> str:
    """Return a share in percent to one decimal, without a decimal that says nothing; a dot where there is none."""
    return "·" if share is None else percent(share)


def statuses_of(work: LearnerWork) -> tuple[Status, ...]:
    """Return what is to be known of a learner's assignment beside its mark."""
    mark = work.mark
    facts = {
        "late": work.is_late,
        "missing": work.work.missing > 0,
        "excused": work.work.is_left_out or work.work.excused > 0,
        "extended": work.times.is_extended,
        "overridden": mark is not None and mark.is_overridden,
        "regraded": mark is not None and mark.is_regraded,
    }
    return tuple(Status(STATUS_LETTERS[name], name) for name, holds in facts.items() if holds)


def _learners(offering: Offering, asked: Asked, *, now: datetime) -> tuple[Sequence[Learner], int, int]:
    """Return a page of learners, how many there are, and which page it is."""
    page = max(1, asked.page)
    while True:
        offset = (page - 1) * LEARNERS_A_PAGE
        learners, count = learners_listed(offering, asked.listing, now=now, limit=LEARNERS_A_PAGE, offset=offset)
        if learners or page == 1:
            return learners, count, page
        _, count = learners_listed(offering, asked.listing, now=now, limit=1)
        page = max(1, ceil(count / LEARNERS_A_PAGE))


def _begun(learners: Sequence[Learner]) -> frozenset[tuple[UUID, UUID]]:
    """Return which enrolments have begun which assignments; one query."""
    enrolments = [learner.enrolment_id for learner in learners if learner.enrolment_id is not None]
    return frozenset(Sitting.objects.filter(enrolment__in=enrolments).values_list("enrolment_id", "assignment_id"))


def _group(category: SetCategory, expanded: SetWork | None) -> Group:
    dropped = f", lowest {category.drop_lowest} dropped" if category.drop_lowest else ""
    columns: list[Column] = []
    for work in category.works:
        is_expanded = expanded is not None and work.assignment.pk == expanded.assignment.pk
        columns.append(_column(work, is_expanded=is_expanded))
        if is_expanded:
            columns += [_question_column(work, question) for question in work.questions]
    return Group(category.title, f"weight {plain(category.weight)}{dropped}", tuple(columns))


def _column(work: SetWork, *, is_expanded: bool) -> Column:
    assignment = work.assignment
    return Column(
        assignment_id=assignment.pk,
        title=assignment.title,
        note=points_text(work.points),
        is_expanded=is_expanded,
        is_posted=assignment.posted_at is not None,
    )


def _question_column(work: SetWork, question: SetQuestion) -> Column:
    return Column(work.assignment.pk, question.title, points_text(question.points), question_key=question.key)


def points_text(points: Decimal) -> str:
    """Return points in words, without decimals that say nothing."""
    text = plain(points)
    return f"{text} point" if text == "1" else f"{text} points"


def _row(
    learner: Learner,
    categories: Sequence[SetCategory],
    works: Mapping[UUID, LearnerWork],
    *,
    expanded: SetWork | None,
    grades: Mapping[tuple[UUID, UUID, UUID], StandingGrade],
    begun: frozenset[tuple[UUID, UUID]],
) -> Row:
    cells: list[Cell] = []
    for category in categories:
        for each in category.works:
            work = works[each.assignment.pk]
            cells.append(_cell(work, is_begun=(learner.enrolment_id, each.assignment.pk) in begun))
            if expanded is not None and each.assignment.pk == expanded.assignment.pk:
                cells += [_question_cell(learner, work, question, grades) for question in each.questions]
    total = total_of(weighed(categories, works))
    return Row(learner.person_id, learner.name, learner.email, percent_text(total.share), tuple(cells))


def _cell(work: LearnerWork, *, is_begun: bool) -> Cell:
    share = work.work.share
    if share is not None:
        text = percent_text(share)
    elif work.work.is_left_out:
        text = "–"
    else:
        text = "begun" if is_begun else "·"
    return Cell(text, statuses_of(work), work.work.assignment_id, is_mark=share is not None)


def _question_cell(
    learner: Learner,
    work: LearnerWork,
    question: SetQuestion,
    grades: Mapping[tuple[UUID, UUID, UUID], StandingGrade],
) -> Cell:
    assignment_id = work.work.assignment_id
    grade = grades.get((learner.enrolment_id, assignment_id, question.item_id)) if learner.enrolment_id else None
    if grade is None:
        is_missing = work.work.is_over and not work.times.is_excused
        statuses = (Status(STATUS_LETTERS["missing"], "missing"),) if is_missing else ()
        return Cell("0%" if is_missing else "·", statuses, assignment_id, is_mark=is_missing)
    if grade.fraction is None:
        return Cell("–", (Status(STATUS_LETTERS["excused"], "excused"),), assignment_id, is_mark=False)
    names = {GradeEntry.Kind.OVERRIDDEN: "overridden", GradeEntry.Kind.REGRADED: "regraded"}
    said = names.get(GradeEntry.Kind(grade.kind), "")
    statuses = (Status(STATUS_LETTERS[said], said),) if said else ()
    return Cell(percent_text(Fraction(grade.fraction)), statuses, assignment_id, is_mark=True)
