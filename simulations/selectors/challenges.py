"""Links that ask somebody to commit to an interval before they see the sender's.

A link carries the question and the sender's interval under our signature; nothing about it is stored. It holds no
answer: that is computed once an interval is committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from django.urls import reverse

from simulations.engine.model import PredictionPrompt
from simulations.errors import InvalidChallenge, InvalidInput, UnknownModel
from simulations.policy import check_interval, model_named, prompt_named, read_state

LONGEST: Final = 1_000
_SALT: Final = "simulations.challenge"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question of a model, and the interval of whoever sent it."""

    model: str
    prompt: PredictionPrompt
    low: float
    high: float


def challenge_url(*, model: str, prompt: str, low: float, high: float) -> str:
    """Return the path of the challenge that an interval makes."""
    query = read_state(model, prompt_named(model_named(model), prompt).parameters).query
    document = {"model": model, "prompt": prompt, "state": query, "low": low, "high": high}
    signed = signing.Signer(salt=_SALT).sign_object(document, compress=True)
    return reverse("simulations:challenge", args=(signed,))


def challenge_of(signed: str) -> Challenge:
    """Return what a link asks; raises InvalidChallenge for one that we did not sign, or of a question that changed."""
    document = _unsigned(signed[:LONGEST])
    try:
        prompt = prompt_named(model_named(document["model"]), document["prompt"])
        check_interval(prompt, document["low"], document["high"])
    except (InvalidInput, UnknownModel):
        raise InvalidChallenge("This link asks what the simulation no longer asks.") from None
    if read_state(document["model"], prompt.parameters).query != document["state"]:
        raise InvalidChallenge("The question of this link has changed since it was sent.")
    return Challenge(document["model"], prompt, document["low"], document["high"])


def _unsigned(signed: str) -> Mapping[str, Any]:
    try:
        document: Mapping[str, Any] = signing.Signer(salt=_SALT).unsign_object(signed)
    except signing.BadSignature:
        raise InvalidChallenge("This link is incomplete, or was changed on its way.") from None
    return document
