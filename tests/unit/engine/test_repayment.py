"""Repayment sprint by sprint: the constant share as one plan of many, where tokens go, and what their order does."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize

from simulations.engine.debt import Debt, growth_after_repayment
from simulations.engine.repayment import follow

growths = st.just(0.0) | st.floats(0.001, 0.3)
effects = st.sampled_from([0.0, 0.2, 0.4, 1.0])
tokens = st.integers(0, 5)
plans = st.lists(tokens, min_size=1, max_size=20).filter(lambda placed: sum(placed) < 5 * len(placed))


def plan(placed, *, growth=0.1, effect=0.4, capacity=5.0, compounding=True):
    return follow(growth, effect, placed, of=5, capacity=capacity, compounding=compounding)


def done(placed, **others):
    """What is built by the end of a plan."""
    effort = others.get("capacity", 5.0) * len(placed)
    return float(plan(placed, **others).features_for(np.array(effort)))


def evenly(placed, *, growth=0.1, effect=0.4, compounding=True):
    share = sum(placed) / (5 * len(placed))
    return Debt(growth_after_repayment(growth, share, effect), share, compounding)


class TestConstantPlan:
    @given(growths, effects, st.integers(0, 4), st.integers(1, 20), st.booleans())
    def test_is_the_constant_share(self, growth, effect, each, sprints, compounding):
        found = plan([each] * sprints, growth=growth, effect=effect, compounding=compounding)
        expected = evenly([each] * sprints, growth=growth, effect=effect, compounding=compounding)
        assert {stage.debt for stage in found.stages} == {expected}
        assert (found.growth, found.repaid) == (expected.growth, expected.repaid)
        effort, features = np.linspace(0.0, 300.0, 61), np.linspace(0.0, 40.0, 81)
        assert found.features_for(effort) == pytest.approx(expected.features_for(effort), rel=1e-9, abs=1e-9)
        assert found.cumulative(features) == pytest.approx(expected.cumulative(features), rel=1e-9, abs=1e-9)
        assert found.feature(features[2:]) == pytest.approx(expected.feature(features[2:]), rel=1e-6)

    @given(st.floats(0.01, 0.3), st.integers(0, 3), st.floats(1.0, 2.0), st.booleans())
    def test_breaks_even_with_it(self, growth, each, clean, compounding):
        found = plan([each] * 20, growth=growth, compounding=compounding).break_even(clean)
        expected = evenly([each] * 20, growth=growth, compounding=compounding).break_even(clean)
        assert found == (None if expected is None else pytest.approx(expected, rel=1e-6))


class TestByHand:
    """Three sprints of five first features: build, repay a whole sprint, build."""

    def test_compounding(self):
        # 5 of effort: (1.1^n - 1) / 0.1 = 5. A third of all effort is then more than the quarter that debt asks for: of
        # five tokens 2.5 find debt to repay. From half of that on, 0.1 - 0.4 * 2.5 / 15 is what a feature adds.
        first = math.log(1.5) / math.log(1.1)
        left = 0.1 - 0.4 * 2.5 / 15
        third = math.log(1.0 + left * (((1.0 + left) ** first - 1.0) / left + 5.0)) / math.log(1.0 + left)
        found = plan([0, 5, 0])
        assert found.features_for(np.array([5.0, 8.0, 10.0, 15.0])) == pytest.approx([first, first, first, third])
        assert found.lost == pytest.approx((0.0, 2.5, 0.0))
        assert third == pytest.approx(8.3827, abs=5e-5)

    def test_linear(self):
        # n + 0.05 n (n - 1) = 5, then with 0.1 - 0.4 * 2.5 / 15 a feature: n + 0.01667 n (n - 1) is 5 more.
        first = (-0.95 + math.sqrt(0.95**2 + 4 * 0.05 * 5)) / 0.1
        half = 0.5 * (0.1 - 0.4 * 2.5 / 15)
        target = first + half * first * (first - 1.0) + 5.0
        third = (-(1.0 - half) + math.sqrt((1.0 - half) ** 2 + 4.0 * half * target)) / (2.0 * half)
        assert done([0, 5, 0], compounding=False) == pytest.approx(third)

    def test_a_sprint_that_only_repays_costs_its_effort_and_no_feature(self):
        found = plan([0, 5, 0])
        first = math.log(1.5) / math.log(1.1)
        around = found.cumulative(np.array([first - 1e-6, first + 1e-6]))
        assert around == pytest.approx([5.0, 10.0], abs=1e-4)

    def test_nothing_is_built_before_the_first_sprint_that_builds(self):
        found = plan([5, 0])
        assert found.features_for(np.array([0.0, 2.0, 5.0])).tolist() == [0.0, 0.0, 0.0]
        assert found.cumulative(np.array([0.0, 1.0])) == pytest.approx([0.0, 6.0])


class TestTokens:
    @given(plans, growths, effects)
    def test_each_builds_finds_debt_or_is_lost(self, placed, growth, effect):
        found = plan(placed, growth=growth, effect=effect)
        assert found.repaid == sum(placed) / (5 * len(placed))
        credited = sum(placed) - sum(found.lost)
        assert all(0.0 <= lost <= each for lost, each in zip(found.lost, placed, strict=True))
        assert found.growth == pytest.approx(max(0.0, growth - effect * credited / (5 * len(placed))), abs=1e-9)
        building = sum(
            float(stage.debt.cumulative(np.array(0.0))) + 1.0 / stage.debt.first for stage in found.stages[:-1]
        )
        assert building == pytest.approx(len(placed) - sum(placed) / 5)

    @given(plans, growths, effects, st.booleans())
    def test_what_features_cost_buys_them(self, placed, growth, effect, compounding):
        found = plan(placed, growth=growth, effect=effect, compounding=compounding)
        features = np.linspace(0.0, 1.5 * found.stages[-1].features + 1.0, 40)
        assert found.features_for(found.cumulative(features)) == pytest.approx(features, rel=1e-6, abs=1e-6)

    def test_refuses_to_build_nothing(self):
        with pytest.raises(ValueError, match="has to leave some effort"):
            plan([5, 5, 5])


class TestOrder:
    """What counts is the share so far: in a falling plan it is never below the average, in a rising one never above."""

    @given(st.lists(tokens, min_size=2, max_size=20), st.floats(0.01, 0.3), st.floats(5.0, 50.0), st.booleans())
    def test_late_never_beats_even(self, placed, growth, capacity, compounding):
        rising = [min(each, 4) for each in sorted(placed)]
        effort = np.array(capacity * len(rising))
        even = evenly(rising, growth=growth, compounding=compounding)
        found = done(rising, growth=growth, capacity=capacity, compounding=compounding)
        assert found <= float(even.features_for(effort)) * (1.0 + 1e-9)

    @given(st.lists(tokens, min_size=2, max_size=20), st.floats(0.01, 0.3), st.floats(5.0, 50.0), st.booleans())
    def test_early_beats_even_beats_late_where_none_is_lost(self, placed, growth, capacity, compounding):
        falling = [min(each, 4) for each in sorted(placed, reverse=True)]
        # Repayment works little enough that the first sprint already finds debt for all of its tokens.
        effect = 0.9 * growth / max(0.2, falling[0] / 5)
        others = {"growth": growth, "effect": effect, "compounding": compounding}
        early, late = (done(each, capacity=capacity, **others) for each in (falling, falling[::-1]))
        even = float(evenly(falling, **others).features_for(np.array(capacity * len(falling))))
        assert sum(plan(falling, capacity=capacity, **others).lost) == 0.0
        assert early >= even * (1.0 - 1e-9) >= late * (1.0 - 2e-9)

    def test_before_there_is_debt_it_is_lost(self):
        assert done([5, 5] + [0] * 18) < done([1, 1, 1, 2] * 2 + [0] * 12)
        assert sum(plan([5, 5] + [0] * 18).lost) == pytest.approx(7.5)

    def test_at_the_end_it_builds_less_than_nothing_repaid(self):
        assert done([0] * 18 + [5, 5]) < done([0] * 20)

    @pytest.mark.parametrize(("sprint", "pays"), [(4, True), (18, True), (19, False), (20, False)])
    def test_a_clean_up_sprint_pays_until_the_eighteenth_of_twenty(self, sprint, pays):
        assert (done([5 if each == sprint else 0 for each in range(1, 21)]) > done([0] * 20)) == pays


class TestBreakEven:
    @given(st.lists(tokens, min_size=20, max_size=20), st.floats(0.03, 0.3), st.floats(1.05, 1.8), st.booleans())
    def test_is_the_last_number_of_features_that_cost_no_more_than_clean_ones(self, placed, growth, clean, compounding):
        assume(sum(placed) < 100)
        found = plan(placed, growth=growth, compounding=compounding)
        even = found.break_even(clean)
        assume(found.growth > 0.0)  # without debt left haste may be ahead for ever
        # Every tenth of a feature, and the last before a sprint that only repays.
        ends = [stage.features for stage in found.stages]
        features = np.union1d(np.arange(0.1, 2.0 * max(ends[-1], even or 0.0) + 30.0, 0.1), ends)
        cheaper = features[found.cumulative(features) <= clean * features * (1.0 - 1e-9)]
        last = cheaper[-1] if cheaper.size else 0.0
        assert last <= (even or 0.0) + 1e-6
        if even is not None:
            assert float(found.cumulative(np.array(even))) <= clean * even * (1.0 + 1e-6)

    def test_agrees_with_a_root_finder_beyond_the_plan(self):
        found = plan([1, 1, 1, 2] * 2 + [0] * 12)
        root = optimize.brentq(lambda n: float(found.cumulative(np.array(n))) - 3.0 * n, 44.0, 200.0)
        assert found.break_even(3.0) == pytest.approx(root, rel=1e-9)

    def test_without_debt_left_care_never_catches_up(self):
        assert plan([1, 1, 1, 2] * 5).break_even(2.0) is None
