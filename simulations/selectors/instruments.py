"""Instruments as a page embeds them: controls, prompt, prediction, discoveries, and the result once it may be seen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from lessons.catalogue.models import Enrolment
from lessons.catalogue.prepared import Prepared
from simulations.errors import TooCostly
from simulations.models import Discovery, Prediction
from simulations.policy import State, causes_of, model_named, question_named, read_state
from simulations.selectors.catalogue import ModelCard, model_card
from simulations.selectors.evaluation import ShownFigure, duration, result_of, shown_figures
from simulations.selectors.predictions import PREDICTION_ROW, PredictionView, views_of

OFFERED_REQUESTS = 10_000_000
"""How many requests an instrument offers to draw where its model has no input for that."""

MOST_STAGES_KEPT: Final = 64
"""A state with its result takes a few hundred kB."""


@dataclass(frozen=True, slots=True)
class Embed:
    """An instrument that a page embeds: where, of which model, in which state, asking which question first.

    `predict` names one of the model's predictions, or its scene's guess.
    """

    key: str
    model: str
    parameters: Mapping[str, object]
    predict: str | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A model in one state as everybody meets it, made once; `result` is absent where it is held back or costly.

    `prompt` is the question that comes first, as the model's card has it; a guess has a `shape`, an interval none.
    """

    card: ModelCard
    parameters: Mapping[str, str]
    query: str
    prompt: Mapping[str, Any] | None
    run: Mapping[str, Any] | None
    result: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Instrument:
    """A model ready to be played with by one person, with what they did so far.

    Two are equal where they look the same: the idempotency key, fresh each time, does not count.
    """

    key: str
    stage: Stage
    caption: str
    offering: str
    item: str | None
    prediction: PredictionView | None
    guessed: PredictionView | None
    discovered: frozenset[str]
    idempotency_key: uuid.UUID = field(compare=False)

    @property
    def card(self) -> ModelCard:
        """The model in the words that introduce it."""
        return self.stage.card

    @property
    def parameters(self) -> Mapping[str, str]:
        """The state that it opens in."""
        return self.stage.parameters

    @property
    def query(self) -> str:
        """The state as a URL query, as the form without script sends it."""
        return self.stage.query

    @property
    def experiments(self) -> list[dict[str, Any]]:
        """What there is to find, and whether the person found it."""
        return [{**row, "discovered": row["name"] in self.discovered} for row in self.card.experiments]

    @property
    def prompt(self) -> Mapping[str, Any] | None:
        """What is asked before the first look."""
        return self.stage.prompt

    @property
    def run(self) -> Mapping[str, Any] | None:
        """The heavy run that is offered."""
        return self.stage.run

    @property
    def result(self) -> Mapping[str, Any] | None:
        """The state's result; held back while a prediction is outstanding."""
        return self.stage.result

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
    def is_kept(self) -> bool:
        """Whether what somebody does with it is kept: only in an offering."""
        return bool(self.offering)

    @property
    def prediction_outstanding(self) -> bool:
        """Whether the person is still to commit before seeing."""
        return self.prompt is not None and self.prediction is None

    @property
    def asks_guess(self) -> bool:
        """Whether what is asked before the first look is the scene's guess, not an interval."""
        return self.prompt is not None and "shape" in self.prompt

    @property
    def causes(self) -> Mapping[str, str]:
        """What can be named as the cause of what was seen, with the words shown."""
        return causes_of(self.card.name)

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
            "prediction_prompt": None if self.prompt is None or self.asks_guess else dict(self.prompt),
            "prediction": None if self.prediction is None or self.asks_guess else self.prediction.to_json(),
            "guess_prompt": self.card.guess if self.is_kept else None,
            "guess_first": self.asks_guess and self.is_kept and self.prediction_outstanding,
            "guessed": None if self.guessed is None else self.guessed.to_json(),
            "causes": [{"name": name, "label": label} for name, label in self.causes.items()],
            "share_url": self.share_url,
            "run": None if self.run is None else dict(self.run),
            "result": None if self.result is None else dict(self.result),
        }


