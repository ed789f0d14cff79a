"""Placement checks and interviews as their pages show them, and what choosing their questions goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering
from lessons.catalogue.selectors import offering_and_enrolment, outline_of
from lessons.review.errors import NotFound
from lessons.review.models import Round, RoundQuestion
from lessons.review.policy.interview import DIMENSIONS, MOVES, ROUNDS, Move
from lessons.review.policy.placement import ITEMS, Place, Sign, place_of
from lessons.review.selectors.pages import question_card
from lessons.review.selectors.syllabus import Syllabus, syllabus_of
from quizzes.models import Attempt, Step
from quizzes.policy import Proportion, proportion
from quizzes.selectors import QuestionCard, attempt_cards

MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class ChapterSign:
    """What a placement check asked of a chapter, and how it went."""

    chapter: str
    key: str
    title: str
    is_right: bool
    is_answered: bool


@dataclass(frozen=True, slots=True)
class PlacementResult:
    """Where to begin: a chapter, or None where every one is taken to be known; the range, and what it goes by."""

    place: Place
    begin_key: str
    begin: str
    low: str
    high: str
    signs: tuple[ChapterSign, ...]
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class PlacementPage:
    """A placement check: the question that it is at, or the last one's result, or neither yet."""

    offering: Offering
    items: int
    round_id: UUID | None
    position: int
    card: QuestionCard | None
    is_answered: bool
    result: PlacementResult | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class PastInterview:
    """An interview that ended."""

    id: UUID
    minutes: int
    ended_at: datetime
    right: int
    questions: int


@dataclass(frozen=True, slots=True)
class InterviewStart:
    """What interviews there are to start, the one that runs, and those before."""

    offering: Offering
    lengths: tuple[tuple[int, int], ...]
    running_id: UUID | None
    past: tuple[PastInterview, ...]
    time_zone: str


@dataclass(frozen=True, slots=True)
class TickedMove:
    """An opening move, and whether it was ticked."""

    move: Move
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """How an interview went in one dimension, with its questions as they were answered."""

    title: str
    right: Proportion
    cards: tuple[QuestionCard, ...]


