"""Multiple choice and its partial credit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.kinds import InvalidQuestion, MalformedAnswer, Outcome, grade, keep_draft, parse_question, read_answer
from quizzes.kinds.multiple import MISSED
from tests.unit.kinds import definitions

DRAWN = parse_question(definitions.multiple()).draw(2)
LETTERS = {option["id"]: letter for letter, option in DRAWN.key["options"].items()}
HOLD = {"tail-grows", "hedging-helps"}


def _graded(*identities: str) -> Any:
    raw = {"choices": [LETTERS[identity] for identity in identities]}
    return grade("multiple", DRAWN.rendered, DRAWN.key, read_answer("multiple", DRAWN.rendered, raw))


class TestMultiple:
    def test_gives_the_full_mark_for_exactly_what_holds(self) -> None:
        graded = _graded("hedging-helps", "tail-grows")

        assert (graded.outcome, graded.fraction) == (Outcome.CORRECT, 1)

    def test_gives_half_for_one_judgement_wrong_in_four(self) -> None:
        graded = _graded("tail-grows", "hedging-helps", "retry-is-free")

        assert (graded.outcome, graded.fraction, graded.misconception) == (
            Outcome.PARTIAL,
            Fraction(1, 2),
            "retry-is-free",
        )
        assert graded.option_feedback[LETTERS["retry-is-free"]] == "It is another request."
        assert graded.feedback_html == "3 of 4 options are judged rightly."

    def test_says_that_something_is_left_out_without_saying_what(self) -> None:
        graded = _graded("tail-grows")

        assert (graded.outcome, graded.misconception) == (Outcome.PARTIAL, MISSED)
        assert set(graded.option_feedback) == {LETTERS["tail-grows"]}
        assert "not all that does" in graded.feedback_html

    def test_gives_nothing_for_ticking_everything(self) -> None:
        assert _graded(*LETTERS).fraction == 0

    def test_gives_nothing_for_judging_everything_wrongly(self) -> None:
        assert (
            _graded("mean-shows-it", "retry-is-free").fraction,
            _graded("mean-shows-it", "retry-is-free").outcome,
        ) == (
            0,
            Outcome.WRONG,
        )

    @given(st.sets(st.sampled_from(sorted(LETTERS)), min_size=1))
    def test_is_never_below_nothing_and_full_only_for_what_holds(self, ticked: set[str]) -> None:
        graded = _graded(*ticked)

        assert 0 <= graded.fraction <= 1
        assert (graded.fraction == 1) == (ticked == HOLD)

    @pytest.mark.parametrize("raw", [{}, {"choices": []}, {"choices": ""}])
    def test_asks_for_a_tick(self, raw: dict[str, object]) -> None:
        with pytest.raises(MalformedAnswer, match="No option is ticked yet"):
            read_answer("multiple", DRAWN.rendered, raw)

    @pytest.mark.parametrize("given", ["a", 7, {"a": 1}])
    def test_wants_a_list(self, given: object) -> None:
        with pytest.raises(MalformedAnswer, match="as a list"):
            read_answer("multiple", DRAWN.rendered, {"choices": given})

    def test_refuses_an_unknown_letter(self) -> None:
        with pytest.raises(MalformedAnswer, match="“q” is none"):
            read_answer("multiple", DRAWN.rendered, {"choices": ["a", "q"]})

    def test_takes_a_letter_sent_twice_once(self) -> None:
        assert read_answer("multiple", DRAWN.rendered, {"choices": ["b", "a", "b"]}) == {"choices": ["a", "b"]}

    def test_keeps_ticks_as_draft(self) -> None:
        assert keep_draft("multiple", DRAWN.rendered, {"choices": ["c", "a", "zz"]}) == {"choices": ["a", "c"]}
        assert keep_draft("multiple", DRAWN.rendered, {}) == {"choices": []}

    @pytest.mark.parametrize("correct", [True, False])
    def test_needs_options_that_hold_and_options_that_do_not(self, correct: bool) -> None:
        options = [{**option, "correct": correct} for option in definitions.multiple()["options"]]

        with pytest.raises(InvalidQuestion, match="some options must be correct and some not"):
            parse_question(definitions.multiple(options=options))
