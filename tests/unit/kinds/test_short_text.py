"""Terms, however they are spelt, and slips of the keyboard."""

from __future__ import annotations

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
from quizzes.kinds.short_text import MISSPELT, edit_distance, folded
from tests.unit.kinds import definitions

DRAWN = parse_question(definitions.short_text()).draw(1)
KIND = "short-text"


def _read(text: object) -> Any:
    return read_answer(KIND, DRAWN.rendered, {"text": text}, key=DRAWN.key)


def _graded(text: str) -> Any:
    return grade(KIND, DRAWN.rendered, DRAWN.key, _read(text))


class TestFolded:
    @pytest.mark.parametrize(
        "text",
        [
            "write-through",
            "Write through",
            "  WRITE\N{NO-BREAK SPACE}THROUGH. ",
            "“write–through”",
            "the write-through",
            "ｗｒｉｔｅ ｔｈｒｏｕｇｈ",
            "wríté thrøugh".replace("ø", "o"),
            "wri\N{ZERO WIDTH SPACE}te through",
        ],
    )
    def test_leaves_case_spaces_punctuation_accents_and_article_out(self, text: str) -> None:
        assert folded(text) == "writethrough"

    @pytest.mark.parametrize(("one", "other"), [("R + W > N", "R + W < N"), ("C", "C+"), ("p99", "p90"), ("a", "")])
    def test_keeps_what_tells_terms_apart(self, one: str, other: str) -> None:
        assert folded(one) != folded(other)

    def test_keeps_a_word_that_only_begins_like_an_article(self) -> None:
        assert (folded("theorem"), folded("a"), folded("an")) == ("theorem", "a", "an")
        assert folded("idea of the order") == "ideaoftheorder"

    def test_takes_ligatures_and_sharp_s_apart(self) -> None:
        assert folded("eﬀort Maß") == "effortmass"

    @given(st.text(max_size=80))
    def test_of_a_folded_text_is_itself_or_loses_nothing_but_an_article(self, text: str) -> None:
        assert folded(folded(text)) == folded(text)


class TestEditDistance:
    @pytest.mark.parametrize(
        ("one", "other", "distance"),
        [
            ("quorum", "quorum", 0),
            ("qourum", "quorum", 1),
            ("quorm", "quorum", 1),
            ("forum", "quorum", 2),
            ("", "ab", 2),
        ],
    )
    def test_counts_slips(self, one: str, other: str, distance: int) -> None:
        assert edit_distance(one, other, most=3) == distance
        assert edit_distance(other, one, most=3) == distance

    def test_stops_counting(self) -> None:
        assert edit_distance("a" * 80, "b" * 80, most=2) == 3
        assert edit_distance("a", "abcd", most=2) == 3

    @given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(min_value=1, max_value=4))
    def test_agrees_with_counting_without_a_bound(self, one: str, other: str, most: int) -> None:
        assert edit_distance(one, other, most=most) == min(_whole_table(one, other), most + 1)


def _whole_table(one: str, other: str) -> int:
    table = [[max(line, column) for column in range(len(other) + 1)] for line in range(len(one) + 1)]
    for line in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            table[line][column] = min(
                table[line - 1][column] + 1,
                table[line][column - 1] + 1,
                table[line - 1][column - 1] + (one[line - 1] != other[column - 1]),
            )
            if line > 1 and column > 1 and one[line - 2 : line] == other[column - 2 : column][::-1]:
                table[line][column] = min(table[line][column], table[line - 2][column - 2] + 1)
    return table[-1][-1]


