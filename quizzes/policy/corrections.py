"""What a correction makes of a mark, and who may make one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from quizzes.models import Correction
from quizzes.policy.marks import mark_of

WHOLE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class JudgedAnew:
    """The tries of an attempt by a corrected key: what each is worth, and whether it was judged by another key."""

    fractions: tuple[Decimal, ...]
    by_another_key: tuple[bool, ...]

    @property
    def in_full(self) -> tuple[Decimal, ...]:
        """What each try is worth where every one that was judged by another key counts as right."""
        return tuple(
            WHOLE if other else fraction for fraction, other in zip(self.fractions, self.by_another_key, strict=True)
        )


def corrected_mark(
    before: Decimal, judged: JudgedAnew, policy: str, *, penalty: Decimal, late: Sequence[Decimal] | None
) -> Decimal:
    """Return the mark that follows `before` by a policy.

    `new` takes the mark by the corrected key, `best` the better of the two. `full` counts every try that was judged by
    another key as right; what coming late costs is still taken off.
    """
    match Correction.Policy(policy):
        case Correction.Policy.NEW:
            return mark_of(judged.fractions, penalty=penalty, late=late)
        case Correction.Policy.BEST:
            return max(before, mark_of(judged.fractions, penalty=penalty, late=late))
        case Correction.Policy.FULL:
            return mark_of(judged.in_full, penalty=penalty, late=late)


def mark_through(
    own: Sequence[Decimal],
    corrections: Iterable[tuple[str, JudgedAnew]],
    *,
    penalty: Decimal,
    late: Sequence[Decimal] | None,
) -> Decimal:
    """Return the mark of tries after each correction in turn, as (policy, tries judged anew)."""
    mark = mark_of(own, penalty=penalty, late=late)
    for policy, judged in corrections:
        mark = corrected_mark(mark, judged, policy, penalty=penalty, late=late)
    return mark
