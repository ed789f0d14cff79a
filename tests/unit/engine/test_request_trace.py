"""The model of one request: its anchors and what holds for every setting."""

import json
import warnings

import pytest
from hypothesis import given, settings

from simulations.engine import parameters
from simulations.engine.models import request_trace
from simulations.engine.models.request_trace import MODEL
from simulations.engine.models.request_trace_parameters import Parameters
from tests.unit.engine.fields import settings_of


def evaluate(**changes):
    return request_trace.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


class TestAnchors:
    def test_means(self):
        assert figures()["mean"] == pytest.approx(22.5)
        assert figures(search_edge="serial")["mean"] == pytest.approx(25.9)

    def test_a_cache_that_always_hits_makes_nothing_faster(self):
        assert figures(hit_rate=1)["mean"] == figures(hit_rate=0)["mean"] == pytest.approx(22.5)

    def test_slowest_shard(self):
        assert figures()["slowest_shard"] == pytest.approx(12 * 2.0833, abs=1e-3)

    def test_timeouts(self):
        assert figures(search_state="silent")["total"] == pytest.approx(102.5)
        assert figures(search_state="silent", own_timeouts=False)["total"] == 1_000.0


class TestResult:
    @settings(max_examples=80, deadline=None)
    @given(settings_of(Parameters))
    def test_every_setting_gives_finite_json(self, inputs):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = request_trace.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert [chart.name for chart in found.charts] == ["gantt", "hit_rate", "database"]
        assert all(series.x and len(series.x) == len(series.y) for chart in found.charts for series in chart.series)
        assert found.figure("failed").value + found.figure("whole").value <= 100.0 + 1e-9
        assert found.figure("done").value >= found.figure("total").value

    def test_trace_is_the_table_and_the_chart(self):
        found = evaluate()
        (table,) = found.tables
        assert [event["name"] for event in found.trace] == [row[0] for row in table.rows]
        assert [series.name for series in found.charts[0].series] == [row[0] for row in table.rows]
        assert found.frames["total_ms"] == found.figure("total").value

    def test_followed_request_is_the_one_chosen(self):
        assert "database" in [event["name"] for event in evaluate(request="miss").trace]
        assert "database" not in [event["name"] for event in evaluate(request="hit").trace]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "A miss takes 22.5 ms: the page is fresh and whole, and its event is kept."),
            ({}, "Its critical path is balancer, application, search."),
            ({"search_edge": "serial"}, "balancer, application, cache, database, search"),
            ({"search_state": "down"}, "the page comes without search results"),
            ({"queue_state": "full"}, "its event is lost"),
        ],
    )
    def test_narrative_says_it_in_words(self, changes, words):
        assert words in evaluate(**changes).narrative

    def test_cost_bounds_every_setting(self):
        assert MODEL.cost(Parameters()).evaluate_ms <= 50.0
