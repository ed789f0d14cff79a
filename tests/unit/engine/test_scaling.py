"""Costs of scaling: crossings against Lambert's W, node counts against trying every number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from simulations.engine import crossings, scaling
from simulations.engine.functions import FUNCTIONS
from simulations.engine.functions import scaling as functions
from simulations.engine.scaling import CostLaws, Machines, Scalability

CROSSINGS = [
    (0.7, 1.651),
    (0.8, 2.502),
    (0.9, 3.565),
    (0.9359, 4.000),
    (1.0, 4.850),
    (1.1, 6.365),
    (1.1937, 8.000),
    (1.25, 9.085),
    (1.5, 14.85),
    (2.0, 31.22),
]

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("scale_up_cost", (2, 1.6), 3.031, 3),
    ("scale_up_cost", (10, 1.6), 39.8, 1),
    ("scale_up_cost", (10, 1.6, 1_000), 39_811, 0),
    ("scale_out_cost", (1, 1), 1, 9),
    ("scale_out_cost", (math.e, 1), 2 * math.e, 9),
    ("scaling_crossover", (1.6, 1.0), 4.850, 3),
    ("overhead_for_crossover", (1.6, 4), 0.936, 3),
    ("overhead_for_crossover", (1.6, 8), 1.194, 3),
    ("scaled_throughput", (44, 0.03, 0.0005), 13.60, 2),
    ("scaled_throughput", (7, 0, 0), 7, 9),
    ("peak_nodes", (0.03, 0.0005), 44.05, 2),
    ("grown_load", (3, 3), 27, 9),
    ("years_until", (1.74, 10, 3), 1.6, 1),
    ("years_until", (1, 2, 3), 7.6 / 12, 2),
    ("backlog_after_boot", (8_000, 5_000, 30), 90_000, 9),
    ("drain_s", (90_000, 8_000, 10_000), 45, 9),
]

REFUSED = [
    ("scaling_crossover", (1.6, 0.5), "overhead must exceed the exponent less 1, 0.6, .*; you gave 0.5."),
    ("scaling_crossover", (1, 1), "you gave 1."),
    ("peak_nodes", (0.03, 0), "coherency must be larger for a peak within a million nodes; you gave 0."),
    ("drain_s", (1, 10, 10), "capacity must exceed the arrivals, 10; you gave 10."),
    ("scale_up_cost", (0.5, 1.6), "load must lie between 1 and 1000000000; you gave 0.5."),
]

laws = st.builds(CostLaws, st.floats(1.01, 2.5), st.floats(0.0, 3.0))


class TestFunctions:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert FUNCTIONS[name].call(*arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-12)

    @pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
    def test_says_which_argument_and_what_it_was(self, name, arguments, message):
        with pytest.raises(ValueError, match=message):
            FUNCTIONS[name].call(*arguments)

    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_names_the_result_in_one_short_line(self, name, arguments, value, digits):
        line = FUNCTIONS[name].explain(*arguments)
        assert "\n" not in line
        assert len(line) < 200
        assert "{" not in line

    def test_shows_the_derivation(self):
        line = FUNCTIONS["scaling_crossover"].explain(1.6, 1)
        assert line == "load ** (1.6 - 1) = 1 + 1 * ln(load) at load = 4.85"

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in functions.FUNCTIONS}


class TestCrossing:
    @given(st.floats(1.01, 1e6))
    def test_agrees_with_lamberts_w(self, slope):
        expected = -1.0 / slope - special.lambertw(-math.exp(-1.0 / slope) / slope, -1).real
        assert crossings.exponential_over_line(slope) == pytest.approx(expected, rel=1e-9)

    @given(st.floats(1.0 + 1e-9, 1e6))
    def test_solves_its_equation(self, slope):
        u = crossings.exponential_over_line(slope)
        assert u > 0.0
        assert math.expm1(u) == pytest.approx(slope * u, rel=1e-9)

    @given(st.floats(0.0, 1.0))
    def test_there_is_none_for_a_line_that_starts_below(self, slope):
        assert crossings.exponential_over_line(slope) is None

    @pytest.mark.parametrize(("overhead", "load"), CROSSINGS)
    def test_anchors(self, overhead, load):
        assert CostLaws(1.6, overhead).crossing == pytest.approx(load, rel=5e-4)

    @given(laws)
    def test_costs_are_equal_there_and_ordered_beside_it(self, law):
        crossing = law.crossing
        if crossing is None or crossing < 1.0001:
            return
        near = np.array([crossing**0.9, crossing, crossing**1.1])
        up, out = law.vertical(near), law.horizontal(near)
        assert up[1] == pytest.approx(out[1], rel=1e-6)
        assert up[0] <= out[0] * (1 + 1e-9)
        assert up[2] >= out[2] * (1 - 1e-9)

    @given(st.floats(1.2, 2.5), st.floats(0.1, 2.5), st.floats(1.01, 1.2))
    def test_rises_with_overhead_and_falls_with_the_exponent(self, exponent, overhead, times):
        here = CostLaws(exponent, overhead).crossing or 1.0
        assert (CostLaws(exponent, overhead * times).crossing or math.inf) >= here or overhead * times <= exponent - 1
        assert (CostLaws(exponent * times, overhead).crossing or 1.0) <= here * (1 + 1e-9)

    @given(st.floats(1.05, 2.5), st.floats(1.5, 1_000.0))
    def test_the_overhead_for_a_load_puts_the_crossing_there(self, exponent, load):
        assert CostLaws(exponent, scaling.overhead_for(exponent, load)).crossing == pytest.approx(load, rel=1e-6)

    @pytest.mark.parametrize(("exponent", "overhead"), [(1.0, 1.0), (1.0, 0.0), (1.001, 3.0), (1.6, 0.6)])
    def test_may_be_none(self, exponent, overhead):
        assert CostLaws(exponent, overhead).crossing is None

    @given(laws)
    def test_both_start_at_the_base_machine(self, law):
        one = np.array(1.0)
        assert law.vertical(one) == law.horizontal(one) == 1.0


class TestScalability:
    @given(st.floats(0.0, 0.3), st.just(0.0) | st.floats(1e-5, 0.01), st.floats(1.0, 64.0))
    def test_nodes_agree_with_trying_every_number(self, contention, coherency, load):
        law = Scalability(contention, coherency)
        tried = np.arange(1, 20_001)
        enough = tried[law.throughput(tried) >= load * (1 - 1e-10)]
        found = law.nodes_for(load)
        if enough.size:
            assert found == enough[0]
        else:
            assert found is None or found > 20_000

    def test_no_loss_is_linear_and_contention_alone_has_amdahls_limit(self):
        assert Scalability(0.0, 0.0).nodes_for(37.0) == 37
        assert float(Scalability(0.05, 0.0).throughput(np.array(1e9))) == pytest.approx(20.0, rel=1e-6)
        assert Scalability(0.05, 0.0).nodes_for(20.0) is None
        assert Scalability(0.05, 0.0).nodes_for(19.9999) is None
        assert Scalability(0.0, 0.0).peak_nodes is None
        assert Scalability(0.0, 5e-324).peak_nodes is None
        assert Scalability(1.0, 0.0).peak_nodes is None

    def test_peak(self):
        law = Scalability(0.03, 0.0005)
        assert round(law.peak_nodes, 2) == 44.05
        assert round(float(law.throughput(np.array(44.0))), 2) == 13.60
        assert law.nodes_for(13.6) is None
        assert law.nodes_for(13.59) is not None

    def test_between_two_whole_numbers_none_may_be_enough(self):
        law = Scalability(0.0, 0.16)
        best = float(law.throughput(np.array(law.peak_nodes)))
        assert law.peak_nodes == 2.5
        assert law.nodes_for(best * (1 - 1e-6)) is None


class TestMachines:
    sold = Machines(CostLaws(1.6, 1.0), Scalability(0.03, 0.0005), 16.0, 1)

    @pytest.mark.parametrize(("load", "size"), [(1.0, 1.0), (1.5, 2.0), (4.0, 4.0), (9.0, 16.0), (16.0, 16.0)])
    def test_sizes_double(self, load, size):
        assert self.sold.vertical(load) == pytest.approx(size**1.6)

    def test_end_where_the_largest_does(self):
        assert self.sold.vertical(16.1) is None
        assert Machines(self.sold.laws, self.sold.scalability, 12.0, 1).vertical(9.0) == pytest.approx(12.0**1.6)

    def test_nodes_are_paid_with_their_spare_ones(self):
        assert self.sold.horizontal(4.0) == 6.0
        assert self.sold.horizontal(14.0) is None
