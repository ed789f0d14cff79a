"""The model of pushing and pulling posts: its anchors and what holds for every setting."""

import json
import warnings

import pytest
from hypothesis import given, settings

from simulations.engine import parameters
from simulations.engine.models import fan_out
from simulations.engine.models.fan_out import MODEL
from simulations.engine.models.fan_out_parameters import Parameters
from tests.unit.engine.fields import settings_of


def evaluate(**changes):
    return fan_out.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


class TestAnchors:
    def test_ends(self):
        found = figures(threshold=50_000_000)
        assert [found["writes"], found["lookups"]] == pytest.approx([920_000, 0])
        assert [figures(threshold=1)[name] for name in ("writes", "lookups")] == pytest.approx([0, 60e6])
        assert found["best_threshold"] == pytest.approx(50e6)
        assert round(found["even_price"], 5) == 0.01533

    def test_hybrid(self):
        found = figures()
        assert found["edges_above"] == pytest.approx(28.1, abs=0.05)
        assert found["merged_lists"] == pytest.approx(56.2, abs=0.05)
        assert found["writes"] == pytest.approx(920_000 * (1 - 0.281), rel=1e-3)

    @pytest.mark.parametrize(
        ("changes", "followers"),
        [({}, 13_043), ({"followees": 75}, 4_891), ({"followees": 500}, 32_609), ({"posts": 12_000}, 5_000)],
    )
    def test_crossover(self, changes, followers):
        assert round(figures(spread="alike", **changes)["crossover"]) == followers

    def test_shared_lists_have_a_threshold_of_their_own(self):
        assert figures(pull="servers")["best_threshold"] == pytest.approx(864_000, rel=1e-5)

    def test_thirty_million_timelines_take_a_hundred_seconds(self):
        found = evaluate(followers=30_000_000)
        assert found.figure("post_seconds").value == pytest.approx(100.0)
        assert [found.trace[0]["timelines"], found.trace[-1]["timelines"]] == [0, 30_000_000]
        assert found.trace[-1]["at_s"] == pytest.approx(100.0)

    def test_measured_deliveries(self):
        preset = next(preset for preset in fan_out.PRESETS if preset.name == "measured")
        assert figures(**preset.parameters)["writes"] == pytest.approx(345_000)


class TestResult:
    @settings(max_examples=80, deadline=None)
    @given(settings_of(Parameters))
    def test_every_setting_gives_finite_json(self, inputs):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = fan_out.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert found.figure("writes").value >= 0.0
        assert [chart.name for chart in found.charts] == ["cost", "authors", "delivery", "crossover"]
        if inputs.spread == "unlike":
            here = found.figure("cost").value
            best = evaluate(**{**parameters.canonical(inputs), "threshold": _within(found)}).figure("cost").value
            assert best <= here * (1 + 1e-5) + 1e-6

    def test_a_hundred_dots_part_where_the_shares_say(self):
        found = evaluate(threshold=10_000)
        beyond = {name: sum(each > 10_000 for each in dots) for name, dots in found.frames["dots"].items()}
        assert beyond == {"authors": 0, "follows": round(found.figure("edges_above").value)}
        assert all(dots == sorted(dots) and len(dots) == 100 for dots in found.frames["dots"].values())
        assert set(evaluate(spread="alike", followers=75).frames["dots"]["follows"]) == {75.0}

    def test_no_wait_is_told_where_workers_do_not_keep_up(self):
        found = evaluate(workers=1)
        assert "wait" not in {figure.name for figure in found.figures}
        assert "pile up without end" in found.narrative

    def test_alike_authors_have_no_cheapest_threshold(self):
        found = evaluate(spread="alike")
        assert "best_threshold" not in {figure.name for figure in found.figures}
        assert "who all have as many followers" in found.narrative

    def test_narrative_says_it_in_words(self):
        words = evaluate().narrative
        assert "0.1% of authors lie beyond, and 28.1% of all follows lead to them." in words
        assert "Posts wait 0.00025 s for a worker" in words

    def test_cost_bounds_every_setting(self):
        assert MODEL.cost(Parameters()).evaluate_ms <= 50.0


def _within(found):
    return min(max(found.figure("best_threshold").value, 1.0), 50_000_000.0)
