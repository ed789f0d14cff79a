"""Check the simulations and runs that a chapter embeds against the models of the engine."""

from __future__ import annotations

from typing import Any

from lessons.content.directives import Directive
from lessons.content.faults import FileFaults
from lessons.content.model import Block
from lessons.content.schemas import RunOptions, SimulationOptions
from simulations.engine.parameters import InvalidParameters, canonical, parse
from simulations.engine.registry import Model, UnknownModel, get_model


def simulation_block(
    directive: Directive, options: SimulationOptions, key: str, caption: str, faults: FileFaults
) -> Block | None:
    """Return the block of a `:::simulation`, or None after reporting what is wrong with its model or parameters."""
    model = _model(directive, faults)
    parameters = _parameters(model, directive, options.parameters, faults)
    if model is None or parameters is None:
        return None
    if options.predict is not None and options.predict not in model.questions:
        known = ", ".join(model.questions) or "none"
        line = directive.options.line_of(("predict",))
        faults.add(line, f"{options.predict!r} is not a prediction of {model.name}; it has {known}.")
        return None
    return {
        "type": "simulation",
        "key": key,
        "model": model.name,
        "parameters": canonical(parameters),
        "predict": options.predict,
        "caption": caption,
    }


def run_block(directive: Directive, options: RunOptions, key: str, faults: FileFaults) -> Block | None:
    """Return the block of a `:::run`, or None after reporting what is wrong with its model, parameters or size."""
    model = _model(directive, faults)
    parameters = _parameters(model, directive, options.parameters, faults)
    if model is None or parameters is None:
        return None
    if model.sampler is None:
        faults.add(directive.line, f"{model.name} is computed exactly and draws nothing; use :::simulation.")
        return None
    most = model.sampler.maximum_requests(parameters)
    if options.requests > most:
        line = directive.options.line_of(("requests",))
        faults.add(line, f"{options.requests:,} requests are too many; with these parameters {most:,} is the most.")
        return None
    return {
        "type": "run",
        "key": key,
        "model": model.name,
        "parameters": canonical(parameters),
        "requests": options.requests,
    }


def title_of(block: Block) -> str:
    """Return the title of the model that a block shows."""
    return get_model(block["model"]).title


def _model(directive: Directive, faults: FileFaults) -> Model | None:
    try:
        return get_model(directive.argument)
    except UnknownModel as refusal:
        faults.add(directive.line, str(refusal))
        return None


def _parameters(model: Model | None, directive: Directive, given: dict[str, object], faults: FileFaults) -> Any:
    if model is None:
        return None
    try:
        return parse(model.parameters, given)
    except InvalidParameters as refusal:
        for fault in refusal.faults:
            faults.add(directive.options.line_of(("parameters", fault.field)), fault.message)
        return None
