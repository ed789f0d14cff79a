"""How long a run takes, in words."""

from __future__ import annotations

from simulations.selectors.evaluation import duration


class TestDuration:
    def test_does_not_call_anything_no_time(self):
        assert duration(0.4) == "under a second"

    def test_is_rounded_to_seconds(self):
        assert duration(15.4) == "about 15 s"
