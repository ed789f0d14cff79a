"""How ready somebody is: by interview dimension and by idea, each with the answers that say so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import offering_and_enrolment
from lessons.review.models import Asked
from lessons.review.policy.mastery import (
    FEWEST_ANSWERS,
    Answer,
    DimensionStanding,
    Level,
    Mastery,
    last_answers,
    mastery_of,
    standing_of,
)
from lessons.review.selectors.evidence import unaided_answers
from lessons.review.selectors.syllabus import Subject, Syllabus, syllabus_of
from quizzes.models import Attempt

DIMENSIONS: Final = (
    ("concepts", "Concepts"),
    ("estimation", "Estimation"),
    ("design", "Design"),
    ("coding", "Coding"),
    ("debugging", "Debugging"),
)
"""The five dimensions of an interview, in the order in which pages show them."""

BY_PURPOSE: Final = {
    Attempt.Purpose.PRACTICE: "in the chapter",
    Attempt.Purpose.REVIEW: "in a review",
    Attempt.Purpose.ASSIGNMENT: "in an assignment",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The last unaided answer to a question, and where it can be seen: a card's question where a card asked it."""

    key: str
    title: str
    chapter: str
    is_right: bool
    at: datetime
    where: str
    asked_id: UUID | None


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
    """Return how ready somebody is; three queries, whatever they answered. Raises catalogue's NotFound."""
    offering, enrolment = offering_and_enrolment(person, slug)
    syllabus = syllabus_of(offering.revision)
    answers = unaided_answers(enrolment) if enrolment is not None else ()
    return ReadinessPage(
        offering=offering,
        time_zone=enrolment.time_zone if enrolment is not None else "UTC",
        answers=len(answers),
        fewest=FEWEST_ANSWERS,
        dimensions=_dimensions(syllabus, answers, _asked(enrolment) if enrolment is not None else {}),
        chapters=_chapters(syllabus, answers),
    )


def dimension_standings(syllabus: Syllabus, answers: tuple[Answer, ...]) -> dict[str, DimensionStanding]:
    """Return how each dimension stands; answers to questions that the revision dropped do not count."""
    questions = defaultdict(list)
    for answer in last_answers(answers):
        if answer.question_id in syllabus.dimensions:
            questions[syllabus.dimensions[answer.question_id]].append(answer)
    total = list(syllabus.dimensions.values())
    return {name: standing_of(questions[name], total.count(name)) for name, _ in DIMENSIONS}


def _asked(enrolment: Enrolment) -> dict[UUID, UUID]:
    """Return what asked each attempt that a card asked."""
    return dict(Asked.objects.filter(enrolment=enrolment).values_list("attempt_id", "pk"))


def _dimensions(syllabus: Syllabus, answers: tuple[Answer, ...], asked: dict[UUID, UUID]) -> tuple[DimensionRow, ...]:
    standings = dimension_standings(syllabus, answers)
    evidence = defaultdict(list)
    for answer in last_answers(answers):
        subject = syllabus.subjects.get(answer.question_id)
        if subject is not None:
            evidence[syllabus.dimensions[answer.question_id]].append(
                Evidence(
                    key=subject.key,
                    title=subject.title,
                    chapter=subject.chapter,
                    is_right=answer.is_right,
                    at=answer.at,
                    where=BY_PURPOSE[Attempt.Purpose(answer.purpose)],
                    asked_id=asked.get(answer.attempt_id),
                )
            )
    return tuple(DimensionRow(name, title, standings[name], tuple(evidence[name])) for name, title in DIMENSIONS)


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
