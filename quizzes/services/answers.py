"""What keeps drafts and judges answers: each submitted answer is one step, once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Verb
from lessons.catalogue.selectors import enrolment_to_work_in, offering_visible_to
from lessons.catalogue.services import enrolment_for_write, record_event
from quizzes import policy
from quizzes.errors import (
    ConfidenceMissing,
    InvalidIdempotencyKey,
    MalformedAnswer,
    NotFound,
    StaleDraft,
    StaleVariant,
)
from quizzes.kinds import Outcome, grade, keep_draft, read_answer
from quizzes.models import Attempt, Draft, Sitting, Step, Variant
from quizzes.services.attempts import add_fresh_variant, finish, first_seed, opened, settle
from quizzes.services.comebacks import bring_back, met_again
from quizzes.services.grades import LONGEST_IDEMPOTENCY_KEY
from quizzes.services.rows import insert
from quizzes.services.work import Work, held, held_by_form

UNSAID: Final = ""
"""How sure somebody was who never said: an answer that the end of a sitting took as it stood."""


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """Which variant a form showed: a stored one, or a preview of a revision's question that nothing is stored of yet.

    A preview is the visitors' common one, or the enrolment's own; its seed is never taken from the form.
    """

    variant_id: UUID | None = None
    version_id: UUID | None = None
    for_visitor: bool = False


@transaction.atomic
def answer_shown(
    *,
    offering: str,
    item_key: str,
    actor: Person,
    shown: ShownVariant,
    idempotency_key: str,
    answer: Mapping[str, object],
    confidence: str,
    now: datetime,
) -> Work:
    """Grade an answer to the variant that a form showed, opening the attempt with it where it was a preview.

    Returns the work as it stands then. Raises what `submit_step` does, and StaleVariant where the question has another
    variant or revision by now; NotFound and NotEnrolled where the actor may not work in the offering of that name.
    """
    work, variant = _shown(offering=offering, item_key=item_key, actor=actor, shown=shown, now=now)
    _submit(
        work,
        variant,
        actor=actor,
        idempotency_key=idempotency_key,
        answer=answer,
        confidence=confidence,
        now=now,
    )
    return work


@transaction.atomic
def draft_shown(
    *,
    offering: str,
    item_key: str,
    actor: Person,
    shown: ShownVariant,
    sequence: int,
    answer: Mapping[str, object],
    confidence: str,
    now: datetime,
) -> Work:
    """Keep what is typed into the form of a variant, opening the attempt with it where it was a preview.

    Returns the work as it stands then. Raises what `save_draft` does, NotFound and NotEnrolled as `answer_shown`.
    """
    work, variant = _shown(offering=offering, item_key=item_key, actor=actor, shown=shown, now=now)
    _keep(work, variant, sequence=sequence, answer=answer, confidence=confidence, now=now)
    return work


@transaction.atomic
def save_draft(
    *,
    attempt_id: UUID,
    actor: Person,
    variant_id: UUID,
    sequence: int,
    answer: Mapping[str, object],
    now: datetime,
    confidence: str = UNSAID,
) -> Draft:
    """Keep what is typed so far, unfinished or not.

    Raises StaleVariant where the variant is not the current one, StaleDraft where a draft with this sequence number or
    a later one is kept, SittingOver after the end, NotFound where the attempt is not the actor's.
    """
    work, variant = _of_actor(attempt_id, actor, variant_id)
    return _keep(work, variant, sequence=sequence, answer=answer, confidence=confidence, now=now)


@transaction.atomic
def submit_step(
    *,
    attempt_id: UUID,
    actor: Person,
    variant_id: UUID,
    idempotency_key: str,
    answer: Mapping[str, object],
    confidence: str,
    now: datetime,
) -> Step:
    """Grade an answer to the current variant; a repeated key returns the step that it made before.

    A right answer or the last try finishes the attempt and enters its grade; any other try draws a fresh variant.
    Raises MalformedAnswer and ConfidenceMissing, which cost no try, StaleVariant where the variant is not the current
    one, SittingOver after the end, and NotFound where the attempt is not the actor's.
    """
    work, variant = _of_actor(attempt_id, actor, variant_id)
    return _submit(
        work,
        variant,
        actor=actor,
        idempotency_key=idempotency_key,
        answer=answer,
        confidence=confidence,
        now=now,
    )


@transaction.atomic
def give_up(*, offering: str, item_key: str, actor: Person, shown: ShownVariant, now: datetime) -> Work:
    """End an attempt before its tries are used: the best try so far counts, and the solution may be shown.

    Does nothing to one that is finished. Raises SittingOver after the end, StaleVariant where the form showed none of
    its variants, NotFound and NotEnrolled as `answer_shown`.
    """
    work, variant = _shown(offering=offering, item_key=item_key, actor=actor, shown=shown, now=now)
    if variant is None:
        raise StaleVariant
    if work.attempt.state == Attempt.State.OPEN:
        work.require_time(now)
        _drop_draft(work)
        finish(work, ending=Attempt.Ending.GIVEN_UP, now=now)
        met_again(work, now=now)
    return work


@transaction.atomic
def end_attempts(*, attempt_ids: Collection[UUID], actor: Person, key: str, now: datetime) -> None:
    """End those of the attempts that are open: what was saved and can be read is submitted as of when it was saved.

    `key` begins no other submission's idempotency key. An attempt that is finished stays as it is.
    """
    attempts = Attempt.objects.filter(pk__in=attempt_ids, state=Attempt.State.OPEN)
    for attempt_id in attempts.order_by("pk").values_list("pk", flat=True):
        work = held(Attempt.objects.filter(pk=attempt_id))
        assert work is not None, "attempts are never deleted"
        if work.attempt.state == Attempt.State.OPEN:
            _submit_draft(work, actor=actor, key=key)
        if work.attempt.state == Attempt.State.OPEN:
            finish(work, ending=Attempt.Ending.DEADLINE, now=now)
            met_again(work, now=now)


@transaction.atomic
def finish_sitting(*, sitting_id: UUID, ending: Sitting.Ending, now: datetime) -> Sitting:
    """End a sitting once: what was saved and can be read is submitted as of when it was saved, and all is marked.

    A question without an answer is marked 0. The deadline ends a sitting at its own time, however late this runs.
    """
    sittings = Sitting.objects.select_for_update(no_key=True, of=("self",))
    sitting = sittings.select_related("assignment", "enrolment").get(pk=sitting_id)
    if sitting.ended_at is not None:
        return sitting
    attempt_ids = list(Attempt.objects.filter(sitting=sitting).values_list("pk", flat=True))
    end_attempts(attempt_ids=attempt_ids, actor=sitting.enrolment.person, key=f"sitting:{sitting.pk}", now=now)
    sitting.ending = ending
    sitting.ended_at = min(now, sitting.ends_at) if ending == Sitting.Ending.DEADLINE else now
    sitting.save(update_fields=["ending", "ended_at"])
    return sitting


def _shown(
    *, offering: str, item_key: str, actor: Person, shown: ShownVariant, now: datetime
) -> tuple[Work, Variant | None]:
    """Return the work that a form is of, held, and the variant that it showed, None where that is not there."""
    if shown.variant_id is not None:
        work = held_by_form(variant_id=shown.variant_id, item_key=item_key, actor=actor, offering=offering)
        if work is not None:
            return work, _with_id(work, shown.variant_id)
    enrolment = _enrolment(actor, offering, now)
    if shown.variant_id is not None:
        raise StaleVariant
    work = opened(enrolment=enrolment, item_key=item_key, now=now, for_visitor=shown.for_visitor)
    first = work.variants[0]
    seed = first_seed(enrolment, work.attempt.item_id, for_visitor=shown.for_visitor)
    is_shown = first.version_id == shown.version_id and first.seed == seed
    return work, first if is_shown else None


def _enrolment(actor: Person, slug: str, now: datetime) -> Enrolment:
    """Return the enrolment that a first answer hangs on, made where there is none."""
    enrolment = enrolment_to_work_in(actor, slug)
    if enrolment is not None:
        return enrolment
    return enrolment_for_write(person=actor, offering=offering_visible_to(actor, slug), now=now)


def _of_actor(attempt_id: UUID, actor: Person, variant_id: UUID) -> tuple[Work, Variant | None]:
    work = held(Attempt.objects.owned_by(actor).filter(pk=attempt_id))
    if work is None:
        raise NotFound
    return work, _with_id(work, variant_id)


def _with_id(work: Work, variant_id: UUID) -> Variant | None:
    return next((variant for variant in work.variants if variant.pk == variant_id), None)


def _keep(
    work: Work,
    shown: Variant | None,
    *,
    sequence: int,
    answer: Mapping[str, object],
    confidence: str,
    now: datetime,
) -> Draft:
    variant = work.require(shown)
    work.require_time(now)
    kept = work.draft
    if kept is not None and sequence <= kept.sequence:
        raise StaleDraft(kept.saved_at)
    content = keep_draft(variant.rendered["kind"], variant.rendered, answer)
    if confidence in Step.Confidence.values:
        content["confidence"] = confidence
    draft = Draft(attempt=work.attempt, variant=variant, sequence=sequence, answer=content, saved_at=now)
    draft.save(force_insert=kept is None, force_update=kept is not None)
    work.draft = draft
    return draft


def _drop_draft(work: Work) -> None:
    if work.draft is not None:
        Draft.objects.filter(attempt=work.attempt).delete()
        work.draft = None


def _submit(
    work: Work,
    shown: Variant | None,
    *,
    actor: Person,
    idempotency_key: str,
    answer: Mapping[str, object],
    confidence: str,
    now: datetime,
) -> Step:
    if not 0 < len(idempotency_key) <= LONGEST_IDEMPOTENCY_KEY:
        raise InvalidIdempotencyKey(idempotency_key, LONGEST_IDEMPOTENCY_KEY)
    known = next((step for step in work.steps if step.idempotency_key == idempotency_key), None)
    if known is not None:
        return known
    work.require_time(now)
    work.require(shown)
    variant = settle(work)
    kind = variant.rendered["kind"]
    content = read_answer(kind, variant.rendered, answer, key=variant.key)
    if confidence not in Step.Confidence.values:
        raise ConfidenceMissing(confidence)
    return _judge(work, content, actor=actor, idempotency_key=idempotency_key, confidence=confidence, now=now)


def _judge(
    work: Work, content: dict[str, object], *, actor: Person, idempotency_key: str, confidence: str, now: datetime
) -> Step:
    """Add the step for an answer that can be read, and what follows from it."""
    attempt, variant = work.attempt, work.current
    graded = grade(variant.rendered["kind"], variant.rendered, variant.key, content)
    step = Step(
        attempt=attempt,
        variant=variant,
        number=variant.number,
        idempotency_key=idempotency_key,
        actor=actor,
        answer=content,
        confidence=confidence,
        outcome=graded.outcome,
        fraction=policy.to_share(graded.fraction),
        misconception=graded.misconception,
        feedback=graded.feedback,
        submitted_at=now,
    )
    insert(step)
    _drop_draft(work)
    _record_answer(attempt, step)
    if step.outcome == Outcome.CORRECT or step.number >= attempt.tries_allowed:
        finish(work, ending=Attempt.Ending.ANSWERED, now=now)
        met_again(work, now=now)
    else:
        add_fresh_variant(work, now=now)
    bring_back(work, step)
    return step


def _submit_draft(work: Work, *, actor: Person, key: str) -> None:
    """Submit what was saved of an answer, as of when it was saved; what cannot be read as one is left."""
    draft = work.draft
    if draft is None or draft.variant_id != work.current.pk:
        return
    rendered = settle(work).rendered
    try:
        content = read_answer(rendered["kind"], rendered, draft.answer)
    except MalformedAnswer:
        return
    confidence = draft.answer.get("confidence", UNSAID)
    _judge(work, content, actor=actor, idempotency_key=key, confidence=confidence, now=draft.saved_at)


def _record_answer(attempt: Attempt, step: Step) -> None:
    """Record an answer; of graded work no item and no outcome, so that it is no progress and tells nothing."""
    data = {"outcome": step.outcome, "fraction": str(step.fraction), "confidence": step.confidence}
    is_practice = attempt.purpose == Attempt.Purpose.PRACTICE
    record_event(
        enrolment=attempt.enrolment,
        verb=Verb.ANSWERED,
        item=attempt.item if is_practice else None,
        now=step.submitted_at,
        idempotency_key=f"step:{step.pk}",
        data=data if is_practice else {"purpose": attempt.purpose, "item": attempt.item.key},
    )
