"""What came of a challenge: two intervals for one question, and the truth."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from simulations.pictures import svg
from simulations.pictures.drawing import Scale, short
from simulations.policy import interval_score
from simulations.selectors.challenges import Challenge
from simulations.selectors.numbers import range_with_unit, written
from simulations.selectors.predictions import PredictionView


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody's interval beside the truth."""

    name: str
    low: float
    high: float
    held: bool
    score: float
    unit: str

    @property
    def interval_text(self) -> str:
        """Both ends as they are written."""
        return range_with_unit(written(self.low), written(self.high), self.unit)

    @property
    def score_text(self) -> str:
        """The score as it is written."""
        return f"{self.score:.2f}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Both intervals and the truth, for somebody who has committed; `words` say who did better."""

    entries: tuple[Entry, ...]
    truth_text: str
    unit: str
    words: str
    is_own: bool
    picture: SafeString


def outcome_of(sent: Challenge, prediction: PredictionView | None) -> Outcome | None:
    """Return what came of a challenge; None for somebody who is still to commit, who is to see nothing of it."""
    if prediction is None or prediction.truth is None:
        return None
    truth = prediction.truth
    entries = [_entry("sent to you", sent, sent.low, sent.high, truth)]
    if prediction.low is not None and prediction.high is not None:
        entries.insert(0, _entry("yours", sent, prediction.low, prediction.high, truth))
    is_own = len(entries) == 2 and (entries[0].low, entries[0].high) == (sent.low, sent.high)
    shown = tuple(entries[:1] if is_own else entries)
    prompt = sent.prompt
    scale = Scale(prompt.minimum, prompt.maximum, logarithmic=prompt.scale == "log")
    picture = svg.interval_picture(
        [(f"{entry.name}: {entry.interval_text}", entry.low, entry.high) for entry in shown],
        truth,
        scale,
        [(value, short(value)) for value in scale.ticks()],
    )
    return Outcome(
        entries=shown,
        truth_text=written(truth),
        unit=prompt.unit,
        words=_words(entries, is_own=is_own, scale=prompt.scale),
        is_own=is_own,
        picture=mark_safe(picture),  # noqa: S308 - drawn from numbers and words of ours
    )


def _entry(name: str, sent: Challenge, low: float, high: float, truth: float) -> Entry:
    return Entry(name, low, high, low <= truth <= high, interval_score(sent.prompt, low, high, truth), sent.prompt.unit)


def _words(entries: list[Entry], *, is_own: bool, scale: str) -> str:
    if is_own:
        return (
            "This is your own interval. Send the address below: whoever opens it commits theirs before they see yours."
        )
    if len(entries) == 1:
        return "You asked to be shown, so there is nothing of yours to compare."
    own, sent = entries
    unit = "decades" if scale == "log" else "widths of the axis"
    how = (
        f"The score is an interval's width in {unit}, and twenty times the distance by which it misses on top; "
        "lower is better."
    )
    if own.score == sent.score:
        return f"Both did equally well. {how}"
    better = "Yours did better" if own.score < sent.score else "The one sent to you did better"
    first, second = sorted((own, sent), key=lambda entry: entry.score)
    return f"{better}: {first.score_text} against {second.score_text}. {how}"
