"""What an attempt's mark rests on, read for many attempts at once, and the mark after the corrections of its key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from lessons.catalogue.models import Item, ItemVersion, Offering
from quizzes.kinds import MalformedAnswer, grade
from quizzes.models import Attempt, Step
from quizzes.policy import JudgedAnew, corrected_mark, mark_through, to_share
from quizzes.selectors.allowances import late_shares, standing_allowances
from quizzes.selectors.questions import (
    CorrectedDefinition,
    as_stored,
    corrected_variant,
    corrections_of,
    version_of,
)

GRADED: tuple[str, ...] = (Attempt.Purpose.PRACTICE, Attempt.Purpose.ASSIGNMENT)
"""What is marked; a review never is."""

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt with its steps in order, each with its variant, and what each loses for being late, if it is late."""

    attempt: Attempt
    steps: tuple[Step, ...]
    late: tuple[Decimal, ...] | None

    @property
    def offering(self) -> Offering:
        """Where it was made."""
        return self.attempt.enrolment.offering

    @property
    def version(self) -> ItemVersion | None:
        """The version of the question that its variants are drawn from, None before the first try."""
        return version_of(self.steps[0].variant.version_id) if self.steps else None

    @property
    def corrections(self) -> tuple[CorrectedDefinition, ...]:
        """Those that were applied to what it was asked, in order."""
        return corrections_of(self.offering, self.version) if self.version is not None else ()

    def judged_by(self, corrected: CorrectedDefinition) -> JudgedAnew:
        """Return its tries by a corrected key; one whose variant cannot be drawn again keeps what it was worth."""
        fractions, others = [], []
        for step in self.steps:
            variant = step.variant
            drawn = corrected_variant(corrected, variant) or as_stored(variant)
            is_other = drawn.key != variant.key or drawn.rendered != variant.rendered
            fractions.append(_worth(drawn.rendered, drawn.key, step) if is_other else step.fraction)
            others.append(is_other)
        return JudgedAnew(tuple(fractions), tuple(others))

    def mark(self, corrections: Sequence[CorrectedDefinition]) -> Decimal:
        """Return the mark after these corrections, each by its policy."""
        judged = ((corrected.policy, self.judged_by(corrected)) for corrected in corrections)
        own = [step.fraction for step in self.steps]
        return mark_through(own, judged, penalty=self.attempt.penalty, late=self.late)

    def mark_after(self, before: Decimal, judged: JudgedAnew, policy: str) -> Decimal:
        """Return the mark that a correction makes of the one before it."""
        return corrected_mark(before, judged, policy, penalty=self.attempt.penalty, late=self.late)


def tried(attempts: Iterable[Attempt], *, at: datetime | None = None) -> list[Tried]:
    """Return attempts with what their marks rest on; two queries, however many there are.

    They come with enrolment, offering, sitting and assignment loaded. `at` looks at the allowances given by then.
    """
    attempts = list(attempts)
    steps: dict[UUID, list[Step]] = {attempt.pk: [] for attempt in attempts}
    for step in Step.objects.filter(attempt__in=steps).select_related("variant").order_by("number"):
        steps[step.attempt_id].append(step)
    sittings = [attempt.sitting for attempt in attempts if attempt.sitting is not None]
    allowances = standing_allowances(
        assignments={sitting.assignment_id for sitting in sittings},
        enrolments={sitting.enrolment_id for sitting in sittings},
        at=at,
    )
    return [
        Tried(attempt, tuple(steps[attempt.pk]), late_shares(attempt, steps[attempt.pk], allowances))
        for attempt in attempts
    ]


def versions_alike(item: Item, version: ItemVersion) -> list[UUID]:
    """Return the versions of a question that say the same, in whichever revision; one query."""
    versions = ItemVersion.objects.filter(item=item).only("pk", "payload")
    return [other.pk for other in versions if other.payload == version.payload]


def attempts_in_scope(offering: Offering, item: Item, version: ItemVersion) -> QuerySet[Attempt]:
    """Return the marked attempts in an offering that were asked what a version says, with all that marks rest on."""
    return (
        Attempt.objects.filter(
            enrolment__offering=offering,
            item=item,
            purpose__in=GRADED,
            variants__number=1,
            variants__version__in=versions_alike(item, version),
        )
        .select_related("enrolment__offering", "item", "sitting__assignment")
        .order_by("pk")
    )


def _worth(rendered: dict[str, object], key: dict[str, object], step: Step) -> Decimal:
    """Return what an answer is worth by another key; nothing where it is no answer to it any more."""
    try:
        return to_share(grade(str(rendered["kind"]), rendered, key, step.answer).fraction)
    except MalformedAnswer:
        return NOTHING
