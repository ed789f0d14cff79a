"""Debt and care: sums feature by feature, inverses, and where one overtakes the other."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from simulations.engine.debt import Debt
from simulations.engine.functions import FUNCTIONS
from simulations.engine.functions import debt as functions

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("indebted_cost", (0.1, 20), 57.27, 2),
    ("indebted_cost", (0, 20), 20, 9),
    ("indebted_cost_linear", (0.1, 20), 39.0, 9),
    ("indebted_feature", (0.1, 21), 6.73, 2),
    ("indebted_feature", (0.1, 1), 1, 9),
    ("clean_cost", (0.3, 20), 26.0, 9),
    ("debt_break_even", (0.02, 0.3), 26.36, 2),
    ("debt_break_even", (0.05, 0.3), 11.25, 2),
    ("debt_break_even", (0.1, 0.3), 6.21, 2),
    ("debt_break_even", (0.15, 0.3), 4.53, 2),
    ("debt_break_even", (0.2, 0.3), 3.69, 2),
    ("debt_doubling", (0.02,), 35.0, 1),
    ("debt_doubling", (0.05,), 14.2, 1),
    ("debt_doubling", (0.1,), 7.27, 2),
    ("debt_doubling", (0.15,), 4.96, 2),
    ("debt_doubling", (0.2,), 3.80, 2),
    ("features_for_effort", (0.1, 100), 25.2, 1),
    ("clean_features_for_effort", (0.3, 100), 76.9, 1),
    ("debt_left", (0.1, 0.25), 0, 12),
    ("debt_left", (0.1, 0.1), 0.06, 12),
    ("features_with_clean_up", (0.1, 5, 20, 4), 31.23, 2),
    ("features_with_clean_up", (0.1, 5, 20, 19), 24.94, 2),
    ("features_with_clean_up", (0.1, 5, 3, 2), 8.3827, 4),
    ("copy_break_even", (80, 16), 5, 9),
    ("copied_fix_hours", (1, 4, 6, 0.2, 40), 10, 9),
    ("copied_fix_hours", (4, 4, 6, 0.2, 40), 47.52, 9),
    ("channels", (5,), 10, 9),
    ("channels", (50,), 1_225, 9),
    ("channels", (100,), 4_950, 9),
]

REFUSED = [
    ("indebted_cost", (1.2, 5), "debt must lie between 0 and 1; you gave 1.2."),
    ("debt_break_even", (0, 0.3), "debt must be large enough .*; you gave 0."),
    ("copied_fix_hours", (0, 4, 6), "copies must lie between 1 and 1000; you gave 0."),
    ("features_with_clean_up", (0.1, 5, 20, 21), "sprint must lie between 1 and 20; you gave 21."),
    ("channels", (2.5,), "members must be a whole number; you gave 2.5."),
    ("copy_break_even", (80, 0), "extra_hours must be more than 0; you gave 0."),
]

debts = st.builds(Debt, st.just(0.0) | st.floats(1e-6, 0.3), st.floats(0.0, 0.5), st.booleans())


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
        line = FUNCTIONS[name].explain(*arguments) if arguments != (0, 20) else "0"
        assert "\n" not in line
        assert len(line) < 200
        assert "{" not in line

    def test_shows_the_derivation(self):
        line = FUNCTIONS["debt_break_even"].explain(0.1, 0.3)
        assert line == "((1 + 0.1) ** n - 1) / 0.1 = (1 + 0.3) * n at n = 6.208"

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in functions.FUNCTIONS}


class TestCopies:
    @given(st.integers(1, 8), st.floats(0.0, 0.9), st.floats(0.0, 100.0))
    def test_is_the_mean_over_every_way_to_overlook_copies(self, copies, missed, incident):
        expected = 0.0
        for overlooked in itertools.product((False, True), repeat=copies - 1):
            weight = math.prod(missed if each else 1.0 - missed for each in overlooked)
            expected += weight * (3.0 + 5.0 * copies + incident * any(overlooked))
        assert functions.copied_fix_hours(copies, 3, 5, missed, incident) == pytest.approx(expected, rel=1e-9)

    @given(st.integers(1, 60))
    def test_counts_the_pairs_one_by_one(self, members):
        assert functions.channels(members) == sum(1 for _ in itertools.combinations(range(members), 2))


class TestDebt:
    @given(debts, st.integers(1, 60))
    def test_together_features_cost_their_sum(self, debt, features):
        one_by_one = debt.feature(np.arange(1, features + 1)).sum()
        assert float(debt.cumulative(np.array(float(features)))) == pytest.approx(one_by_one, rel=1e-6)

    @given(debts, st.floats(0.0, 60.0))
    def test_what_effort_buys_costs_that_effort(self, debt, features):
        effort = debt.cumulative(np.array(features))
        assert float(debt.features_for(effort)) == pytest.approx(features, rel=1e-6, abs=1e-9)

    @given(st.floats(0.001, 0.3), st.floats(0.0, 0.5), st.booleans(), st.floats(1.0, 2.0))
    def test_break_even_is_where_both_have_cost_the_same(self, growth, repaid, compounding, clean):
        debt = Debt(growth, repaid, compounding)
        found = debt.break_even(clean)

        def gap(features):
            return float(debt.cumulative(np.array(features))) - clean * features

        if found is None:
            assert gap(1.0) >= -1e-9
        else:
            assert gap(found) == pytest.approx(0.0, abs=1e-6 * clean * found)
            assert gap(1.5 * found + 1.0) > 0.0

    @given(st.floats(0.01, 0.3), st.floats(0.1, 1.0))
    def test_break_even_agrees_with_a_root_finder(self, growth, overhead):
        found = Debt(growth, 0.0, compounding=True).break_even(1.0 + overhead)
        expected = optimize.brentq(
            lambda n: math.expm1(n * math.log1p(growth)) / growth - (1 + overhead) * n, 1e-3, 1e3
        )
        assert found == pytest.approx(expected, rel=1e-9)

    @given(st.floats(0.01, 0.25), st.floats(1.01, 1.2), st.booleans())
    def test_more_debt_costs_more_and_breaks_even_sooner(self, growth, times, compounding):
        less, more = Debt(growth, 0.0, compounding), Debt(growth * times, 0.0, compounding)
        assert less.cumulative(np.array(20.0)) < more.cumulative(np.array(20.0))
        assert more.break_even(1.3) < less.break_even(1.3)

    def test_linear_debt_of_a_tenth_breaks_even_at_seven(self):
        assert Debt(0.1, 0.0, compounding=False).break_even(1.3) == pytest.approx(7.0)

    def test_without_debt_nothing_doubles_or_breaks_even(self):
        assert Debt(0.0, 0.25, compounding=True).break_even(1.3) is None
        assert Debt(0.0, 0.25, compounding=True).doubling is None
        assert Debt(0.0, 0.25, compounding=True).first == pytest.approx(4 / 3)

    def test_a_debt_next_to_none_breaks_even_after_more_than_anybody_builds(self):
        assert Debt(1e-8, 0.0, compounding=True).break_even(2.0) is None
        assert Debt(1e-8, 0.0, compounding=False).break_even(2.0) is None

    @pytest.mark.parametrize(("compounding", "features"), [(True, 7.27), (False, 10.0)])
    def test_doubling(self, compounding, features):
        assert Debt(0.1, 0.0, compounding).doubling == pytest.approx(features, abs=0.005)
