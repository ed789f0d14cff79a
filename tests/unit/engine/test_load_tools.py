"""A stalled server as two load tools see it, held to the figures of the lessons and to each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.functions import measuring
from tests.unit.engine.load_tools import closed_loop, corrected, open_loop

SHARES = (0.5, 0.75, 0.9, 0.95, 0.99, 0.999)


def percentile(times, share):
    return np.quantile(times, share, method="inverted_cdf")


def measured(interval, period, stall, service):
    """Return what both tools record of a server that stands still for the last `stall` of a period."""
    span = (period - stall, period)
    due = interval * np.arange(round(period / interval))
    return open_loop(due, span, service), closed_loop(interval, period, span, service)


class TestTheStallOfTheLesson:
    """A server of 1 ms for 100 s, then still for 100 s; a request every 10 ms."""

    def test_both_tools_record_what_the_functions_say(self):
        kept, waited = measured(10.0, 200_000.0, 100_000.0, 1.0)
        assert kept.mean() == pytest.approx(measuring.stall_open_mean_ms(), abs=5.0)
        for share in (0.75, 0.9, 0.99):
            assert percentile(kept, share) == pytest.approx(measuring.stall_open_ms(share), abs=10.0)
        assert waited.size == 10_001
        assert waited.mean() == pytest.approx(11.0, abs=0.01)
        assert percentile(waited, 0.9999) == 1.0

    def test_the_correction_finds_what_the_other_tool_saw(self):
        kept, waited = measured(10.0, 200_000.0, 100_000.0, 1.0)
        repaired = corrected(waited, 10.0)
        assert repaired.size == pytest.approx(kept.size, abs=1)
        for share in SHARES:
            assert abs(percentile(repaired, share) - percentile(kept, share)) <= 10.0


periods = st.tuples(st.integers(1, 20), st.integers(1, 60), st.integers(0, 40), st.floats(0.01, 0.9))


class TestBothTools:
    @given(periods)
    def test_waiting_never_records_more_and_its_correction_comes_within_an_interval(self, drawn):
        interval, quick, still, part = drawn
        interval, service = float(interval), part * interval
        stall = still * interval
        kept, waited = measured(interval, (quick + still) * interval, stall, service)
        repaired = corrected(waited, interval)
        for share in SHARES:
            told = waited.size * (1.0 - share) >= 2.0  # of fewer, the one that met the stall is the percentile itself
            assert not told or percentile(waited, share) <= percentile(kept, share) + 1e-9
            assert abs(percentile(repaired, share) - percentile(kept, share)) <= interval + service + 1e-9

    @given(st.integers(1, 20), st.integers(1, 60), st.floats(0.01, 0.9))
    def test_record_the_same_of_a_server_that_never_stands(self, interval, quick, part):
        kept, waited = measured(float(interval), float(quick * interval), 0.0, part * interval)
        np.testing.assert_array_equal(kept, waited)
        np.testing.assert_array_equal(corrected(waited, float(interval)), waited)


class TestCorrected:
    def test_fills_in_down_to_the_interval(self):
        np.testing.assert_allclose(corrected(np.array([1.0, 45.0]), 10.0), [1.0, 15.0, 25.0, 35.0, 45.0])
        np.testing.assert_allclose(corrected(np.array([30.0, 20.0]), 10.0), [10.0, 10.0, 20.0, 20.0, 30.0])

    def test_refuses_no_interval(self):
        with pytest.raises(ValueError, match="must be positive; you gave 0"):
            corrected(np.array([1.0]), 0.0)
