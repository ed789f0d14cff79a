"""What may be asked of the engine, by whom, how much of it, and how a prediction is scored."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Item
from simulations import engine
from simulations.engine import parameters as inputs
from simulations.engine import registry
from simulations.engine.guesses import GuessPrompt, InvalidGuess, Values
from simulations.engine.model import Experiment, Model, PredictionPrompt, Sampler
from simulations.engine.parameters import Fault
from simulations.errors import InvalidInput, NotRunnable, NotYours, TooCostly, UnknownModel

Named = TypeVar("Named")

EVALUATE_LIMIT_MS = 200.0
"""The longest that a page may wait for one state."""

UNFINISHED_RUNS = 3
"""How many runs of one enrolment may be unfinished at a time."""

DEFAULT_SEED = 1
"""Used when no seed is asked for, so that people who ask for the same run share one computation."""

LARGEST_SEED = 2**63 - 1

ALPHA = 0.1
"""The share of intervals that may miss the truth: learners are asked to be 90% sure."""

LONGEST_KEY = 80
"""The longest idempotency key that is kept."""

OTHER_CAUSE = {"other": "Something else"}
PAGE_CAUSES: Mapping[str, str] = {
    "slowest-call": "A page waits for the slowest of its calls",
    "rare-adds-up": "What is rare in one call is common over many",
    "long-tail": "The tail is far longer than the middle suggests",
    "averaged": "I averaged, and percentiles do not average",
    "dependence": "The calls are slow together, or are not",
    **OTHER_CAUSE,
}
CAUSES_BY_MODEL: Mapping[str, Mapping[str, str]] = {"percentiles": PAGE_CAUSES, "tail_latency": PAGE_CAUSES}
GENERAL_CAUSES: Mapping[str, str] = {
    "left-out": "I left a part of the system out",
    "not-proportional": "It does not grow in proportion",
    "shared-cause": "Parts that seem independent share a cause",
    "feedback": "The effect feeds back on its cause",
    "limit": "Near a limit the rules change",
    "size": "I was wrong about the size of a number",
    **OTHER_CAUSE,
}
"""What a learner can name as the cause of what they saw, with the words shown."""


def causes_of(model: str) -> Mapping[str, str]:
    """Return the causes that fit a model's predictions."""
    return CAUSES_BY_MODEL.get(model, GENERAL_CAUSES)


@dataclass(frozen=True, slots=True)
class State:
    """A model together with checked parameters: all that a result depends on besides the engine."""

    model: Model
    parameters: Any

    @property
    def canonical(self) -> dict[str, str]:
        """Every parameter in its canonical text."""
        return inputs.canonical(self.parameters)

    @property
    def query(self) -> str:
        """The canonical parameters as a URL query."""
        return inputs.canonical_query(self.parameters)

    @property
    def digest(self) -> str:
        """What identifies the result: SHA-256 over engine version, model and canonical parameters."""
        return hashlib.sha256(f"{engine.VERSION}/{self.model.name}?{self.query}".encode()).hexdigest()


def model_named(name: str) -> Model:
    """Return the model of that name; raises UnknownModel."""
    try:
        return registry.get_model(name)
    except registry.UnknownModel as error:
        raise UnknownModel(name, registry.MODELS) from error


def read_state(model: str, raw: Mapping[str, object]) -> State:
    """Return the state that raw parameters ask for; raises UnknownModel, InvalidInput with every fault."""
    found = model_named(model)
    try:
        return State(found, inputs.parse(found.parameters, raw))
    except inputs.InvalidParameters as error:
        raise InvalidInput(error.faults) from error


def check_evaluation_cost(state: State) -> None:
    """Refuse a state that takes longer than a page may wait; raises TooCostly. Computes nothing."""
    milliseconds = state.model.cost(state.parameters).evaluate_ms
    if milliseconds > EVALUATE_LIMIT_MS:
        raise TooCostly(model=state.model.title, milliseconds=milliseconds, limit=EVALUATE_LIMIT_MS)


def sampler_of(model: Model) -> Sampler:
    """Return what draws a model's requests; raises NotRunnable where nothing is drawn."""
    if model.sampler is None:
        raise NotRunnable(model.title)
    return model.sampler


def read_run(model: str, raw: Mapping[str, object], *, requests: int, seed: int) -> State:
    """Return the state that a run of this size draws from.

    Where the size is an input of the model too, the run's size is what counts. Raises UnknownModel, NotRunnable,
    and InvalidInput for parameters, a size beyond the model's bound, or a seed outside 0 to 2**63 - 1.
    """
    sampler = sampler_of(model_named(model))
    names = {field["name"] for field in inputs.describe(model_named(model).parameters)}
    size = {"requests": requests} if "requests" in names else {}
    state = read_state(model, {**raw, **size})
    most = sampler.maximum_requests(state.parameters)
    faults = []
    if not 1 <= requests <= most:
        faults.append(_out_of_range("requests", requests, 1, most))
    if not 0 <= seed <= LARGEST_SEED:
        faults.append(_out_of_range("seed", seed, 0, LARGEST_SEED))
    if faults:
        raise InvalidInput(faults)
    return state


