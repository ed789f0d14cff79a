"""Numbers as a page without script writes them."""

from __future__ import annotations

import pytest

from simulations.engine.parameters import describe
from simulations.engine.registry import get_model
from simulations.engine.words import YES_NO, counted
from simulations.selectors.numbers import chosen, in_table, with_unit, written


class TestWritten:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0.0, "0"),
            (20.0, "20"),
            (40_000_000.0, "40,000,000"),
            (1_505.48, "1,505"),
            (28.512, "28.5"),
            (4.904, "4.90"),
            (0.01613, "0.016"),
            (99.94976, "99.95"),
            (99.99999999999997, "100"),
            (-18.21, "-18.2"),
        ],
    )
    def test_keeps_what_tells_values_apart(self, value, text):
        assert written(value) == text


class TestInTable:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0.1 + 0.2, "0.3"),
            (40, "40"),
            (1_505.4, "1,505.4"),
            (4.904, "4.9"),
            (0.000163, "0.00016"),
            (-1e-17, "0"),
            (100.0, "100"),
            (True, "yes"),
            (None, "none"),
            ("refused", "refused"),
        ],
    )
    def test_shows_numbers_without_idle_zeros_and_words_as_they_are(self, value, text):
        assert in_table(value) == text


class TestWithUnit:
    @pytest.mark.parametrize(
        ("unit", "text"),
        [
            ("ms", "28.5 ms"),
            ("%", "28.5%"),
            ("/s", "28.5/s"),
            ("1/s", "28.5/s"),
            ("$", "$28.5"),
            ("$/h", "28.5 $/h"),
            ("", "28.5"),
        ],
    )
    def test_stands_where_it_is_read(self, unit, text):
        assert with_unit("28.5", unit) == text

    @pytest.mark.parametrize(
        ("number", "unit", "text"),
        [
            ("1", "writes/s", "1 write/s"),
            ("1", "first features", "1 first feature"),
            ("1", "times the mean", "1 times the mean"),
            ("1", "million rows", "1 million rows"),
            ("1", "ms", "1 ms"),
            ("0", "writes", "0 writes"),
            ("1.25", "writes", "1.25 writes"),
        ],
    )
    def test_loses_its_plural_after_exactly_one(self, number, unit, text):
        assert with_unit(number, unit) == text

    @pytest.mark.parametrize(("number", "text"), [("1", "yes"), ("0", "no")])
    def test_tells_an_answer(self, number, text):
        assert with_unit(number, YES_NO) == text


class TestChosen:
    @pytest.mark.parametrize(
        ("model", "name", "text", "words"),
        [
            ("stampede", "requests", "50000", "50,000 req/s"),
            ("stampede", "protection", "early", "Early, by chance"),
            ("tail_latency", "slow_share", "0.01", "1%"),
            ("tail_latency", "hedge", "off", "off"),
            ("fan_out", "rate", "300000", "300,000/s"),
        ],
    )
    def test_says_an_input_as_a_reader_knows_it(self, model, name, text, words):
        fields = {field["name"]: field for field in describe(get_model(model).parameters)}
        assert chosen(fields[name], text) == words


class TestCounted:
    @pytest.mark.parametrize(
        ("value", "words", "text"),
        [
            (1, ("writes",), "1 write"),
            (2_500, ("writes",), "2,500 writes"),
            (1, ("requests wait", "request waits"), "1 request waits"),
            (0, ("requests wait", "request waits"), "0 requests wait"),
        ],
    )
    def test_agrees_with_its_number(self, value, words, text):
        assert counted(value, *words) == text
