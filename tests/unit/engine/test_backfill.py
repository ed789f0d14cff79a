"""Catching up and filling in: its closed forms beside a job that is played minute by minute, and one that dies."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.functions import FUNCTIONS
from simulations.engine.models import backfill
from simulations.engine.models.backfill import Parameters
from simulations.engine.restarts import LONGEST_HOURS, expected_hours


def figures(**changes):
    result = backfill.evaluate(parameters.parse(Parameters, changes))
    return {figure.name: figure.value for figure in result.figures}


def died(work, pieces, failures_a_day, generator):
    """Return the hours of one job that begins its piece again whenever it dies."""
    hours = 0.0
    for _ in range(pieces):
        while (lives := generator.exponential(24.0 / failures_a_day)) < work / pieces:
            hours += lives
        hours += work / pieces
    return hours


class TestAnchors:
    def test_six_hours_at_one_and_a_half_times(self):
        assert figures()["catch_up"] == pytest.approx(12.0)

    def test_five_hundred_million_rows(self):
        assert round(figures(arrivals=1, capacity=5_001)["undisturbed"], 1) == 27.8
        assert figures(arrivals=4_000, capacity=5_000)["undisturbed"] / 24 == pytest.approx(5.787, abs=1e-3)

    def test_refuses_a_job_that_never_catches_up(self):
        with pytest.raises(
            parameters.InvalidParameters, match=r"capacity must exceed the 4000 rows/s .* you gave 4000"
        ):
            parameters.parse(Parameters, {"capacity": 4_000})

    def test_what_never_ends_is_said_to_take_for_ever(self):
        result = backfill.evaluate(parameters.parse(Parameters, {"deaths": 100}))
        assert result.figure("backfill").value == LONGEST_HOURS
        assert "never filled in" in result.narrative


class TestAgainstPlay:
    def test_catching_up_minute_by_minute(self):
        waiting, minutes = 0.0, 0
        while minutes < 360 or waiting > 0.0:
            waiting = max(waiting + 60.0 * (4_000.0 - (6_000.0 if minutes >= 360 else 0.0)), 0.0)
            minutes += 1
        assert figures()["catch_up"] == pytest.approx((minutes - 360) / 60, abs=1 / 60)

    @pytest.mark.parametrize(("work", "pieces", "deaths"), [(69.4, 4, 2.0), (30.0, 1, 1.5), (20.0, 10, 8.0)])
    def test_mean_lies_within_five_standard_errors(self, work, pieces, deaths):
        generator = np.random.default_rng(2)
        hours = np.array([died(work, pieces, deaths, generator) for _ in range(3_000)])
        error = hours.std(ddof=1) / math.sqrt(len(hours))
        assert abs(hours.mean() - expected_hours(work, pieces, deaths)) < 5.0 * error

    def test_losing_half_a_piece_a_death_is_caught(self):
        generator = np.random.default_rng(2)
        hours = np.array([died(30.0, 1, 1.5, generator) for _ in range(3_000)])
        half_lost = 30.0 / (1.0 - 1.5 / 24.0 * 15.0)
        assert abs(hours.mean() - half_lost) > 5.0 * hours.std(ddof=1) / math.sqrt(len(hours))

    @settings(max_examples=60, deadline=None)
    @given(st.floats(1e-6, 1e6), st.integers(1, 10_000), st.just(0.0) | st.floats(1e-9, 100.0))
    def test_more_pieces_and_fewer_deaths_never_take_longer(self, work, pieces, deaths):
        hours = expected_hours(work, pieces, deaths)
        assert work * (1.0 - 1e-9) <= hours <= LONGEST_HOURS
        assert expected_hours(work, 2 * pieces, deaths) <= hours * (1.0 + 1e-9)
        assert expected_hours(work, pieces, 0.5 * deaths) <= hours * (1.0 + 1e-9)


class TestFunction:
    def test_agrees_and_explains_itself(self):
        function = FUNCTIONS["hours_with_restarts"]
        assert function.call(30, 1, 1.5) == pytest.approx(expected_hours(30, 1, 1.5))
        assert "(exp(1.5 / 24 * 30 / 1) - 1) / (1.5 / 24)" in function.explain(30, 1, 1.5)
        assert "= 30" in function.explain(30, 1, 0)
        with pytest.raises(ValueError, match="pieces must lie between 1 and 1000000; you gave 0"):
            function.call(30, 0, 1)
