"""Coordinated omission: the model held to both tools played request by request, and to the figures of the lessons."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.models import coordinated_omission
from simulations.engine.models.coordinated_omission import Parameters
from tests.unit.engine.load_tools import closed_loop, corrected, open_loop

settings_in_range = st.builds(
    Parameters,
    rate=st.integers(1, 40),
    normal=st.integers(1, 60),
    stall=st.integers(0, 60),
    service=st.floats(0.1, 20.0),
)


def evaluate(**changes):
    return coordinated_omission.evaluate(parameters.parse(Parameters, changes))


def figures(result):
    return {figure.name: figure.value for figure in result.figures}


def played(given):
    """Return, by tool, the times in ms of one cycle played request by request.

    The clock starts when the first request is due.
    """
    interval = 1_000.0 / given.rate
    due = interval * np.arange(given.rate * (given.normal + given.stall))
    begins = 1_000.0 * given.normal - interval - 1e-6  # so that rounding leaves the request due at that moment stalled
    stall = (begins, begins + 1_000.0 * given.stall)
    waiting = closed_loop(interval, interval * due.size - 1e-6, stall, given.service)
    return {"open": open_loop(due, stall, given.service), "closed": waiting, "corrected": corrected(waiting, interval)}


class TestAnchors:
    def test_half_of_the_test_stalled(self):
        found = figures(evaluate())
        assert found["open_mean"] == pytest.approx(25_003.5)
        assert found["closed_mean"] == pytest.approx(11.0)
        assert (found["open_p99"], found["closed_p99"]) == pytest.approx((98_001.0, 1.0))
        assert (found["due"], found["sent"], found["omitted"]) == (20_000, 10_000, 10_000)

    def test_a_second_in_ten(self):
        found = figures(evaluate(normal=9, stall=1))
        assert found["open_mean"] == pytest.approx(51.5)
        assert found["closed_mean"] == pytest.approx(2.1, abs=0.05)
        assert (found["open_p99"], found["closed_p99"]) == pytest.approx((901.0, 1.0))
        assert found["affected"] == pytest.approx(10.0)

    def test_without_a_stall_both_tools_say_the_same(self):
        found = figures(evaluate(stall=0, service=3))
        assert {found[name] for name in ("open_p99", "closed_p99", "corrected_p99", "open_mean", "closed_mean")} == {
            3.0
        }
        assert found["omitted"] == found["affected"] == 0


class TestAgainstRequestsPlayedOneByOne:
    @settings(max_examples=60, deadline=None)
    @given(settings_in_range)
    def test_every_percentile_and_both_means(self, given_settings):
        result = coordinated_omission.evaluate(given_settings)
        times = played(given_settings)
        for name, *reported in result.tables[0].rows:
            share = round(float(name[1:]) / 100.0, 6)
            expected = [np.quantile(times[tool], share, method="inverted_cdf") for tool in times]
            assert reported == pytest.approx(expected, abs=1e-3), name
        found = figures(result)
        assert found["open_mean"] == pytest.approx(times["open"].mean(), abs=1e-3)
        assert found["closed_mean"] == pytest.approx(times["closed"].mean(), abs=1e-3)
        assert (found["due"], found["sent"]) == (times["open"].size, times["closed"].size)

    @settings(max_examples=40, deadline=None)
    @given(settings_in_range)
    def test_curves_are_the_shares_that_took_longer(self, given_settings):
        times = played(given_settings)
        for series in coordinated_omission.evaluate(given_settings).charts[0].series:
            for time, share in list(zip(series.x, series.y, strict=True))[2:]:
                near = np.abs(times[series.name] - time) < 1e-3  # where rounding decides on which side a request falls
                least, most = (np.count_nonzero((times[series.name] > time) & ~near), np.count_nonzero(near))
                assert least - 0.01 <= share / 100.0 * times[series.name].size <= least + most + 0.01

    @settings(max_examples=40, deadline=None)
    @given(settings_in_range)
    def test_what_a_scene_draws_are_requests_of_the_cycle(self, given_settings):
        frames = coordinated_omission.evaluate(given_settings).frames
        times = played(given_settings)["open"]
        assert len(frames["open"]) <= 101
        for at, answered in frames["open"]:
            number = round(at * given_settings.rate)
            assert answered - at == pytest.approx(times[number - 1] / 1_000.0, abs=1e-5)
        assert frames["closed"][-1] in frames["open"]
        met = frames["closed"][-1]
        assert met[0] == pytest.approx(given_settings.normal)
        assert met[1] - met[0] == pytest.approx(given_settings.stall + given_settings.service / 1_000.0, abs=1e-5)


class TestSettings:
    def test_a_service_time_as_long_as_the_interval_is_refused(self):
        with pytest.raises(parameters.InvalidParameters, match="shorter than the 10 ms between .*; you gave 10.0"):
            parameters.parse(Parameters, {"service": 10})

    def test_the_largest_cycle_is_finite_and_small(self):
        assert len(json.dumps(evaluate(rate=500, normal=600, stall=600).to_json(), allow_nan=False)) < 60_000
