"""The named functions of an estimate: the worked envelope, five estimates, the latency card, their refusals."""

import itertools

import pytest

from simulations.engine.functions import FUNCTIONS, estimation

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("per_second", (1.5e9,), 17_361, 0),
    ("per_second", (100e6, 30), 38.6, 1),
    ("per_second", (10e9, 30), 3_858, 0),
    ("per_second", (20e6,), 231, 0),
    ("request_rate", (100e6, 0.3, 50), 17_361, 0),
    ("request_rate", (100e6, 0.3, 50, 2), 34_722, 0),
    ("request_rate", (100e6, 0.3, 50, 3), 52_083, 0),
    ("request_rate", (200e6, 1, 0.5), 1_157, 0),
    ("request_rate", (200e6, 1, 10, 3), 69_444, 0),
    ("request_rate", (200e6, 1, 0.5 * 200), 231_481, 0),
    ("request_rate", (200e6, 1, 10 * 200, 3), 13.9e6, -5),
    ("machines_needed", (50_000, 5_000), 10, 9),
    ("machines_needed", (50_000, 5_000, 2), 20, 9),
    ("machines_needed", (11_574, 5_000, 1, 1), 4, 9),
    ("machines_needed", (694_444, 100_000), 7, 9),
    ("machines_needed", (250_000, 50_000), 5, 9),
    ("machines_needed", (100_000, 80_000), 2, 9),
    ("machines_needed", (0.3, 0.1), 3, 9),
    ("bytes_stored", (1.5e9, 1_000, 1), 1.5e12, 0),
    ("bytes_stored", (1.5e9, 1_000, 365), 547.5e12, 0),
    ("bytes_stored", (1.5e9, 1_000, 365, 3), 1_642.5e12, 0),
    ("bytes_stored", (100e6 / 30, 500, 30), 50e9, 0),
    ("bytes_stored", (100e6 / 30, 500, 360), 600e9, 0),
    ("bytes_stored", (100e6 / 30, 500, 1_800, 3.9), 11.7e12, 0),
    ("bytes_stored", (100e6, 1_000, 365), 36.5e12, 0),
    ("bytes_stored", (20e6, 500_000, 1), 10e12, 0),
    ("bytes_stored", (20e6, 500_000, 365), 3.65e15, 0),
    ("bytes_stored", (33_333 * 3_600, 2.5e6, 365), 109.5e15, -13),
    ("bytes_stored", (250_000 * 86_400, 32, 1), 691.2e9, 0),
    ("bandwidth_mbps", (3_858, 500), 15.4, 1),
    ("bandwidth_mbps", (250_000, 150), 300, 9),
    ("bandwidth_mbps", (69_444, 20_000), 11_111, 0),
    ("transfer_ms", (1e6, 10e9), 0.8, 9),
    ("transfer_ms", (1e6, 1e9), 8, 9),
    ("transfer_ms", (1e6, 8 * 20e9), 0.05, 9),
    ("transfer_ms", (1e6, 8 * 14e9), 0.0714, 4),
    ("transfer_ms", (1e6, 8 * 3.5e9), 0.286, 3),
    ("transfer_ms", (1e6, 8 * 0.25e9), 4, 9),
    ("in_progress", (100_000, 0.0005), 50, 9),
    ("in_progress", (100e6 * 30 / 1_440, 1), 2.083e6, -3),
    ("keys_possible", (62, 7), 3.5216e12, -8),
    ("keys_possible", (62, 6), 5.68e10, -8),
    ("key_collision", (62**7, 6e9), 0.0017, 4),
    ("error_factor", ([2, 2],), 2.665, 3),
    ("error_factor", ([1],), 1, 9),
    ("significant", (52_083, 1), 50_000, 9),
    ("significant", (17_361, 2), 17_000, 9),
]

REFUSED = [
    ("per_second", (10, 0), "days must be more than 0; you gave 0."),
    ("request_rate", (10, 30, 1), "active_share must lie between 0 and 1; you gave 30."),
    ("request_rate", (10, 0.3, 1, 0.5), "peak must lie between 1 and 1000; you gave 0.5."),
    ("machines_needed", (10, 1, 1, -1), "spares must lie between 0 and 1000; you gave -1."),
    ("keys_possible", (1, 7), "alphabet must lie between 2 and 64; you gave 1."),
    ("key_collision", (10, 11), "used must lie between 0 and 10; you gave 11."),
    ("error_factor", ([0.5],), r"factors\[0\] must lie between 1 and 1000; you gave 0.5."),
    ("significant", (1, 0), "digits must lie between 1 and 12; you gave 0."),
]


def call(name, *arguments):
    return FUNCTIONS[name].call(*arguments)


class TestFigures:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert call(name, *arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-12)

    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_says_how_in_a_line(self, name, arguments, value, digits):
        line = FUNCTIONS[name].explain(*arguments)
        assert "{" not in line
        assert len(line) < 200

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in estimation.FUNCTIONS}

    def test_keys_are_counted(self):
        assert call("keys_possible", 3, 4) == sum(1 for _ in itertools.product("abc", repeat=4))

    def test_keys_last_as_long_as_stated(self):
        assert call("keys_possible", 62, 7) / 1.2e9 == pytest.approx(2_935, abs=0.5)
        assert call("keys_possible", 62, 6) / 1.2e9 == pytest.approx(47, abs=0.5)


class TestRefusals:
    @pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
    def test_says_which_argument_and_what_it_was(self, name, arguments, message):
        with pytest.raises(ValueError, match=message):
            call(name, *arguments)
