"""Ordering: cards to be put in order, by a list that the author wrote or by values that the engine computes.

Marked by how many cards would have to be moved: those outside a longest run that already stands in order. Counting
places instead would call every card wrong where one stands too early. With n cards, m of which would have to move, the
fraction is max(0, ((n - m) - m) / n), the rule by which options are marked in multiple choice: an order left to
chance earns little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from quizzes.kinds import parts
from quizzes.kinds.contract import AnswerField, Examples, Graded, Json, JudgedPart, Kind, Outcome
from quizzes.kinds.definition import Body, Definition, Expression, FiniteNumber, Part, ShortMarkdown, Slug
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.prose import Prose

FEWEST_CARDS: Final = 3
MOST_CARDS: Final = 8
LEAST_GAP: Final = 0.02
"""Share of the larger of two values by which they must differ for their order to be asked for."""

_ORDINALS: Final = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")


class Card(Part):
    """A card to be placed; `value` is what the order goes by, where it goes by a number."""

    id: Slug
    text: ShortMarkdown
    value: Expression | FiniteNumber | None = None
    why: ShortMarkdown


class OrderMisconception(Part):
    """A particular wrong way to reason: it puts one card anywhere before another that it should follow."""

    id: Slug
    puts: Slug
    before: Slug
    feedback: ShortMarkdown


class OrderingDefinition(Definition):
    """A question answered by an order: the cards' own, or that of their values."""

    kind: Literal["ordering"]
    right: ShortMarkdown
    ends: list[str] = Field(min_length=2, max_length=2)
    falling: bool = False
    cards: list[Card] = Field(min_length=FEWEST_CARDS, max_length=MOST_CARDS)
    misconceptions: list[OrderMisconception] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        if twice := parts.repeated_ids(self.cards):
            raise ValueError(f"the card id {', '.join(twice)} is used twice")
        if twice := parts.repeated_ids(self.misconceptions):
            raise ValueError(f"the misconception id {', '.join(twice)} is used twice")
        known = {card.id for card in self.cards}
        for misconception in self.misconceptions:
            if unknown := {misconception.puts, misconception.before} - known:
                raise ValueError(f"{misconception.id} speaks of {', '.join(sorted(unknown))}, which is no card")
        if len({card.value is None for card in self.cards}) > 1:
            raise ValueError("either every card has a value or none has")
        return self

    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Shuffle the cards by their ids, so that a corrected order leaves what was shown as it was."""
        by_id = sorted(self.cards, key=lambda card: card.id)
        values = {card.id: self._value(prose, index, card) for index, card in enumerate(self.cards)}
        order = sorted(values, key=lambda identity: values[identity], reverse=self.falling)
        places = {identity: place for place, identity in enumerate(order, start=1)}
        shown, kept = [], {}
        for letter, index in parts.lettered(len(by_id), generator):
            card = by_id[index]
            path = f"cards.{self.cards.index(card)}"
            shown.append({"id": letter, "html": prose.inline(f"{path}.text", card.text)})
            kept[letter] = {
                "id": card.id,
                "answer": str(places[card.id]),
                "answer_text": _ORDINALS[places[card.id] - 1],
                "why_html": prose.inline(f"{path}.why", card.why),
            }
        misconceptions = [
            {
                "id": misconception.id,
                "puts": misconception.puts,
                "before": misconception.before,
                "feedback_html": prose.inline(f"misconceptions.{index}.feedback", misconception.feedback),
            }
            for index, misconception in enumerate(self.misconceptions)
        ]
        rendered = {
            "parts": shown,
            "choices": [{"id": str(place), "text": _ORDINALS[place - 1]} for place in range(1, len(shown) + 1)],
            "ends": [prose.plain(f"ends.{index}", end) for index, end in enumerate(self.ends)],
        }
        return Body(
            rendered, {"parts": kept, "misconceptions": misconceptions}, self._degeneracy(shown, values, places)
        )

    def _value(self, prose: Prose, index: int, card: Card) -> float:
        if card.value is None:
            return float(-index if self.falling else index)
        return prose.number(f"cards.{index}.value", str(card.value))

    def _degeneracy(self, shown: Sequence[Json], values: Mapping[str, float], places: Mapping[str, int]) -> str:
        if twice := parts.first_repeated([part["html"] for part in shown]):
            return f"two cards both read “{twice}”"
        if self.cards[0].value is not None:
            for (one, low), (other, high) in pairwise(sorted(values.items(), key=lambda item: item[1])):
                if high - low <= LEAST_GAP * max(abs(low), abs(high)):
                    return f"the values of {one} and {other}, {low:.6g} and {high:.6g}, are too close to be ordered"
        for misconception in self.misconceptions:
            if places[misconception.puts] < places[misconception.before]:
                return (
                    f"{misconception.puts} rightly comes before {misconception.before}, which {misconception.id} denies"
                )
        return ""


def read_answer(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Read `{"parts": {letter: place}}`; raises MalformedAnswer unless each place is given to one card."""
    picks = parts.read_picks(rendered, raw, lacking="Cards without a place", called="places")
    taken = list(picks.values())
    if twice := parts.first_repeated(taken):
        free = next(choice["text"] for choice in rendered["choices"] if choice["id"] not in taken)
        raise MalformedAnswer(f"Two cards are {_ORDINALS[int(twice) - 1]} and none is {free}. Give each its own place.")
    return {"parts": picks}