def prompt_named(model: Model, name: str) -> PredictionPrompt:
    """Return a model's question of that name that an interval answers; raises InvalidInput."""
    return _named("prompt", name, {prompt.name: prompt for prompt in model.predictions})


def question_named(model: Model, name: str) -> PredictionPrompt | GuessPrompt:
    """Return what a model asks under that name, an interval or its scene's guess; raises InvalidInput."""
    return _named("prompt", name, model.questions)


def read_guess(prompt: GuessPrompt, raw: object) -> Values:
    """Return the values that were guessed; raises InvalidInput with every fault."""
    try:
        return prompt.read(raw)
    except InvalidGuess as error:
        raise InvalidInput(error.faults) from error


def experiment_named(model: Model, name: str) -> Experiment:
    """Return a model's experiment of that name; raises InvalidInput."""
    return _named("experiment", name, {experiment.name: experiment for experiment in model.experiments})


def check_interval(prompt: PredictionPrompt, low: float, high: float) -> None:
    """Refuse an interval off the prompt's axis, or whose ends are the wrong way round; raises InvalidInput."""
    unit = f" {prompt.unit}" if prompt.unit else ""
    faults = [
        Fault(
            name,
            str(value),
            f"{name} must lie between {prompt.minimum:,g} and {prompt.maximum:,g}{unit}; you gave {value:,g}.",
        )
        for name, value in (("low", low), ("high", high))
        if not prompt.minimum <= value <= prompt.maximum
    ]
    if not faults and low > high:
        faults.append(Fault("high", str(high), f"high must be {low:,g}{unit} or more, as low is; you gave {high:,g}."))
    if faults:
        raise InvalidInput(faults)


def check_cause(model: str, cause: str) -> None:
    """Refuse a cause that is not on the model's list; raises InvalidInput."""
    _named("cause", cause, causes_of(model))


def check_may_change(what: str, enrolment: Enrolment, actor: Person) -> None:
    """Refuse a change by anybody but the learner whose work it is; raises NotYours."""
    if enrolment.person_id != actor.pk:
        raise NotYours(what)


def check_idempotency_key(key: str) -> None:
    """Refuse a key that is empty or too long to be kept; raises InvalidInput."""
    if not 1 <= len(key) <= LONGEST_KEY:
        message = f"Idempotency-Key must have 1 to {LONGEST_KEY} characters; yours has {len(key)}."
        raise InvalidInput((Fault("Idempotency-Key", key[:60], message),))


def item_of(enrolment: Enrolment, key: str | None) -> Item | None:
    """Return the item of the enrolment's course with that key, none for no key; raises InvalidInput."""
    if key is None:
        return None
    item = Item.objects.filter(course__offerings=enrolment.offering_id, key=key).first()
    if item is None:
        shown = key[:60]
        raise InvalidInput((Fault("item", shown, f"item must name a part of this course; you gave {shown}."),))
    return item


def interval_score(prompt: PredictionPrompt, low: float, high: float, truth: float) -> float:
    """Return the score of a 90% interval on the axis of its prompt; 0 is perfect, lower is better.

    The interval score of Gneiting and Raftery (2007), equation 43, with alpha from `ALPHA`: the width, plus 2/alpha
    times the distance by which the truth lies outside. On a logarithmic axis both are in decades, on a linear one in
    widths of the axis.
    """
    lower, upper, actual = (_place(prompt, value) for value in (low, high, truth))
    missed = max(lower - actual, 0.0) + max(actual - upper, 0.0)
    return (upper - lower) + 2.0 / ALPHA * missed


def _place(prompt: PredictionPrompt, value: float) -> float:
    if prompt.scale == "log":
        return math.log10(value)
    return (value - prompt.minimum) / (prompt.maximum - prompt.minimum)


def _out_of_range(field: str, value: int, least: int, most: int) -> Fault:
    return Fault(
        field,
        str(value)[:60],
        f"{field} must be a whole number between {least:,} and {most:,}; you gave {str(value)[:60]}.",
    )


def _named(field: str, name: str, known: Mapping[str, Named]) -> Named:
    if name not in known:
        choices = ", ".join(known) or "none here"
        shown = name[:60]
        raise InvalidInput((Fault(field, shown, f"{field} must be one of {choices}; you gave {shown}."),))
    return known[name]
