"""Rounds of questions: a placement check that goes on question by question, and an interview against the clock.

A round is known by its enrolment while it runs, and each question of it by its position, so that two tabs, a double
click or a retry make one of each. Locks are taken in one order: the enrolment, the round, then attempts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Offering
from lessons.review.errors import InvalidLength, NotFound, NothingToAsk, RoundOver
from lessons.review.models import Round, RoundQuestion
from lessons.review.policy.interview import DIMENSIONS, MOVES, ROUNDS, chosen_questions, end_of
from lessons.review.policy.placement import ITEMS, next_chapter
from lessons.review.selectors import met_at, placement_chapters, placement_signs, read_questions, syllabus_of
from quizzes.models import Attempt, Step
from quizzes.policy import GRACE
from quizzes.services import end_attempts, open_attempt, submit_step

logger = structlog.get_logger(__name__)
MOST_ENDED_AT_ONCE: Final = 200


@transaction.atomic
def start_placement(*, enrolment: Enrolment, actor: Person, now: datetime) -> Round:
    """Begin a placement check with its first question, or return the one that runs.

    Raises NotFound where the enrolment is not the actor's, NothingToAsk in a course without questions.
    """
    enrolment = _held(enrolment.pk, actor)
    running = Round.objects.filter(enrolment=enrolment, kind=Round.Kind.PLACEMENT, ended_at=None).first()
    if running is not None:
        return running
    began = Round.objects.create(enrolment=enrolment, kind=Round.Kind.PLACEMENT, started_at=now)
    if not _ask_next(began, enrolment, now=now):
        raise NothingToAsk
    return began


@transaction.atomic
def go_on(*, offering: Offering, placement_id: UUID, position: int, actor: Person, now: datetime) -> Round:
    """Go from the question at a position to the next, or to the end after the last; asked again, nothing happens.

    A question that is left without an answer counts as not known. Raises NotFound where the round is not the actor's.
    """
    placement = _held_round(offering, placement_id, Round.Kind.PLACEMENT, actor)
    last = placement.questions.order_by("-position").first()
    assert last is not None, "a round begins with a question"
    if placement.ended_at is not None or last.position != position:
        return placement
    end_attempts(attempt_ids=[last.attempt_id], actor=actor, key=f"round:{placement.pk}", now=now)
    if last.position >= ITEMS or not _ask_next(placement, placement.enrolment, now=now):
        _end(placement, ending=Round.Ending.FINISHED, at=now)
    return placement


@transaction.atomic
def start_interview(*, enrolment: Enrolment, minutes: str, actor: Person, now: datetime) -> Round:
    """Start the clock of an interview and open its questions, or return the one that runs: two tabs start one.

    Raises InvalidLength, NotFound where the enrolment is not the actor's, NothingToAsk in a course without questions.
    """
    if minutes not in {str(known) for known in ROUNDS}:
        raise InvalidLength(minutes, tuple(ROUNDS))
    enrolment = _held(enrolment.pk, actor)
    running = Round.objects.filter(enrolment=enrolment, kind=Round.Kind.INTERVIEW, ended_at=None).first()
    if running is not None:
        return running
    length = int(minutes)
    questions = _questions_of_interview(enrolment, ROUNDS[length])
    if not questions:
        raise NothingToAsk
    began = Round.objects.create(
        enrolment=enrolment,
        kind=Round.Kind.INTERVIEW,
        minutes=length,
        started_at=now,
        ends_at=end_of(started_at=now, minutes=length, extra_time_percent=enrolment.extra_time_percent),
    )
    keys = syllabus_of(enrolment.offering.revision).keys
    for position, question in enumerate(questions, start=1):
        _ask(began, enrolment, keys[question], position=position, now=now)
    return began


@transaction.atomic
def answer_interview(
    *,
    offering: Offering,
    interview_id: UUID,
    variant_id: UUID,
    idempotency_key: str,
    answer: Mapping[str, object],
    confidence: str,
    actor: Person,
    now: datetime,
) -> Step:
    """Take an answer to a question of an interview; how it went is told at the end.

    Raises RoundOver after the end, NotFound where the interview is not the actor's or has no such variant, and what
    `submit_step` does.
    """
    interview = _held_round(offering, interview_id, Round.Kind.INTERVIEW, actor)
    if interview.ended_at is not None or _is_over(interview, now):
        raise RoundOver
    asked = interview.questions.filter(attempt__variants=variant_id).first()
    if asked is None:
        raise NotFound
    return submit_step(
        attempt_id=asked.attempt_id,
        actor=actor,
        variant_id=variant_id,
        idempotency_key=idempotency_key,
        answer=answer,
        confidence=confidence,
        now=now,
    )


@transaction.atomic
def tick_moves(*, offering: Offering, interview_id: UUID, moves: Iterable[str], actor: Person, now: datetime) -> Round:
    """Keep which opening moves are ticked; words that name none are left out.

    Raises RoundOver after the end, NotFound where the interview is not the actor's.
    """
    interview = _held_round(offering, interview_id, Round.Kind.INTERVIEW, actor)
    if interview.ended_at is not None or _is_over(interview, now):
        raise RoundOver
    ticked = set(moves)
    interview.moves = [move.name for move in MOVES if move.name in ticked]
    interview.save(update_fields=["moves"])
    return interview


@transaction.atomic
def finish_interview(*, offering: Offering, interview_id: UUID, actor: Person, now: datetime) -> Round:
    """End an interview for good; what is typed and not sent counts as it stands. Ending it again changes nothing.

    Raises NotFound where it is not the actor's.
    """
    interview = _held_round(offering, interview_id, Round.Kind.INTERVIEW, actor)
    return _finish(interview, actor, ending=Round.Ending.FINISHED, now=now)


def end_interviews(*, now: datetime, person: Person | None = None) -> int:
    """End the interviews whose time, with the grace for slow lines, is over; return how many were found.

    Each in a transaction of its own, in which it is asked again whether it still runs, so that running this twice, or
    again after a worker died, does the same once.
    """
    over = Round.objects.filter(ended_at__isnull=True, ends_at__lt=now - GRACE)
    if person is not None:
        over = over.filter(enrolment__person=person)
    found = list(over.order_by("ends_at").values_list("pk", flat=True)[:MOST_ENDED_AT_ONCE])
    for round_id in found:
        try:
            with transaction.atomic():
                rounds = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("enrolment__person")
                interview = rounds.get(pk=round_id)
                _finish(interview, interview.enrolment.person, ending=Round.Ending.DEADLINE, now=now)
        except Exception:  # one interview's fault must not keep everybody else's from ending
            logger.exception("interview not ended", round=str(round_id))
    return len(found)


def _held(enrolment_id: UUID, actor: Person) -> Enrolment:
    """Return the actor's enrolment, held until the transaction ends."""
    locked = Enrolment.objects.select_for_update(no_key=True, of=("self",)).select_related("offering__revision")
    enrolment = locked.filter(pk=enrolment_id, person=actor).first()
    if enrolment is None:
        raise NotFound
    return enrolment