@dataclass(frozen=True, slots=True)
class InterviewPage:
    """An interview: its clock and questions while it runs, and once it has ended, how each dimension went."""

    offering: Offering
    id: UUID
    minutes: int
    is_running: bool
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    is_timed_out: bool
    now: datetime
    time_zone: str
    moves: tuple[TickedMove, ...]
    cards: tuple[QuestionCard, ...]
    dimensions: tuple[DimensionResult, ...]

    @property
    def answered(self) -> int:
        """How many questions were answered."""
        return sum(card.form is None for card in self.cards)

    @property
    def minutes_used(self) -> int:
        """How many minutes of it were used, rounded up."""
        used = (self.ended_at or self.now) - self.started_at
        return -(-int(used.total_seconds()) // 60)


def placement_chapters(syllabus: Syllabus) -> tuple[str, ...]:
    """Return the keys of the chapters that can be asked about, in the course's order."""
    return tuple(key for key, questions in syllabus.chapters.items() if questions)


def placement_signs(placement: Round, syllabus: Syllabus) -> tuple[Sign, ...]:
    """Return what the questions of a placement check told so far; a question left without an answer is not known."""
    return tuple(Sign(place, is_right) for place, is_right, _ in _signs(placement, syllabus))


def read_questions(enrolment: Enrolment, syllabus: Syllabus) -> tuple[UUID, ...]:
    """Return the questions of the chapters that a learner has read: those of which they answered one; one query."""
    answered = set(Step.objects.filter(attempt__enrolment=enrolment).values_list("attempt__item_id", flat=True))
    return tuple(
        question for questions in syllabus.chapters.values() if answered & set(questions) for question in questions
    )


def met_at(enrolment: Enrolment) -> dict[UUID, datetime]:
    """Return when a learner last began each question; one query."""
    rows = Attempt.objects.filter(enrolment=enrolment).values_list("item_id").annotate(last=Max("started_at"))
    return dict(rows)


def placement_page(*, person: Person | None, slug: str) -> PlacementPage:
    """Return where somebody is in a placement check; eight queries at most. Raises catalogue's NotFound."""
    offering, enrolment = offering_and_enrolment(person, slug)
    rounds = Round.objects.filter(enrolment=enrolment, kind=Round.Kind.PLACEMENT)
    latest = rounds.order_by("-started_at").first() if enrolment is not None else None
    result, card, current = None, None, None
    if latest is not None and enrolment is not None:
        if latest.ended_at is not None:
            result = _placement_result(latest, offering)
        else:
            current = latest.questions.select_related("attempt__item").order_by("-position").first()
            card = question_card(enrolment, offering, current.attempt) if current is not None else None
    return PlacementPage(
        offering=offering,
        items=ITEMS,
        round_id=latest.pk if latest is not None and current is not None else None,
        position=current.position if current is not None else 0,
        card=card,
        is_answered=current is not None and current.attempt.state == Attempt.State.FINISHED,
        result=result,
        time_zone=enrolment.time_zone if enrolment is not None else "UTC",
    )


def interview_start(*, person: Person | None, slug: str) -> InterviewStart:
    """Return what interviews somebody can start, and their last ones; two queries. Raises catalogue's NotFound."""
    offering, enrolment = offering_and_enrolment(person, slug)
    rounds = Round.objects.filter(enrolment=enrolment, kind=Round.Kind.INTERVIEW).order_by("-started_at")
    right = Count("questions", filter=Q(questions__attempt__steps__outcome=Step.Outcome.CORRECT))
    listed = list(rounds.annotate(asked=Count("questions"), right=right)[:MOST_LISTED]) if enrolment is not None else []
    return InterviewStart(
        offering=offering,
        lengths=tuple((minutes, each * len(DIMENSIONS)) for minutes, each in ROUNDS.items()),
        running_id=next((each.pk for each in listed if each.ended_at is None), None),
        past=tuple(
            PastInterview(each.pk, each.minutes or 0, each.ended_at, each.right, each.asked)
            for each in listed
            if each.ended_at is not None
        ),
        time_zone=enrolment.time_zone if enrolment is not None else "UTC",
    )


def interview_page(*, person: Person | None, slug: str, interview_id: UUID, now: datetime) -> InterviewPage:
    """Return an interview of the person's; six queries, however many questions it has.

    Raises NotFound, and catalogue's. Cards of one that runs hold no result; a question that the course's revision no
    longer has is left out.
    """
    offering, enrolment = offering_and_enrolment(person, slug)
    rounds = Round.objects.filter(pk=interview_id, kind=Round.Kind.INTERVIEW, enrolment=enrolment)
    found = rounds.first() if enrolment is not None else None
    if found is None or enrolment is None or found.ends_at is None:
        raise NotFound
    rows = found.questions.order_by("position").values_list("attempt_id", "attempt__item__key", "attempt__item_id")
    cards = attempt_cards(enrolment=enrolment, offering=offering, attempts={key: pk for pk, key, _ in rows})
    dimensions = syllabus_of(offering.revision).dimensions
    shown = [(dimensions[item_id], cards[key]) for _, key, item_id in rows if key in cards]
    return InterviewPage(
        offering=offering,
        id=found.pk,
        minutes=found.minutes or 0,
        is_running=found.ended_at is None,
        started_at=found.started_at,
        ends_at=found.ends_at,
        ended_at=found.ended_at,
        is_timed_out=found.ending == Round.Ending.DEADLINE,
        now=now,
        time_zone=enrolment.time_zone,
        moves=tuple(TickedMove(move, move.name in found.moves) for move in MOVES),
        cards=tuple(card for _, card in shown),
        dimensions=_by_dimension(shown) if found.ended_at is not None else (),
    )


def _by_dimension(shown: list[tuple[str, QuestionCard]]) -> tuple[DimensionResult, ...]:
    results = []
    for name in DIMENSIONS:
        cards = tuple(card for dimension, card in shown if dimension == name)
        right = sum(card.last_try is not None and card.last_try.outcome == Step.Outcome.CORRECT for card in cards)
        results.append(DimensionResult(name.capitalize(), proportion(right, len(cards)), cards))
    return tuple(results)


def _signs(placement: Round, syllabus: Syllabus) -> list[tuple[int, bool, RoundQuestion]]:
    """Return chapter, outcome and question of everything that was asked; one query."""
    asked = placement.questions.select_related("attempt").prefetch_related("attempt__steps").order_by("position")
    places = {
        question: place for place, key in enumerate(placement_chapters(syllabus)) for question in syllabus.chapters[key]
    }
    return [
        (places[each.attempt.item_id], _is_right(each.attempt), each)
        for each in asked
        if each.attempt.item_id in places
    ]


def _is_right(attempt: Attempt) -> bool:
    return any(step.outcome == Step.Outcome.CORRECT for step in attempt.steps.all())


def _placement_result(placement: Round, offering: Offering) -> PlacementResult:
    """Return where to begin, by the revision that is read now."""
    assert placement.ended_at is not None
    syllabus, outline = syllabus_of(offering.revision), outline_of(offering.revision)
    chapters = placement_chapters(syllabus)
    named = {chapter.key: f"Chapter {chapter.number}, {chapter.title}" for chapter in outline.chapters}
    found = _signs(placement, syllabus)
    place = place_of(len(chapters), [Sign(chapter, is_right) for chapter, is_right, _ in found])
    at = [*(named[key] for key in chapters), "the end"]
    return PlacementResult(
        place=place,
        begin_key=chapters[place.begin] if place.begin < len(chapters) else "",
        begin=at[place.begin],
        low=at[place.low],
        high=at[place.high],
        signs=tuple(
            ChapterSign(
                chapter=named[chapters[chapter]],
                key=chapters[chapter],
                title=syllabus.subjects[question.attempt.item_id].title,
                is_right=is_right,
                is_answered=bool(question.attempt.steps.all()),
            )
            for chapter, is_right, question in sorted(found, key=lambda each: each[0])
        ),
        ended_at=placement.ended_at,
    )
