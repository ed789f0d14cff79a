"""The models there are, as the catalogue and the API list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulations import engine
from simulations.engine import parameters as inputs
from simulations.engine.model import Model
from simulations.engine.registry import MODELS
from simulations.policy import model_named, read_state


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model in the words that introduce it, with its inputs and what there is to find."""

    name: str
    title: str
    summary: str
    engine_version: str
    evaluate_url: str
    page_url: str
    runnable: bool
    fields: list[dict[str, Any]]
    presets: list[dict[str, Any]]
    experiments: list[dict[str, Any]]
    prompts: list[dict[str, Any]]


def model_cards() -> list[ModelCard]:
    """Return every model, in the order of the catalogue."""
    return [_card(model) for model in MODELS.values()]


def model_card(name: str) -> ModelCard:
    """Return one model; raises UnknownModel."""
    return _card(model_named(name))


def _card(model: Model) -> ModelCard:
    return ModelCard(
        name=model.name,
        title=model.title,
        summary=model.summary,
        engine_version=engine.VERSION,
        evaluate_url=f"/api/v1/evaluate/{engine.VERSION}/{model.name}",
        page_url=f"/simulations/{model.name}/",
        runnable=model.sampler is not None,
        fields=inputs.describe(model.parameters),
        presets=[
            {
                "name": preset.name,
                "label": preset.label,
                "parameters": read_state(model.name, preset.parameters).canonical,
            }
            for preset in model.presets
        ],
        experiments=[
            {"name": experiment.name, "title": experiment.title, "goal": experiment.goal}
            for experiment in model.experiments
        ],
        prompts=[
            {
                "name": prompt.name,
                "question": prompt.question,
                "figure": prompt.figure,
                "unit": prompt.unit,
                "minimum": prompt.minimum,
                "maximum": prompt.maximum,
                "scale": prompt.scale,
                "parameters": read_state(model.name, prompt.parameters).canonical,
            }
            for prompt in model.predictions
        ],
    )
