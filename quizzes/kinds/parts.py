"""What questions share that are answered part by part: letters for the parts, and how their answers are read and kept.

A variant shows its parts in an order that the seed fixes, under letters that tell nothing; an answer says for each
letter what was typed or picked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from string import ascii_lowercase
from typing import Any, Final

from quizzes.kinds.contract import LONGEST_ANSWER, Json
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.numbers import quoted

MOST_PARTS: Final = 12


def lettered(count: int, generator: Random) -> list[tuple[str, int]]:
    """Return letters in the order shown, each with the index of what it stands for, drawn from so many."""
    return list(zip(ascii_lowercase, generator.sample(range(count), count), strict=False))


def first_repeated(texts: Sequence[str]) -> str:
    """Return the first text that stands twice among those given, or nothing."""
    return next((text for text in texts if texts.count(text) > 1), "")


def repeated_ids(parts: Iterable[Any]) -> list[str]:
    """Return the ids that more than one of a definition's parts carries."""
    ids = [part.id for part in parts]
    return sorted({identity for identity in ids if ids.count(identity) > 1})


def answerable(rendered: Json) -> list[str]:
    """Return the letters of the parts that are to be answered: all but those shown worked."""
    return [part["id"] for part in rendered["parts"] if "given" not in part]


def read_parts(rendered: Json, raw: Mapping[str, object], *, lacking: str) -> dict[str, str]:
    """Return the text of each part, by letter in the order shown.

    Raises MalformedAnswer for a part that is unknown, too long or not filled in; `lacking` says what such parts lack.
    """
    given = raw.get("parts")
    if not isinstance(given, Mapping):
        raise MalformedAnswer("The answer must say for each part, by its letter, what was picked or typed.")
    letters = answerable(rendered)
    if unknown := next((letter for letter in given if letter not in letters), None):
        raise MalformedAnswer(
            f"{quoted(str(unknown))} is none of this question's parts, {letters[0]} to {letters[-1]}."
        )
    texts = {letter: _text_of(given.get(letter, "")) for letter in letters}
    if empty := sum(not text for text in texts.values()):
        raise MalformedAnswer(f"{lacking}: {empty} of {len(letters)}. Fill in each.")
    return texts


def read_picks(rendered: Json, raw: Mapping[str, object], *, lacking: str, called: str) -> dict[str, str]:
    """Return which of the variant's choices was picked for each part; raises MalformedAnswer as `read_parts`."""
    picks = read_parts(rendered, raw, lacking=lacking)
    choices = [choice["id"] for choice in rendered["choices"]]
    for picked in picks.values():
        if picked not in choices:
            raise MalformedAnswer(
                f"{quoted(picked)} is none of the {called}, {choices[0]} to {choices[-1]}. Pick one of those shown."
            )
    return picks


def keep_texts(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Keep what is typed so far for the parts that the variant has, up to the length that an answer may have."""
    given = raw.get("parts")
    sent = given if isinstance(given, Mapping) else {}
    texts = {letter: sent.get(letter) for letter in answerable(rendered)}
    return {
        "parts": {letter: text[:LONGEST_ANSWER] for letter, text in texts.items() if isinstance(text, str) and text}
    }


def keep_picks(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Keep what is picked so far, where the variant has it to pick."""
    choices = {choice["id"] for choice in rendered["choices"]}
    kept = keep_texts(rendered, raw)["parts"]
    return {"parts": {letter: picked for letter, picked in kept.items() if picked in choices}}


def _text_of(given: object) -> str:
    if not isinstance(given, str):
        raise MalformedAnswer(f"Each part is answered by text; {quoted(str(given))} is not text.")
    if len(given) > LONGEST_ANSWER:
        raise MalformedAnswer(
            f"A part of your answer has {len(given):,} characters, beginning {quoted(given)}; {LONGEST_ANSWER} is the "
            "most."
        )
    return given.strip()
