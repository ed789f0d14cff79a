"""How ready somebody is: by interview dimension and by idea, each with the answers that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from accounts.models import Person
from lessons.catalogue.models import Offering
from lessons.catalogue.selectors import offering_and_enrolment
from lessons.review.policy.interview import DIMENSIONS
from lessons.review.policy.mastery import (
    FEWEST_ANSWERS,
    Answer,
    DimensionStanding,
    Level,
    Mastery,
    latest_answers,
    mastery_of,
    standing_of,
)
from lessons.review.selectors.evidence import unaided_answers
from lessons.review.selectors.syllabus import Subject, Syllabus, syllabus_of
from quizzes.models import Attempt

BY_PURPOSE: Final = {
    Attempt.Purpose.PRACTICE: "in the chapter",
    Attempt.Purpose.REVIEW: "in a review",
    Attempt.Purpose.ASSIGNMENT: "in an assignment",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """An unaided answer, and where it can be seen; `review_id` is the attempt where it was met in a review."""

    key: str
    title: str
    chapter: str
    is_right: bool
    at: datetime
    where: str
    review_id: UUID | None


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A dimension, how it stands, and the answers behind it, the newest first."""

    name: str
    title: str
    standing: DimensionStanding
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """An idea and how far somebody is with it."""

    subject: Subject
    mastery: Mastery


@dataclass(frozen=True, slots=True)
class ConceptChapter:
    """The ideas of a chapter."""

    title: str
    key: str
    rows: tuple[ConceptRow, ...]

    @property
    def mastered(self) -> int:
        """How many are mastered."""
        return sum(row.mastery.level is Level.MASTERED for row in self.rows)

    @property
    def is_begun(self) -> bool:
        """Whether anything was answered."""
        return any(row.mastery.level is not Level.UNTRIED for row in self.rows)


@dataclass(frozen=True, slots=True)
class ReadinessPage:
    """How ready a learner is; `answers` counts the unaided answers behind it."""

    offering: Offering
    time_zone: str
    answers: int
    fewest: int
    dimensions: tuple[DimensionRow, ...]
    chapters: tuple[ConceptChapter, ...]


def readiness_page(*, person: Person | None, slug: str) -> ReadinessPage:
    """Return how ready somebody is; two queries, whatever they answered. Raises catalogue's NotFound."""
    offering, enrolment = offering_and_enrolment(person, slug)
    syllabus = syllabus_of(offering.revision)
    answers = unaided_answers(enrolment) if enrolment is not None else ()
    return ReadinessPage(
        offering=offering,
        time_zone=enrolment.time_zone if enrolment is not None else "UTC",
        answers=len(answers),
        fewest=FEWEST_ANSWERS,
        dimensions=_dimensions(syllabus, answers),
        chapters=_chapters(syllabus, answers),
    )


def answers_by_dimension(syllabus: Syllabus, answers: Iterable[Answer]) -> dict[str, tuple[Answer, ...]]:
    """Return the latest answers in each dimension; those to questions that the revision dropped do not count."""
    found = defaultdict(list)
    for answer in answers:
        if answer.question_id in syllabus.dimensions:
            found[syllabus.dimensions[answer.question_id]].append(answer)
    return {name: latest_answers(found[name]) for name in DIMENSIONS}


def _dimensions(syllabus: Syllabus, answers: tuple[Answer, ...]) -> tuple[DimensionRow, ...]:
    latest, questions = answers_by_dimension(syllabus, answers), list(syllabus.dimensions.values())
    return tuple(
        DimensionRow(
            name=name,
            title=name.capitalize(),
            standing=standing_of(latest[name], questions.count(name)),
            evidence=tuple(_evidence(syllabus, answer) for answer in latest[name]),
        )
        for name in DIMENSIONS
    )


def _evidence(syllabus: Syllabus, answer: Answer) -> Evidence:
    subject = syllabus.subjects[answer.question_id]
    return Evidence(
        key=subject.key,
        title=subject.title,
        chapter=subject.chapter,
        is_right=answer.is_right,
        at=answer.at,
        where=BY_PURPOSE[Attempt.Purpose(answer.purpose)],
        review_id=answer.attempt_id if answer.purpose == Attempt.Purpose.REVIEW else None,
    )


def _chapters(syllabus: Syllabus, answers: tuple[Answer, ...]) -> tuple[ConceptChapter, ...]:
    by_question = defaultdict(list)
    for answer in answers:
        by_question[answer.question_id].append(answer)
    rows = []
    for concept in syllabus.concepts:
        # One question cannot show that an idea carries over: then the chapter's others do.
        counted = concept.questions if len(concept.questions) > 1 else syllabus.chapters[concept.chapter_key]
        found = [answer for question in counted for answer in by_question[question]]
        rows.append(ConceptRow(concept, mastery_of(found, concept.questions)))
    return tuple(
        ConceptChapter(title, key, tuple(each))
        for (title, key), each in groupby(rows, key=lambda row: (row.subject.chapter, row.subject.chapter_key))
    )
