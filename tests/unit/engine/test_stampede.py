"""The key that expires: its closed forms beside expiries drawn request by request."""

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.models import stampede
from simulations.engine.models.stampede import Parameters
from simulations.engine.models.stampede_play import MOST_DRAWN, Acting, play

PROTECTIONS = ("none", "lock", "stale", "early")


@st.composite
def settings_in_range(draw):
    lifetime = draw(st.floats(1.0, 3_600.0))
    return Parameters(
        requests=draw(st.floats(1.0, 100_000.0)),
        recompute=draw(st.floats(0.01, min(30.0, lifetime))),
        lifetime=lifetime,
        protection=draw(st.sampled_from(PROTECTIONS)),
        beta=draw(st.floats(0.25, 8.0)),
        keys=draw(st.integers(1, 100_000)),
        jitter=draw(st.floats(0.0, 600.0)),
    )


def evaluate(**changes):
    return stampede.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


def drawn(inputs, generator):
    """Return recomputes, requests that wait, and the first early one's lead, of one expiry request by request."""
    scale = inputs.beta * inputs.recompute
    span = inputs.lifetime + 3.0 * inputs.recompute + 20.0 / inputs.requests
    times = np.cumsum(generator.exponential(1.0 / inputs.requests, int(3 * span * inputs.requests) + 20))
    left = inputs.lifetime - times
    triggers = generator.random(times.size) < np.exp(-np.maximum(left, 0.0) / scale)
    first = int(np.argmax(triggers))
    refilled = times[first] + inputs.recompute
    before = times < refilled
    return int(np.sum(triggers & before)), int(np.sum((left <= 0.0) & before)), max(float(left[first]), 0.0)


class TestAnchors:
    def test_unprotected(self):
        assert figures()["recomputes"] == pytest.approx(501.0)

    @pytest.mark.parametrize("protection", ["lock", "stale"])
    def test_one_at_a_time(self, protection):
        assert figures(protection=protection)["recomputes"] == 1.0

    def test_first_early_recompute(self):
        found = figures(protection="early")
        assert round(found["first_early_mode"], 1) == 3.1
        assert round(found["first_early"], 2) == 3.29

    def test_old_values_are_no_older_than_life_and_recompute(self):
        assert figures(protection="stale")["oldest"] == 60.5
        assert {figures(protection=name)["oldest"] for name in ("none", "lock", "early")} == {60.0}

    def test_jitter_spreads_the_keys(self):
        assert figures(protection="lock", keys=1_000)["peak"] == 1_000
        assert figures(protection="lock", keys=1_000, jitter=60)["peak"] == pytest.approx(1_000 * 0.5 / 60)

    def test_a_lock_wakes_all_but_one_in_vain(self):
        assert figures(protection="lock")["woken"] == pytest.approx(500.0)


class TestClosedForm:
    @pytest.mark.parametrize("beta", [0.5, 1.0, 2.0, 4.0])
    @pytest.mark.parametrize("requests", [1_000.0, 50_000.0])
    def test_early_recomputes_of_a_busy_key_depend_on_the_eagerness_alone(self, beta, requests):
        found = figures(protection="early", beta=beta, requests=requests, lifetime=600)
        assert found["recomputes"] == pytest.approx(math.exp(1.0 / beta), rel=1e-3)

    def test_chart_holds_as_many_starts_as_the_figure(self):
        chart = next(chart for chart in evaluate().charts if chart.name == "starts")
        none, early = chart.series
        assert np.trapezoid(early.y, early.x) == pytest.approx(figures(protection="early")["recomputes"], rel=0.01)
        assert np.trapezoid(none.y, none.x) == pytest.approx(500.0, rel=0.2)

    @settings(max_examples=60, deadline=None)
    @given(settings_in_range())
    def test_every_input_in_range_gives_json_and_keeps_the_bounds(self, inputs):
        found = stampede.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        most = 1.0 + inputs.requests * inputs.recompute
        assert found.figure("oldest").value <= inputs.lifetime + inputs.recompute
        assert 0.0 <= found.figure("waiting").value <= most * (1.0 + 1e-9)
        assert 0.0 <= found.figure("foreseen").value <= 100.0
        if inputs.protection in ("lock", "stale"):
            assert found.figure("recomputes").value == 1.0
        if inputs.protection == "none":
            assert found.figure("recomputes").value == pytest.approx(most)
        for chart in found.charts:
            assert chart.y.scale != "log" or min(min(series.y) for series in chart.series) > 0.0


