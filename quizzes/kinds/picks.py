"""What matching and categorise share: each part is given one of several choices, and each pairing is judged for itself.

A choice is plain text, because a list to pick from can show no markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from string import ascii_lowercase
from typing import Final, Self

from pydantic import Field, model_validator

from quizzes.kinds import parts
from quizzes.kinds.contract import Examples, Json, JudgedPart, Outcome
from quizzes.kinds.definition import Body, Definition, Part, ShortMarkdown, Slug
from quizzes.kinds.prose import Prose

LONGEST_CHOICE: Final = 100


class Choice(Part):
    """What a part can be given."""

    id: Slug
    text: str = Field(min_length=1, max_length=LONGEST_CHOICE)


class WrongPick(Part):
    """A particular wrong way to reason: it gives the part this choice."""

    id: Slug
    choice: Slug
    feedback: ShortMarkdown


class Picked(Part):
    """A part with the choice that is right for it, and why."""

    id: Slug
    text: ShortMarkdown
    choice: Slug
    why: ShortMarkdown
    misconceptions: list[WrongPick] = Field(default_factory=list, max_length=6)


class PicksDefinition(Definition):
    """A question answered by giving each part one of the choices."""

    right: ShortMarkdown
    choices: list[Choice]
    parts: list[Picked]

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        for name, group in (("part", self.parts), ("choice", self.choices)):
            if twice := parts.repeated_ids(group):
                raise ValueError(f"the {name} id {', '.join(twice)} is used twice")
        known = {choice.id for choice in self.choices}
        for part in self.parts:
            if part.choice not in known:
                raise ValueError(f"{part.choice}, the choice of {part.id}, is none of the choices")
            wrong = [misconception.choice for misconception in part.misconceptions]
            if unknown := sorted(set(wrong) - known):
                raise ValueError(f"{part.id} speaks of {', '.join(unknown)}, which is none of the choices")
            if part.choice in wrong or len(set(wrong)) < len(wrong):
                raise ValueError(f"each misconception of {part.id} needs a wrong choice of its own")
        if not any(part.misconceptions for part in self.parts):
            raise ValueError("at least one part needs a misconception")
        return self

    def draw_picks(self, prose: Prose, generator: Random, *, shuffles_choices: bool) -> Body:
        """Letter the parts in an order that the seed fixes, and the choices in such an order or in their own."""
        shuffled = parts.lettered(len(self.parts), generator)
        order = (
            parts.lettered(len(self.choices), generator)
            if shuffles_choices
            else list(zip(ascii_lowercase, range(len(self.choices)), strict=False))
        )
        texts = [prose.plain(f"choices.{index}.text", choice.text) for index, choice in enumerate(self.choices)]
        letters = {self.choices[index].id: letter for letter, index in order}
        named = {self.choices[index].id: texts[index] for _, index in order}
        shown, kept = [], {}
        for letter, index in shuffled:
            part, path = self.parts[index], f"parts.{index}"
            shown.append({"id": letter, "html": prose.inline(f"{path}.text", part.text)})
            kept[letter] = {
                "id": part.id,
                "answer": letters[part.choice],
                "answer_text": named[part.choice],
                "why_html": prose.inline(f"{path}.why", part.why),
                "misconceptions": {
                    letters[wrong.choice]: {
                        "id": wrong.id,
                        "feedback_html": prose.inline(f"{path}.misconceptions.{place}.feedback", wrong.feedback),
                    }
                    for place, wrong in enumerate(part.misconceptions)
                },
            }
        rendered = {"parts": shown, "choices": [{"id": letter, "text": texts[index]} for letter, index in order]}
        key = {"parts": kept, "order": [part.id for part in self.parts]}
        return Body(rendered, key, _degeneracy(shown, texts))


def judged(key: Json, picks: Mapping[str, str]) -> dict[str, JudgedPart]:
    """Judge each part; a right one says why it is right, a wrong one only what its own reasoning assumed."""
    return {letter: _judged_part(key["parts"][letter], picked) for letter, picked in picks.items()}


def misconception_of(key: Json, picks: Mapping[str, str]) -> str:
    """Return the id of the first misconception that shows, in the order of the definition's parts, or nothing."""
    shown = {
        kept["id"]: kept["misconceptions"][picks[letter]]["id"]
        for letter, kept in key["parts"].items()
        if picks[letter] in kept["misconceptions"]
    }
    return next((shown[identity] for identity in key["order"] if identity in shown), "")


def count_right(parts_judged: Mapping[str, JudgedPart]) -> int:
    """Return how many parts are right."""
    return sum(part.outcome == Outcome.CORRECT for part in parts_judged.values())


def examples_of(rendered: Json, key: Json, borderline: Sequence[tuple[Outcome, Json]]) -> Examples:
    """Give the right choices, then those with one misconception each, the edges given, and what is no answer."""
    right = right_picks(key)
    first = next(iter(right))
    choices = [choice["id"] for choice in rendered["choices"]]
    return Examples(
        correct=({"parts": right},),
        wrong=tuple(
            (wrong["id"], {"parts": {**right, letter: picked}})
            for letter, kept in key["parts"].items()
            for picked, wrong in kept["misconceptions"].items()
        ),
        borderline=tuple(borderline),
        invalid=(
            {},
            {"parts": {}},
            {"parts": list(right.values())},
            {"parts": {letter: picked for letter, picked in right.items() if letter != first}},
            {"parts": {**right, first: ""}},
            {"parts": {**right, first: "?"}},
            {"parts": {**right, first: choices}},
            {"parts": {**right, first: choices[0] * 1_000_000}},
            {"parts": {**right, "zz": choices[0]}},
        ),
    )


def right_picks(key: Json) -> dict[str, str]:
    """Return the right choice of each part."""
    return {letter: kept["answer"] for letter, kept in key["parts"].items()}


def wrong_pick(rendered: Json, key: Json, letter: str) -> str:
    """Return a wrong choice for a part."""
    return next(str(choice["id"]) for choice in rendered["choices"] if choice["id"] != key["parts"][letter]["answer"])


def _judged_part(kept: Json, picked: str) -> JudgedPart:
    if picked == kept["answer"]:
        return JudgedPart(Outcome.CORRECT, kept["why_html"])
    return JudgedPart(Outcome.WRONG, kept["misconceptions"].get(picked, {}).get("feedback_html", ""))


def _degeneracy(shown: Sequence[Json], texts: Sequence[str]) -> str:
    if twice := parts.first_repeated([part["html"] for part in shown]):
        return f"two parts both read “{twice}”"
    if twice := parts.first_repeated(texts):
        return f"two choices both read “{twice}”"
    return ""
