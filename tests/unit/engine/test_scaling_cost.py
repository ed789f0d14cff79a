"""The model of scaling up and out: its anchors and what holds for every setting."""

import json
import warnings

import pytest
from hypothesis import given, settings

from simulations.engine import parameters
from simulations.engine.models import scaling_cost
from simulations.engine.models.scaling_cost import MODEL, Parameters
from tests.unit.engine.fields import settings_of


def evaluate(**changes):
    return scaling_cost.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


class TestAnchors:
    @pytest.mark.parametrize(("overhead", "load"), [(0.9359, 4.0), (1.0, 4.850), (1.1937, 8.0), (2.0, 31.22)])
    def test_crossing(self, overhead, load):
        assert figures(overhead=overhead)["crossing"] == pytest.approx(load, rel=5e-4)

    def test_four_to_eight_times_rests_on_a_narrow_overhead(self):
        found = figures()
        assert [round(found[f"overhead_at_{times}"], 3) for times in ("four", "eight")] == [0.936, 1.194]

    def test_costs(self):
        assert figures(load=10)["up"] == pytest.approx(39_811, abs=1)
        assert round(figures()["doubling"], 3) == 3.031

    def test_nodes(self):
        found = figures(realistic=True)
        assert [round(found["peak_nodes"], 2), round(found["peak_load"], 2)] == [44.05, 13.60]
        assert found["out"] == 6_000.0

    def test_growth(self):
        assert figures()["load_in_three_years"] == pytest.approx(27.0)
        assert figures(largest=2)["months_to_largest"] == pytest.approx(7.6, abs=0.05)

    def test_a_ceiling_bounds_the_crossing(self):
        assert figures(overhead=2)["crossing"] == pytest.approx(31.22, abs=0.01)
        assert figures(overhead=2, realistic=True)["crossing"] == 16.0


class TestResult:
    @settings(max_examples=80, deadline=None)
    @given(settings_of(Parameters))
    def test_every_setting_gives_finite_json_and_no_empty_line(self, inputs):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = scaling_cost.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert [chart.name for chart in found.charts] == ["cost", "crossing", "nodes", "growth"]
        assert all(series.x and len(series.x) == len(series.y) for chart in found.charts for series in chart.series)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "At 4 times the base load one machine costs $9,190 a month, and many cost $9,545."),
            ({}, "Many machines are cheaper beyond 4.85 times the base load."),
            ({"overhead": 0.5}, "Many machines are never dearer than one."),
            ({"exponent": 1}, "One machine stays cheaper at any load worth naming."),
            ({"realistic": True}, "By the smooth laws many machines are cheaper beyond 4.85 times"),
            ({"realistic": True, "load": 20}, "no machine is large enough, and no number of nodes is enough"),
            ({"realistic": True}, "Nodes carry 13.6 times the base load at most, 44 of them."),
        ],
    )
    def test_narrative_says_it_in_words(self, changes, words):
        assert words in evaluate(**changes).narrative

    def test_cost_bounds_every_setting(self):
        assert MODEL.cost(Parameters()).evaluate_ms <= 50.0
