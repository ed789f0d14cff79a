"""Commit a prediction before the first look, say why afterwards, and claim a discovery."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Person
from lessons.catalogue.models import Enrolment, Verb
from lessons.catalogue.services import record_event
from simulations import engine
from simulations.engine.guesses import GuessPrompt
from simulations.engine.model import PredictionPrompt
from simulations.engine.parameters import Fault
from simulations.errors import InvalidInput, NotDiscovered, PredictionNotFound
from simulations.models import Discovery, Prediction
from simulations.policy import (
    check_cause,
    check_evaluation_cost,
    check_interval,
    check_may_change,
    experiment_named,
    interval_score,
    item_of,
    model_named,
    question_named,
    read_guess,
    read_state,
)

LONGEST_EXPLANATION = 500


@transaction.atomic
def commit_prediction(
    *,
    enrolment: Enrolment,
    model: str,
    prompt: str,
    low: float | None = None,
    high: float | None = None,
    guess: object = None,
    now: datetime,
    item_key: str | None = None,
) -> Prediction:
    """Lock what is predicted and score it: an interval for a figure, a guess where the prompt asks for another shape.

    Without either the truth is shown unscored. The truth is the engine's, at the settings that the prompt names. The
    first for a prompt stands: later ones return it unchanged. Raises UnknownModel, InvalidInput.
    """
    asked = question_named(model_named(model), prompt)
    if isinstance(asked, GuessPrompt):
        _refuse("low", low, asked.name, "guess")
        _refuse("high", high, asked.name, "guess")
        work = _guessed(model, asked, guess)
    else:
        _refuse("guess", guess, asked.name, "low and high")
        work = _predicted(model, asked, _interval(low, high))
    item = item_of(enrolment, item_key)
    prediction, created = Prediction.objects.get_or_create(
        enrolment=enrolment,
        model=model,
        prompt=prompt,
        defaults={
            **work,
            "item": item,
            "engine_version": engine.VERSION,
            "locked_at": now,
        },
    )
    if created:
        record_event(
            enrolment=enrolment,
            verb=Verb.PREDICTED,
            item=item,
            now=now,
            idempotency_key=f"predicted:{prediction.pk}",
            data={"prediction": str(prediction.pk), "held": prediction.held},
        )
    return prediction


@transaction.atomic
def explain_prediction(
    *, prediction_id: uuid.UUID, actor: Person, cause: str, explanation: str, now: datetime
) -> Prediction:
    """Keep the cause that a learner names for what they saw, and their sentence; a later one replaces it.

    Raises PredictionNotFound, NotYours, InvalidInput.
    """
    prediction = (
        Prediction.objects.visible_to(actor).select_related("enrolment", "item").filter(pk=prediction_id).first()
    )
    if prediction is None:
        raise PredictionNotFound
    check_may_change("prediction", prediction.enrolment, actor)
    check_cause(prediction.model, cause)
    sentence = " ".join(explanation.split())
    if not 1 <= len(sentence) <= LONGEST_EXPLANATION:
        message = (
            f"explanation must be one sentence of 1 to {LONGEST_EXPLANATION} characters; yours has {len(sentence)}."
        )
        raise InvalidInput((Fault("explanation", sentence[:60], message),))
    prediction.cause = cause
    prediction.explanation = sentence
    prediction.explained_at = now
    prediction.save(update_fields=("cause", "explanation", "explained_at"))
    record_event(
        enrolment=prediction.enrolment,
        verb=Verb.EXPLAINED,
        item=prediction.item,
        now=now,
        idempotency_key=f"explained:{prediction.pk}",
        data={"prediction": str(prediction.pk), "cause": cause},
    )
    return prediction


@transaction.atomic
def record_discovery(
    *,
    enrolment: Enrolment,
    model: str,
    experiment: str,
    parameters: Mapping[str, object],
    now: datetime,
    item_key: str | None = None,
) -> Discovery:
    """Keep a discovery after checking, by the engine, that the parameters show it; the first stands.

    Raises UnknownModel, InvalidInput, TooCostly, NotDiscovered.
    """
    state = read_state(model, parameters)
    sought = experiment_named(state.model, experiment)
    check_evaluation_cost(state)
    item = item_of(enrolment, item_key)
    if not sought.holds(state.parameters, state.model.evaluate(state.parameters)):
        raise NotDiscovered(title=sought.title, goal=sought.goal)
    discovery, created = Discovery.objects.get_or_create(
        enrolment=enrolment,
        model=model,
        experiment=experiment,
        defaults={"parameters": state.canonical, "engine_version": engine.VERSION, "at": now},
    )
    if created:
        record_event(
            enrolment=enrolment,
            verb=Verb.DISCOVERED,
            item=item,
            now=now,
            idempotency_key=f"discovered:{discovery.pk}",
            data={"model": model, "experiment": experiment, "parameters": state.canonical},
        )
    return discovery


def _predicted(model: str, asked: PredictionPrompt, interval: tuple[float, float] | None) -> dict[str, Any]:
    """Return what is kept of an interval, or of none: the truth, and how it went."""
    if interval is not None:
        check_interval(asked, *interval)
    state = read_state(model, asked.parameters)
    truth = state.model.evaluate(state.parameters).figure(asked.figure).value
    if interval is None:
        return {"truth": truth}
    low, high = interval
    score = interval_score(asked, low, high, truth)
    return {"low": low, "high": high, "truth": truth, "held": low <= truth <= high, "score": score}


def _guessed(model: str, asked: GuessPrompt, raw: object) -> dict[str, Any]:
    """Return what is kept of a guess, or of none: the engine's values beside it, and how far it is off."""
    values = None if raw is None else read_guess(asked, raw)
    state = read_state(model, asked.parameters)
    truth = asked.truth(state.parameters, state.model.evaluate(state.parameters))
    score = None if values is None else asked.score(values, truth)
    return {"shape": asked.shape, "guess": values, "guess_truth": truth, "score": score}


def _refuse(field: str, given: object, prompt: str, instead: str) -> None:
    """Refuse what a prompt of another shape would take; raises InvalidInput."""
    if given is not None:
        shown = str(given)[:60]
        message = f"{field} must be left out, since {prompt} is answered by {instead}; you gave {shown}."
        raise InvalidInput((Fault(field, shown, message),))


def _interval(low: float | None, high: float | None) -> tuple[float, float] | None:
    """Return both ends, or None where neither was given; raises InvalidInput for one alone or a value not finite."""
    if low is None and high is None:
        return None
    faults = [
        Fault(
            name,
            "nothing" if value is None else str(value),
            f"{name} must be a number; you gave {'nothing' if value is None else value}.",
        )
        for name, value in (("low", low), ("high", high))
        if value is None or not math.isfinite(value)
    ]
    if faults or low is None or high is None:
        raise InvalidInput(faults)
    return low, high
