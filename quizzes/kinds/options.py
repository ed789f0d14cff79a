"""What single and multiple choice share: options, drawn in an order that the seed fixes and named by opaque letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from string import ascii_lowercase
from typing import Final, Self

from pydantic import Field, model_validator

from quizzes.kinds.contract import Json
from quizzes.kinds.definition import Body, Definition, Part, ShortMarkdown, Slug
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.numbers import quoted
from quizzes.kinds.prose import Prose

FEWEST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 10


class Option(Part):
    """One option; a wrong one is what somebody gets who reasons in the wrong way that its id names."""

    id: Slug
    text: ShortMarkdown
    correct: bool = False
    feedback: ShortMarkdown


class OptionsDefinition(Definition):
    """A question that is answered by picking from options."""

    options: list[Option] = Field(min_length=FEWEST_OPTIONS, max_length=MOST_OPTIONS)

    @model_validator(mode="after")
    def _options_have_distinct_ids(self) -> Self:
        ids = [option.id for option in self.options]
        if twice := sorted({identity for identity in ids if ids.count(identity) > 1}):
            raise ValueError(f"the option id {', '.join(twice)} is used twice")
        return self

    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Shuffle the options and letter them in the order shown, so that a letter tells nothing."""
        order = generator.sample(range(len(self.options)), len(self.options))
        shown, kept = [], {}
        for letter, index in zip(ascii_lowercase, order, strict=False):
            option, path = self.options[index], f"options.{index}"
            shown.append({"id": letter, "html": prose.inline(f"{path}.text", option.text)})
            kept[letter] = {
                "id": option.id,
                "correct": option.correct,
                "feedback_html": prose.inline(f"{path}.feedback", option.feedback),
            }
        texts = [option["html"] for option in shown]
        equal = next((text for text in texts if texts.count(text) > 1), None)
        degeneracy = f"two options both read “{equal}”" if equal is not None else ""
        return Body({"options": shown}, {"options": kept}, degeneracy)


def letters_of(rendered: Json) -> list[str]:
    """Return the letters under which a variant shows its options, in order."""
    return [option["id"] for option in rendered["options"]]


def read_letter(rendered: Json, given: object) -> str:
    """Return a letter that this variant has; raises MalformedAnswer naming what was given."""
    letters = letters_of(rendered)
    if isinstance(given, str) and given in letters:
        return given
    raise MalformedAnswer(
        f"{quoted(str(given))} is none of this question's options, {letters[0]} to {letters[-1]}. "
        "Pick one of those shown."
    )


def known_letters(rendered: Json, given: object) -> list[str]:
    """Return those of the given letters that this variant has, in its order: what a draft keeps."""
    sent = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    return [letter for letter in letters_of(rendered) if letter in sent]
