"""Expressions as lessons write them: what they compute, how they say so, and all that they refuse."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations import expressions
from simulations.engine.functions import FUNCTIONS
from simulations.expressions import (
    Inline,
    InvalidExpression,
    contains_function_call,
    evaluate,
    find_inline,
    format_value,
    names_in,
    parse_inline,
)

ARITHMETIC = st.recursive(
    st.one_of(st.integers(0, 999).map(str), st.floats(0.01, 99, allow_nan=False).map("{:.3f}".format)),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({''.join(parts)})"),
    max_leaves=8,
)


class TestEvaluate:
    def test_calls_a_function_of_the_engine(self):
        assert evaluate("all_below(0.99, 20)").value == pytest.approx(0.99**20)

    def test_knows_names_and_keywords(self):
        assert evaluate("all_below(level, calls=2 * n)", {"level": 0.9, "n": 2}).value == pytest.approx(0.9**4)

    def test_takes_lists_as_arguments(self):
        assert evaluate("mean_of([10, 100, 5000], [95, 4, 1])").value == pytest.approx(63.5)

    def test_ignores_space_around_it(self):
        assert evaluate("  2 ** 3 // 3 % 2 + -1 ").value == -1

    @given(ARITHMETIC)
    def test_computes_as_exact_fractions_do(self, expression):
        try:
            exact = Fraction(eval(expression.replace("/", "/ Fraction(1) /"), {"Fraction": Fraction}))
        except ZeroDivisionError:
            return
        try:
            found = evaluate(expression).value
        except InvalidExpression:
            return
        assert found == pytest.approx(float(exact), rel=1e-6, abs=1e-6)


class TestExplanation:
    def test_of_one_call_is_the_engine_s_own(self):
        assert evaluate("all_below(0.99, 20)").explanation == "0.99 ** 20 = 0.8179"

    def test_of_several_lists_each_call_once_and_the_whole(self):
        value = evaluate("100 * (all_below(0.9, 2) + all_below(0.9, 2))")
        assert value.explanation == "0.9 ** 2 = 0.81; 100 * (all_below(0.9, 2) + all_below(0.9, 2)) = 162"

    def test_of_arithmetic_is_the_arithmetic(self):
        assert evaluate("2  + 3").explanation == "2 + 3 = 5"


class TestRefusals:
    @pytest.mark.parametrize(
        ("expression", "message"),
        [
            ("", "The expression is empty"),
            ("   ", "The expression is empty"),
            ("1 +", "breaks off or is misspelt (character"),
            ("(1", "breaks off or is misspelt"),
            ("0x1f", "'0x1f' is neither a number nor a name"),
            ("1.2.3", "'1.2.3' is neither a number nor a name"),
            ("1 + 20ms", "'20ms' is neither a number nor a name (character 5"),
            ("1 if 2 else 3", "A condition cannot be used here"),
            ("1 < 2", "'<' has no meaning in an expression (character 3"),
            ("a = 1", "breaks off or is misspelt"),
            ("1; 2", "';' has no meaning"),
            ("all_belw(0.9, 2)", "all_belw is not a function of the engine; did you mean all_below?"),
            ("zzz(1)", f" and {len(FUNCTIONS) - 8} more"),
            ("1 + cals", "cals is not known here; did you mean calls? (character 5"),
            ("all_below", "all_below is a function: give it its arguments"),
            ("all_below(0.9)", "all_below is called as all_below("),
            ("all_below(0.9, 2, 3)", "all_below is called as all_below("),
            ("all_below(*[0.9, 2])", "This cannot be used here"),
            ("all_below(**calls)", "Arguments cannot be unpacked"),
            ("all_below(2, 2)", "must lie between 0 and 1"),
            ("(0.5).real", "A dot after a name cannot be used here"),
            ("calls.__class__", "A dot after a name cannot be used here"),
            ("().__class__.__bases__", "A dot after a name cannot be used here"),
            ("[1][0]", "An index in square brackets cannot be used here"),
            ("[1]", "A list outside a function's arguments"),
            ("1, 2", "A comma outside a function's arguments"),
            ("1 and 2", "A logical word cannot be used here"),
            ("not 1", "This cannot be used here"),
            ("(1)(2)", "Only a function of the engine can be called"),
            ("'text'", "'text' is not a number"),
            ("True", "True is not a number"),
            ("__import__('os')", "__import__ is not a function of the engine"),
            ("1 / 0", "divides by zero"),
            ("9 ** 9 ** 9", "too large to hold"),
            ("10 ** 400", "too large to hold"),
            ("(0 - 8) ** 0.5", "is not a real number"),
            ("1e19", "may not be larger than 1e+18"),
            ("1" * 301, "has 301 characters; 300 is the most"),
            ("-" * 40 + "1", "nested more than 16 deep"),
            ("(" * 140 + "1" + ")" * 140, ""),
            ("mean_of(" + "[" * 20 + "1" + "]" * 20 + ", [1])", "nested more than 16 deep"),
            ("mean_of([" + "1," * 101 + "], [1])", "may hold 100 entries; this holds 101"),
            ("mean_of('ten', [1])", "must be a list"),
            ("mean_of([calls.real], [1])", "A dot after a name"),
            ("1e308 * 10", "may not be larger"),
            ("huge * huge", "gives inf, which is not a finite number"),
        ],
    )
    def test_say_what_is_wrong_and_where(self, expression, message):
        if expression.startswith("(((("):
            assert evaluate(expression[60:-60]).value == 1
            return
        with pytest.raises(InvalidExpression) as refusal:
            evaluate(expression, {"calls": 5, "huge": 1e300})
        assert message in str(refusal.value)

    def test_count_the_column_from_one(self):
        with pytest.raises(InvalidExpression) as refusal:
            evaluate("  calls + 1")
        assert refusal.value.column == 1

    def test_report_nesting_that_the_parser_itself_cannot_bear(self, monkeypatch):
        def give_up(*_, **__):
            raise MemoryError

        monkeypatch.setattr(expressions.ast, "parse", give_up)
        with pytest.raises(InvalidExpression, match="nested too deeply"):
            evaluate("1 + 1")

    def test_refuse_a_function_that_returns_no_number(self, monkeypatch):
        function = expressions.FUNCTIONS["all_below"]
        broken = type(function)(function.name, lambda quantile, calls: True, function.summary, "{result}")
        monkeypatch.setattr(expressions, "FUNCTIONS", {"all_below": broken})
        with pytest.raises(InvalidExpression, match="does not give a number"):
            evaluate("all_below(0.9, 2)")

    @settings(max_examples=300)
    @given(st.text(alphabet="all_below0123456789.,()[]+-*/% e'", max_size=60))
    def test_are_all_that_nonsense_leads_to(self, expression):
        try:
            value = evaluate(expression)
        except InvalidExpression:
            return
        assert math.isfinite(value.value)


class TestReading:
    def test_tells_a_call_from_a_wrapped_literal(self):
        assert contains_function_call("1 - all_below(0.99, 20)")
        assert not contains_function_call("0.818 + 1")

    def test_names_what_an_expression_needs(self):
        assert names_in("100 * all_below(level, calls) - calls") == {"level", "calls"}

    def test_parts_expression_and_format(self):
        assert parse_inline("{{ all_below(0.99, 20) | percent(1) }}") == Inline("all_below(0.99, 20)", "percent(1)")
        assert parse_inline("calls") == Inline("calls", None)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{{ }}", "no expression between the braces"),
            ("{{ | percent(1) }}", "no expression between the braces"),
            ("{{ 1 | }}", "is not a format; there are percent, ms, seconds, number, significant, integer"),
            ("{{ 1 | percents(1) }}", "'percents(1)' is not a format"),
            ("{{ 1 | percent }}", "percent needs its number of digits, 0 to 12, as in percent(1)"),
            ("{{ 1 | percent(13) }}", "percent needs its number of digits"),
            ("{{ 1 | significant(0) }}", "significant needs its number of digits, 1 to 12"),
            ("{{ 1 | integer(2) }}", "integer takes no digits"),
            ("{{ 1 | ms(1) | ms(2) }}", "is not a format"),
        ],
    )
    def test_refuses_other_formats(self, text, message):
        with pytest.raises(InvalidExpression) as refusal:
            parse_inline(text)
        assert message in str(refusal.value)

    def test_finds_each_in_a_text(self):
        text = "A {{ calls }} and {{ share | number(1) }}."
        found = [(text[start:end], inline.expression) for start, end, inline in find_inline(text)]
        assert found == [("{{ calls }}", "calls"), ("{{ share | number(1) }}", "share")]


class TestFormatValue:
    @pytest.mark.parametrize(
        ("value", "spec", "text"),
        [
            (0.8179, "percent(1)", "81.8%"),
            (1506.4, "ms(0)", "1,506\u00a0ms"),
            (13.456, "ms(1)", "13.5\u00a0ms"),
            (2.5, "seconds(1)", "2.5\u00a0s"),
            (1234567.891, "number(2)", "1,234,567.89"),
            (1234567.891, "significant(3)", "1,230,000"),
            (0.0012345, "significant(2)", "0.0012"),
            (0.1, "significant(3)", "0.100"),
            (9.996, "significant(3)", "10.0"),
            (0, "significant(3)", "0"),
            (1234.5, "integer", "1,234"),
            (-0.5, "percent(0)", "\u221250%"),
            (-0.0001, "number(2)", "0.00"),
            (20, None, "20"),
            (0.30000000000000004, None, "0.3"),
            (1234.5, None, "1,234.5"),
        ],
    )
    def test_writes_numbers_for_people(self, value, spec, text):
        assert format_value(value, spec) == text

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2e18])
    def test_refuses_what_cannot_be_written_out(self, value):
        with pytest.raises(InvalidExpression, match="too large to be written out"):
            format_value(value, "integer")

    @given(st.floats(-1e15, 1e15), st.integers(1, 12))
    def test_keeps_the_significant_digits(self, value, digits):
        text = format_value(value, f"significant({digits})")
        read = float(text.replace(",", "").replace("\u2212", "-"))
        assert read == pytest.approx(value, rel=0.5001 * 10 ** (1 - digits), abs=1e-300)
