"""The models there are, as the catalogue and the API list them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe

from simulations import engine
from simulations.engine import parameters as inputs
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import Model
from simulations.engine.registry import MODELS
from simulations.policy import model_named, read_state
from simulations.selectors.pictures import thumbnail_of


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
    guess: dict[str, Any] | None


def model_cards() -> list[ModelCard]:
    """Return every model, in the order of the catalogue."""
    return [_card(model) for model in MODELS.values()]


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model as the catalogue shows it; `thumbnail` is SVG of our own making."""

    card: ModelCard
    thumbnail: SafeString


HAVING: Final[Mapping[str, str]] = {
    "question": "a question to commit to first",
    "experiments": "experiments to find",
    "run": "requests drawn one by one",
}
"""What a simulation can be filtered by, with the words shown."""


def catalogue_entries(*, words: str = "", having: str = "") -> list[CatalogueEntry]:
    """Return the models in which every word occurs, of what `having` names; both may be empty.

    Words are looked for in a model's title, summary, inputs, questions and experiments, whatever their case. An
    unknown `having` keeps every model.
    """
    wanted = words.casefold().split()
    return [
        CatalogueEntry(card, mark_safe(thumbnail_of(model_named(card.name))))  # noqa: S308 - drawn from numbers
        for card in model_cards()
        if _has(card, having) and all(word in _text_of(card) for word in wanted)
    ]


def _has(card: ModelCard, having: str) -> bool:
    found = {"question": bool(card.prompts), "experiments": bool(card.experiments), "run": card.runnable}
    return found.get(having, True)


def _text_of(card: ModelCard) -> str:
    rows = [
        *(text for field in card.fields for text in (field["label"], field["help"])),
        *(prompt["question"] for prompt in card.prompts),
        *(text for experiment in card.experiments for text in (experiment["title"], experiment["goal"])),
    ]
    return " ".join([card.title, card.name, card.summary, *rows]).casefold()


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
                "along": list(prompt.along),
            }
            for prompt in model.predictions
        ],
        guess=None if model.guess is None else _guess(model, model.guess),
    )


def _guess(model: Model, prompt: GuessPrompt) -> dict[str, Any]:
    return {
        "name": prompt.name,
        "question": prompt.question,
        "shape": prompt.shape,
        "names": list(prompt.names),
        "knots": list(prompt.knots),
        "unit": prompt.unit,
        "minimum": prompt.minimum,
        "maximum": prompt.maximum,
        "scale": prompt.scale,
        "parameters": read_state(model.name, prompt.parameters).canonical,
    }
