"""The chain of components: its figures, its charts, and what holds for every setting."""

import json
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.models import reliability
from simulations.engine.models.reliability import MODEL, Parameters

in_range = st.integers(1, 7).flatmap(
    lambda replicas: st.builds(
        Parameters,
        components=st.integers(1, 50),
        unavailability=st.floats(1e-6, 0.1),
        redundant=st.integers(0, 50),
        shared_cause=st.floats(0.0, 0.3),
        replicas=st.just(replicas),
        needed=st.integers(1, replicas),
        coverage=st.floats(0.9, 1.0),
        repair_hours=st.floats(0.1, 72.0),
        seed=st.integers(0, 999_999),
    )
)

PAIRS = {"redundant": 5}


def evaluate(**changes):
    return reliability.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


class TestAnchors:
    def test_five_in_a_row(self):
        found = figures()
        assert found["availability"] == pytest.approx(99.5009990005, abs=1e-10)
        assert round(found["downtime_hours"], 2) == 43.71
        assert round(found["each_needed"], 3) == 0.020

    @pytest.mark.parametrize(
        ("components", "available", "hours"),
        [(1, 99.9, 8.76), (5, 99.501, 43.7), (10, 99.004, 87.2), (20, 98.02, 173.5), (50, 95.12, 427.4)],
    )
    def test_by_length(self, components, available, hours):
        found = figures(components=components)
        assert found["availability"] == pytest.approx(available, abs=5e-3)
        assert found["downtime_hours"] == pytest.approx(hours, rel=1e-3)

    @pytest.mark.parametrize(
        ("shared", "minutes"), [(0, 2.63), (0.01, 28.86), (0.05, 133.8), (0.1, 264.9), (0.2, 527.1)]
    )
    def test_pairs_by_what_they_share(self, shared, minutes):
        assert figures(**PAIRS, shared_cause=shared)["downtime_minutes"] == pytest.approx(minutes, rel=1e-3)

    def test_majorities(self):
        two_of_three = {"components": 1, "redundant": 1, "unavailability": 0.01, "replicas": 3, "needed": 2}
        assert figures(**two_of_three)["availability"] == pytest.approx(99.9702, abs=1e-6)
        three_of_five = {**two_of_three, "replicas": 5, "needed": 3}
        assert figures(**three_of_five)["availability"] == pytest.approx(99.99901494, abs=1e-8)


class TestFaults:
    def test_more_replicas_cannot_be_needed_than_there_are(self):
        with pytest.raises(parameters.InvalidParameters) as caught:
            parameters.parse(Parameters, {"replicas": 2, "needed": 3})
        (fault,) = caught.value.faults
        assert fault.field == "needed"
        assert fault.message == "needed must not exceed replicas, which is 2; you gave 3."


class TestResult:
    @settings(max_examples=60, deadline=None)
    @given(in_range)
    def test_every_setting_gives_ordered_finite_json(self, inputs):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = reliability.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert 0.0 <= found.figure("availability").value <= 100.0
        assert found.figure("downtime_hours").value <= 8_760.0
        assert [chart.name for chart in found.charts] == ["components", "shared_cause", "ranking", "timeline"]
        assert len(found.trace) <= 240
        assert sum(found.charts[2].series[0].y) == pytest.approx(100.0)

    def test_a_number_of_redundant_components_beyond_all_means_all(self):
        assert figures(redundant=5) == figures(redundant=50)

    def test_redundancy_makes_the_single_one_the_whole_story(self):
        assert figures(redundant=4)["weakest_share"] == pytest.approx(99.6, abs=0.01)
        assert [row[0] for row in evaluate(redundant=4).tables[2].rows] == ["single", "redundant"]
        assert [row[0] for row in evaluate(redundant=5).tables[2].rows] == ["redundant"]

    def test_dots_lie_on_their_lines(self):
        found = evaluate(redundant=5, shared_cause=0.1)
        for chart, line in zip(found.charts, ("redundant", "chosen"), strict=False):
            series = {each.name: each for each in chart.series}
            here = series["here"]
            assert series[line].y[series[line].x.index(here.x[0])] == pytest.approx(here.y[0])

    def test_timeline_is_the_traces(self):
        found = evaluate()
        assert [event["at_hours"] for event in found.trace] == sorted(event["at_hours"] for event in found.trace)
        assert found.frames["years"] == len(found.frames["down_hours_by_year"])
        assert found.figure("played_minutes").value == pytest.approx(found.figure("downtime_minutes").value, rel=0.1)
        assert figures(seed=2)["played_minutes"] != figures(seed=1)["played_minutes"]

    @pytest.mark.parametrize(
        ("changes", "single", "redundant"),
        [
            ({}, 8_760.0, None),
            ({"redundant": 2}, 8_760.0, 8_760.0 * (1.0 - 0.999**4 * (1.0 - 1e-6))),
            (PAIRS, None, 8_760.0 * (1.0 - 0.999 * (1.0 - 1e-6) ** 4)),
            ({**PAIRS, "replicas": 3, "needed": 3}, None, 8_760.0),
            ({**PAIRS, "replicas": 1}, None, 8_760.0),
        ],
        ids=str,
    )
    def test_one_replica_without_power_leaves_the_chain_to_the_others(self, changes, single, redundant):
        found = evaluate(**changes).frames["unpowered_hours"]
        assert found == {"single": single, "redundant": redundant and pytest.approx(redundant, rel=1e-9)}

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "A chain of 5 components, none of them redundant"),
            ({"components": 1, "redundant": 1}, "One component, all redundant"),
            ({"redundant": 2}, "2 of them redundant"),
            ({**PAIRS, "shared_cause": 0.1}, "4.4 h of downtime in a year"),
            ({**PAIRS, "shared_cause": 0.1}, "Without the shared cause it would be 2.63 min"),
        ],
    )
    def test_narrative_says_it_in_words(self, changes, words):
        assert words in evaluate(**changes).narrative

    def test_cost_bounds_every_setting(self):
        assert MODEL.cost(Parameters()).evaluate_ms <= 50.0
