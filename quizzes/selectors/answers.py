"""What a variant asks for, option by option and part by part, and what an answer says of each.

Nothing here comes from a key unless the attempt is finished.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from quizzes.kinds import LONGEST_ANSWER, Outcome


@dataclass(frozen=True, slots=True)
class OptionCard:
    """An option; `verdict` is "right" or "wrong" where that may be told, `missed` where it held and was left out."""

    letter: str
    html: str
    is_checked: bool
    verdict: str = ""
    is_missed: bool = False
    why_html: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """One of the places, partners or bins that a part can be given."""

    identity: str
    text: str
    is_picked: bool


@dataclass(frozen=True, slots=True)
class PartCard:
    """A part to be answered, by what was typed or by one of the choices; `given` is the figure of one shown worked.

    `outcome` and `feedback_html` are there where they may be told; `answer_text` and `why_html` once the attempt is
    finished.
    """

    letter: str
    html: str
    value: str
    choices: tuple[ChoiceCard, ...]
    unit: str = ""
    precision_note: str = ""
    given: str = ""
    worked_html: str = ""
    outcome: str = ""
    feedback_html: str = ""
    answer_text: str = ""
    why_html: str = ""

    @property
    def said(self) -> str:
        """What was picked or typed, in words."""
        return next((choice.text for choice in self.choices if choice.is_picked), self.value)


def options_of(rendered: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[OptionCard, ...]:
    """Return a variant's options with those of an answer checked."""
    picked = _picked(answer)
    return tuple(OptionCard(option["id"], option["html"], option["id"] in picked) for option in rendered["options"])


def options_with(options: Iterable[OptionCard], answer: Mapping[str, Any]) -> tuple[OptionCard, ...]:
    """Return options with those of an answer checked."""
    picked = _picked(answer)
    return tuple(replace(option, is_checked=option.letter in picked) for option in options)


def _picked(answer: Mapping[str, Any]) -> set[str | None]:
    return {answer.get("choice"), *answer.get("choices", ())}


def judged_options(
    rendered: Mapping[str, Any],
    key: Mapping[str, Any],
    answer: Mapping[str, Any],
    feedback: Mapping[str, Any],
    *,
    is_finished: bool,
) -> tuple[OptionCard, ...]:
    """Return a try's options as they were judged; which untouched ones held is told only once it is finished."""
    judged, told = key.get("options", {}), feedback["options"]
    options = []
    for option in options_of(rendered, answer):
        holds = judged[option.letter]["correct"]
        missed = is_finished and holds and not option.is_checked
        options.append(
            replace(
                option,
                verdict=("right" if holds else "wrong") if option.is_checked or missed else "",
                is_missed=missed,
                why_html=told.get(option.letter, judged[option.letter]["feedback_html"] if missed else ""),
            )
        )
    return tuple(options)


def parts_of(rendered: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[PartCard, ...]:
    """Return a variant's parts with what an answer says for each."""
    said, choices = _said(answer), rendered.get("choices", ())
    return tuple(
        PartCard(
            letter=part["id"],
            html=part["html"],
            value=(value := said.get(part["id"], "")[:LONGEST_ANSWER]),
            choices=tuple(ChoiceCard(choice["id"], choice["text"], choice["id"] == value) for choice in choices),
            unit=part.get("unit", ""),
            precision_note=part.get("precision_note", ""),
            given=part.get("given", ""),
            worked_html=part.get("worked_html", ""),
        )
        for part in rendered.get("parts", ())
    )


def parts_with(parts: Iterable[PartCard], answer: Mapping[str, Any]) -> tuple[PartCard, ...]:
    """Return parts with what an answer says for each; what nobody could type is cut."""
    said = _said(answer)
    return tuple(_part_with(part, said.get(part.letter, "")[:LONGEST_ANSWER]) for part in parts)


def _said(answer: Mapping[str, Any]) -> Mapping[str, str]:
    said: Mapping[str, str] = answer.get("parts", {})
    return said


def judged_parts(
    rendered: Mapping[str, Any],
    key: Mapping[str, Any],
    answer: Mapping[str, Any],
    feedback: Mapping[str, Any],
    *,
    is_finished: bool,
) -> tuple[PartCard, ...]:
    """Return a try's parts as they were judged; what would have been right, and why, only once it is finished."""
    told, kept = feedback.get("parts", {}), key.get("parts", {})
    parts = []
    for part in parts_of(rendered, answer):
        judgement, answer_key = told.get(part.letter, {}), kept.get(part.letter, {})
        outcome = judgement.get("outcome", "")
        if is_finished and not outcome and not part.given:
            outcome = Outcome.CORRECT if answer_key["answer"] == part.value else Outcome.WRONG
        parts.append(
            replace(
                part,
                outcome=outcome,
                feedback_html=judgement.get("html", ""),
                answer_text=answer_key.get("answer_text", "") if is_finished and outcome != Outcome.CORRECT else "",
                why_html=_why(judgement, answer_key) if is_finished else "",
            )
        )
    return tuple(parts)


def _why(judgement: Mapping[str, Any], answer_key: Mapping[str, Any]) -> str:
    """Return why a part's answer is right, unless that was told with the judgement."""
    why = str(answer_key.get("why_html", ""))
    return "" if why == judgement.get("html") else why


def _part_with(part: PartCard, value: str) -> PartCard:
    choices = tuple(replace(choice, is_picked=choice.identity == value) for choice in part.choices)
    return replace(part, value=value, choices=choices)