class TestShortText:
    @pytest.mark.parametrize("text", ["idempotent", "Idempotence", "IDEMPOTENT!", "idém-potent"])
    def test_takes_the_term_and_its_synonyms(self, text: str) -> None:
        graded = _graded(text)

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.CORRECT, 1, "")
        assert graded.feedback_html == DRAWN.key["right_html"]

    def test_names_the_misconception_of_a_known_wrong_term(self) -> None:
        graded = _graded("Atomicity")

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.WRONG, 0, "atomic")
        assert graded.feedback_html == "All or nothing, but each time."

    def test_says_nothing_of_the_key_to_another_term(self) -> None:
        graded = _graded("durable")

        assert (graded.outcome, graded.misconception) == (Outcome.WRONG, "")
        assert "idem" not in graded.feedback_html

    @pytest.mark.parametrize("text", ["idempotant", "idenpotnt", "idmepotent", "Idem-potents"])
    def test_hands_a_slip_back_without_spending_a_try(self, text: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            _read(text)

        assert f"“{text}” is spelt nearly like a term" in str(refusal.value)
        assert "no try is spent" in str(refusal.value)
        assert "idempotent" not in str(refusal.value)

    def test_does_not_hand_back_a_known_wrong_term_however_near(self) -> None:
        assert _graded("nonidempotent").misconception == "negated"
        near = parse_question(
            definitions.short_text(
                answer={"text": "asynchronous"},
                misconceptions=[{"id": "waits", "texts": ["synchronous"], "feedback": "That one waits."}],
            )
        ).draw(0)

        answer = read_answer(KIND, near.rendered, {"text": "synchronous"}, key=near.key)
        assert grade(KIND, near.rendered, near.key, answer).misconception == "waits"

    def test_does_not_forgive_a_slip_in_a_short_term(self) -> None:
        short = parse_question(definitions.short_text(answer={"text": "LRU"})).draw(0)

        answer = read_answer(KIND, short.rendered, {"text": "LFU"}, key=short.key)
        assert grade(KIND, short.rendered, short.key, answer).outcome == Outcome.WRONG

    def test_judges_a_slip_that_was_submitted_under_another_key(self) -> None:
        answer = read_answer(KIND, DRAWN.rendered, {"text": "idempotant"})

        graded = grade(KIND, DRAWN.rendered, DRAWN.key, answer)
        assert (graded.outcome, graded.misconception) == (Outcome.WRONG, MISSPELT)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "no answer yet"),
            (" \N{NO-BREAK SPACE}", "no answer yet"),
            ("?!", "“?!” has no letter and no digit"),
            (5, "“5” is not"),
            (None, "“None” is not"),
            ("x" * 1_000_000, "1,000,000 characters, beginning “xxxx"),
        ],
    )
    def test_refuses_what_is_no_term(self, text: object, message: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            _read(text)

        assert message in str(refusal.value)
        assert len(str(refusal.value)) < 300

    def test_keeps_typing_within_bounds(self) -> None:
        assert keep_draft(KIND, DRAWN.rendered, {"text": "idem"}) == {"text": "idem"}
        assert keep_draft(KIND, DRAWN.rendered, {"text": "x" * 1_000_000}) == {"text": "x" * 80}
        assert keep_draft(KIND, DRAWN.rendered, {"text": 5}) == {"text": ""}

    def test_states_what_a_slip_costs(self) -> None:
        assert "costs no try" in credit_of(KIND, DRAWN.rendered)

    def test_writes_numbers_into_terms(self) -> None:
        definition = definitions.short_text(answer={"text": "{{ calls }} calls"}, variables={"calls": {"choose": [8]}})

        assert parse_question(definition).draw(0).key["answer_text"] == "8 calls"


class TestShortTextDefinition:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"answer": {"text": "?"}}, "a term that counts has no letter"),
            ({"answer": {"text": "Atomic."}}, "“atomic” of atomic counts as right"),
            ({"answer": {"text": "*idempotent*"}}, "is markup"),
            ({"answer": {"text": "x" * 81}}, "at most 80"),
            ({"misconceptions": []}, "at least 1"),
            (
                {"misconceptions": [{"id": "x", "texts": ["…"], "feedback": "No."}]},
                "“…” of x has no letter and no digit",
            ),
            (
                {"misconceptions": [{"id": name, "texts": ["same"], "feedback": "No."} for name in ("x", "y")]},
                "“same” of y cannot be told from that of x",
            ),
            (
                {"misconceptions": definitions.short_text()["misconceptions"][:1] * 2},
                "misconception id atomic is used twice",
            ),
        ],
    )
    def test_refuses_terms_that_cannot_be_told_apart(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidQuestion) as refusal:
            parse_question(definitions.short_text(**changes))

        assert message in str(refusal.value)
