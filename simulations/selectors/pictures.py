"""Pictures of states, drawn once and kept in the cache by engine and drawing version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.cache import cache

from simulations import engine, pictures
from simulations.engine import parameters as inputs
from simulations.engine.model import Model
from simulations.pictures import png, svg
from simulations.policy import State, read_state
from simulations.selectors.evaluation import result_of, shown_figures
from simulations.selectors.numbers import chosen, with_unit

PICTURE_VERSION = f"{engine.VERSION}.{pictures.VERSION}"
"""What a picture depends on besides its state."""

MOST_FIGURES = 3
MOST_WORDS = 70


def thumbnail_of(model: Model) -> str:
    """Return a small SVG of a model's default result."""
    state = read_state(model.name, {})
    return _kept(f"thumbnail:{model.name}", lambda: svg.thumbnail(result_of(state)["charts"][0]).encode()).decode()


def picture_of(state: State) -> bytes:
    """Return the PNG of a state for other sites; raises TooCostly before anything is computed."""
    return _kept(f"picture:{state.digest}", lambda: _state_picture(state))


def question_picture_of(model: Model) -> bytes:
    """Return the PNG of a model's first question, or of its summary where it asks none; no result is in it."""
    question = model.predictions[0].question if model.predictions else model.summary
    return _kept(f"question:{model.name}:{question}", lambda: png.question_picture(model.title, question))


def picture_tag(what: str) -> str:
    """Return the entity tag of the picture of a state, by its digest, or of something else, by a name."""
    return f'"{hashlib.sha256(f"{PICTURE_VERSION}/{what}".encode()).hexdigest()}"'


def _kept(name: str, drawn: Callable[[], bytes]) -> bytes:
    key = f"{PICTURE_VERSION}:{hashlib.sha256(name.encode()).hexdigest()}"
    known: bytes | None = cache.get(key)
    if known is None:
        known = drawn()
        cache.set(key, known)
    return known


def _state_picture(state: State) -> bytes:
    result = result_of(state)
    figures = [(figure.label, with_unit(figure.text, figure.unit)) for figure in shown_figures(result)[:MOST_FIGURES]]
    words = png.Words(title=state.model.title, figures=figures, below=_changes(state))
    return png.state_picture(words, result["charts"][0])


def _changes(state: State) -> str:
    """Return in words what the state changes of the model's defaults; nothing for the state that it starts in."""
    defaults = read_state(state.model.name, {}).canonical
    fields = {str(field["name"]): field for field in inputs.describe(state.model.parameters)}
    changed = [
        f"{fields[name]['label']}: {chosen(fields[name], value)}"
        for name, value in state.canonical.items()
        if value != defaults[name]
    ]
    text = ", ".join(changed)
    return text if len(text) <= MOST_WORDS else f"{text[: MOST_WORDS - 2]} …"