class TestAgainstDrawnExpiries:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"beta": 0.5},
            {"requests": 20, "lifetime": 5, "recompute": 1},
            {"requests": 2, "recompute": 1, "lifetime": 3},
        ],
        ids=str,
    )
    def test_means_lie_within_five_standard_errors(self, changes):
        inputs = parameters.parse(Parameters, {"requests": 200, "lifetime": 20, **changes, "protection": "early"})
        generator = np.random.default_rng(3)
        runs = np.array([drawn(inputs, generator) for _ in range(1_500)], dtype=float)
        found = stampede.evaluate(inputs)
        error = runs.std(axis=0, ddof=1) / math.sqrt(len(runs))
        assert abs(runs[:, 0].mean() - found.figure("recomputes").value) < 5.0 * error[0] + 1e-3
        assert abs(runs[:, 1].mean() - found.figure("waiting").value) < 5.0 * error[1] + 0.02
        foreseen = found.figure("foreseen").value / 100.0
        spread = math.sqrt(foreseen * (1.0 - foreseen) / len(runs))
        assert abs(np.mean(runs[:, 2] > 0.0) - foreseen) < 5.0 * spread + 1e-3
        median = found.figure("first_early").value
        assert abs(np.mean(runs[:, 2] <= median) - max(0.5, 1.0 - foreseen)) < 5.0 * 0.5 / math.sqrt(len(runs))

    def test_forgetting_the_requests_after_expiry_is_caught(self):
        inputs = Parameters(requests=2.0, recompute=1.0, lifetime=3.0, protection="early")
        generator = np.random.default_rng(3)
        runs = np.array([drawn(inputs, generator) for _ in range(1_500)], dtype=float)
        error = runs[:, 0].std(ddof=1) / math.sqrt(len(runs))
        assert abs(runs[:, 0].mean() - math.e) > 5.0 * error


class TestWords:
    def test_refuses_a_key_that_takes_longer_than_it_lives(self):
        with pytest.raises(
            parameters.InvalidParameters, match="must not exceed the 2 s that the key lives; you gave 3.0"
        ):
            parameters.parse(Parameters, {"lifetime": 2, "recompute": 3})

    @pytest.mark.parametrize(
        ("protection", "words"),
        [
            ("none", "501.0 requests recompute it on average and 501.0 wait"),
            ("stale", "No answer is older than 60.5 s"),
            ("early", "100.0% of expiries are foreseen, half of them 3.29 s ahead"),
        ],
    )
    def test_narrative_says_it(self, protection, words):
        assert words in evaluate(protection=protection).narrative

    def test_cost_is_a_few_milliseconds(self):
        assert stampede.cost(Parameters()).evaluate_ms <= 5.0


class TestPlayed:
    def test_the_same_seed_plays_the_same_expiry(self):
        assert evaluate(seed=3).to_json() == evaluate(seed=3).to_json()
        assert evaluate(seed=3).frames != evaluate(seed=4).frames

    @pytest.mark.parametrize(("early", "protection"), [(None, "none"), (0.5, "early")])
    def test_others_come_as_often_as_the_closed_form_says(self, early, protection):
        changes = {"requests": 40, "recompute": 0.5, "lifetime": 20, "protection": protection}
        drawn = [
            play(Acting(40.0, 20.0, early), 0.5, "recompute", np.random.default_rng(seed)) for seed in range(4_000)
        ]
        counts = [1 + one.others for one in drawn]
        spread = 4.0 * np.std(counts) / math.sqrt(len(counts))
        found = figures(**changes)
        assert np.mean(counts) == pytest.approx(found["recomputes"], abs=spread)
        if early:
            sooner = np.mean([-one.first < found["first_early"] for one in drawn])
            assert sooner == pytest.approx(0.5, abs=4.0 * 0.5 / math.sqrt(len(drawn)))

    def test_the_acts_kept_are_spread_as_all_of_them_are(self):
        played = evaluate(requests=100_000, recompute=0.5).frames
        assert played["each"] == math.ceil(played["others"] / MOST_DRAWN)
        place = (np.array(played["acts"]) - played["first"]) / 0.5
        number = played["each"] * np.arange(1, place.size + 1) / (played["others"] + 1)
        assert np.max(np.abs(place - number)) < 2.0 / math.sqrt(played["others"])  # Kolmogorov's bound

    @settings(max_examples=40, deadline=None)
    @given(settings_in_range(), st.integers(0, 10_000))
    def test_everybody_acts_before_the_refill_and_in_order(self, inputs, seed):
        result = stampede.evaluate(dataclasses.replace(inputs, seed=seed))
        frames = result.frames
        assert len(frames["acts"]) <= MOST_DRAWN
        assert frames["acts"] == sorted(frames["acts"])
        assert all(frames["first"] <= act <= frames["refilled"] + 1e-6 for act in frames["acts"])
        assert frames["refilled"] - frames["first"] == pytest.approx(inputs.recompute, abs=1e-5)
        assert [event["at"] for event in result.trace] == sorted(event["at"] for event in result.trace)
        # To the microsecond, so that of many requests the first may come at once.
        assert frames["first"] >= 0.0 or inputs.protection == "early"
