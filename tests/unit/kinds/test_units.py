"""Units of answers and how they convert."""

from __future__ import annotations

import pytest

from quizzes.kinds.units import PLAIN, Unit, parse_answer_unit, parse_unit


def _asked(spelling: str) -> Unit:
    unit = parse_unit(spelling)
    assert unit is not None
    return unit


class TestParseUnit:
    @pytest.mark.parametrize(
        ("spelling", "dimension", "factor"),
        [
            ("", "share", 1.0),
            ("%", "share", 0.01),
            ("ms", "time", 1e-3),
            ("µs", "time", 1e-6),
            ("us", "time", 1e-6),
            ("milliseconds", "time", 1e-3),
            ("Minutes", "time", 60.0),
            ("kB", "data", 1e3),
            ("KiB", "data", 1024.0),
            ("Gbit", "data", 1.25e8),
            ("MB/s", "data in time", 1e6),
            ("Mbps", "data in time", 1.25e5),
            ("requests", "count of request", 1.0),
            ("k requests", "count of request", 1e3),
            ("million queries", "count of query", 1e6),
            ("requests/s", "count of request in time", 1.0),
            ("requests per minute", "count of request in time", 1 / 60),
            ("krps", "count of request in time", 1e3),
            ("qps", "count of query in time", 1.0),
            ("×", "factor", 1.0),
        ],
    )
    def test_knows_dimension_and_size(self, spelling: str, dimension: str, factor: float) -> None:
        unit = _asked(spelling)

        assert unit.dimension == dimension
        assert unit.factor == pytest.approx(factor)

    @pytest.mark.parametrize("spelling", ["<b>", "5", "ms/B", "a/b/c", "MB/5", "/", "é"])
    def test_refuses_what_measures_nothing(self, spelling: str) -> None:
        assert parse_unit(spelling) is None

    def test_tells_milli_from_mega(self) -> None:
        assert parse_unit("MB") != parse_unit("mB")


class TestParseAnswerUnit:
    @pytest.mark.parametrize(
        ("asked", "answered", "ratio"),
        [
            ("ms", "", 1.0),
            ("ms", "s", 1e3),
            ("ms", "sec.", 1e3),
            ("%", "fraction", 100.0),
            ("MB", "KiB", 1024e-6),
            ("MB/s", "Mbps", 0.125),
            ("requests", "k", 1e3),
            ("requests", "million", 1e6),
            ("requests", "k req", 1e3),
            ("requests", "request", 1.0),
            ("requests/s", "k/s", 1e3),
            ("requests/s", "/s", 1.0),
            ("requests/s", "/min", 1 / 60),
            ("requests/s", "k", 1e3),
            ("requests/min", "/s", 60.0),
            ("requests/s", "rps", 1.0),
            ("processes", "process", 1.0),
            ("/s", "k/s", 1e3),
            ("/s", "per minute", 1 / 60),
        ],
    )
    def test_converts_to_what_is_asked(self, asked: str, answered: str, ratio: float) -> None:
        wanted = _asked(asked)
        given = parse_answer_unit(answered, wanted)

        assert given is not None
        assert given.factor / wanted.factor == pytest.approx(ratio)

    @pytest.mark.parametrize(
        ("asked", "answered"),
        [
            ("ms", "MB"),
            ("ms", "k"),
            ("%", "ms"),
            ("requests", "servers"),
            ("requests", "/s"),
            ("requests/s", "k/parsec"),
            ("requests/s", "k/MB"),
            ("MB", "MB/s"),
            ("", "ms"),
        ],
    )
    def test_refuses_a_unit_of_something_else(self, asked: str, answered: str) -> None:
        assert parse_answer_unit(answered, _asked(asked)) is None


class TestJoinedTo:
    def test_sets_a_percent_sign_close_and_other_units_apart(self) -> None:
        assert _asked("%").joined_to("4.9") == "4.9%"
        assert _asked("/s").joined_to("4.9") == "4.9/s"
        assert _asked("ms").joined_to("4.9") == "4.9\N{NO-BREAK SPACE}ms"
        assert PLAIN.joined_to("4.9") == "4.9"
