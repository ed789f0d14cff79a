"""One attempt, as the API shows it; nothing of a key leaves before the attempt is finished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Person
from quizzes.errors import NotFound
from quizzes.models import Attempt, Draft, GradeEntry
from quizzes.selectors.allowances import times_in
from quizzes.selectors.grades import CurrentGrade, grade_from
from quizzes.selectors.regrades import judge_anew
from quizzes.selectors.withholding import EVERYTHING, NO_FEEDBACK, RECORDED, telling


@dataclass(frozen=True, slots=True)
class StepView:
    """A submitted try and its judgement."""

    number: int
    variant: UUID
    answer: dict[str, Any]
    confidence: str
    outcome: str
    fraction: Decimal | None
    misconception: str
    feedback: Mapping[str, Any]
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


def attempt_view(*, person: Person | None, attempt_id: UUID, now: datetime) -> AttemptView:
    """Return an attempt that the person may see, its draft only if it is their own; raises NotFound.

    Of an attempt in an assignment its learner is told what the assignment lets be told by now, and the mark once grades
    are posted; everything is judged by the key that stands. Four queries, one more in an assignment.
    """
    attempts = Attempt.objects.visible_to(person).prefetch_related("variants__step")
    loaded = attempts.select_related("enrolment__offering", "item", "draft", "sitting__assignment")
    attempt = loaded.filter(pk=attempt_id).first()
    if attempt is None:
        raise NotFound
    variants = sorted(attempt.variants.all(), key=lambda variant: variant.number)
    judge_anew(attempt.enrolment.offering, variants)
    current = variants[-1]
    tried = [variant for variant in variants if hasattr(variant, "step")]
    is_own = person is not None and attempt.enrolment.person_id == person.pk
    draft: Draft | None = getattr(attempt, "draft", None) if is_own else None
    finished = attempt.state == Attempt.State.FINISHED
    sitting = attempt.sitting
    told = EVERYTHING
    if sitting is not None and is_own:
        sitting.enrolment = attempt.enrolment
        told = telling(sitting.assignment, times_in(sitting), is_finished=finished, now=now)
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
                outcome=variant.step.outcome if told.outcome else RECORDED,
                fraction=variant.step.fraction if told.outcome else None,
                misconception=variant.step.misconception if told.explanation else "",
                feedback=variant.step.feedback if told.explanation else NO_FEEDBACK,
                submitted_at=variant.step.submitted_at,
            )
            for variant in tried
        ),
        grade=_grade(attempt, is_own=is_own),
        solution_html=current.key["solution_html"] if finished and told.explanation else "",
    )


def _grade(attempt: Attempt, *, is_own: bool) -> CurrentGrade | None:
    """Return the mark that stands for an attempt: none for a review, and none before an assignment's are posted."""
    if attempt.purpose == Attempt.Purpose.REVIEW:
        return None
    assignment = attempt.sitting.assignment if attempt.sitting is not None else None
    if assignment is not None and is_own and assignment.posted_at is None:
        return None
    ledger = GradeEntry.objects.filter(enrolment=attempt.enrolment_id, item=attempt.item_id, assignment=assignment)
    entry = ledger.current().first()
    return grade_from(entry) if entry else None
