"""What came of guesses that are no intervals, in words, and all of a learner's beside each other."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lessons.catalogue.models import Enrolment
from simulations.engine.guesses import GuessPrompt
from simulations.engine.registry import MODELS
from simulations.models import Prediction
from simulations.selectors.numbers import with_unit, written

ByName = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class ScoredGuess:
    """A guess that was scored, as the calibration page lists it."""

    title: str
    page_url: str
    question: str
    shape: str
    verdict: str
    locked_at: datetime.datetime


def scored_guesses_of(enrolment: Enrolment) -> list[ScoredGuess]:
    """Return an enrolment's scored guesses, the latest first, in one query; what is no longer asked is left out."""
    rows = (
        Prediction.objects.filter(enrolment=enrolment, score__isnull=False)
        .exclude(shape=Prediction.Shape.INTERVAL)
        .order_by("-locked_at", "pk")
    )
    return [
        ScoredGuess(
            title=MODELS[row.model].title,
            page_url=f"/simulations/{row.model}/",
            question=prompt.question,
            shape=row.get_shape_display(),
            verdict=verdict,
            locked_at=row.locked_at,
        )
        for row in rows
        if (prompt := _prompt(row.model, row.prompt)) is not None
        and (verdict := guess_verdict(row.model, row.prompt, row.guess, row.guess_truth or {}))
    ]


def guess_verdict(model: str, prompt: str, guess: ByName | None, truth: ByName) -> str:
    """Return what came of a guess, in a sentence; empty where the prompt is no longer asked as it was."""
    asked = _prompt(model, prompt)
    if asked is None or not fits(asked, guess or truth, truth):
        return ""
    return "The truth was shown first, so nothing is scored." if guess is None else _verdict(asked, guess, truth)


def fits(prompt: GuessPrompt, *kept: ByName) -> bool:
    """Return whether values kept earlier are still what the prompt asks for."""
    return all(len(values.get(name, ())) == prompt.size for values in kept for name in prompt.names)


def _prompt(model: str, name: str) -> GuessPrompt | None:
    asked = MODELS[model].guess if model in MODELS else None
    return asked if asked is not None and asked.name == name else None


def _verdict(prompt: GuessPrompt, guess: ByName, truth: ByName) -> str:
    values, actual = _tuples(guess), _tuples(truth)
    score, right = prompt.score(values, actual), prompt.right(values, actual)
    match prompt.shape:
        case "ticks":
            return f"{right} of {len(prompt.names)} are as you ticked."
        case "placement":
            near = written(prompt.near or 0.0)
            return f"{right} of {len(prompt.names)} lie within {near} of ours; on average yours are {score:.2f} off."
        case "mark":
            return f"Your mark is {_off(prompt, score)} off."
        case "curve":
            whose = "curve is" if len(prompt.names) == 1 else "curves are"
            return f"Your {whose} {_off(prompt, score)} off on average."


def _off(prompt: GuessPrompt, score: float) -> str:
    """Return a distance as people say it: so much of the unit on a linear axis, a factor on the others."""
    if prompt.scale != "linear":
        return f"a factor of {written(10.0**score)}"
    unit = "percentage points" if prompt.unit == "%" else prompt.unit
    return with_unit(written(score * (prompt.maximum - prompt.minimum)), unit)


def _tuples(values: ByName) -> dict[str, tuple[float, ...]]:
    return {name: tuple(row) for name, row in values.items()}
