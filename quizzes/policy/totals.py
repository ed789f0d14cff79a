"""What marks come to: an assignment's from its questions, a category's from its assignments, the total from these.

Sums are exact: points have two decimals and fractions four, and only what is divided becomes a fraction. So weights
may be given on any scale, and the order in which marks are added changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """A question of an assignment as it stands for a learner: its points, and the share earned if it has a mark."""

    points: Decimal
    fraction: Decimal | None = None
    is_excused: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """An assignment as it stands for a learner, its questions summed.

    `earned` is the sum of points x fraction over the questions with a mark, `marked` the sum of their points, `excused`
    that of the questions that were taken out, `points` that of all. `is_over` says that the learner's cut-off is past.
    """

    assignment_id: UUID
    weight: Decimal
    points: Decimal
    earned: Decimal = NOTHING
    marked: Decimal = NOTHING
    excused: Decimal = NOTHING
    is_over: bool = False
    is_excused: bool = False

    @property
    def countable(self) -> Decimal:
        """The points of the questions that are not excused."""
        return self.points - self.excused

    @property
    def is_left_out(self) -> bool:
        """Whether the learner is excused from all of it."""
        return self.is_excused or self.countable <= 0

    @property
    def missing(self) -> Decimal:
        """The points of questions that have no mark although the cut-off is past: they count as nothing earned."""
        return max(NOTHING, self.countable - self.marked) if self.is_over and not self.is_left_out else NOTHING

    @property
    def ungraded(self) -> Decimal:
        """The points of questions that have no mark yet and are left out until they have one."""
        return NOTHING if self.is_over or self.is_left_out else max(NOTHING, self.countable - self.marked)

    @property
    def share(self) -> Fraction | None:
        """The share of its points that counts; None where there is nothing to count."""
        base = self.countable if self.is_over else self.marked
        return None if self.is_left_out or base <= 0 else Fraction(self.earned) / Fraction(base)


@dataclass(frozen=True, slots=True)
class CategoryWork:
    """A category with its assignments as they stand for a learner; the `drop_lowest` lowest do not count."""

    title: str
    weight: Decimal
    drop_lowest: int
    works: tuple[Work, ...]


class Standing(StrEnum):
    """What becomes of an assignment in its category's mean."""

    COUNTED = "counted"
    DROPPED = "dropped"
    EXCUSED = "excused"
    UNGRADED = "ungraded"
    WEIGHTLESS = "weightless"


@dataclass(frozen=True, slots=True)
class Score:
    """An assignment's share, and what becomes of it."""

    work: Work
    share: Fraction | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class CategoryScore:
    """The weighted mean of a category's assignments that count; None where none does."""

    category: CategoryWork
    share: Fraction | None
    scores: tuple[Score, ...]

    @property
    def is_counted(self) -> bool:
        """Whether it is a part of the total."""
        return self.share is not None and self.category.weight > 0


@dataclass(frozen=True, slots=True)
class Total:
    """The weighted mean of the categories that have something; None where none has."""

    share: Fraction | None
    categories: tuple[CategoryScore, ...]


def work_of(
    questions: Iterable[QuestionMark],
    *,
    assignment_id: UUID,
    weight: Decimal,
    is_over: bool,
    is_excused: bool = False,
) -> Work:
    """Return an assignment as its questions make it stand for a learner."""
    questions = tuple(questions)
    marked = [(mark.points, mark.fraction) for mark in questions if mark.fraction is not None and not mark.is_excused]
    return Work(
        assignment_id=assignment_id,
        weight=weight,
        points=sum((mark.points for mark in questions), NOTHING),
        earned=sum((points * fraction for points, fraction in marked), NOTHING),
        marked=sum((points for points, _ in marked), NOTHING),
        excused=sum((mark.points for mark in questions if mark.is_excused), NOTHING),
        is_over=is_over,
        is_excused=is_excused,
    )


def total_of(categories: Sequence[CategoryWork]) -> Total:
    """Return what a learner's marks come to, with what each part was worth on the way.

    In a category the lowest shares are dropped first, of equal ones the heavier, and always all but one at most; an
    assignment without weight is neither counted nor dropped. So dropping never lowers a total.
    """
    scores = tuple(_category_score(category) for category in categories)
    counted = [(score.category.weight, score.share) for score in scores if score.is_counted and score.share is not None]
    return Total(_mean(counted), scores)


def with_nothing_ungraded(categories: Sequence[CategoryWork]) -> tuple[CategoryWork, ...]:
    """Return the categories as they would stand if every cut-off were past now: what has no mark counts as nothing."""
    return tuple(
        replace(category, works=tuple(replace(work, is_over=True) for work in category.works))
        for category in categories
    )


def _category_score(category: CategoryWork) -> CategoryScore:
    shares = [(work, work.share) for work in category.works]
    weighing = [(work, share) for work, share in shares if share is not None and work.weight > 0]
    weighing.sort(key=lambda pair: (pair[1], -pair[0].weight, pair[0].assignment_id))
    drops = max(0, min(category.drop_lowest, len(weighing) - 1))
    dropped = {work.assignment_id for work, _ in weighing[:drops]}
    return CategoryScore(
        category=category,
        share=_mean([(work.weight, share) for work, share in weighing[drops:]]),
        scores=tuple(
            Score(work, share, _standing(work, share, is_dropped=work.assignment_id in dropped))
            for work, share in shares
        ),
    )


def _standing(work: Work, share: Fraction | None, *, is_dropped: bool) -> Standing:
    if work.is_left_out:
        return Standing.EXCUSED
    if share is None:
        return Standing.UNGRADED
    if work.weight <= 0:
        return Standing.WEIGHTLESS
    return Standing.DROPPED if is_dropped else Standing.COUNTED


def _mean(parts: Sequence[tuple[Decimal, Fraction]]) -> Fraction | None:
    """Return the weighted mean; None where there is no weight."""
    weight = sum((Fraction(weight) for weight, _ in parts), Fraction(0))
    if weight <= 0:
        return None
    return sum((Fraction(weight) * share for weight, share in parts), Fraction(0)) / weight