def _held_round(offering: Offering, round_id: UUID, kind: Round.Kind, actor: Person) -> Round:
    """Return a round of the actor's, held until the transaction ends."""
    rounds = Round.objects.select_for_update(no_key=True, of=("self",)).select_related("enrolment__offering__revision")
    found = rounds.filter(pk=round_id, kind=kind, enrolment__person=actor, enrolment__offering=offering).first()
    if found is None:
        raise NotFound
    return found


def _is_over(interview: Round, now: datetime) -> bool:
    return interview.ends_at is not None and now > interview.ends_at + GRACE


def _finish(interview: Round, actor: Person, *, ending: Round.Ending, now: datetime) -> Round:
    if interview.ended_at is not None:
        return interview
    assert interview.ends_at is not None, "an interview has a clock"
    attempts = interview.questions.values_list("attempt_id", flat=True)
    end_attempts(attempt_ids=list(attempts), actor=actor, key=f"round:{interview.pk}", now=now)
    is_late = ending == Round.Ending.DEADLINE or now > interview.ends_at
    return _end(
        interview,
        ending=Round.Ending.DEADLINE if is_late else ending,
        at=min(now, interview.ends_at),
    )


def _end(ended: Round, *, ending: Round.Ending, at: datetime) -> Round:
    ended.ended_at, ended.ending = at, ending
    ended.save(update_fields=["ended_at", "ending"])
    return ended


def _ask(asking: Round, enrolment: Enrolment, key: str, *, position: int, now: datetime) -> None:
    attempt = open_attempt(
        enrolment=enrolment, item_key=key, actor=enrolment.person, now=now, purpose=Attempt.Purpose.REVIEW
    )
    RoundQuestion.objects.create(round=asking, position=position, attempt=attempt)


def _ask_next(placement: Round, enrolment: Enrolment, *, now: datetime) -> bool:
    """Ask about the chapter that tells most, each at most once; return False where none is left."""
    syllabus = syllabus_of(enrolment.offering.revision)
    chapters, signs = placement_chapters(syllabus), placement_signs(placement, syllabus)
    taken, met = _open_reviews(enrolment), met_at(enrolment)
    asked = {sign.chapter for sign in signs}
    askable = {
        place: [question for question in syllabus.chapters[key] if question not in taken]
        for place, key in enumerate(chapters)
        if place not in asked
    }
    askable = {place: questions for place, questions in askable.items() if questions}
    if not askable:
        return False
    place = next_chapter(len(chapters), signs, askable.keys())
    # Another dimension each time, where the chapter has it, and what was met longest ago.
    wanted = DIMENSIONS[len(signs) % len(DIMENSIONS)]
    question = min(
        askable[place],
        key=lambda each: (met[each].timestamp() if each in met else 0.0, syllabus.dimensions[each] != wanted),
    )
    _ask(placement, enrolment, syllabus.keys[question], position=len(signs) + 1, now=now)
    return True


def _questions_of_interview(enrolment: Enrolment, each: int) -> tuple[UUID, ...]:
    """Return the questions that an interview asks, without those that are being answered in a review."""
    syllabus, taken = syllabus_of(enrolment.offering.revision), _open_reviews(enrolment)
    dimensions = {question: name for question, name in syllabus.dimensions.items() if question not in taken}
    return chosen_questions(
        dimensions=dimensions,
        each=each,
        known=read_questions(enrolment, syllabus),
        met_at=met_at(enrolment),
        shuffled=random.SystemRandom().sample(sorted(dimensions), len(dimensions)),
    )


def _open_reviews(enrolment: Enrolment) -> set[UUID]:
    """Return the questions of which a review is open: a question has one at a time."""
    open_ones = Attempt.objects.filter(enrolment=enrolment, purpose=Attempt.Purpose.REVIEW, state=Attempt.State.OPEN)
    return set(open_ones.values_list("item_id", flat=True))
