"""Numbers with units and tolerances."""

from __future__ import annotations

from fractions import Fraction
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
    verify_question,
)
from quizzes.kinds.quantities import PERCENT_SLIP, PREFIX_SLIP, ROUNDED_TOO_FAR
from tests.unit.kinds import definitions


def _graded(definition: dict[str, Any], text: str, *, seed: int = 0) -> Any:
    drawn = parse_question(definition).draw(seed)
    return grade("numeric", drawn.rendered, drawn.key, read_answer("numeric", drawn.rendered, {"text": text}))


EIGHT_CALLS = definitions.numeric(variables={"calls": {"choose": [8]}})


class TestNumeric:
    @pytest.mark.parametrize("text", ["7.73", "7.73%", "7.725530557", "0.0773 fraction", "7.7", "7.65", "7.80 percent"])
    def test_takes_what_is_within_the_tolerance(self, text: str) -> None:
        graded = _graded(EIGHT_CALLS, text)

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.CORRECT, 1, "")
        assert graded.feedback_html == "All 8 calls must be fast: 7.73% of pages are not."

    def test_names_the_misconception_whose_value_was_given(self) -> None:
        graded = _graded(EIGHT_CALLS, "8 %")

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.WRONG, 0, "union-bound")
        assert graded.feedback_html == "Adding shares counts 8% twice over."

    def test_recognises_a_share_given_for_a_percentage(self) -> None:
        graded = _graded(EIGHT_CALLS, "0.0773")

        assert graded.misconception == PERCENT_SLIP
        assert "read as 0.0773%" in graded.feedback_html

    def test_takes_a_bare_share_where_the_question_accepts_one(self) -> None:
        accepting = {**EIGHT_CALLS["answer"], "accepts": ["fraction"]}

        assert _graded({**EIGHT_CALLS, "answer": accepting}, "0.0773").outcome == Outcome.CORRECT

    def test_recognises_a_prefix_mistaken_for_the_next(self) -> None:
        graded = _graded(definitions.fixed("250", unit="ms"), "0.25")

        assert graded.misconception == PREFIX_SLIP
        assert "Check the prefix" in graded.feedback_html

    def test_does_not_suspect_a_prefix_where_none_is_usual(self) -> None:
        assert _graded(definitions.fixed("250", unit="servers"), "0.25").misconception == ""

    def test_recognises_a_right_number_rounded_too_far(self) -> None:
        graded = _graded(definitions.fixed("4.86", significant=3), "5")

        assert graded.misconception == ROUNDED_TOO_FAR
        assert "Three significant figures" in graded.feedback_html

    def test_says_how_another_answer_was_read_and_nothing_of_the_key(self) -> None:
        graded = _graded(EIGHT_CALLS, "1,234")

        assert (graded.outcome, graded.misconception) == (Outcome.WRONG, "")
        assert "read as 1,234%" in graded.feedback_html
        assert "7.7" not in graded.feedback_html

    @pytest.mark.parametrize(
        ("asked", "unit", "text"),
        [
            ("250", "ms", "0.25 s"),
            ("250", "ms", "250000 µs"),
            ("5", "MB", "5,000 kB"),
            ("4", "KiB", "4096 bytes"),
            ("12000", "requests/s", "12k"),
            ("12000", "requests/s", "12 k req/s"),
            ("12000", "requests/s", "720,000/min"),
            ("1200000", "rows", "1.2 million"),
            ("3", "×", "3x"),
        ],
    )
    def test_converts_units(self, asked: str, unit: str, text: str) -> None:
        assert _graded(definitions.fixed(asked, unit=unit), text).outcome == Outcome.CORRECT

    @pytest.mark.parametrize(
        ("unit", "text", "message"),
        [
            ("ms", "5 MB", "“MB” is not a unit of what is asked here. Write it in ms."),
            ("", "5 ms", "Write the number alone."),
        ],
    )
    def test_refuses_a_unit_of_something_else(self, unit: str, text: str, message: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            _graded(definitions.fixed("50", unit=unit), text)

        assert message in str(refusal.value)

    def test_refuses_a_number_that_its_unit_makes_too_large(self) -> None:
        with pytest.raises(MalformedAnswer, match="larger than any number"):
            _graded(definitions.fixed("50", unit="µs"), "1e305 weeks")

    @pytest.mark.parametrize("given", [5, None, ["5"], {"a": 1}])
    def test_refuses_what_is_no_text(self, given: object) -> None:
        drawn = parse_question(definitions.fixed()).draw(0)

        with pytest.raises(MalformedAnswer, match="is not text"):
            read_answer("numeric", drawn.rendered, {"text": given})

    @given(st.floats(min_value=-0.0099, max_value=0.0099))
    def test_counts_everything_inside_a_relative_tolerance(self, off: float) -> None:
        assert _graded(definitions.fixed("50"), repr(50 * (1 + off))).outcome == Outcome.CORRECT

    @given(st.floats(min_value=0.0501, max_value=10), st.sampled_from([-1, 1]))
    def test_counts_nothing_outside_an_absolute_tolerance(self, off: float, side: int) -> None:
        asked = definitions.fixed("50", tolerance={"absolute": 0.05})

        assert _graded(asked, repr(50 + side * off)).outcome == Outcome.WRONG

    def test_counts_the_very_edge(self) -> None:
        assert _graded(definitions.fixed("0.3", tolerance={"absolute": 0.1}), "0.4").outcome == Outcome.CORRECT

    @pytest.mark.parametrize(
        ("answer", "note"),
        [
            ({"significant": 1}, "One significant figure; an answer within 1% of the exact value counts."),
            (
                {"decimals": 2, "tolerance": {"absolute": 0.05}, "unit": "ms"},
                "Two decimals; an answer within 0.05\xa0ms of",
            ),
            (
                {"tolerance": {"absolute": 0.06}, "unit": "%"},
                "An answer within 0.06 percentage points of the exact value",
            ),
            ({"tolerance": {"relative": 0.1}}, "An answer within 10% of the exact value counts."),
        ],
    )
    def test_states_precision_and_tolerance(self, answer: dict[str, Any], note: str) -> None:
        assert parse_question(definitions.fixed(**answer)).draw(0).rendered["precision_note"].startswith(note)

    def test_says_the_answer_at_the_precision_asked_for(self) -> None:
        assert parse_question(EIGHT_CALLS).draw(0).key["answer_text"] == "7.73%"
        assert parse_question(definitions.fixed("0.1204", decimals=2)).draw(0).key["answer_text"] == "0.12"

    def test_keeps_unfinished_typing_within_bounds(self) -> None:
        rendered = parse_question(definitions.fixed()).draw(0).rendered

        assert keep_draft("numeric", rendered, {"text": "4,"}) == {"text": "4,"}
        assert keep_draft("numeric", rendered, {"text": "9" * 1_000_000}) == {"text": "9" * 80}
        assert keep_draft("numeric", rendered, {"text": 5}) == {"text": ""}


INTERVAL = definitions.fixed("20", to="30", unit="ms", significant=2) | {
    "misconceptions": [{"id": "doubled", "value": "40", "to": "60", "feedback": "Both ways are counted twice."}]
}


class TestInterval:
    @pytest.mark.parametrize(
        "text",
        [
            "20 to 30",
            "20 to 30 ms",
            "20.1–29.9 ms",
            "20 ms to 0.03 s",
            "0.02 to 0.03 s",
            "20-30 ms",
            "20 - 30",
            "[20 .. 30]",
            "2e1-3e1",
            "2 × 10^-2 to 3 × 10^-2 s",
        ],
    )
    def test_takes_it_however_it_is_written(self, text: str) -> None:
        graded = _graded(INTERVAL, text)

        assert (graded.outcome, graded.fraction) == (Outcome.CORRECT, 1)

    @pytest.mark.parametrize("text", ["20 to 35 ms", "25 to 30 ms"])
    def test_gives_half_for_one_end(self, text: str) -> None:
        graded = _graded(INTERVAL, text)

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.PARTIAL, Fraction(1, 2), "")
        assert graded.feedback_html == "One end of your interval is right."

    def test_names_the_misconception_that_leads_to_another_interval(self) -> None:
        graded = _graded(INTERVAL, "40 to 60")

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.WRONG, 0, "doubled")

    def test_says_nothing_of_an_interval_that_nobody_foresaw(self) -> None:
        assert _graded(INTERVAL, "1 to 2").feedback_html == "Neither end of your interval is right."

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("20", "“20” is not an interval. Write where it begins and where it ends, such as 20 to 30."),
            ("20 to", "is not an interval"),
            ("20 to 30 to 40", "is not an interval"),
            ("30 to 20", "begins above where it ends"),
            ("20 to 1e400", "“1e400” is larger"),
            ("NaN to 30", "“NaN” is not a number"),
            ("٢٠ to 30", "Write “20”"),
            ("2,5 to 3", "write 2.5"),
            ("20 MB to 30", "is not a unit of what is asked"),
            ("9" * 1_000_000, "1,000,000 characters"),
        ],
    )
    def test_refuses_what_is_none(self, text: str, message: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            _graded(INTERVAL, text)

        assert message in str(refusal.value)

    def test_states_how_to_write_it_and_how_it_is_marked(self) -> None:
        drawn = parse_question(INTERVAL).draw(0)

        assert drawn.rendered["precision_note"].endswith("Write where it begins and where it ends, such as 20 to 30.")
        assert drawn.key["answer_text"] == "20 to 30\xa0ms"
        assert credit_of("numeric", drawn.rendered) == "Each end of the interval is half the mark."
        assert credit_of("numeric", parse_question(definitions.fixed()).draw(0).rendered) == ""

    def test_holds_in_its_own_test(self) -> None:
        assert verify_question(parse_question(INTERVAL), range(3)) == []

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"answer": {**INTERVAL["answer"], "to": "20"}}, "ends where it begins, or before"),
            ({"answer": {**INTERVAL["answer"], "value": "20.4", "significant": 1}}, "outside its own tolerance"),
            (
                {"misconceptions": [{"id": "x", "value": "20", "to": "30.1", "feedback": "No."}]},
                "the interval of x cannot be told from that of the answer",
            ),
            (
                {"misconceptions": [{"id": "x", "value": "20", "feedback": "No."}]},
                "x and the answer must both be numbers or both be intervals",
            ),
        ],
    )
    def test_refuses_what_cannot_be_told_apart(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidQuestion) as refusal:
            parse_question(INTERVAL | changes)

        assert message in str(refusal.value)


