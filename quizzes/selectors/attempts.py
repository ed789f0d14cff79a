"""One attempt, as the API shows it; nothing of a key leaves before the attempt is finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Person
from quizzes.errors import NotFound
from quizzes.models import Attempt, Draft, GradeEntry
from quizzes.selectors.grades import CurrentGrade, grade_from


@dataclass(frozen=True, slots=True)
class StepView:
    """A submitted try and its judgement."""

    number: int
    variant: UUID
    answer: dict[str, Any]
    confidence: str
    outcome: str
    fraction: Decimal
    misconception: str
    feedback: dict[str, Any]
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class DraftView:
    """What is typed but not submitted."""

    variant: UUID
    sequence: int
    answer: dict[str, Any]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt with its current variant, its tries and, once finished, grade and worked solution."""

    id: UUID
    item: str
    state: str
    tries_allowed: int
    penalty: Decimal
    variant: UUID
    question: dict[str, Any]
    draft: DraftView | None
    steps: tuple[StepView, ...]
    grade: CurrentGrade | None
    solution_html: str


def attempt_view(*, person: Person | None, attempt_id: UUID) -> AttemptView:
    """Return an attempt that the person may see, its draft only if it is their own; raises NotFound. Four queries."""
    attempts = Attempt.objects.visible_to(person).select_related("enrolment", "item", "draft")
    attempt = attempts.prefetch_related("variants__step").filter(pk=attempt_id).first()
    if attempt is None:
        raise NotFound
    variants = sorted(attempt.variants.all(), key=lambda variant: variant.number)
    current = variants[-1]
    tried = [variant for variant in variants if hasattr(variant, "step")]
    is_own = person is not None and attempt.enrolment.person_id == person.pk
    draft: Draft | None = getattr(attempt, "draft", None) if is_own else None
    finished = attempt.state == Attempt.State.FINISHED
    ledger = GradeEntry.objects.filter(enrolment=attempt.enrolment_id, item=attempt.item_id).practice()
    entry = ledger.current().first()
    return AttemptView(
        id=attempt.pk,
        item=attempt.item.key,
        state=attempt.state,
        tries_allowed=attempt.tries_allowed,
        penalty=attempt.penalty,
        variant=current.pk,
        question=current.rendered,
        draft=DraftView(draft.variant_id, draft.sequence, draft.answer, draft.saved_at) if draft else None,
        steps=tuple(
            StepView(
                number=variant.step.number,
                variant=variant.pk,
                answer=variant.step.answer,
                confidence=variant.step.confidence,
                outcome=variant.step.outcome,
                fraction=variant.step.fraction,
                misconception=variant.step.misconception,
                feedback=variant.step.feedback,
                submitted_at=variant.step.submitted_at,
            )
            for variant in tried
        ),
        grade=grade_from(entry) if entry else None,
        solution_html=current.key["solution_html"] if finished else "",
    )
