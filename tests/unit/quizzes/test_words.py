"""What a card says in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quizzes.kinds.definition import MOST_TRIES
from quizzes.models import Step
from quizzes.selectors import CurrentGrade
from quizzes.selectors.words import COUNTS, ORDINALS, kind_line, mark_text, percent, rules, verdict


def _step(**changes: object) -> Step:
    return Step(**{"number": 1, "outcome": "wrong", "confidence": "sure", "fraction": Decimal(0)} | changes)


class TestKindLine:
    @pytest.mark.parametrize(
        ("tries", "used", "is_finished", "line"),
        [
            (3, 0, False, "Debugging. First try of three."),
            (3, 1, False, "Debugging. Second try of three."),
            (3, 2, False, "Debugging. Last try of three."),
            (3, 2, True, "Debugging. Finished with the second try of three."),
            (1, 0, False, "Debugging. One try."),
            (1, 1, True, "Debugging. Finished."),
        ],
    )
    def test_says_where_one_stands(self, tries: int, used: int, is_finished: bool, line: str) -> None:
        assert kind_line(dimension="debugging", tries=tries, used=used, is_finished=is_finished) == line

    def test_has_a_word_for_every_number_of_tries(self) -> None:
        assert len(COUNTS) == len(ORDINALS) == MOST_TRIES + 1


class TestRules:
    def test_states_penalty_and_reveal(self) -> None:
        stated = rules(credit="", tries=3, penalty=Decimal("0.25"))

        assert "takes 25% off the mark" in stated
        assert "once you are right or the tries are used" in stated

    def test_states_that_tries_are_free(self) -> None:
        assert rules(credit="", tries=2, penalty=Decimal(0)).startswith(
            "Another try brings a fresh variant. Earlier tries cost nothing"
        )

    def test_states_partial_credit(self) -> None:
        assert " Halves count. The worked" in rules(credit="Halves count.", tries=2, penalty=Decimal("0.5"))

    def test_a_single_try_has_no_penalty_to_state(self) -> None:
        assert (
            rules(credit="", tries=1, penalty=Decimal("0.5")) == "The worked solution is shown once you have answered."
        )


class TestVerdict:
    @pytest.mark.parametrize(
        ("step", "tries", "said"),
        [
            (_step(), 3, "Not right. You were sure. Two tries left."),
            (_step(number=2, confidence="guess"), 3, "Not right. You called it a guess. One try left."),
            (_step(number=3, confidence="fairly"), 3, "Not right. You were fairly sure. That was the last try."),
            (_step(), 1, "Not right. You were sure."),
            (
                _step(outcome="partial", fraction=Decimal("0.3333")),
                2,
                "Partly right, 33.3%. You were sure. One try left.",
            ),
            (_step(outcome="correct", fraction=Decimal(1)), 3, "Right. You were sure."),
        ],
    )
    def test_says_how_it_went_and_what_is_left(self, step: Step, tries: int, said: str) -> None:
        assert verdict(step, tries=tries) == said


class TestMarkText:
    def test_says_the_mark(self) -> None:
        assert mark_text(CurrentGrade(Decimal(1), "graded", "", by_person=False), best=Decimal(1)) == "Mark: 100%."

    def test_says_that_earlier_tries_were_deducted(self) -> None:
        grade = CurrentGrade(Decimal("0.75"), "graded", "", by_person=False)

        assert mark_text(grade, best=Decimal(1)) == "Mark: 75%, after the deduction for earlier tries."

    def test_says_who_set_it_and_why(self) -> None:
        grade = CurrentGrade(Decimal("0.8"), "overridden", "An ambiguous stem.", by_person=True)

        assert mark_text(grade, best=Decimal(0)) == "Mark: 80%, set by your instructor: An ambiguous stem."

    def test_says_that_it_is_excused(self) -> None:
        grade = CurrentGrade(None, "excused", "Ill that week.", by_person=True)

        assert mark_text(grade, best=Decimal(0)) == "Excused by your instructor: Ill that week."


class TestPercent:
    @pytest.mark.parametrize(("share", "text"), [("1", "100%"), ("0", "0%"), ("0.3333", "33.3%"), ("0.0004", "0%")])
    def test_leaves_out_digits_that_say_nothing(self, share: str, text: str) -> None:
        assert percent(Decimal(share)) == text
