"""Everything that writes attempts, drafts and steps.

Locks are taken in one order: the enrolment (only while an attempt is opened), then the attempt. The ledger and the
steps are only ever appended to, so they need none.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from lessons.catalogue.models import Enrolment, ItemVersion, Verb
from lessons.catalogue.selectors import question_version
from lessons.catalogue.services import record_event
from quizzes import policy
from quizzes.errors import ConfidenceMissing, InvalidIdempotencyKey, NotFound, StaleDraft, StaleVariant
from quizzes.kinds import Drawn, Outcome, grade, keep_draft, read_answer
from quizzes.models import Attempt, Draft, GradeEntry, Step, Variant
from quizzes.selectors.questions import drawn_of, question_of
from quizzes.services.grades import LONGEST_IDEMPOTENCY_KEY, record_grade

SEED_BITS: Final = 53
MOST_DRAWS_FOR_A_FRESH_VARIANT: Final = 20


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """Which variant a form showed: a stored one, or a preview of a revision's question that nothing is stored of yet.

    A preview is the visitors' common one, or the enrolment's own; its seed is never taken from the form.
    """

    variant_id: UUID | None = None
    version_id: UUID | None = None
    for_visitor: bool = False


@transaction.atomic
def open_attempt(*, enrolment: Enrolment, item_key: str, actor: Person, now: datetime) -> Attempt:
    """Return the enrolment's attempt at a question, opened with its first variant if there was none.

    Raises NotFound where the enrolment is not the actor's or its revision has no such question.
    """
    return _open(enrolment=enrolment, item_key=item_key, actor=actor, now=now, for_visitor=False)


@transaction.atomic
def store_shown_variant(
    *, enrolment: Enrolment, item_key: str, actor: Person, shown: ShownVariant, now: datetime
) -> Variant:
    """Return the variant that a form showed, opening the attempt with it where it was a preview.

    Raises StaleVariant where the question has another variant or another revision by now, NotFound as `open_attempt`.
    """
    attempt = _open(enrolment=enrolment, item_key=item_key, actor=actor, now=now, for_visitor=shown.for_visitor)
    if shown.variant_id is not None:
        variant = attempt.variants.filter(pk=shown.variant_id).first()
    else:
        seed = _first_seed(enrolment, attempt.item_id, for_visitor=shown.for_visitor)
        variant = attempt.variants.filter(number=1, version=shown.version_id, seed=seed).first()
    if variant is None:
        raise StaleVariant
    return variant


@transaction.atomic
def save_draft(
    *,
    attempt_id: UUID,
    actor: Person,
    variant_id: UUID,
    sequence: int,
    answer: Mapping[str, object],
    now: datetime,
    confidence: str = "",
) -> Draft:
    """Keep what is typed so far, unfinished or not.

    Raises StaleVariant where the variant is not the current one, StaleDraft where a draft with this sequence number or
    a later one is kept, NotFound where the attempt is not the actor's.
    """
    attempt = _locked(attempt_id, actor)
    variant = _current(attempt, variant_id)
    kept = Draft.objects.filter(attempt=attempt).first()
    if kept is not None and sequence <= kept.sequence:
        raise StaleDraft(kept.saved_at)
    content = keep_draft(variant.rendered["kind"], variant.rendered, answer)
    if confidence in Step.Confidence.values:
        content["confidence"] = confidence
    draft, _ = Draft.objects.update_or_create(
        attempt=attempt, defaults={"variant": variant, "sequence": sequence, "answer": content, "saved_at": now}
    )
    return draft


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
    one, and NotFound where the attempt is not the actor's.
    """
    if not 0 < len(idempotency_key) <= LONGEST_IDEMPOTENCY_KEY:
        raise InvalidIdempotencyKey(idempotency_key, LONGEST_IDEMPOTENCY_KEY)
    attempt = _locked(attempt_id, actor)
    if (known := attempt.steps.filter(idempotency_key=idempotency_key).first()) is not None:
        return known
    variant = _current(attempt, variant_id)
    kind = variant.rendered["kind"]
    content = read_answer(kind, variant.rendered, answer, key=variant.key)
    if confidence not in Step.Confidence.values:
        raise ConfidenceMissing(confidence)
    graded = grade(kind, variant.rendered, variant.key, content)
    step = Step.objects.create(
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
    Draft.objects.filter(attempt=attempt).delete()
    record_event(
        enrolment=attempt.enrolment,
        verb=Verb.ANSWERED,
        item=attempt.item,
        now=now,
        idempotency_key=f"step:{step.pk}",
        data={"outcome": step.outcome, "fraction": str(step.fraction), "confidence": step.confidence},
    )
    if step.outcome == Outcome.CORRECT or step.number >= attempt.tries_allowed:
        _finish(attempt, revision_id=variant.version.revision_id, now=now)
    else:
        _add_fresh_variant(attempt, now=now)
    return step


def _open(*, enrolment: Enrolment, item_key: str, actor: Person, now: datetime, for_visitor: bool) -> Attempt:
    if enrolment.person_id != actor.pk:
        raise NotFound
    # One opening at a time in an enrolment: two tabs that answer first get one attempt between them.
    enrolment = (
        Enrolment.objects.select_for_update(no_key=True, of=("self",)).select_related("offering").get(pk=enrolment.pk)
    )
    practised = Attempt.objects.filter(enrolment=enrolment, item__key=item_key, purpose=Attempt.Purpose.PRACTICE)
    latest = practised.order_by("-number").first()
    if latest is not None:
        return latest
    version = question_version(enrolment.offering.revision, item_key)
    definition = question_of(version).definition
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        item=version.item,
        tries_allowed=definition.tries,
        penalty=Decimal(str(definition.penalty)),
        started_at=now,
    )
    seed = _first_seed(enrolment, version.item_id, for_visitor=for_visitor)
    _add_variant(attempt, version, drawn_of(version, seed), number=1, now=now)
    return attempt


