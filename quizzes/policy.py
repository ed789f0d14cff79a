"""The rules: what tries are worth together, who may set a grade by hand, and which variant somebody meets first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Final
from uuid import UUID

from accounts.models import Person
from accounts.selectors import staffed_cohort_ids
from lessons.catalogue.models import Enrolment

TEN_THOUSANDTH: Final = Decimal("0.0001")
"""Marks are kept to four decimals, halves to even."""

VISITOR_SEED: Final = 0
"""What somebody meets who has no enrolment yet; everybody else gets one of FIRST_SEEDS."""

FIRST_SEEDS: Final = 64
"""How many first variants a question has among its learners: few enough that pages find them drawn already."""


def to_share(fraction: Fraction | Decimal) -> Decimal:
    """Return a share of the mark at the precision at which the ledger keeps it."""
    if isinstance(fraction, Fraction):
        fraction = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    return fraction.quantize(TEN_THOUSANDTH, rounding=ROUND_HALF_EVEN)


def mark_of(fractions: Sequence[Decimal], *, penalty: Decimal) -> Decimal:
    """Return the mark for the tries in order: the best of fraction x (1 - penalty x tries before it), never below 0."""
    marks = (fraction * max(Decimal(0), 1 - penalty * earlier) for earlier, fraction in enumerate(fractions))
    return to_share(max(marks, default=Decimal(0)))


def may_grade(actor: Person, enrolment: Enrolment) -> bool:
    """Return whether the actor teaches the enrolment's cohort or runs its organisation; never their own work."""
    cohort_id = enrolment.offering.cohort_id
    if cohort_id is None or enrolment.person_id == actor.pk:
        return False
    return staffed_cohort_ids(actor).filter(pk=cohort_id).exists()


def first_seed(enrolment_id: UUID, item_id: UUID) -> int:
    """Return the seed of the first variant, known before the attempt is opened, so that looking writes nothing.

    It is one of FIRST_SEEDS, spread evenly over learners and questions; later variants are drawn from many more.
    """
    digest = sha256(enrolment_id.bytes + item_id.bytes).digest()
    return 1 + int.from_bytes(digest, "big") % FIRST_SEEDS