def grade(rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge an order by the cards that would have to be moved, and by the first misconception that shows in it."""
    order = sorted(answer["parts"], key=lambda letter: int(answer["parts"][letter]))
    standing = _longest_run(order, key)
    judged = {
        letter: JudgedPart(Outcome.CORRECT if letter in standing else Outcome.WRONG) for letter in answer["parts"]
    }
    total, moved = len(order), len(order) - len(standing)
    if not moved:
        return Graded(Outcome.CORRECT, Fraction(1), "", key["right_html"], parts=judged)
    fraction = max(Fraction(0), Fraction(total - 2 * moved, total))
    misconception = _misconception_in(order, key)
    counted = f"{moved} of the {total} cards would have to be moved."
    said = f"{counted} {misconception['feedback_html']}" if misconception else counted
    outcome = Outcome.PARTIAL if fraction else Outcome.WRONG
    return Graded(outcome, fraction, misconception["id"] if misconception else "", said, parts=judged)


def examples(rendered: Json, key: Json) -> Examples:
    """Give the right order, one that shows each misconception, one card moved, too many moved, and what is no order."""
    right = sorted(key["parts"], key=lambda letter: int(key["parts"][letter]["answer"]))
    half = len(right) // 2
    placed = _placed(right)["parts"]
    return Examples(
        correct=(_placed(right),),
        wrong=tuple(
            (misconception["id"], _placed(_showing(misconception, right, key)))
            for misconception in key["misconceptions"]
        ),
        borderline=(
            (Outcome.PARTIAL, _placed([*right[1:], right[0]])),
            (Outcome.WRONG, _placed([*right[-half:], *right[:-half]]) if len(right) % 2 == 0 else _placed(right[::-1])),
        ),
        invalid=(
            {},
            {"parts": {}},
            {"parts": right},
            {"parts": {**placed, right[0]: ""}},
            {"parts": {**placed, right[0]: placed[right[1]]}},
            {"parts": {**placed, right[0]: "0"}},
            {"parts": {**placed, right[0]: "١"}},
            {"parts": {**placed, right[0]: 1}},
            {"parts": {**placed, right[0]: "1" * 1_000_000}},
            {"parts": {**placed, "z": "1"}},
        ),
    )


def credit(rendered: Json) -> str:
    """Say how partial credit is given."""
    return (
        "Every card that stands in order with the others earns a share of the mark, and every one that would have to "
        "be moved takes a share away, never below zero."
    )


def _placed(order: Sequence[str]) -> Json:
    return {"parts": {letter: str(place) for place, letter in enumerate(order, start=1)}}


def _longest_run(order: Sequence[str], key: Json) -> list[str]:
    """Return a longest subsequence of the cards whose right places rise: the cards that can stay where they are."""
    runs: list[list[str]] = []
    for letter in order:
        place = int(key["parts"][letter]["answer"])
        before = [run for run in runs if int(key["parts"][run[-1]]["answer"]) < place]
        runs.append([*max(before, key=len, default=[]), letter])
    return max(runs, key=len)


def _misconception_in(order: Sequence[str], key: Json) -> Json | None:
    places = {key["parts"][letter]["id"]: place for place, letter in enumerate(order)}
    shown = (each for each in key["misconceptions"] if places[each["puts"]] < places[each["before"]])
    return next(shown, None)


def _showing(misconception: Json, right: Sequence[str], key: Json) -> list[str]:
    """Return an order in which this misconception is the first to show, where there is one a single move away."""
    candidates = list(_one_move_away(misconception, right, key))
    shown = (order for order in candidates if (first := _misconception_in(order, key)) and first is misconception)
    return next(shown, candidates[0])


def _one_move_away(misconception: Json, right: Sequence[str], key: Json) -> Iterator[list[str]]:
    letters = {kept["id"]: letter for letter, kept in key["parts"].items()}
    early, late = letters[misconception["puts"]], letters[misconception["before"]]
    for moved, other, offset in ((early, late, 0), (late, early, 1)):
        rest = [letter for letter in right if letter != moved]
        place = rest.index(other) + offset
        yield [*rest[:place], moved, *rest[place:]]


KIND: Final = Kind(OrderingDefinition, AnswerField.PARTS, read_answer, parts.keep_picks, grade, examples, credit)