class TestFarNumbers:
    @pytest.mark.parametrize("value", ["9e17 * 9e17", "1e-12"])
    def test_are_written_with_an_exponent(self, value: str) -> None:
        drawn = parse_question(definitions.fixed(value, significant=3)).draw(0)

        assert "e" in drawn.key["answer_text"]
        assert verify_question(parse_question(definitions.fixed(value, significant=3)), range(1)) == []


class TestNumericDefinition:
    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            ({"tolerance": {}}, "either relative or absolute"),
            ({"tolerance": {"relative": 0.1, "absolute": 1}}, "either relative or absolute"),
            ({"significant": 3, "decimals": 1}, "not both"),
            ({"unit": "<b>"}, "is not a unit that can be read"),
            ({"unit": "ms", "accepts": ["MB"]}, "'MB' does not measure what 'ms' does"),
            ({"unit": "ms", "accepts": ["<"]}, "'<' does not measure"),
            ({"value": "calls * 2"}, "calls is not known here"),
        ],
    )
    def test_refuses_what_cannot_be_asked(self, answer: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidQuestion, match=message):
            parse_question(definitions.fixed(**answer))

    @pytest.mark.parametrize(
        ("definition", "message"),
        [
            (definitions.fixed("0"), "the exact value is 0"),
            (definitions.fixed("4.86", significant=1), "rounded as asked, falls outside its own tolerance"),
            (
                definitions.fixed("4.86", significant=2, tolerance={"relative": 0.02})
                | {"misconceptions": [{"id": "near", "value": "4.94", "feedback": "Near."}]},
                "the value of near, 4.94, counts as the exact value",
            ),
            (
                definitions.fixed("50")
                | {
                    "misconceptions": [
                        {"id": "one", "value": "70", "feedback": "One."},
                        {"id": "other", "value": "70.1", "feedback": "Other."},
                    ]
                },
                "the value of other, 70.1, cannot be told from that of one",
            ),
            (
                definitions.fixed("500", significant=1)
                | {"misconceptions": [{"id": "odd", "value": "149", "feedback": "Odd."}]},
                "the value of odd, 149, rounded as asked, cannot be recognised",
            ),
        ],
    )
    def test_refuses_what_cannot_be_graded_fairly(self, definition: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidQuestion, match=message):
            parse_question(definition)

    def test_refuses_a_misconception_id_used_twice(self) -> None:
        twice = [{"id": "same", "value": value, "feedback": "Same."} for value in ("1", "2")]

        with pytest.raises(InvalidQuestion, match="the misconception id same is used twice"):
            parse_question(definitions.numeric(misconceptions=twice))
