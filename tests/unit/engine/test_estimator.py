"""The envelope estimator: worked estimates, invariants, and results that are always finite."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.models import estimation, estimator
from simulations.engine.models.estimation import Parameters, work_out
from tests.unit.engine.fields import settings_of

SETTINGS = settings_of(Parameters)


def evaluate(**changes):
    return estimator.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


def preset(name, **changes):
    chosen = next(each for each in estimator.PRESETS if each.name == name)
    return figures(**{**chosen.parameters, **changes})


class TestAnchors:
    def test_envelope_of_a_social_network(self):
        found = preset("posts")
        assert [round(found[name]) for name in ("rate", "peak_rate")] == [17_361, 52_083]
        assert found["stored"] == pytest.approx(1_642.5)
        assert preset("posts", copies=1)["growth"] == pytest.approx(1.5)
        assert preset("posts", copies=1)["stored"] == pytest.approx(547.5)
        assert [preset("posts", headroom=each)["servers"] for each in (1, 2)] == [11, 21]

    def test_said_aloud_fifty_thousand_a_second(self):
        (table,) = evaluate().tables
        peak = next(row for row in table.rows if row[0] == "peak rate")
        assert peak[table.columns.index("at hand")] == 50_000

    def test_shortener(self):
        found = preset("shortener")
        assert found["write_rate"] / 3 == pytest.approx(38.6, abs=0.05)
        assert found["pulled"] / 3 == pytest.approx(3_858, abs=0.5)
        assert found["pulled"] == pytest.approx(11_574, abs=0.5)
        assert found["missed"] == pytest.approx(2_315, abs=0.5)
        assert found["stored"] == pytest.approx(11.7)
        assert (found["memory"], found["servers"]) == (pytest.approx(5.0), 3)

    def test_feed(self):
        found = preset("feed")
        assert found["write_rate"] == pytest.approx(3_472, abs=0.5)
        assert found["pushed"] == pytest.approx(694_444, abs=0.5)
        assert found["pulled"] == pytest.approx(13.9e6, abs=5e4)
        assert (found["stores"], found["memory"]) == (7, pytest.approx(2_560.0))
        assert found["stored"] == pytest.approx(109.5)
        assert found["bandwidth"] == pytest.approx(11.11 * 10.5 / 10.0, abs=0.01)

    def test_video(self):
        found = preset("video")
        assert found["in_progress"] / 2.5 == pytest.approx(2.08e6, abs=5e3)
        assert found["in_progress"] == pytest.approx(5.21e6, abs=5e3)
        assert found["bandwidth"] == pytest.approx(15_625.0)
        assert found["origin"] == pytest.approx(781.25)
        assert found["egress_cost"] == pytest.approx(20.25e6)
        assert found["stored"] == pytest.approx(164_250.0)
        assert preset("video", copies=1)["growth"] == pytest.approx(300.0)

    def test_locations(self):
        found = preset("locations")
        assert found["write_rate"] == pytest.approx(250_000.0)
        assert (found["memory"], found["stores"]) == (pytest.approx(0.064), 5)
        assert found["bandwidth"] == pytest.approx(0.3)
        assert (found["growth"], found["stored"]) == (pytest.approx(0.6912), pytest.approx(252.288))

    def test_limiter(self):
        found = preset("limiter")
        assert found["missed"] == pytest.approx(100_000.0)
        assert (found["in_progress"], found["stores"]) == (pytest.approx(50.0), 2)
        assert [preset("limiter", hot_bytes=each)["memory"] for each in (80, 100, 800)] == pytest.approx(
            [0.08, 0.1, 0.8]
        )
        assert preset("limiter_leases")["missed"] == pytest.approx(10_000.0)


class TestInvariants:
    @given(SETTINGS, st.floats(1.1, 10.0))
    def test_linear_in_the_users_of_a_day(self, chosen, times):
        more = {**parameters.canonical(chosen), "users": min(chosen.users * times, 1e10)}
        grown = work_out(parameters.parse(Parameters, more))
        ratio = more["users"] / chosen.users
        for name, step in work_out(chosen).items():
            if name not in ("memory", "cost"):
                assert grown[name].shown == pytest.approx(step.shown * ratio, rel=1e-9, abs=1e-300)

    @given(SETTINGS)
    def test_peak_is_at_least_the_average_and_every_band_at_least_one(self, chosen):
        found = work_out(chosen)
        assert found["peak_rate"].shown >= found["rate"].shown * (1 - 1e-12)
        within = {"load": chosen.load_within, "peak": chosen.peak_within, "bytes": chosen.bytes_within}
        assert all(step.value.error_factor(within) >= 1.0 for step in found.values())

    def test_peak_error_is_that_of_load_and_peak_factor_together(self):
        expected = math.exp(math.hypot(math.log(2.0), math.log(3.0)))
        assert figures(load_within=2, peak_within=3)["peak_error"] == pytest.approx(expected)

    def test_error_of_the_cost_agrees_with_draws(self):
        within = {"load_within": 1.3, "peak_within": 1.2, "bytes_within": 1.2}
        scores = np.random.default_rng(8).standard_normal((3, 4_000))
        load, peak, size = (np.exp(math.log(each) * score) for each, score in zip(within.values(), scores, strict=True))
        base = Parameters()
        drawn = [
            work_out(
                Parameters(
                    users=base.users * a,
                    peak=base.peak * b,
                    stored_bytes=base.stored_bytes * c,
                    wire_bytes=base.wire_bytes * c,
                )
            )["cost"].shown
            for a, b, c in zip(load, peak, size, strict=True)
        ]
        assert math.log(figures(**within)["cost_error"]) == pytest.approx(float(np.log(drawn).std()), rel=0.06)


class TestResult:
    @settings(max_examples=150, deadline=None)
    @given(SETTINGS)
    def test_every_input_in_range_gives_finite_json(self, chosen):
        found = estimator.evaluate(chosen)
        json.dumps(found.to_json(), allow_nan=False)
        for chart in found.charts:
            for series in chart.series:
                assert all(each > 0.0 for each in series.x) or chart.x.scale == "linear"
                assert all(each > 0.0 for each in series.y) or chart.y.scale == "linear"

    def test_a_dot_lies_on_its_curve(self):
        found = evaluate(retention=30)
        storage = next(chart for chart in found.charts if chart.name == "storage")
        assert storage.series[-1].y[0] == pytest.approx(max(storage.series[0].y))

    def test_words_name_what_costs_most(self):
        assert "storage" in evaluate().narrative
        assert "take 1 server." in evaluate(users=1_000).narrative
        assert "for machines" in evaluate(users=1e6, machine_price=1e5).narrative

    def test_cost_is_small(self):
        assert estimator.cost(Parameters()).evaluate_ms <= 5.0


class TestWalks:
    ENDS = {"servers": 1.0, "stored": 1e12, "memory": 1e9, "bandwidth": 1e9, "egress_cost": 1.0}

    @settings(max_examples=60, deadline=None)
    @given(SETTINGS)
    def test_end_where_the_estimate_does(self, chosen):
        found = estimator.evaluate(chosen)
        steps, within = work_out(chosen), estimation.known_within(chosen)
        for walk in found.frames["walks"]:
            step, last = steps[walk["name"]], walk["stops"][-1]
            assert last["value"] == pytest.approx(step.shown * self.ENDS[walk["name"]], rel=1e-9)
            assert last["within"] == pytest.approx(step.value.error_factor(within), rel=1e-9)

    @settings(max_examples=60, deadline=None)
    @given(SETTINGS)
    def test_each_stop_is_the_one_before_times_its_factor(self, chosen):
        percentages = {"active_share", "write_share"}
        for walk in estimator.evaluate(chosen).frames["walks"]:
            for before, stop in itertools.pairwise(walk["stops"]):
                if stop["field"] is None:
                    continue
                factor = getattr(chosen, stop["field"]) / (100.0 if stop["field"] in percentages else 1.0)
                assert stop["value"] == pytest.approx(before["value"] * factor ** stop["sign"], rel=1e-9)
                assert stop["at"] == getattr(chosen, stop["field"])
                assert stop["within"] >= before["within"] * (1.0 - 1e-12)

    def test_posts_of_a_social_network_by_hand(self):
        servers = evaluate().frames["walks"][0]
        assert [stop["value"] for stop in servers["stops"]] == pytest.approx(
            [1e8, 3e7, 1.5e9, 17_361.1111, 52_083.3333, 104_166.6667, 20.8333333]
        )
        assert servers["at_hand"] == 20.0


def test_the_scene_asks_for_the_end_of_its_first_walk():
    asked = estimator.GUESS
    chosen = parameters.parse(Parameters, asked.parameters)
    result = estimator.evaluate(chosen)
    servers = 40e6 * 0.5 * 60 / 86_400 * 2.5 * 2 / 2_000
    assert asked.truth(chosen, result) == {"mark": (pytest.approx(servers),)}
    assert result.frames["walks"][0]["stops"][-1]["value"] == pytest.approx(servers)
