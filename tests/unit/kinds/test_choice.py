"""Single choice."""

from __future__ import annotations

from typing import Any

import pytest

from quizzes.kinds import InvalidQuestion, MalformedAnswer, Outcome, grade, keep_draft, parse_question, read_answer
from tests.unit.kinds import definitions


def _letter(drawn: Any, identity: str) -> str:
    return next(letter for letter, option in drawn.key["options"].items() if option["id"] == identity)


class TestChoice:
    @pytest.fixture
    def drawn(self) -> Any:
        return parse_question(definitions.choice(variables={"calls": {"choose": [8]}})).draw(5)

    def test_gives_the_full_mark_and_says_why(self, drawn: Any) -> None:
        graded = grade("choice", drawn.rendered, drawn.key, {"choice": _letter(drawn, "exact")})

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.CORRECT, 1, "")
        assert graded.feedback_html == "Each of 8 may stumble."

    def test_names_the_misconception_of_a_wrong_option(self, drawn: Any) -> None:
        letter = _letter(drawn, "union-bound")

        graded = grade("choice", drawn.rendered, drawn.key, {"choice": letter})

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.WRONG, 0, "union-bound")
        assert graded.option_feedback == {letter: "Adding the shares counts some pages twice."}

    def test_shuffles_by_seed_and_shows_no_identity(self) -> None:
        question = parse_question(definitions.choice())
        orders = {tuple(option["id"] for option in question.draw(seed).key["options"].values()) for seed in range(200)}

        assert len(orders) == 24
        assert "exact" not in str(question.draw(0).rendered)
        assert [option["id"] for option in question.draw(9).rendered["options"]] == ["a", "b", "c", "d"]

    @pytest.mark.parametrize("raw", [{}, {"choice": None}, {"choice": ""}])
    def test_asks_for_a_pick(self, drawn: Any, raw: dict[str, object]) -> None:
        with pytest.raises(MalformedAnswer, match="No option is picked yet"):
            read_answer("choice", drawn.rendered, raw)

    @pytest.mark.parametrize("given", ["e", "exact", ["a"], 3, "A"])
    def test_refuses_what_is_no_option_and_quotes_it(self, drawn: Any, given: object) -> None:
        with pytest.raises(MalformedAnswer, match="none of this question's options, a to d") as refusal:
            read_answer("choice", drawn.rendered, {"choice": given})

        assert str(given) in str(refusal.value)

    def test_keeps_a_pick_as_draft_and_forgets_what_is_none(self, drawn: Any) -> None:
        assert keep_draft("choice", drawn.rendered, {"choice": "b"}) == {"choice": "b"}
        assert keep_draft("choice", drawn.rendered, {"choice": "zz"}) == {}
        assert keep_draft("choice", drawn.rendered, {}) == {}

    @pytest.mark.parametrize("right", [[], [0, 1]])
    def test_needs_exactly_one_right_option(self, right: list[int]) -> None:
        options = [{**option, "correct": index in right} for index, option in enumerate(definitions.OPTIONS)]

        with pytest.raises(InvalidQuestion, match="exactly one option must be correct"):
            parse_question(definitions.choice(options=options))

    def test_refuses_an_option_id_used_twice(self) -> None:
        options = [definitions.OPTIONS[0], definitions.OPTIONS[1], {**definitions.OPTIONS[2], "id": "union-bound"}]

        with pytest.raises(InvalidQuestion, match="the option id union-bound is used twice"):
            parse_question(definitions.choice(options=options))
