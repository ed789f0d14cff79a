"""Which variant somebody meets first."""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from uuid import UUID

VISITOR_SEED: Final = 0
"""What somebody meets who has no enrolment yet; everybody else gets one of FIRST_SEEDS."""

FIRST_SEEDS: Final = 64
"""How many first variants a question has among its learners: few enough that pages find them drawn already."""


def first_seed(enrolment_id: UUID, item_id: UUID) -> int:
    """Return the seed of the first variant, known before the attempt is opened, so that looking writes nothing.

    It is one of FIRST_SEEDS, spread evenly over learners and questions; later variants are drawn from many more.
    """
    digest = sha256(enrolment_id.bytes + item_id.bytes).digest()
    return 1 + int.from_bytes(digest, "big") % FIRST_SEEDS