def instruments_on_page(
    *, enrolment: Enrolment | None, embeds: Sequence[Embed], offering_slug: str, are_items: bool = True
) -> dict[str, Instrument]:
    """Return every instrument of a page by its key, in one query for an enrolment and none without.

    `are_items` says that the keys name items of the course, to which predictions and discoveries are then tied.
    Raises UnknownModel, InvalidInput for an embed that the engine does not know.
    """
    work = _work_of(enrolment) if enrolment is not None and embeds else _Work({}, {})
    return {
        embed.key: _instrument(embed, offering_slug=offering_slug, item=embed.key if are_items else None, work=work)
        for embed in embeds
    }


def instrument_without_work(*, model: str, parameters: Mapping[str, object], predict: str | None = None) -> Instrument:
    """Return a model in one state to play with where nothing is kept: no offering, no run, nothing to be found.

    With `predict` its question comes first as it does for learners, and is answered without being kept. Asks the
    database nothing. Raises UnknownModel, InvalidInput.
    """
    embeds = [Embed(key=model, model=model, parameters=parameters, predict=predict)]
    instrument = instruments_on_page(enrolment=None, embeds=embeds, offering_slug="", are_items=False)[model]
    stage = instrument.stage
    return replace(instrument, stage=replace(stage, run=None, card=replace(stage.card, experiments=[])))


@dataclass(frozen=True, slots=True)
class _Work:
    """What one enrolment did: predictions by model and prompt, experiments found by model."""

    predictions: Mapping[tuple[str, str], PredictionView]
    discovered: Mapping[str, frozenset[str]]


def _work_of(enrolment: Enrolment) -> _Work:
    """Return predictions and discoveries in one query: two lists beside each other in one row."""
    ((predicted, found),) = _WORK.rows(enrolment.pk)
    discovered: dict[str, frozenset[str]] = {}
    for row in found:
        discovered[row["model"]] = discovered.get(row["model"], frozenset()) | {row["experiment"]}
    return _Work({(view.model, view.prompt): view for view in views_of(predicted)}, discovered)


def _work(enrolment_id: uuid.UUID) -> QuerySet[Enrolment, tuple[Any, Any]]:
    discoveries = Discovery.objects.filter(enrolment=OuterRef("pk"))
    return Enrolment.objects.filter(pk=enrolment_id).values_list(
        ArraySubquery(Prediction.objects.filter(enrolment=OuterRef("pk")).values(row=PREDICTION_ROW)),
        ArraySubquery(discoveries.values(row=JSONObject(model="model", experiment="experiment"))),
    )


_WORK: Final = Prepared(_work, uuid.UUID)


def _instrument(embed: Embed, *, offering_slug: str, item: str | None, work: _Work) -> Instrument:
    prediction = None if embed.predict is None else work.predictions.get((embed.model, embed.predict))
    is_held_back = embed.predict is not None and prediction is None
    parameters = tuple(read_state(embed.model, embed.parameters).canonical.items())
    return Instrument(
        key=embed.key,
        stage=_stage(embed.model, parameters, embed.predict, is_held_back=is_held_back),
        caption=embed.caption,
        offering=offering_slug,
        item=item,
        prediction=prediction,
        guessed=_guessed(embed.model, work),
        discovered=work.discovered.get(embed.model, frozenset()),
        idempotency_key=uuid.uuid4(),
    )


def _guessed(model: str, work: _Work) -> PredictionView | None:
    """Return what somebody committed to in the model's scene, if they did."""
    prompt = model_named(model).guess
    return None if prompt is None else work.predictions.get((model, prompt.name))


@lru_cache(maxsize=MOST_STAGES_KEPT)
def _stage(model: str, parameters: tuple[tuple[str, str], ...], predict: str | None, *, is_held_back: bool) -> Stage:
    """Return a state as everybody meets it; kept, since the engine gives the same result every time."""
    state = read_state(model, dict(parameters))
    card = model_card(model)
    prompt = None
    if predict is not None:
        name = question_named(state.model, predict).name
        prompt = next(row for row in (*card.prompts, card.guess) if row is not None and row["name"] == name)
    return Stage(
        card=card,
        parameters=state.canonical,
        query=state.query,
        prompt=prompt,
        run=_offered_run(state),
        result=None if is_held_back else _result_if_quick(state),
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
