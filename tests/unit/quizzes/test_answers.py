"""What a card says of options and parts, from what is stored."""

from __future__ import annotations

from typing import Any

from quizzes.kinds import parse_question
from quizzes.selectors.answers import judged_parts, parts_of, parts_with
from tests.unit.kinds import definitions

HALVING = parse_question(definitions.categorise(bins=2)).draw(1)
RIGHT = {letter: kept["answer"] for letter, kept in HALVING.key["parts"].items()}
WRONG = RIGHT | {"a": next(choice["id"] for choice in HALVING.rendered["choices"] if choice["id"] != RIGHT["a"])}
NOTHING_TOLD: dict[str, Any] = {"html": "", "options": {}, "parts": {}}


class TestPartsOf:
    def test_there_are_none_in_a_variant_that_was_stored_without(self) -> None:
        assert parts_of({"options": [], "unit": "ms"}, {"text": "5"}) == ()
        assert judged_parts({}, {}, {}, {"html": "", "options": {}}, is_finished=True) == ()

    def test_say_what_is_picked_in_words(self) -> None:
        picked = parts_of(HALVING.rendered, {"parts": RIGHT})[0]

        assert picked.said == HALVING.key["parts"]["a"]["answer_text"]
        assert [choice.is_picked for choice in picked.choices].count(True) == 1

    def test_cut_what_nobody_could_type(self) -> None:
        rendered = parse_question(definitions.estimate()).draw(0).rendered

        assert len(parts_with(parts_of(rendered, {}), {"parts": {"a": "9" * 1_000_000}})[0].value) == 80


class TestJudgedParts:
    def test_tell_nothing_that_was_not_told_while_tries_are_left(self) -> None:
        answer = {"parts": WRONG}

        for part in judged_parts(HALVING.rendered, HALVING.key, answer, NOTHING_TOLD, is_finished=False):
            assert (part.outcome, part.feedback_html, part.answer_text, part.why_html) == ("", "", "", "")

    def test_tell_all_once_finished(self) -> None:
        answer = {"parts": WRONG}
        first, *others = judged_parts(HALVING.rendered, HALVING.key, answer, NOTHING_TOLD, is_finished=True)

        assert (first.outcome, first.answer_text) == ("wrong", HALVING.key["parts"]["a"]["answer_text"])
        assert {(part.outcome, part.answer_text) for part in others} == {("correct", "")}
        assert all(part.why_html for part in (first, *others))

    def test_say_why_a_part_is_right_once(self) -> None:
        why = HALVING.key["parts"]["a"]["why_html"]
        told = NOTHING_TOLD | {"parts": {"a": {"outcome": "correct", "html": why}}}

        first = judged_parts(HALVING.rendered, HALVING.key, {"parts": RIGHT}, told, is_finished=True)[0]
        assert (first.feedback_html, first.why_html) == (why, "")
