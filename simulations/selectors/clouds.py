"""How a cohort guessed, as a spread that tells of nobody: shown to whoever has answered themself, and to its staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from accounts.models import Person
from accounts.policy import is_staff_of
from accounts.selectors import learner_ids
from lessons.catalogue.models import Offering
from simulations.engine.guesses import GuessPrompt, quartiles
from simulations.models import Prediction
from simulations.policy import model_named
from simulations.selectors.guesses import ByName, fits

COUNTED_BY: Final = 5
"""Others are counted in groups of so many, in the order in which they locked: no spread tells of fewer than five, and
none differs from the one before by one person's guess."""

Spread = Mapping[str, Sequence[tuple[float, float, float]]]


@dataclass(frozen=True, slots=True)
class CohortCloud:
    """The quartiles of what others of a cohort guessed, by name, a triple for each number that stands there.

    `cohort` is empty where the course is not a cohort's. Without a spread nobody is counted: too few others have
    guessed, or the asker has not answered yet.
    """

    cohort: str = ""
    people: int = 0
    spread: Spread | None = None


def cohort_cloud(*, person: Person | None, offering: Offering, model: str) -> CohortCloud:
    """Return how the other learners of an offering's cohort guessed what the model's scene asks; two queries at most.

    Only who has a locked answer of their own in this offering sees it (or chose to be shown, and can guess no more),
    and the cohort's staff. The offering must be one that they may see. Raises UnknownModel.
    """
    asked = model_named(model).guess
    if person is None or asked is None or offering.cohort is None:
        return CohortCloud()
    rows = (
        Prediction.objects.filter(enrolment__offering=offering, model=model, prompt=asked.name)
        .filter(Q(enrolment__person=person) | Q(enrolment__person__in=learner_ids(offering.cohort)))
        .order_by("locked_at", "pk")
        .values_list("enrolment__person_id", "guess")
    )
    others = [guess for person_id, guess in rows if person_id != person.pk]
    has_answered = len(others) < len(rows)
    if not has_answered and not is_staff_of(person, offering.cohort):
        return CohortCloud(offering.cohort.name)
    return _cloud(offering.cohort.name, asked, [guess for guess in others if guess and fits(asked, guess)])


def _cloud(cohort: str, asked: GuessPrompt, guesses: Sequence[ByName]) -> CohortCloud:
    people = len(guesses) - len(guesses) % COUNTED_BY
    return CohortCloud(cohort, people, quartiles(asked.names, guesses[:people]) if people else None)
