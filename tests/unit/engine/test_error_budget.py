"""The error budget: its figures, alerts replayed minute by minute, and accounting summed day by day."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.models import error_budget
from simulations.engine.models.error_budget import ALERTS, Parameters

settings_in_range = st.builds(
    Parameters,
    objective=st.floats(90.0, 99.999),
    days=st.integers(7, 90),
    errors=st.floats(0.01, 100.0),
    minutes=st.floats(0.5, 10_080.0),
    background=st.one_of(st.just(0.0), st.floats(0.0, 10.0)),
    accounting=st.sampled_from(["rolling", "calendar"]),
    deploys_failing=st.floats(0.1, 100.0),
    rollback=st.floats(0.5, 480.0),
)


def evaluate(**changes):
    return error_budget.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


def replayed(alert, burning, background, lasting, step=0.01):
    """Return the first minute at which the mean over the window reaches the threshold, by adding up steps."""
    window = round(60.0 * alert.hours / step)
    rates = np.full(window + round(lasting / step), background)
    rates[window:] = burning
    total = np.concatenate([[0.0], np.cumsum(rates)])
    mean = (total[window:] - total[:-window]) / window
    reached = np.flatnonzero(mean >= alert.threshold - 1e-9)
    return None if reached.size == 0 else reached[0] * step


class TestAnchors:
    def test_three_nines_over_a_month(self):
        found = figures()
        assert found["budget"] == pytest.approx(43.2)
        assert found["left"] == pytest.approx(33.2)
        assert found["burn_rate"] == pytest.approx(1_000.0)

    @pytest.mark.parametrize(
        ("objective", "days", "minutes"),
        [(99, 30, 432.0), (99.95, 30, 21.6), (99.99, 30, 4.32), (99.999, 30, 0.432), (99.9, 7, 10.08), (99.5, 7, 50.4)],
    )
    def test_downtime_allowed(self, objective, days, minutes):
        assert figures(objective=objective, days=days)["budget"] == pytest.approx(minutes)

    def test_thresholds(self):
        assert [alert.threshold for alert in ALERTS] == pytest.approx([14.4, 6.0, 3.0, 1.0])

    def test_outage_is_noticed_in_under_a_minute(self):
        found = figures()
        assert found["alert_after"] == pytest.approx(0.864)
        assert found["spent_unnoticed"] == pytest.approx(2.0)

    def test_burning_at_one_spends_the_budget_exactly(self):
        assert figures(errors=0.1)["lasts"] == pytest.approx(30.0)
        whole_period = error_budget.spent(
            parameters.parse(Parameters, {"background": 0.1, "errors": 0.1}), np.array(30.0)
        )
        assert float(whole_period) == pytest.approx(1.0)

    def test_deploys(self):
        assert figures(deploys_failing=5, rollback=30)["deploys"] == pytest.approx(33.2 / (0.05 * 30))


class TestAlerts:
    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(ALERTS[:2]), st.floats(0.5, 60.0), st.floats(0.0, 20.0), st.floats(1.0, 500.0))
    def test_fire_when_the_replay_does(self, alert, burning, background, lasting):
        burning = max(burning, background)
        expected = replayed(alert, burning, background, lasting)
        found = error_budget.minutes_until(alert, burning, background, lasting)
        if expected is None:
            assert found is None or found > lasting - 0.02
        elif found is not None:
            assert found == pytest.approx(expected, abs=0.021)
        else:
            assert expected > lasting - 0.02

    def test_short_incident_ends_before_the_alert(self):
        assert error_budget.minutes_until(ALERTS[0], 20.0, 0.0, 43.0) is None
        assert error_budget.minutes_until(ALERTS[0], 20.0, 0.0, 43.3) == pytest.approx(43.2)

    def test_background_above_the_threshold_has_fired_already(self):
        assert figures(background=1, minutes=60)["alert_after"] == 0.0

    def test_table_says_when_each_ends(self):
        (table,) = evaluate(minutes=60).tables
        assert table.rows[0][1:] == pytest.approx((14.4, 0.864, 5 * (1 - 0.0144)))
        (table,) = evaluate(errors=0.2, minutes=60).tables
        assert [row[2] for row in table.rows] == [None, None, None, None]

    def test_nothing_to_notice_says_so(self):
        assert "No alert fires." in evaluate(errors=0.05).narrative
        assert "alert_after" not in figures(errors=0.05)


class TestAccounting:
    @pytest.mark.parametrize("background", [0.0, 0.03])
    def test_rolling_sum_is_that_of_the_steps(self, background):
        inputs = parameters.parse(
            Parameters, {"errors": 1, "minutes": 4_320, "background": background, "objective": 99.9}
        )
        step = 1.0 / 96.0
        times = np.arange(-30.0, 60.0, step)
        rates = np.where((times >= 0.0) & (times < 3.0), 10.0, background / 0.1)
        for day in (0.0, 1.0, 3.0, 20.0, 30.0, 31.5, 40.0):
            inside = (times >= day - 30.0 - 1e-9) & (times < day - 1e-9)
            expected = rates[inside].sum() * step / 30.0
            assert float(error_budget.spent(inputs, np.array(day))) == pytest.approx(expected, abs=1e-3)

    def test_calendar_forgives_on_one_day(self):
        inputs = parameters.parse(Parameters, {"accounting": "calendar"})
        before, after = error_budget.spent(inputs, np.array([29.99, 30.0]))
        assert before == pytest.approx(10.0 / 43.2)
        assert after == pytest.approx(0.0)

    def test_incident_across_the_end_of_a_calendar_period_counts_where_it_falls(self):
        inputs = parameters.parse(Parameters, {"accounting": "calendar", "days": 7, "errors": 1, "minutes": 10_080})
        assert float(error_budget.spent(inputs, np.array(7.0))) == pytest.approx(0.0)
        assert float(error_budget.spent(inputs, np.array(6.999))) == pytest.approx(10.0, rel=1e-3)


class TestEvaluate:
    @settings(max_examples=80, deadline=None)
    @given(settings_in_range)
    def test_every_input_in_range_gives_json(self, inputs):
        found = error_budget.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert found.figure("left").value <= found.figure("budget").value
        for chart in found.charts:
            for series in chart.series:
                assert chart.x.scale != "log" or min(series.x) > 0.0
                assert chart.y.scale != "log" or min(series.y) > 0.0

    @given(settings_in_range)
    def test_rolling_budget_forgets_the_incident(self, inputs):
        if inputs.accounting == "rolling":
            normal, _ = error_budget._burn_rates(inputs)
            late = float(error_budget.spent(inputs, np.array(inputs.days + inputs.minutes / 1_440.0)))
            assert late == pytest.approx(normal, abs=1e-9)

    def test_narrative_tells_of_overspending(self):
        assert "overspends by 16.8 minutes" in evaluate(minutes=60).narrative
        assert "33.2 minutes are left" in evaluate().narrative

    def test_cost_is_a_few_milliseconds(self):
        assert error_budget.cost(Parameters()).evaluate_ms <= 5.0


class TestAllOfTheBudget:
    @pytest.mark.parametrize("changes", [{}, {"background": 0.04}, {"objective": 99, "days": 7, "background": 0.3}])
    def test_an_incident_on_the_line_leaves_nothing(self, changes):
        charts = {chart.name: chart for chart in evaluate(**changes).charts}
        line = next(series for series in charts["detection"].series if series.name == "all")
        on_it = [(errors, minutes) for errors, minutes in zip(line.x, line.y, strict=True) if minutes <= 10_080]
        assert len(on_it) > 20
        for errors, minutes in on_it[::5]:
            assert figures(**changes, errors=errors, minutes=minutes)["left"] == pytest.approx(0.0, abs=1e-6)

    def test_there_is_no_line_where_every_day_spends_it_all(self):
        names = {series.name for series in evaluate(background=0.2).charts[1].series}
        assert "all" not in names
