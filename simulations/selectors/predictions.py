"""Predictions as they are shown, and how often a learner's intervals held."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from django.db.models import Count, Q
from django.db.models.functions import JSONObject

from accounts.models import Person
from lessons.catalogue.models import Enrolment
from simulations.errors import PredictionNotFound
from simulations.models import Prediction
from simulations.policy import ALPHA
from simulations.selectors.challenges import challenge_url
from simulations.selectors.guesses import guess_verdict
from simulations.selectors.numbers import written


@dataclass(frozen=True, slots=True)
class Calibration:
    """How many of a learner's scored intervals held the truth, beside the share that they aimed for."""

    held: int
    total: int
    aimed: float = 1.0 - ALPHA

    def to_json(self) -> dict[str, object]:
        """Return the figures as the API shows them."""
        return {"held": self.held, "total": self.total, "aimed": self.aimed}


@dataclass(frozen=True, slots=True)
class PredictionView:
    """A locked prediction with the truth; what was predicted is absent where the learner chose to be shown.

    An interval has `low`, `high` and `truth`, every other shape `guess` and `guess_truth`, values by name.
    """

    id: uuid.UUID
    model: str
    prompt: str
    shape: str
    low: float | None
    high: float | None
    truth: float | None
    held: bool | None
    # A mapping has no hash, and a page keeps what it rendered by the hash of what it shows.
    guess: Mapping[str, Sequence[float]] | None = field(hash=False)
    guess_truth: Mapping[str, Sequence[float]] | None = field(hash=False)
    score: float | None
    cause: str
    explanation: str
    calibration: Calibration

    @property
    def low_text(self) -> str:
        """The lower end as it is written."""
        return "" if self.low is None else written(self.low)

    @property
    def high_text(self) -> str:
        """The upper end as it is written."""
        return "" if self.high is None else written(self.high)

    @property
    def truth_text(self) -> str:
        """The truth as it is written."""
        return "" if self.truth is None else written(self.truth)

    @property
    def verdict(self) -> str:
        """What came of a guess, in a sentence; empty for an interval."""
        if self.guess_truth is None:
            return ""
        return guess_verdict(self.model, self.prompt, self.guess, self.guess_truth)

    @property
    def challenge_url(self) -> str | None:
        """The address that lets somebody else commit before they see this interval; none where there is none."""
        if self.low is None or self.high is None:
            return None
        return challenge_url(model=self.model, prompt=self.prompt, low=self.low, high=self.high)

    def to_json(self) -> dict[str, object]:
        """Return the prediction as the API shows it."""
        return {
            "id": str(self.id),
            "model": self.model,
            "prompt": self.prompt,
            "shape": self.shape,
            "low": self.low,
            "high": self.high,
            "truth": self.truth,
            "held": self.held,
            "guess": self.guess,
            "guess_truth": self.guess_truth,
            "verdict": self.verdict,
            "score": self.score,
            "cause": self.cause,
            "explanation": self.explanation,
            "calibration": self.calibration.to_json(),
            "challenge_url": self.challenge_url,
        }


PREDICTION_ROW: Final = JSONObject(
    **{shown.name: shown.name for shown in fields(PredictionView) if shown.name != "calibration"}
)
"""What is shown of a prediction, as one JSON value of a query over predictions."""


def calibration_of(enrolment: Enrolment) -> Calibration:
    """Return how an enrolment's scored intervals did, in one query."""
    counts = Prediction.objects.filter(enrolment=enrolment, held__isnull=False).aggregate(
        total=Count("pk"), held=Count("pk", filter=Q(held=True))
    )
    return Calibration(held=counts["held"], total=counts["total"])


def prediction_view(*, person: Person | None, prediction_id: uuid.UUID) -> PredictionView:
    """Return a prediction that the person may see; raises PredictionNotFound."""
    prediction = Prediction.objects.visible_to(person).select_related("enrolment").filter(pk=prediction_id).first()
    if prediction is None:
        raise PredictionNotFound
    return view_of(prediction, calibration_of(prediction.enrolment))


def views_of(rows: Sequence[Mapping[str, Any]]) -> list[PredictionView]:
    """Return all predictions of an enrolment, each a row of `PREDICTION_ROW`, as they are shown."""
    scored = [row["held"] for row in rows if row["held"] is not None]
    calibration = Calibration(held=sum(scored), total=len(scored))
    return [PredictionView(**{**row, "id": uuid.UUID(row["id"])}, calibration=calibration) for row in rows]


def view_of(prediction: Prediction, calibration: Calibration) -> PredictionView:
    """Return a prediction's row as it is shown."""
    return PredictionView(
        id=prediction.pk,
        model=prediction.model,
        prompt=prediction.prompt,
        shape=prediction.shape,
        low=prediction.low,
        high=prediction.high,
        truth=prediction.truth,
        held=prediction.held,
        guess=prediction.guess,
        guess_truth=prediction.guess_truth,
        score=prediction.score,
        cause=prediction.cause,
        explanation=prediction.explanation,
        calibration=calibration,
    )
