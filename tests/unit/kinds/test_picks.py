"""Rows with partners and cards in bins."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

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

MATCHING = parse_question(definitions.matching()).draw(4)
SORTING = parse_question(definitions.categorise()).draw(4)
HALVING = parse_question(definitions.categorise(bins=2)).draw(4)


def _graded(drawn: Any, **changed: str) -> Any:
    """Judge the right answer with some parts changed, parts and choices named by their ids."""
    kind = drawn.rendered["kind"]
    letters = {kept["id"]: letter for letter, kept in drawn.key["parts"].items()}
    parts = {letter: kept["answer"] for letter, kept in drawn.key["parts"].items()}
    texts = {choice["text"].lower(): choice["id"] for choice in drawn.rendered["choices"]}
    for part, choice in changed.items():
        parts[letters[part]] = next(letter for text, letter in texts.items() if choice in text)
    return grade(kind, drawn.rendered, drawn.key, read_answer(kind, drawn.rendered, {"parts": parts}))


class TestMatching:
    def test_gives_the_full_mark_and_says_of_each_row_why(self) -> None:
        graded = _graded(MATCHING)

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.CORRECT, 1, "")
        assert {part.feedback_html for part in graded.parts.values()} == {
            f"A {name} bounds {bound}."
            for name, bound in {
                "timeout": "waiting",
                "bulkhead": "reach",
                "breaker": "repetition",
                "jitter": "coincidence",
            }.items()
        }

    def test_judges_each_pair_and_says_nothing_of_the_right_partner(self) -> None:
        graded = _graded(MATCHING, jitter="load")

        letter = next(letter for letter, kept in MATCHING.key["parts"].items() if kept["id"] == "jitter")
        assert (graded.outcome, graded.fraction, graded.misconception) == (
            Outcome.PARTIAL,
            Fraction(3, 4),
            "jitter-limits",
        )
        assert graded.parts[letter].outcome == Outcome.WRONG
        assert graded.parts[letter].feedback_html == "The number stays the same."
        assert graded.feedback_html == "3 of the 4 rows have the right partner."
        assert "coincidence" not in str(graded)

    def test_names_the_first_misconception_in_the_authors_order(self) -> None:
        assert _graded(MATCHING, jitter="load", bulkhead="repetition").misconception == "bulkhead-is-a-breaker"

    def test_takes_a_partner_given_twice_and_a_pair_that_nobody_foresaw(self) -> None:
        graded = _graded(MATCHING, timeout="reach")

        assert (graded.fraction, graded.misconception) == (Fraction(3, 4), "")

    def test_gives_nothing_where_no_pair_is_right(self) -> None:
        graded = _graded(MATCHING, timeout="load", bulkhead="load", breaker="load", jitter="load")

        assert (graded.outcome, graded.fraction) == (Outcome.WRONG, 0)
        assert graded.feedback_html == "0 of the 4 rows have the right partner."

    def test_counts_a_single_row_in_the_singular(self) -> None:
        assert "1 of the 4 rows has" in _graded(MATCHING, timeout="load", bulkhead="load", jitter="load").feedback_html

    def test_shuffles_both_sides_and_shows_no_identity(self) -> None:
        question = parse_question(definitions.matching())
        drawn = [question.draw(seed) for seed in range(200)]

        assert len({tuple(part["html"] for part in each.rendered["parts"]) for each in drawn}) == 24
        assert len({tuple(choice["text"] for choice in each.rendered["choices"]) for each in drawn}) > 60
        assert "jitter-limits" not in str(drawn[0].rendered)

    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            ({}, "Rows without a partner: 4 of 4. Fill in each."),
            ({"a": "a", "b": "b"}, "Rows without a partner: 2 of 4."),
            (dict.fromkeys("abcd", "q"), "“q” is none of the choices, a to e. Pick one of those shown."),
            (dict.fromkeys("abcde", "a"), "“e” is none of this question's parts, a to d."),
            ({"a": ["a"]}, "is not text"),
        ],
    )
    def test_refuses_what_pairs_nothing(self, parts: Any, message: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            read_answer("matching", MATCHING.rendered, {"parts": parts})

        assert message in str(refusal.value)

    def test_keeps_picks_as_draft(self) -> None:
        assert keep_draft("matching", MATCHING.rendered, {"parts": {"a": "c", "b": "q", "x": "a"}}) == {
            "parts": {"a": "c"}
        }

    def test_says_how_it_is_marked(self) -> None:
        assert "equal share" in credit_of("matching", MATCHING.rendered)


class TestCategorise:
    def test_gives_the_full_mark(self) -> None:
        graded = _graded(SORTING)

        assert (graded.outcome, graded.fraction) == (Outcome.CORRECT, 1)
        assert graded.feedback_html == SORTING.key["right_html"]

    def test_takes_off_half_a_share_for_a_card_in_a_wrong_one_of_three_bins(self) -> None:
        graded = _graded(SORTING, disk="people")

        assert (graded.outcome, graded.fraction, graded.misconception) == (
            Outcome.PARTIAL,
            Fraction(5 * 2 - 1, 6 * 2),
            "blames-people",
        )
        assert graded.feedback_html == "5 of the 6 cards lie in their bins."
        assert [part.feedback_html for part in graded.parts.values() if part.outcome == Outcome.WRONG] == [
            "Nobody touched it."
        ]

    @pytest.mark.parametrize("drawn", [SORTING, HALVING])
    def test_earns_nothing_at_random_but_for_never_going_below_zero(self, drawn: Any) -> None:
        letters, bins = list(drawn.key["parts"]), [choice["id"] for choice in drawn.rendered["choices"]]
        total = Fraction(0)
        for picked in product(bins, repeat=len(letters)):
            answer = {"parts": dict(zip(letters, picked, strict=True))}
            right = sum(drawn.key["parts"][letter]["answer"] == pick for letter, pick in answer["parts"].items())
            unclipped = Fraction(right * len(bins) - len(letters), len(letters) * (len(bins) - 1))
            assert grade("categorise", drawn.rendered, drawn.key, answer).fraction == max(0, unclipped)
            total += unclipped
        assert total == 0

    def test_judges_no_single_card_where_there_are_two_bins(self) -> None:
        graded = _graded(HALVING, cascade="people")

        assert graded.parts == {}
        assert graded.feedback_html == "3 of the 4 cards lie in their bins."
        assert "told once the tries are used" in credit_of("categorise", HALVING.rendered)

    def test_counts_a_single_card_in_the_singular(self) -> None:
        changed = {"disk": "software", "power": "software", "cascade": "people", "configuration": "software"}

        graded = _graded(SORTING, **changed, **{"leap-second": "people"})
        assert graded.feedback_html == "1 of the 6 cards lies in its bin."
        assert graded.outcome == Outcome.WRONG

    def test_keeps_the_bins_in_their_order(self) -> None:
        question = parse_question(definitions.categorise())

        assert {tuple(choice["text"] for choice in question.draw(seed).rendered["choices"]) for seed in range(20)} == {
            ("Hardware", "Software", "People")
        }

    def test_asks_for_every_card(self) -> None:
        with pytest.raises(MalformedAnswer, match=r"Cards in no bin: 5 of 6\."):
            read_answer("categorise", SORTING.rendered, {"parts": {"a": "a"}})

    def test_says_what_a_wrong_bin_takes_away(self) -> None:
        assert "takes away half of what" in credit_of("categorise", SORTING.rendered)


def _with_part(definition: dict[str, Any], place: int, **changes: Any) -> dict[str, Any]:
    parts = [dict(part) for part in definition["parts"]]
    parts[place] |= changes
    return definition | {"parts": parts}


class TestPicksDefinition:
    @pytest.mark.parametrize(
        ("definition", "message"),
        [
            (definitions.matching(choices=definitions.matching()["choices"][:3]), "at least 4"),
            (definitions.matching(parts=definitions.matching()["parts"][:2]), "at least 3"),
            (definitions.categorise(choices=[]), "at least 2"),
            (_with_part(definitions.matching(), 1, id="timeout"), "the part id timeout is used twice"),
            (
                definitions.matching(choices=[*definitions.matching()["choices"], {"id": "load", "text": "x"}]),
                "the choice id load is used twice",
            ),
            (
                _with_part(definitions.matching(), 0, choice="luck"),
                "luck, the choice of timeout, is none",
            ),
            (_with_part(definitions.matching(), 0, choice="reach"), "reach is the partner of two parts"),
            (
                _with_part(
                    definitions.matching(), 0, misconceptions=[{"id": "x", "choice": "luck", "feedback": "No."}]
                ),
                "timeout speaks of luck",
            ),
            (
                _with_part(
                    definitions.matching(), 0, misconceptions=[{"id": "x", "choice": "waiting", "feedback": "No."}]
                ),
                "each misconception of timeout needs a wrong choice of its own",
            ),
            (
                _with_part(
                    definitions.matching(), 0, misconceptions=[{"id": "x", "choice": "load", "feedback": "No."}] * 2
                ),
                "each misconception of timeout needs a wrong choice of its own",
            ),
            (
                definitions.matching(
                    parts=[{**part, "misconceptions": []} for part in definitions.matching()["parts"]]
                ),
                "at least one part needs a misconception",
            ),
            (
                definitions.categorise(
                    parts=[
                        {**part, "choice": "hardware", "misconceptions": []}
                        for part in definitions.categorise()["parts"]
                    ]
                ),
                "at least one part needs a misconception",
            ),
            (
                definitions.categorise(
                    parts=[{**part, "choice": "hardware"} for part in definitions.categorise()["parts"]]
                ),
                "nothing to sort",
            ),
            (
                definitions.matching(choices=[{**each, "text": "same"} for each in definitions.matching()["choices"]]),
                "two choices both read “same”",
            ),
            (
                definitions.matching(parts=[{**part, "text": "same"} for part in definitions.matching()["parts"]]),
                "two parts both read “same”",
            ),
            (
                definitions.matching(choices=[{**each, "text": "`x`"} for each in definitions.matching()["choices"]]),
                "is markup",
            ),
            (
                definitions.matching(
                    choices=[{**each, "text": "x" * 101} for each in definitions.matching()["choices"]]
                ),
                "at most 100",
            ),
        ],
    )
    def test_refuses_what_cannot_be_picked_from(self, definition: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidQuestion) as refusal:
            parse_question(definition)

        assert message in str(refusal.value)
