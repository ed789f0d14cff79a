"""The work on a question, held until the transaction ends: an attempt, its variants, their steps, and the draft.

Held first, read afterwards: whoever waited for the lock sees what the one before them wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from accounts.models import Person
from accounts.selectors import MEMBER_COHORT_IDS
from lessons.catalogue.models import Enrolment, Offering
from quizzes import policy
from quizzes.errors import SittingOver, StaleVariant
from quizzes.models import Attempt, Draft, Sitting, Step, Variant
from quizzes.models.attempts import AttemptQuerySet
from quizzes.selectors.questions import version_of
from quizzes.statements import Statement

HOLD_BY_FORM: Final = Statement(
    f"""
    SELECT {{attempt}}, {{enrolment}}, {{offering}}
    FROM quizzes_variant variant
    JOIN quizzes_attempt attempt ON attempt.id = variant.attempt_id
    JOIN catalogue_item item ON item.id = attempt.item_id
    JOIN catalogue_enrolment enrolment ON enrolment.id = attempt.enrolment_id
    JOIN catalogue_offering offering ON offering.id = enrolment.offering_id
    WHERE variant.id = %s AND item.key = %s AND enrolment.person_id = %s AND offering.slug = %s
    AND (offering.cohort_id IS NULL OR offering.cohort_id IN ({MEMBER_COHORT_IDS}))
    FOR NO KEY UPDATE OF attempt
    """,  # noqa: S608 - made of constants alone
    attempt=Attempt,
    enrolment=Enrolment,
    offering=Offering,
)

READ: Final = Statement(
    """
    SELECT {variant}, {step}, {draft}, offering.amended_at
    FROM quizzes_attempt attempt
    JOIN catalogue_enrolment enrolment ON enrolment.id = attempt.enrolment_id
    JOIN catalogue_offering offering ON offering.id = enrolment.offering_id
    JOIN quizzes_variant variant ON variant.attempt_id = attempt.id
    LEFT JOIN quizzes_step step ON step.variant_id = variant.id
    LEFT JOIN quizzes_draft draft ON draft.attempt_id = attempt.id
    WHERE attempt.id = %s
    ORDER BY variant.number
    """,
    variant=Variant,
    step=Step,
    draft=Draft,
)


@dataclass(slots=True)
class Work:
    """An attempt with its variants in order, each with the step submitted for it if there is one, and the draft."""

    attempt: Attempt
    variants: list[Variant]
    draft: Draft | None = None

    @property
    def steps(self) -> list[Step]:
        """The tries, in order."""
        return [variant.step for variant in self.variants if hasattr(variant, "step")]

    @property
    def current(self) -> Variant:
        """The variant that can be answered, or the last that was."""
        return self.variants[-1]

    def require(self, variant: Variant | None) -> Variant:
        """Return the variant if it is the one to be answered; raises StaleVariant."""
        if variant is None or variant != self.current or self.attempt.state == Attempt.State.FINISHED:
            raise StaleVariant
        return variant

    def require_time(self, now: datetime) -> None:
        """Refuse with SittingOver once the attempt's sitting has ended."""
        sitting = self.attempt.sitting
        if sitting is not None and (sitting.ended_at is not None or now > sitting.ends_at + policy.GRACE):
            raise SittingOver(sitting.ended_at or sitting.ends_at)


def held(
    attempts: AttemptQuerySet,
    *,
    enrolment: Enrolment | None = None,
    purpose: Attempt.Purpose | None = None,
    sitting: Sitting | None = None,
) -> Work | None:
    """Return the work on the latest of the attempts; two queries.

    `enrolment` is whose attempts they are, where it is loaded already.
    """
    if purpose is not None:
        attempts = attempts.filter(purpose=purpose, sitting=sitting)
    if purpose == Attempt.Purpose.REVIEW:
        attempts = attempts.filter(state=Attempt.State.OPEN)
    locked = attempts.select_for_update(no_key=True, of=("self",))
    if enrolment is None:
        locked = locked.select_related("enrolment__offering")
    attempt = locked.order_by("-number").first()
    if attempt is None:
        return None
    if enrolment is not None:
        attempt.enrolment = enrolment
    return _read(attempt)


def held_by_form(*, variant_id: UUID, item_key: str, actor: Person, offering: str) -> Work | None:
    """Return the work that a form with this variant is of, where the actor may do it; two queries."""
    found = HOLD_BY_FORM.rows(variant_id, item_key, actor.pk, offering, actor.pk)
    if not found:
        return None
    ((attempt, enrolment, where),) = found
    enrolment.offering, enrolment.person = where, actor
    attempt.enrolment = enrolment
    return _read(attempt)


def note_no_step(variant: Variant) -> None:
    """Let a variant know that nothing was submitted for it, so that nobody asks the database."""
    Variant._meta.get_field("step").set_cached_value(variant, None)


def _read(attempt: Attempt) -> Work:
    """Return the work on an attempt that is held, its offering as it is now."""
    variants: list[Variant] = []
    draft = None
    for variant, step, draft_of_attempt, amended_at in READ.rows(attempt.pk):
        variant.attempt, draft = attempt, draft_of_attempt
        if step is None:
            note_no_step(variant)
        else:
            step.attempt, step.variant = attempt, variant
        # Whoever regrades the attempt waits for it, or is seen here.
        attempt.enrolment.offering.amended_at = amended_at
        variants.append(variant)
    attempt.item = version_of(variants[-1].version_id).item
    return Work(attempt, variants, draft)
