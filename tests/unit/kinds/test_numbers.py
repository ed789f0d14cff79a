"""How a typed number is read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.kinds import LONGEST_ANSWER, MalformedAnswer
from quizzes.kinds.numbers import quoted, read_number


class TestReadNumber:
    @pytest.mark.parametrize(
        ("text", "value", "unit"),
        [
            ("4.9", 4.9, ""),
            (" 4.9 % ", 4.9, "%"),
            ("−4.9", -4.9, ""),
            ("+.5", 0.5, ""),
            ("5.", 5.0, ""),
            ("1,234", 1234.0, ""),
            ("1,234,567.25 ms", 1_234_567.25, "ms"),
            ("1 234 567", 1_234_567.0, ""),
            ("1\N{NARROW NO-BREAK SPACE}234", 1234.0, ""),
            ("1.5e3", 1500.0, ""),
            ("1.5E-3 s", 0.0015, "s"),
            ("1.2 × 10^6 requests", 1.2e6, "requests"),
            ("2*10**3", 2000.0, ""),
            ("20x", 20.0, "x"),
            ("5k", 5.0, "k"),
            ("0", 0.0, ""),
            ("0.0e5", 0.0, ""),
        ],
    )
    def test_reads_what_people_type(self, text: str, value: float, unit: str) -> None:
        written = read_number(text)

        assert written.value == pytest.approx(value, rel=1e-15)
        assert written.unit == unit

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("4,9", "write 4.9"),
            ("1.234,5", "write 1234.5"),
            ("0,123", "write 0.123"),
            ("1,2345", "write 1.2345"),
            ("1 234,56", "write 1234.56"),
        ],
    )
    def test_asks_for_a_point_instead_of_a_decimal_comma(self, text: str, meant: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            read_number(text)

        assert quoted(text) in str(refusal.value)
        assert meant in str(refusal.value)

    def test_does_not_guess_what_scattered_commas_mean(self) -> None:
        with pytest.raises(MalformedAnswer, match=r"Decimals take a point\.$"):
            read_number("1,2,3,")

    @pytest.mark.parametrize(
        ("text", "meant"),
        [("٣", "3"), ("４２ ms", "42 ms"), ("१.५", "1.5"), ("١٬٢٣٤٫٥", "1,234.5"), ("４，９", "4,9"), ("1٫5", "1.5")],
    )
    def test_refuses_digits_of_other_scripts_and_spells_them(self, text: str, meant: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            read_number(text)

        assert quoted(text) in str(refusal.value)
        assert f"Write “{meant}”" in str(refusal.value)

    @pytest.mark.parametrize("text", ["NaN", "nan", "inf", "-Infinity", "+inf ms", "∞", "-∞"])
    def test_refuses_what_is_no_finite_number(self, text: str) -> None:
        with pytest.raises(MalformedAnswer, match="not a number that an answer can be compared with") as refusal:
            read_number(text)

        assert text in str(refusal.value)

    def test_refuses_a_number_too_large_to_hold(self) -> None:
        with pytest.raises(MalformedAnswer, match="“1e400” is larger than any number"):
            read_number("1e400")

    def test_refuses_a_number_too_small_to_hold(self) -> None:
        with pytest.raises(MalformedAnswer, match="“1e-400” is too small"):
            read_number("1e-400")

    @pytest.mark.parametrize(
        "text",
        ["1.2.3", "1 23", "1. 2", "1 2345", ".", "..", "5 -3", "1'234.56", "1’234", "12,34,567", "1e5.5", "1 000,000"],
    )
    def test_refuses_digits_that_form_no_single_number(self, text: str) -> None:
        with pytest.raises(MalformedAnswer):
            read_number(text)

    @pytest.mark.parametrize("text", ["", "   ", "\t\N{NO-BREAK SPACE}"])
    def test_says_that_nothing_is_typed(self, text: str) -> None:
        with pytest.raises(MalformedAnswer, match="no answer yet"):
            read_number(text)

    @pytest.mark.parametrize("text", ["about 5", "five", "½", "--5", "<b>5</b>", "1_000x"[5:]])
    def test_refuses_text_that_does_not_begin_with_a_number(self, text: str) -> None:
        with pytest.raises(MalformedAnswer, match="does not begin with a number"):
            read_number(text)

    def test_bounds_the_length_and_does_not_repeat_all_of_it(self) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            read_number("9" * 1_000_000)

        assert "1,000,000 characters" in str(refusal.value)
        assert len(str(refusal.value)) < 200

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_reads_back_every_finite_float_as_python_writes_it(self, value: float) -> None:
        assert read_number(repr(value)).value == value

    @given(st.integers(min_value=-(10**15), max_value=10**15))
    def test_reads_back_integers_with_thousands_separated(self, value: int) -> None:
        assert read_number(f"{value:,}").value == value

    @given(st.floats(min_value=1e-3, max_value=1e12), st.integers(min_value=0, max_value=6))
    def test_reads_back_decimals_with_thousands_separated_by_space(self, value: float, digits: int) -> None:
        text = f"{value:,.{digits}f}"

        assert read_number(text.replace(",", " ")).value == float(text.replace(",", ""))

    @given(st.text(max_size=LONGEST_ANSWER + 20))
    def test_either_reads_a_finite_number_or_refuses_in_words(self, text: str) -> None:
        refusal, value = "", 0.0
        try:
            value = read_number(text).value
        except MalformedAnswer as error:
            refusal = str(error)

        assert math.isfinite(value)
        assert refusal.isprintable()


class TestQuoted:
    def test_cuts_long_input(self) -> None:
        assert quoted("a" * 30) == "“" + "a" * 23 + "…”"

    def test_keeps_what_just_fits(self) -> None:
        assert quoted("a" * 24) == "“" + "a" * 24 + "”"

    def test_replaces_what_cannot_be_printed(self) -> None:
        assert quoted("a\x00b\nc") == "“a b c”"