def _first_seed(enrolment: Enrolment, item_id: UUID, *, for_visitor: bool) -> int:
    return policy.VISITOR_SEED if for_visitor else policy.first_seed(enrolment.pk, item_id)


def _locked(attempt_id: UUID, actor: Person) -> Attempt:
    """Return the actor's attempt, held until the transaction ends."""
    attempts = Attempt.objects.owned_by(actor).select_for_update(no_key=True, of=("self",))
    attempt = attempts.select_related("enrolment", "item").filter(pk=attempt_id).first()
    if attempt is None:
        raise NotFound
    return attempt


def _current(attempt: Attempt, variant_id: UUID) -> Variant:
    """Return the variant if it is the one to be answered; raises StaleVariant."""
    latest = attempt.variants.select_related("version").order_by("-number").first()
    if latest is None or latest.pk != variant_id or attempt.state == Attempt.State.FINISHED:
        raise StaleVariant
    return latest


def _add_fresh_variant(attempt: Attempt, *, now: datetime) -> None:
    """Draw a variant unlike those before it, from the version on which the attempt was opened."""
    earlier = list(attempt.variants.select_related("version").order_by("number"))
    version = earlier[0].version
    question = question_of(version)
    drawn = question.draw(secrets.randbits(SEED_BITS))
    for _ in range(MOST_DRAWS_FOR_A_FRESH_VARIANT - 1):
        if _is_fresh(drawn, earlier):
            break
        drawn = question.draw(secrets.randbits(SEED_BITS))
    _add_variant(attempt, version, drawn, number=len(earlier) + 1, now=now)


def _is_fresh(drawn: Drawn, earlier: Sequence[Variant]) -> bool:
    """Return whether the numbers are new or, in a question without numbers, what is shown."""
    if drawn.parameters:
        return all(drawn.parameters != variant.parameters for variant in earlier)
    return all(drawn.rendered != variant.rendered for variant in earlier)


def _add_variant(attempt: Attempt, version: ItemVersion, drawn: Drawn, *, number: int, now: datetime) -> None:
    Variant.objects.create(
        attempt=attempt,
        version=version,
        number=number,
        seed=drawn.seed,
        parameters=drawn.parameters,
        rendered=drawn.rendered,
        key=drawn.key,
        created_at=now,
    )


def _finish(attempt: Attempt, *, revision_id: UUID, now: datetime) -> None:
    """Close the attempt and enter its grade."""
    fractions = list(attempt.steps.order_by("number").values_list("fraction", flat=True))
    attempt.state = Attempt.State.FINISHED
    attempt.ending = Attempt.Ending.ANSWERED
    attempt.finished_at = now
    attempt.save(update_fields=["state", "ending", "finished_at"])
    entry = GradeEntry.objects.create(
        enrolment=attempt.enrolment,
        item=attempt.item,
        attempt=attempt,
        revision_id=revision_id,
        kind=GradeEntry.Kind.GRADED,
        fraction=policy.mark_of(fractions, penalty=attempt.penalty),
        at=now,
        idempotency_key=f"attempt:{attempt.pk}",
    )
    record_grade(entry)
