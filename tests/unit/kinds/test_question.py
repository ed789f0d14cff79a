"""Definitions, drawing and the prose of a variant."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.kinds import KINDS, InvalidQuestion, looks_alike, parse_question
from tests.unit.kinds import definitions


def _faults(definition: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidQuestion) as refusal:
        parse_question(definition)
    return dict(refusal.value.faults)


class TestParseQuestion:
    def test_names_the_kinds_where_the_kind_is_unknown(self) -> None:
        assert _faults(definitions.numeric(kind="essay")) == {
            "kind": f"'essay' is not a kind of question; there are {', '.join(KINDS)}"
        }

    def test_lists_every_fault_with_its_path(self) -> None:
        faults = _faults(definitions.numeric(tries=0, dimension="luck", surprise=1))

        assert set(faults) == {"tries", "dimension", "surprise"}

    def test_lists_every_faulty_expression_of_the_texts(self) -> None:
        faults = _faults(definitions.numeric(stem="{{ cals }}", right="{{ calls | parcent(1) }}", hint="{{ calls"))

        assert set(faults) == {"stem", "right"}
        assert "cals" in faults["stem"]

    def test_refuses_braces_around_a_plain_number(self) -> None:
        assert "needs no braces" in _faults(definitions.numeric(stem="{{ 20 }} calls"))["stem"]

    def test_refuses_an_unreadable_value(self) -> None:
        assert set(_faults(definitions.numeric(values={"share": "calls +", "union": "1"}))) == {"values.share"}

    def test_refuses_a_value_that_cannot_be_computed(self) -> None:
        assert set(_faults(definitions.numeric(values={"share": "1 / (calls - calls)", "union": "1"}))) == {
            "values.share"
        }

    def test_refuses_values_that_need_each_other(self) -> None:
        assert (
            "share needs union needs share"
            in _faults(definitions.numeric(values={"share": "union + 1", "union": "share * 2"}))["values"]
        )

    def test_refuses_a_name_used_twice(self) -> None:
        assert "calls cannot be both" in _faults(definitions.numeric(values={"calls": "1"}))[""]

    @pytest.mark.parametrize(
        ("variable", "message"),
        [
            ({}, "either choose or range"),
            ({"choose": [1], "range": [1, 2]}, "either choose or range"),
            ({"range": [5, 5]}, "must rise"),
            ({"range": [0, 1], "step": 0.00001}, "more than 10,000 steps"),
        ],
    )
    def test_refuses_a_variable_that_cannot_be_drawn(self, variable: dict[str, Any], message: str) -> None:
        assert message in _faults(definitions.numeric(variables={"calls": variable}))["variables.calls"]

    @pytest.mark.parametrize("number", [float("nan"), float("inf"), True, "5"])
    def test_refuses_a_variable_that_is_no_finite_number(self, number: object) -> None:
        faults = _faults(definitions.numeric(variables={"calls": {"choose": [number]}}))

        assert all(path.startswith("variables.calls.choose.0") for path in faults)

    def test_computes_values_in_the_order_in_which_they_need_each_other(self) -> None:
        values = {"a_last": "z_first * 2", "z_first": "calls + 1", "share": "a_last", "union": 1}
        drawn = parse_question(definitions.numeric(values=values, variables={"calls": {"choose": [9]}})).draw(0)

        assert drawn.key["value"] == 20


class TestDraw:
    @given(st.integers(min_value=0, max_value=2**53))
    def test_gives_the_same_variant_for_the_same_seed(self, seed: int) -> None:
        question = parse_question(definitions.choice())

        assert question.draw(seed) == question.draw(seed)

    def test_survives_being_stored_as_json(self) -> None:
        drawn = parse_question(definitions.numeric()).draw(1)

        assert json.loads(json.dumps([drawn.rendered, drawn.key])) == [drawn.rendered, drawn.key]

    def test_uses_every_value_of_a_variable(self) -> None:
        question = parse_question(definitions.numeric())

        assert {question.draw(seed).parameters["calls"] for seed in range(60)} == {6, 8, 10}

    def test_draws_steps_of_a_range_with_both_ends(self) -> None:
        steps = {"calls": {"range": [6, 7], "step": 0.2}}
        question = parse_question(definitions.numeric(variables=steps, values={"share": "calls", "union": "2 * calls"}))

        assert {question.draw(seed).parameters["calls"] for seed in range(120)} == {6, 6.2, 6.4, 6.6, 6.8, 7}

    def test_draws_integers_from_a_range_of_integers(self) -> None:
        question = parse_question(definitions.numeric(variables={"calls": {"range": [6, 8]}}))

        assert all(type(question.draw(seed).parameters["calls"]) is int for seed in range(20))

    def test_puts_the_numbers_into_the_prose(self) -> None:
        drawn = parse_question(definitions.numeric(variables={"calls": {"choose": [8]}})).draw(0)

        assert (
            drawn.rendered["stem_html"] == "<p>A page makes <strong>8</strong> calls. What share of pages is slow?</p>"
        )
        assert drawn.key["right_html"] == "All 8 calls must be fast: 7.73% of pages are not."

    def test_draws_again_where_a_misconception_would_count_as_right(self) -> None:
        question = parse_question(definitions.numeric(variables={"calls": {"choose": [1, 8]}}))

        assert {question.draw(seed).parameters["calls"] for seed in range(40)} == {8}

    def test_refuses_a_question_of_which_every_variant_is_unusable(self) -> None:
        message = _faults(definitions.numeric(variables={"calls": {"choose": [1]}}))["variables"]

        assert "the value of union-bound, 1, counts as the exact value 1" in message

    def test_refuses_options_that_read_the_same(self) -> None:
        assert (
            "two options both read “1.0%”"
            in _faults(definitions.choice(variables={"calls": {"choose": [1]}}))["variables"]
        )


CORRECTIONS: dict[str, dict[str, Any]] = {
    "numeric": {
        "answer": {"value": "union", "unit": "%", "significant": 2, "tolerance": {"relative": 0.011}},
        "misconceptions": [{"id": "exact", "value": "share", "feedback": "No."}],
    },
    "choice": {
        "options": [{**option, "correct": option["id"] == "union-bound"} for option in definitions.OPTIONS],
    },
    "multiple": {
        "options": [
            {**option, "correct": option["id"] == "retry-is-free"} for option in definitions.multiple()["options"]
        ],
    },
    "ordering": {
        "cards": definitions.ordering()["cards"][::-1],
        "misconceptions": [{"id": "other", "puts": "log", "before": "index", "feedback": "No."}],
    },
    "matching": {
        "parts": [
            {**part, "choice": choice, "misconceptions": [{"id": "x", "choice": "load", "feedback": "No."}]}
            for part, choice in zip(
                definitions.matching()["parts"], ["reach", "waiting", "coincidence", "repetition"], strict=True
            )
        ],
    },
    "categorise": {
        "parts": [
            {**part, "choice": "software" if part["choice"] == "hardware" else "hardware"}
            for part in definitions.categorise()["parts"]
        ],
    },
    "short-text": {
        "answer": {"text": "atomic"},
        "misconceptions": [{"id": "other", "texts": ["idempotent"], "feedback": "No."}],
    },
    "estimate": {
        "steps": [
            {**step, "value": f"2 * ({step['value']})", "tolerance": {"relative": 0.03}, "accepts": [step["unit"]]}
            for step in definitions.estimate()["steps"]
        ],
    },
}
"""For each kind, what an instructor may set right: the key, the tolerance, the misconceptions."""


class TestRedraw:
    def test_is_tested_for_every_kind(self) -> None:
        assert CORRECTIONS.keys() == KINDS.keys()
        assert {definition["kind"] for definition in definitions.one_of_each_kind()} == KINDS.keys()

    @pytest.mark.parametrize("definition", definitions.one_of_each_kind(), ids=lambda definition: definition["kind"])
    def test_shows_the_same_with_another_key_after_a_correction(self, definition: dict[str, Any]) -> None:
        question = parse_question(definition)
        corrected = parse_question(definition | CORRECTIONS[definition["kind"]])
        for seed in range(50):
            stored = question.draw(seed)
            again = corrected.redraw(stored)

            assert again.parameters == stored.parameters
            assert looks_alike(stored.rendered, again.rendered)
            assert again.key != stored.key

    @pytest.mark.parametrize("definition", definitions.one_of_each_kind(), ids=lambda definition: definition["kind"])
    def test_draws_by_itself_what_it_drew_before(self, definition: dict[str, Any]) -> None:
        question = parse_question(definition)

        assert all(question.redraw(question.draw(seed)) == question.draw(seed) for seed in range(50))

    def test_brings_back_a_variant_that_the_correction_made_unusable(self) -> None:
        stored = next(
            drawn
            for seed in range(50)
            if (drawn := parse_question(definitions.numeric()).draw(seed)).parameters == {"calls": 10}
        )
        near = [{"id": "near", "value": "share * (1 + (calls - 8) / 400)", "feedback": "Near."}]
        corrected = parse_question(definitions.numeric(misconceptions=[], variables={"calls": {"choose": [6, 8, 10]}}))
        ambiguous = dataclasses.replace(
            corrected, definition=corrected.definition.model_copy(update={"misconceptions": _parsed(near)})
        )

        assert ambiguous.redraw(stored).rendered == stored.rendered

    def test_refuses_a_variant_of_another_question(self) -> None:
        stored = parse_question(definitions.numeric(variables={"calls": {"choose": [7]}})).draw(0)

        with pytest.raises(InvalidQuestion, match="the variant of seed 0 is not one of this definition's"):
            parse_question(definitions.numeric()).redraw(stored)


def _parsed(misconceptions: list[dict[str, Any]]) -> Any:
    definition = parse_question(definitions.numeric(misconceptions=[])).definition
    return type(definition).model_validate(definitions.numeric(misconceptions=misconceptions)).misconceptions  # type: ignore[attr-defined]


class TestProse:
    @pytest.mark.parametrize(
        "hostile",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "![x](https://example.com/x.png)",
            "[x](data:text/html,x)",
            "<a href='https://e.com' onclick='x()'>x</a>",
        ],
    )
    def test_lets_nothing_through_that_runs_or_loads(self, hostile: str) -> None:
        html = parse_question(definitions.numeric(stem=hostile)).draw(0).rendered["stem_html"]

        assert not any(tag in html for tag in ("<script", "<img", "<a href='", 'href="javascript', 'href="data'))

    def test_renders_tables_and_code(self) -> None:
        html = (
            parse_question(definitions.numeric(stem="| a | b |\n|--|--:|\n| `1` | 2 |")).draw(0).rendered["stem_html"]
        )

        assert "<table>" in html
        assert "<code>1</code>" in html
        assert "style" not in html

    @pytest.mark.parametrize(
        ("written", "found"),
        [
            ("$0.99^{ {{ calls }} }$ of them", "<msup><mn>0.99</mn><mrow><mn>8</mn></mrow></msup>"),
            ("$a_1 * b_1$ and *then*", "<em>then</em>"),
            ("$$\\frac{a}{b}$$", 'display="block"'),
            ("$1,000 x$", "<mn>1,000</mn>"),
            ("from $40 to $50", "from $40 to $50"),
            ("`$a$`", "<code>$a$</code>"),
            ("```\n$a$\n```", "<code>$a$"),
            ("\\$5 and $x$", "$5 and <math"),
        ],
    )
    def test_sets_formulas_as_in_prose(self, written: str, found: str) -> None:
        definition = definitions.numeric(stem=written, variables={"calls": {"choose": [8]}})

        html = parse_question(definition).draw(0).rendered["stem_html"]
        assert found in html
        assert "\ue000" not in html

    def test_sets_formulas_in_feedback_too(self) -> None:
        drawn = parse_question(definitions.numeric(right="It is $x^2$.")).draw(0)

        assert "<msup>" in drawn.key["right_html"]

    @pytest.mark.parametrize("formula", ["$\\foo{x}$", "${x$", "$" + "x" * 501 + "$"])
    def test_refuses_a_formula_that_cannot_be_set(self, formula: str) -> None:
        assert set(_faults(definitions.numeric(stem=formula))) == {"stem"}

    def test_lets_nobody_put_a_formula_in_by_its_marker(self) -> None:
        html = parse_question(definitions.numeric(stem="\ue0000\ue001 $x$")).draw(0).rendered["stem_html"]

        assert html.count("<math") == 1
