"""The model of debt and care: its anchors and what holds for every setting."""

import json
import warnings

import pytest
from hypothesis import given, settings

from simulations.engine import parameters
from simulations.engine.models import maintainability
from simulations.engine.models.maintainability import MODEL, Parameters
from tests.unit.engine.fields import settings_of


def evaluate(**changes):
    return maintainability.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


class TestAnchors:
    @pytest.mark.parametrize(
        ("debt", "break_even", "doubling"),
        [(2, 26.36, 35.0), (5, 11.25, 14.2), (10, 6.21, 7.27), (15, 4.53, 4.96), (20, 3.69, 3.80)],
    )
    def test_break_even_and_doubling(self, debt, break_even, doubling):
        found = figures(debt=debt)
        assert found["break_even"] == pytest.approx(break_even, abs=0.005)
        assert found["doubling"] == pytest.approx(doubling, abs=0.05)

    def test_twenty_features(self):
        found = figures(features=20)
        assert [round(found[name], 2) for name in ("indebted", "clean", "following")] == [57.27, 26.0, 6.73]
        assert figures(features=20, law="linear")["indebted"] == pytest.approx(39.0)

    def test_twenty_sprints(self):
        found = figures()
        assert [round(found[name], 1) for name in ("done", "clean_done")] == [25.2, 76.9]

    def test_a_quarter_repaid_makes_debt_stand_still(self):
        found = figures(repaid=25)
        assert found["growth"] == 0.0
        assert found["following"] == pytest.approx(4 / 3)

    def test_copies(self):
        assert figures()["copy_changes"] == 5.0


class TestResult:
    @settings(max_examples=80, deadline=None)
    @given(settings_of(Parameters))
    def test_every_setting_gives_finite_json_and_no_empty_line(self, inputs):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = maintainability.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert [chart.name for chart in found.charts] == ["cumulative", "feature", "sprints", "break_even"]
        assert all(series.x and len(series.x) == len(series.y) for chart in found.charts for series in chart.series)

    def test_without_debt_and_care_both_teams_are_one(self):
        found = figures(debt=0, overhead=0)
        assert found["indebted"] == found["clean"]
        assert found["done"] == found["clean_done"]

    def test_haste_wins_before_the_break_even_and_loses_after(self):
        assert figures(features=6)["ratio"] < 1.0 < figures(features=7)["ratio"]

    def test_sprints_are_the_charts(self):
        found = evaluate()
        last = found.frames["sprints"][-1]
        assert [last["indebted"], last["clean"]] == [series.y[-1] for series in found.charts[2].series]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"features": 1}, "One feature costs 1 with debt and 1.3 clean"),
            ({}, "Care has paid for itself after 6.21 features"),
            ({"debt": 0}, "Haste stays ahead"),
            ({"debt": 0, "overhead": 0}, "Both cost the same."),
            ({"repaid": 25}, "Care is ahead from the first feature on."),
            ({"law": "linear"}, "That debt is linear is an assumption."),
        ],
    )
    def test_narrative_says_it_in_words(self, changes, words):
        assert words in evaluate(**changes).narrative

    def test_cost_bounds_every_setting(self):
        assert MODEL.cost(Parameters()).evaluate_ms <= 50.0
