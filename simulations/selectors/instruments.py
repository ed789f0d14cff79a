"""Instruments as a page embeds them: controls, prompt, prediction, discoveries, and the result once it may be seen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lessons.catalogue.models import Enrolment
from simulations.errors import TooCostly
from simulations.models import Discovery, Prediction
from simulations.policy import CAUSES, State, prompt_named, read_state
from simulations.selectors.catalogue import ModelCard, model_card
from simulations.selectors.evaluation import ShownFigure, duration, result_of, shown_figures
from simulations.selectors.predictions import Calibration, PredictionView, view_of

OFFERED_REQUESTS = 10_000_000
"""How many requests an instrument offers to draw where its model has no input for that."""


@dataclass(frozen=True, slots=True)
class Embed:
    """An instrument that a page embeds: where, of which model, in which state, asking which question first."""

    key: str
    model: str
    parameters: Mapping[str, object]
    predict: str | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A model ready to be played with by one person; `result` is held back while a prediction is outstanding."""

    key: str
    card: ModelCard
    caption: str
    offering: str
    item: str | None
    parameters: Mapping[str, str]
    query: str
    experiments: list[dict[str, Any]]
    prompt: Mapping[str, Any] | None
    prediction: PredictionView | None
    run: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    idempotency_key: uuid.UUID

    @property
    def data_id(self) -> str:
        """The id of the element that carries `to_json` for the script."""
        return f"instrument-{self.key.replace('/', '-')}"

    @property
    def figures(self) -> tuple[ShownFigure, ...]:
        """The result's figures as they are written; none while the result is held back."""
        return () if self.result is None else shown_figures(self.result)

    @property
    def requests_text(self) -> str:
        """The size of the offered run as it is written."""
        return "" if self.run is None else f"{self.run['requests']:,}"

    @property
    def run_duration(self) -> str:
        """How long one worker takes for the offered run."""
        return "" if self.run is None else duration(self.run["seconds"])

    @property
    def share_url(self) -> str:
        """The address that opens the model in this state."""
        return f"{self.card.page_url}?{self.query}"

    @property
    def prediction_outstanding(self) -> bool:
        """Whether the person is still to commit before seeing."""
        return self.prompt is not None and self.prediction is None

    @property
    def causes(self) -> Mapping[str, str]:
        """What can be named as the cause of what was seen, with the words shown."""
        return CAUSES

    def to_json(self) -> dict[str, object]:
        """Return the instrument as the page's script reads it."""
        return {
            "model": self.card.name,
            "title": self.card.title,
            "summary": self.card.summary,
            "caption": self.caption,
            "engine_version": self.card.engine_version,
            "offering": self.offering,
            "item": self.item,
            "evaluate_url": self.card.evaluate_url,
            "parameters": dict(self.parameters),
            "fields": self.card.fields,
            "presets": self.card.presets,
            "experiments": self.experiments,
            "prediction_prompt": None if self.prompt is None else dict(self.prompt),
            "prediction": None if self.prediction is None else self.prediction.to_json(),
            "causes": [{"name": name, "label": label} for name, label in CAUSES.items()],
            "share_url": self.share_url,
            "run": None if self.run is None else dict(self.run),
            "result": None if self.result is None else dict(self.result),
        }


def instruments_on_page(
    *, enrolment: Enrolment | None, embeds: Sequence[Embed], offering_slug: str, are_items: bool = True
) -> dict[str, Instrument]:
    """Return every instrument of a page by its key, in two queries for an enrolment and none without.

    `are_items` says that the keys name items of the course, to which predictions and discoveries are then tied.
    Raises UnknownModel, InvalidInput for an embed that the engine does not know.
    """
    predictions, found = _work_of(enrolment, {embed.model for embed in embeds})
    return {
        embed.key: _instrument(
            embed,
            offering_slug=offering_slug,
            item=embed.key if are_items else None,
            predictions=predictions,
            found=found,
        )
        for embed in embeds
    }


def _work_of(
    enrolment: Enrolment | None, models: set[str]
) -> tuple[dict[tuple[str, str], PredictionView], set[tuple[str, str]]]:
    """Return predictions by model and prompt, and the experiments found, of one enrolment."""
    if enrolment is None or not models:
        return {}, set()
    rows = list(Prediction.objects.filter(enrolment=enrolment))
    scored = [row for row in rows if row.held is not None]
    calibration = Calibration(held=sum(bool(row.held) for row in scored), total=len(scored))
    found = Discovery.objects.filter(enrolment=enrolment, model__in=models).values_list("model", "experiment")
    return {(row.model, row.prompt): view_of(row, calibration) for row in rows}, set(found)


def _instrument(
    embed: Embed,
    *,
    offering_slug: str,
    item: str | None,
    predictions: Mapping[tuple[str, str], PredictionView],
    found: set[tuple[str, str]],
) -> Instrument:
    state = read_state(embed.model, embed.parameters)
    card = model_card(embed.model)
    prompt = None
    if embed.predict is not None:
        name = prompt_named(state.model, embed.predict).name
        prompt = next(row for row in card.prompts if row["name"] == name)
    prediction = predictions.get((embed.model, embed.predict)) if embed.predict is not None else None
    return Instrument(
        key=embed.key,
        card=card,
        caption=embed.caption,
        offering=offering_slug,
        item=item,
        parameters=state.canonical,
        query=state.query,
        experiments=[
            {**experiment, "discovered": (embed.model, experiment["name"]) in found} for experiment in card.experiments
        ],
        prompt=prompt,
        prediction=prediction,
        run=_offered_run(state),
        result=None if prompt is not None and prediction is None else _result_if_quick(state),
        idempotency_key=uuid.uuid4(),
    )


def _offered_run(state: State) -> dict[str, Any] | None:
    sampler = state.model.sampler
    if sampler is None:
        return None
    wanted = getattr(state.parameters, "requests", OFFERED_REQUESTS)
    requests = min(wanted, sampler.maximum_requests(state.parameters))
    return {"requests": requests, "seconds": round(requests / sampler.shard_size(state.parameters), 1)}


def _result_if_quick(state: State) -> dict[str, Any] | None:
    """Return the result, or None where it takes longer than a page may wait."""
    try:
        return result_of(state)
    except TooCostly:
        return None
