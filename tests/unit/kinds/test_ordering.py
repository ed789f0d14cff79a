"""Cards in order, and how many would have to be moved."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.kinds import (
    InvalidQuestion,
    MalformedAnswer,
    Outcome,
    credit_of,
    grade,
    keep_draft,
    parse_question,
    read_answer,
)
from tests.unit.kinds import definitions

DRAWN = parse_question(definitions.ordering()).draw(3)
LETTERS = {kept["id"]: letter for letter, kept in DRAWN.key["parts"].items()}
STEPS = ["receive", "log", "replicate", "acknowledge", "index"]


def _graded(*order: str) -> Any:
    raw = {"parts": {LETTERS[step]: str(place) for place, step in enumerate(order, start=1)}}
    return grade("ordering", DRAWN.rendered, DRAWN.key, read_answer("ordering", DRAWN.rendered, raw))


def _moves_needed(order: tuple[str, ...]) -> int:
    """Least number of cards to take out so that the rest is in order, by trying every subset."""
    ranks = [STEPS.index(step) for step in order]
    subsets = ([rank for place, rank in enumerate(ranks) if kept >> place & 1] for kept in range(2 ** len(ranks)))
    return len(ranks) - max(len(subset) for subset in subsets if subset == sorted(subset))


class TestOrdering:
    def test_gives_the_full_mark_for_the_order(self) -> None:
        graded = _graded(*STEPS)

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.CORRECT, 1, "")
        assert graded.feedback_html == DRAWN.key["right_html"]

    def test_counts_one_card_that_stands_too_early_once(self) -> None:
        graded = _graded("index", "receive", "log", "replicate", "acknowledge")

        assert (graded.outcome, graded.fraction) == (Outcome.PARTIAL, Fraction(3, 5))
        assert graded.misconception == "index-is-synchronous"
        assert graded.feedback_html == "1 of the 5 cards would have to be moved. Nobody waits for it."
        assert {letter for letter, part in graded.parts.items() if part.outcome == Outcome.WRONG} == {LETTERS["index"]}

    def test_says_nothing_of_an_order_that_nobody_foresaw(self) -> None:
        graded = _graded("receive", "replicate", "log", "acknowledge", "index")

        assert (graded.misconception, graded.feedback_html) == ("", "1 of the 5 cards would have to be moved.")

    def test_gives_nothing_for_the_reverse(self) -> None:
        graded = _graded(*reversed(STEPS))

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.WRONG, 0, "acknowledges-early")

    def test_marks_every_order_by_the_least_number_of_moves(self) -> None:
        for order in permutations(STEPS):
            moved = _moves_needed(order)

            assert _graded(*order).fraction == max(Fraction(0), Fraction(5 - 2 * moved, 5))

    def test_earns_little_on_average_for_an_order_left_to_chance(self) -> None:
        fractions = [_graded(*order).fraction for order in permutations(STEPS)]

        assert sum(fractions) / len(fractions) < Fraction(1, 5)

    def test_tells_no_reason_before_the_tries_are_used(self) -> None:
        assert all(part.feedback_html == "" for part in _graded(*reversed(STEPS)).parts.values())

    def test_says_how_it_is_marked(self) -> None:
        assert "would have to be moved takes a share away" in credit_of("ordering", DRAWN.rendered)

    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            (None, "must say for each part"),
            ([1, 2], "must say for each part"),
            ({}, "Cards without a place: 5 of 5."),
            ({"a": "1"}, "Cards without a place: 4 of 5. Fill in each."),
            (dict(zip("abcde", "11234", strict=True)), "Two cards are 1st and none is 5th"),
            (dict(zip("abcde", "12346", strict=True)), "“6” is none of the places, 1 to 5"),
            (dict(zip("abcde", "１2345", strict=True)), "“１” is none of the places"),
            (dict(zip("abcdef", "123455", strict=True)), "“f” is none of this question's parts, a to e"),
            ({"a": 1}, "“1” is not text"),
            ({"a": "9" * 1_000_000}, "1,000,000 characters, beginning “9999"),
        ],
    )
    def test_refuses_what_is_no_order(self, parts: Any, message: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            read_answer("ordering", DRAWN.rendered, {"parts": parts})

        assert message in str(refusal.value)
        assert len(str(refusal.value)) < 300

    def test_keeps_places_as_draft_within_bounds(self) -> None:
        sent = {"a": "2", "b": "2", "c": "", "d": "9" * 1_000_000, "e": 3, "z": "1"}

        assert keep_draft("ordering", DRAWN.rendered, {"parts": sent}) == {"parts": {"a": "2", "b": "2"}}
        assert keep_draft("ordering", DRAWN.rendered, {"parts": "x"}) == {"parts": {}}

    @given(st.integers(min_value=0, max_value=2**53))
    def test_shows_nothing_of_the_order(self, seed: int) -> None:
        rendered = parse_question(definitions.ordering()).draw(seed).rendered

        assert [part["id"] for part in rendered["parts"]] == list("abcde")
        assert "why" not in str(rendered)
        assert "acknowledges" not in str(rendered)


class TestOrderingByValue:
    def test_takes_the_order_from_the_engine(self) -> None:
        key = parse_question(definitions.ordering_by_value()).draw(0).key

        assert [kept["id"] for kept in sorted(key["parts"].values(), key=lambda kept: kept["answer"])] == [
            "three-nines",
            "chain",
            "two-nines",
        ]

    def test_turns_it_round_where_values_fall(self) -> None:
        misconceptions = [{"id": "chain-is-worst", "puts": "chain", "before": "two-nines", "feedback": "No."}]
        definition = definitions.ordering_by_value(falling=True, misconceptions=misconceptions)
        key = parse_question(definition).draw(0).key

        assert {kept["id"]: kept["answer"] for kept in key["parts"].values()} == {
            "two-nines": "1",
            "chain": "2",
            "three-nines": "3",
        }

    def test_does_not_turn_round_the_authors_own_order(self) -> None:
        key = parse_question(definitions.ordering(falling=True)).draw(0).key

        assert {kept["id"]: kept["answer"] for kept in key["parts"].values()}["receive"] == "1"

    def test_draws_again_where_two_values_are_too_close(self) -> None:
        definition = definitions.ordering_by_value(variables={"calls": {"choose": [1, 6, 10]}})

        assert {parse_question(definition).draw(seed).parameters["calls"] for seed in range(30)} == {6}


class TestOrderingDefinition:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"cards": definitions.ordering()["cards"][:2]}, "at least 3"),
            (
                {"cards": [*definitions.ordering()["cards"], definitions.ordering()["cards"][0]]},
                "card id receive is used",
            ),
            ({"misconceptions": []}, "at least 1"),
            (
                {"misconceptions": definitions.ordering()["misconceptions"][:1] * 2},
                "misconception id acknowledges-early is used twice",
            ),
            (
                {"misconceptions": [{"id": "x", "puts": "index", "before": "lag", "feedback": "No."}]},
                "x speaks of lag, which is no card",
            ),
            (
                {"misconceptions": [{"id": "x", "puts": "log", "before": "index", "feedback": "No."}]},
                "log rightly comes before index, which x denies",
            ),
            ({"cards": [{**card, "value": "calls + 1"} for card in definitions.ordering()["cards"]]}, "too close"),
            (
                {"cards": [{**definitions.ordering()["cards"][0], "value": 1}, *definitions.ordering()["cards"][1:]]},
                "either every card has a value or none has",
            ),
            ({"cards": [{**card, "text": "Same"} for card in definitions.ordering()["cards"]]}, "two cards both read"),
            ({"ends": ["*first*", "last"]}, "is markup"),
            ({"ends": ["first"]}, "at least 2"),
        ],
    )
    def test_refuses_what_cannot_be_ordered(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidQuestion) as refusal:
            parse_question(definitions.ordering(**changes))

        assert message in str(refusal.value)
