"""Quantities: units that must agree, factors that combine."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.quantities import IncompatibleUnits, combined_error, quantity, significant

multiples = st.floats(1.0, 5.0)


class TestUnits:
    def test_a_rate_times_bytes_is_a_bandwidth(self):
        assert (quantity(1_000.0, "1/s") * quantity(125.0, "B")).to("Mb/s") == pytest.approx(1.0)

    def test_a_day_of_a_rate_is_a_number(self):
        assert (quantity(2.0, "1/s") * quantity(1.0, "day")).to("") == 172_800.0

    def test_seconds_are_not_added_to_bytes(self):
        with pytest.raises(IncompatibleUnits, match=r"time\^1 cannot be added to information\^1"):
            quantity(1.0, "s") + quantity(1.0, "B")

    def test_bytes_are_not_read_in_seconds(self):
        with pytest.raises(IncompatibleUnits, match=r"cannot be read in s, which is time\^1"):
            quantity(1.0, "B").to("s")

    def test_a_plain_number_says_so(self):
        with pytest.raises(IncompatibleUnits, match="a plain number cannot be added"):
            quantity(1.0) + quantity(1.0, "s")

    def test_an_unknown_unit_lists_the_known_ones(self):
        with pytest.raises(IncompatibleUnits, match="'furlong' is not a known unit; there are ms, s, min"):
            quantity(1.0, "1/furlong")

    def test_prices_cancel_what_they_are_the_price_of(self):
        assert (quantity(3.0, "TB") * quantity(0.02, "$/GB")).to("$") == pytest.approx(60.0)


class TestFactors:
    @given(multiples, multiples, multiples)
    def test_a_product_is_known_within_the_root_of_squared_logarithms(self, first, second, third):
        within = {"a": first, "b": second, "c": third}
        product = quantity(2.0, factors="a") * quantity(3.0, factors="b") * quantity(4.0, factors="c")
        expected = math.exp(math.sqrt(sum(math.log(each) ** 2 for each in within.values())))
        assert product.error_factor(within) == pytest.approx(expected)
        assert combined_error(within.values()) == pytest.approx(expected)

    def test_a_factor_on_both_sides_of_a_ratio_cancels(self):
        ratio = quantity(6.0, "B", factors=["load"]) / quantity(3.0, "s", factors=["load"])
        assert ratio.error_factor({"load": 4.0}) == 1.0

    def test_a_factor_that_enters_twice_counts_twice_not_root_two(self):
        square = quantity(2.0, factors=["load"]) * quantity(2.0, factors=["load"])
        assert square.error_factor({"load": 3.0}) == pytest.approx(9.0)

    def test_agrees_with_draws(self):
        within = {"load": 1.3, "bytes": 1.2, "peak": 1.1}
        first = quantity(700.0, "$", factors=["load", "peak"])
        total = first + quantity(300.0, "$", factors=["load", "bytes"])
        normal = np.random.default_rng(3).standard_normal((3, 200_000))
        load, size, peak = (
            np.exp(math.log(within[name]) * draw) for name, draw in zip(("load", "bytes", "peak"), normal, strict=True)
        )
        drawn = np.log(700.0 * load * peak + 300.0 * load * size)
        assert math.log(total.error_factor(within)) == pytest.approx(float(drawn.std()), rel=0.02)

    def test_two_nothings_add_up_to_nothing(self):
        nothing = quantity(0.0, "B", factors=["load"]) + quantity(0.0, "B", factors=["load"])
        assert (nothing.value, nothing.error_factor({"load": 2.0})) == (0.0, pytest.approx(2.0))


class TestSignificant:
    @pytest.mark.parametrize(
        ("value", "digits", "rounded"), [(52_083, 1, 50_000), (17_361, 2, 17_000), (0.00456, 1, 0.005), (0, 1, 0)]
    )
    def test_keeps_so_many_figures(self, value, digits, rounded):
        assert significant(value, digits) == rounded
