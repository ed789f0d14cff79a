"""The cost of downtime: anchors, the day's swing against quadrature, payback, and finite results."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from simulations.engine import parameters
from simulations.engine.functions import FUNCTIONS, downtime
from simulations.engine.models import downtime_cost
from simulations.engine.models.downtime_cost import Parameters
from tests.unit.engine.fields import settings_of

SETTINGS = settings_of(Parameters)

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("minute_cost", (1e9,), 1_902.59, 2),
    ("outage_cost", (1e9, 60), 114_155, 0),
    ("outage_cost", (1e9, 60, 0.1), 11_415.5, 1),
    ("outage_cost", (117.9e9, 360), 80.75e6, -4),
    ("outage_cost", (1e9, 1_440, 1, 1, 3), 2_739_726, 0),
    ("monthly_loss", (1e9, 0.99), 833_333, 0),
    ("monthly_loss", (1e9, 0.999), 83_333, 0),
    ("monthly_loss", (1e9, 0.9999), 8_333, 0),
    ("monthly_loss", (1e9, 0.99999), 833, 0),
    ("next_nine_worth", (1e9, 0.999), 75_000, 0),
    ("payback_months", (500_000, 65_000), 7.69, 2),
]

# availability, minutes in a year, an average month, 30 days, a week
ALLOWED = [
    (99.0, 3.65 * 1_440, 7.30 * 60, 7.20 * 60, 100.8),
    (99.5, 43.8 * 60, 3.65 * 60, 3.60 * 60, 50.4),
    (99.9, 8.76 * 60, 43.8, 43.2, 10.08),
    (99.95, 4.38 * 60, 21.9, 21.6, 5.04),
    (99.99, 52.56, 4.38, 4.32, 60.48 / 60),
    (99.999, 5.256, 26.28 / 60, 25.92 / 60, 6.048 / 60),
    (99.9999, 31.536 / 60, 2.628 / 60, 2.592 / 60, 0.6048 / 60),
]


def evaluate(**changes):
    return downtime_cost.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


class TestFunctions:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert FUNCTIONS[name].call(*arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits)
        assert "{" not in FUNCTIONS[name].explain(*arguments)

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in downtime.FUNCTIONS}

    def test_refuses_to_divide_by_nothing_saved(self):
        with pytest.raises(ValueError, match="saved must be more than 0; you gave 0."):
            FUNCTIONS["payback_months"].call(1, 0)


class TestAnchors:
    def test_shop_of_a_billion(self):
        found = figures()
        assert found["minute"] == pytest.approx(1_902.59, abs=0.005)
        assert found["hour"] == found["outage"] == pytest.approx(114_155, abs=0.5)
        assert (found["month"], found["next_nine"]) == (pytest.approx(83_333, abs=0.5), pytest.approx(75_000))

    @pytest.mark.parametrize("allowed", ALLOWED)
    def test_allowed_downtime(self, allowed):
        (table,) = evaluate().tables
        row = next(row for row in table.rows if row[0] == allowed[0])
        assert row[:5] == pytest.approx(allowed, rel=1e-9)
        windows = ("year", "month", "30_days", "week")
        for window, minutes in zip(windows, allowed[1:], strict=True):
            assert figures(availability=allowed[0], window=window)["downtime"] == pytest.approx(minutes, rel=1e-9)

    def test_a_month_of_thirty_days_is_not_the_average_one(self):
        assert figures(window="month")["downtime"] == pytest.approx(43.8)
        assert figures(window="30_days")["downtime"] == pytest.approx(43.2)


class TestSwing:
    @given(st.floats(0.0, 1.0), st.floats(0.0, 24.0), st.floats(1.0, 1_440.0), st.floats(0.0, 24.0))
    def test_agrees_with_quadrature(self, swing, hour, minutes, peak):
        total, _ = integrate.quad(
            lambda h: 1.0 + swing * math.cos(math.tau * (h - peak) / 24.0), hour, hour + minutes / 60.0
        )
        assert downtime.busyness(swing, hour - peak, minutes) == pytest.approx(total / (minutes / 60.0), abs=1e-7)

    def test_a_whole_day_costs_the_average_whatever_the_swing(self):
        assert figures(swing=1, minutes=1_440)["busyness"] == pytest.approx(1.0)

    def test_no_time_at_all_is_as_busy_as_its_moment(self):
        assert downtime.busyness(0.5, 0.0, 0.0) == 1.5


class TestPayback:
    def test_is_the_build_over_what_is_left(self):
        assert figures()["payback"] == pytest.approx(500_000 / 65_000)

    def test_never_comes_where_nothing_is_left(self):
        found = evaluate(availability=99.99)
        assert "payback" not in {figure.name for figure in found.figures}
        assert "costs more each month than it saves" in found.narrative

    def test_a_nine_is_worth_a_tenth_of_the_one_before(self):
        assert figures(availability=99.99)["next_nine"] == pytest.approx(figures(availability=99.9)["next_nine"] / 10)

    @pytest.mark.parametrize("running", [1_000, 10_000, 1e6])
    def test_pays_up_to_where_it_saves_its_price(self, running):
        limit = figures(running=running)["worth_up_to"]
        saved = downtime.next_nine_worth(1e9, limit / 100.0)
        assert saved == pytest.approx(running)

    def test_no_nine_pays_a_price_above_the_revenue(self):
        assert "worth_up_to" not in figures(revenue=1e4, running=1_000)


class TestDay:
    def test_its_curve_encloses_what_the_outage_costs(self):
        found = evaluate(swing=0.8, hour=18, minutes=240)
        day = found.frames["day"]
        taken = [(hour, minute) for hour, minute in zip(day["hours"], day["minute"], strict=True) if 18 <= hour <= 22]
        hours, minutes = zip(*taken, strict=True)
        assert 60.0 * integrate.trapezoid(minutes, hours) == pytest.approx(found.figure("outage").value, rel=1e-3)
        assert day["peak"] == pytest.approx([found.figure("minute").value, 2.0 * found.figure("minute").value])


class TestResult:
    @settings(max_examples=100, deadline=None)
    @given(SETTINGS)
    def test_every_input_in_range_gives_finite_json(self, chosen):
        found = downtime_cost.evaluate(chosen)
        json.dumps(found.to_json(), allow_nan=False)
        for chart in found.charts:
            assert chart.y.scale == "linear" or all(each > 0.0 for series in chart.series for each in series.y)

    def test_a_nine_that_is_free_has_no_price_to_draw(self):
        worth = next(chart for chart in evaluate(running=0).charts if chart.name == "worth")
        assert [series.name for series in worth.series] == ["worth", "here"]

    def test_cost_is_small(self):
        assert downtime_cost.cost(Parameters()).evaluate_ms <= 5.0
