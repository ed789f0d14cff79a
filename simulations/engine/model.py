"""Say what a model of the engine consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from simulations.engine.guesses import GuessPrompt
from simulations.engine.histogram import Histogram
from simulations.engine.result import Result


@dataclass(frozen=True, slots=True)
class Cost:
    """What evaluating and running will take, known from the parameters alone.

    Upper estimates for one ordinary core: `evaluate_ms` for the closed form, `run_seconds` for the
    given number of requests drawn by one worker, `memory_mb` at the peak of either.
    """

    evaluate_ms: float
    run_seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Experiment:
    """A discovery that a learner can make: `holds` says whether these settings show it."""

    name: str
    title: str
    goal: str
    holds: Callable[[Any, Result], bool]


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings worth starting from; parameters not named keep their defaults."""

    name: str
    label: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PredictionPrompt:
    """A question asked before the result is shown, answered by an interval for one figure.

    `minimum`, `maximum` and `scale` describe the axis on which the interval is set. `along` names the charts whose
    horizontal axis is the figure's own, so that the interval can be marked there; up a chart it is marked where the
    chart's dot of this setting shows the figure.
    """

    name: str
    question: str
    figure: str
    unit: str
    minimum: float
    maximum: float
    scale: Literal["linear", "log"]
    parameters: Mapping[str, object]
    along: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws requests one by one, as evidence for the closed form.

    `sample(parameters, generator, n)` counts n requests; `shard_size(parameters)` is about one
    second of that on one core; `maximum_requests(parameters)` bounds a run; `reference(parameters,
    histogram)` holds what was drawn against the closed form.
    """

    sample: Callable[[Any, np.random.Generator, int], Histogram]
    shard_size: Callable[[Any], int]
    maximum_requests: Callable[[Any], int]
    reference: Callable[[Any, Histogram], Result]


@dataclass(frozen=True, slots=True)
class Model:
    """One simulation: its inputs, its closed form, and what people may do with it.

    `guess` is what its scene asks before it shows the truth, where it asks for anything but an interval.
    """

    name: str
    title: str
    summary: str
    parameters: type[Any]
    evaluate: Callable[[Any], Result]
    cost: Callable[[Any], Cost]
    sampler: Sampler | None
    experiments: tuple[Experiment, ...]
    presets: tuple[Preset, ...]
    predictions: tuple[PredictionPrompt, ...]
    guess: GuessPrompt | None = None

    @property
    def questions(self) -> dict[str, PredictionPrompt | GuessPrompt]:
        """What can be asked before the first look, by name: intervals, then the scene's guess."""
        asked: dict[str, PredictionPrompt | GuessPrompt] = {prompt.name: prompt for prompt in self.predictions}
        return asked if self.guess is None else {**asked, self.guess.name: self.guess}
