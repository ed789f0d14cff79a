"""The work on a question, held until the transaction ends: an attempt, its variants, their steps, and the draft.

Held first, read afterwards: whoever waited for the lock sees what the one before them wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.models import Person
from lessons.catalogue.models import Enrolment
from lessons.catalogue.prepared import Prepared
from lessons.catalogue.selectors import enrolments_to_work_in
from quizzes import policy
from quizzes.errors import SittingOver, StaleVariant
from quizzes.models import Attempt, Draft, Sitting, Step, Variant
from quizzes.models.attempts import AttemptQuerySet
from quizzes.selectors.questions import version_of


def _attempts_by_form(variant_id: UUID, item_key: str, person_id: UUID, offering: str) -> QuerySet[Attempt]:
    attempts = Attempt.objects.filter(
        variants=variant_id,
        item__key=item_key,
        enrolment__in=enrolments_to_work_in(Person(pk=person_id), offering),
    )
    return attempts.select_related("enrolment__offering").select_for_update(no_key=True, of=("self",))


_BY_FORM: Final = Prepared(_attempts_by_form, UUID, str, UUID, str)

# Its offering is read with it, as it is once the attempt is held.
_VARIANTS: Final = Prepared(
    lambda attempt_id: (
        Variant.objects.filter(attempt=attempt_id)
        .select_related("step", "attempt__draft")
        .annotate(amended_at=F("attempt__enrolment__offering__amended_at"))
        .order_by("number")
    ),
    UUID,
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
    found = _BY_FORM.rows(variant_id, item_key, actor.pk, offering)
    if not found:
        return None
    (attempt,) = found
    attempt.enrolment.person = actor
    return _read(attempt)


def note_no_step(variant: Variant) -> None:
    """Let a variant know that nothing was submitted for it, so that nobody asks the database."""
    Variant._meta.get_field("step").set_cached_value(variant, None)


def _read(attempt: Attempt) -> Work:
    """Return the work on an attempt that is held, its offering as it is now."""
    variants: list[Variant] = list(_VARIANTS.rows(attempt.pk))
    draft = getattr(variants[0].attempt, "draft", None)
    for variant in variants:
        variant.attempt = attempt
        if hasattr(variant, "step"):
            variant.step.attempt = attempt
    # Whoever regrades the attempt waits for it, or is seen here.
    attempt.enrolment.offering.amended_at = variants[0].amended_at  # type: ignore[attr-defined]
    attempt.item = version_of(variants[-1].version_id).item
    return Work(attempt, variants, draft)
