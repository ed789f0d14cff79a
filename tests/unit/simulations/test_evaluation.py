"""Figures as a page without script writes them."""

from __future__ import annotations

import pytest

from simulations.selectors.evaluation import duration, written


class TestWritten:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0.0, "0"),
            (20.0, "20"),
            (40_000_000.0, "40,000,000"),
            (1_505.48, "1,505"),
            (28.512, "28.5"),
            (4.904, "4.90"),
            (0.01613, "0.016"),
            (99.94976, "99.95"),
            (99.99999999999997, "100"),
            (-18.21, "-18.2"),
        ],
    )
    def test_keeps_what_tells_values_apart(self, value, text):
        assert written(value) == text


class TestDuration:
    def test_does_not_call_anything_no_time(self):
        assert duration(0.4) == "under a second"

    def test_is_rounded_to_seconds(self):
        assert duration(15.4) == "about 15 s"
