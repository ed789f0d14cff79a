"""A cohort's marks as a file in Canvas's or Moodle's shape, row by row, so that its size costs no memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from lessons.catalogue.models import Offering
from quizzes.files import (
    CANVAS_TOTALS,
    EXCUSED,
    POINTS_POSSIBLE,
    Column,
    Shape,
    guarded,
    header_of,
    mark_text,
    signature,
    state_text,
)
from quizzes.policy import Total, total_of
from quizzes.policy.totals import with_nothing_ungraded
from quizzes.selectors.roster import Learner, Listing, learners_listed
from quizzes.selectors.works import LearnerWork, SetCategory, categories_of, standing_grades, weighed, works_of

LEARNERS_AT_ONCE: Final = 250
READ_ONLY: Final = "(read only)"

Place = tuple[UUID, str]
"""An assignment, and the key of a question of it or nothing."""


def columns_of(categories: Sequence[SetCategory], *, by_question: bool) -> list[Column]:
    """Return the columns of marks, in the gradebook's order."""
    works = [work for category in categories for work in category.works]
    if not by_question:
        return [Column(work.assignment.pk, work.assignment.title) for work in works]
    return [
        Column(work.assignment.pk, f"{work.assignment.title}: {question.title}", question.key)
        for work in works
        for question in work.questions
    ]


def points_of(categories: Sequence[SetCategory]) -> dict[Place, Decimal]:
    """Return what each assignment and each question of it is worth."""
    points: dict[Place, Decimal] = {}
    for category in categories:
        for work in category.works:
            points[work.assignment.pk, ""] = work.points
            points |= {(work.assignment.pk, question.key): question.points for question in work.questions}
    return points


def mark_texts(
    categories: Sequence[SetCategory],
    learners: Sequence[Learner],
    works: Mapping[UUID, Mapping[UUID, LearnerWork]],
    *,
    by_question: bool,
) -> dict[UUID, dict[Place, str]]:
    """Return every mark as a file has it, by person and place; one query where questions are wanted, none otherwise."""
    sets = [work for category in categories for work in category.works]
    texts: dict[UUID, dict[Place, str]] = {learner.person_id: {} for learner in learners}
    for learner in learners:
        own = works[learner.person_id]
        texts[learner.person_id] = {(each.assignment.pk, ""): _mark_text(own[each.assignment.pk]) for each in sets}
    if not by_question:
        return texts
    grades = standing_grades(learners, [each.assignment.pk for each in sets])
    for learner in learners:
        for each in sets:
            is_excused = works[learner.person_id][each.assignment.pk].times.is_excused
            for question in each.questions:
                place = (learner.enrolment_id, each.assignment.pk, question.item_id)
                grade = grades.get(place) if learner.enrolment_id else None  # type: ignore[arg-type]
                if is_excused or (grade is not None and grade.fraction is None):
                    text = EXCUSED
                else:
                    text = "" if grade is None or grade.fraction is None else mark_text(grade.fraction, question.points)
                texts[learner.person_id][each.assignment.pk, question.key] = text
    return texts


def exported_rows(
    offering: Offering, *, shape: Shape, by_question: bool, now: datetime, decimal_comma: bool = False
) -> Iterator[list[str]]:
    """Yield the rows of a file, the header first; three queries, and two or three more for every 250 learners.

    Who may have it is the caller's to check.
    """
    categories = categories_of(offering)
    columns = columns_of(categories, by_question=by_question)
    learners, _ = learners_listed(offering, Listing(), now=now, limit=None)
    number = _comma if decimal_comma else str
    yield header_of(shape, columns, [category.title for category in categories])
    if shape == Shape.CANVAS:
        points = points_of(categories)
        possible = [number(_plain(points[column.assignment_id, column.item_key])) for column in columns]
        totals = [READ_ONLY] * (len(CANVAS_TOTALS) * (len(categories) + 1) + 1)
        yield [f"    {POINTS_POSSIBLE}", "", "", "", *possible, *totals]
    section = guarded(offering.cohort.name) if offering.cohort else ""
    for start in range(0, len(learners), LEARNERS_AT_ONCE):
        batch = learners[start : start + LEARNERS_AT_ONCE]
        works = works_of(categories, batch, now=now)
        texts = mark_texts(categories, batch, works, by_question=by_question)
        for learner in batch:
            own = texts[learner.person_id]
            marks = [own[column.assignment_id, column.item_key] for column in columns]
            state = state_text(signature(column.number, mark) for column, mark in zip(columns, marks, strict=True))
            shown = [number(mark) for mark in marks]
            if shape == Shape.CANVAS:
                scores = [number(score) for score in _canvas_scores(categories, works[learner.person_id])]
                who = [guarded(learner.name), file_id(learner.person_id), guarded(learner.email), section]
                yield [*who, *shown, *scores, state]
            else:
                first, _, last = learner.name.strip().rpartition(" ")
                total = number(_percent(total_of(weighed(categories, works[learner.person_id])).share))
                who = [guarded(first or last), guarded(last if first else ""), file_id(learner.person_id), "", ""]
                stamp = str(int(now.timestamp()))
                yield [*who, guarded(learner.email), *(mark or "-" for mark in shown), total or "-", stamp, state]


def file_id(person_id: UUID) -> str:
    """Return what names a learner in files; it begins with a letter, so that no other system reads a number in it."""
    return f"h{person_id.hex}"


def _mark_text(work: LearnerWork) -> str:
    if work.work.is_left_out:
        return EXCUSED if work.work.points > 0 else ""
    share = work.work.share
    if share is None or work.work.marked <= 0:
        return ""
    return mark_text(Decimal(share.numerator) / Decimal(share.denominator), work.work.points)


def _canvas_scores(categories: Sequence[SetCategory], works: Mapping[UUID, LearnerWork]) -> Iterator[str]:
    """Yield a learner's totals as Canvas has them, category by category and overall.

    Of posted assignments and of all, as things stand and with what has no mark yet counted as nothing.
    """
    posted, every = weighed(categories, works, only_posted=True), weighed(categories, works)
    kinds: tuple[Total, ...] = tuple(
        total_of(each) for each in (posted, every, with_nothing_ungraded(posted), with_nothing_ungraded(every))
    )
    for place, _ in enumerate(categories):
        yield from (_percent(kind.categories[place].share) for kind in kinds)
    yield from (_percent(kind.share) for kind in kinds)


def _percent(share: Fraction | None) -> str:
    return "" if share is None else mark_text(Decimal(share.numerator) / Decimal(share.denominator), Decimal(100))


def _plain(points: Decimal) -> str:
    return mark_text(Decimal(1), points)


def _comma(text: str) -> str:
    return text.replace(".", ",")
