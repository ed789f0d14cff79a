"""The model of debt and care: its anchors and what holds for every setting."""

import json
import warnings

import pytest
from hypothesis import given, settings

from simulations.engine import parameters
from simulations.engine.models import maintainability
from simulations.engine.models.maintainability import MODEL, Parameters
from tests.unit.engine.fields import settings_of


def evaluate(**changes):
    return maintainability.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


class TestAnchors:
    @pytest.mark.parametrize(
        ("debt", "break_even", "doubling"),
        [(2, 26.36, 35.0), (5, 11.25, 14.2), (10, 6.21, 7.27), (15, 4.53, 4.96), (20, 3.69, 3.80)],
    )
    def test_break_even_and_doubling(self, debt, break_even, doubling):
        found = figures(debt=debt)
        assert found["break_even"] == pytest.approx(break_even, abs=0.005)
        assert found["doubling"] == pytest.approx(doubling, abs=0.05)

    def test_twenty_features(self):
        found = figures(features=20)
        assert [round(found[name], 2) for name in ("indebted", "clean", "following")] == [57.27, 26.0, 6.73]
        assert figures(features=20, law="linear")["indebted"] == pytest.approx(39.0)

    def test_twenty_sprints(self):
        found = figures()
        assert [round(found[name], 1) for name in ("done", "clean_done")] == [25.2, 76.9]

    def test_a_quarter_repaid_makes_debt_stand_still(self):
        found = figures(repaid=25)
        assert found["growth"] == 0.0
        assert found["following"] == pytest.approx(4 / 3)

    def test_copies(self):
        assert figures()["copy_changes"] == 5.0


class TestPlan:
    """Tokens placed sprint by sprint, beside as many in every sprint alike."""

    EARLY = {"repayment": "plan", **{f"sprint_{sprint}": 2 if sprint % 4 == 0 else 1 for sprint in range(1, 9)}}
    LATE = {"repayment": "plan", **{f"sprint_{sprint}": 2 if sprint % 4 == 0 else 1 for sprint in range(13, 21)}}

    @staticmethod
    def everywhere(tokens):
        return {"repayment": "plan", **{f"sprint_{sprint}": tokens for sprint in range(1, 21)}}

    @pytest.mark.parametrize("law", ["compounding", "linear"])
    def test_of_a_token_in_every_sprint_is_a_fifth_of_the_effort(self, law):
        found, even = figures(**self.everywhere(1), law=law), figures(repaid=20, law=law)
        assert {name: found[name] for name in even if name != "doubling"} == pytest.approx(
            {name: value for name, value in even.items() if name != "doubling"}, rel=1e-9
        )
        assert found["even_done"] == even["done"]

    def test_of_ten_tokens_builds_most_where_debt_is_repaid_as_it_arises(self):
        early, late = figures(**self.EARLY), figures(**self.LATE)
        assert [round(found["done"], 1) for found in (early, late)] == [43.1, 26.2]
        assert [round(found["even_done"], 1) for found in (early, late)] == [31.9, 31.9]
        assert early["unpaid_done"] == figures()["done"]

    def test_is_left_out_of_account_while_every_sprint_is_alike(self):
        assert evaluate(**{**self.EARLY, "repayment": "even"}) == evaluate()

    def test_places_the_constant_share_out_of_account(self):
        assert evaluate(**self.EARLY, repaid=50) == evaluate(**self.EARLY)

    @pytest.mark.parametrize(
        ("changes", "shown"),
        [
            ({"sprint_19": 5}, {"too_late"}),
            ({"sprint_18": 5}, set()),
            ({"sprint_19": 4}, set()),
            ({f"sprint_{sprint}": 5 for sprint in range(1, 17)}, set()),
            ({"repayment": "even", "repaid": 50}, set()),
            ({f"sprint_{sprint}": 2 if sprint % 4 == 0 else 1 for sprint in range(1, 17)}, {"when_not_how_much"}),
            ({f"sprint_{sprint}": 2 if sprint % 4 == 0 else 1 for sprint in range(1, 9)}, set()),
        ],
        ids=["nineteenth", "eighteenth", "four tokens", "too many", "even", "sixteen early", "ten early"],
    )
    def test_shows_its_discoveries_and_no_near_miss(self, changes, shown):
        inputs = parameters.parse(Parameters, {"repayment": "plan", **changes})
        found = maintainability.evaluate(inputs)
        about = {"too_late", "when_not_how_much"}
        assert {each.name for each in MODEL.experiments if each.name in about and each.holds(inputs, found)} == shown

    def test_says_where_tokens_were_lost(self):
        found = evaluate(repayment="plan", sprint_1=5)
        assert found.frames["plan"][0] == {"sprint": 1, "tokens": 5, "lost": pytest.approx(3.75)}
        assert found.figure("lost").value == pytest.approx(3.75)
        assert "5 tokens repay debt, 3.75 of them lost" in found.narrative

    def test_goes_on_at_its_average(self):
        sprints = evaluate(**self.everywhere(1)).frames["sprints"]
        assert sprints[39]["indebted"] == pytest.approx(evaluate(repaid=20).frames["sprints"][39]["indebted"])

    def test_that_never_builds_is_refused_by_name(self):
        with pytest.raises(parameters.InvalidParameters, match="sprint_20 must be less than 5 .*; you gave 5"):
            parameters.parse(Parameters, self.everywhere(5))
        parameters.parse(Parameters, {**self.everywhere(5), "repayment": "even"})

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"sprint_3": 6}, "sprint_3 must lie between 0 and 5 tokens; you gave 6."),
            ({"sprint_3": "1.5"}, "sprint_3 must be a whole number between 0 and 5 tokens; you gave 1.5."),
            ({"sprint_21": 1}, "sprint_21 is not an input of this model"),
        ],
    )
    def test_refuses_tokens_that_there_are_not(self, changes, message):
        with pytest.raises(parameters.InvalidParameters, match=message):
            parameters.parse(Parameters, {"repayment": "plan", **changes})


class TestResult:
    @settings(max_examples=80, deadline=None)
    @given(settings_of(Parameters))
    def test_every_setting_gives_finite_json_and_no_empty_line(self, inputs):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = maintainability.evaluate(inputs)
        json.dumps(found.to_json(), allow_nan=False)
        assert [chart.name for chart in found.charts] == ["cumulative", "feature", "sprints", "break_even"]
        assert all(series.x and len(series.x) == len(series.y) for chart in found.charts for series in chart.series)

    def test_without_debt_and_care_both_teams_are_one(self):
        found = figures(debt=0, overhead=0)
        assert found["indebted"] == found["clean"]
        assert found["done"] == found["clean_done"]

    def test_haste_wins_before_the_break_even_and_loses_after(self):
        assert figures(features=6)["ratio"] < 1.0 < figures(features=7)["ratio"]

    def test_sprints_are_the_charts(self):
        found = evaluate()
        last = found.frames["sprints"][-1]
        assert [last["indebted"], last["clean"]] == [series.y[-1] for series in found.charts[2].series]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"features": 1}, "One feature costs 1 with debt and 1.3 clean"),
            ({}, "Care has paid for itself after 6.21 features"),
            ({"debt": 0}, "Haste stays ahead"),
            ({"debt": 0, "overhead": 0}, "Both cost the same."),
            ({"repaid": 25}, "Care is ahead from the first feature on."),
            ({"law": "linear"}, "That debt is linear is an assumption."),
        ],
    )
    def test_narrative_says_it_in_words(self, changes, words):
        assert words in evaluate(**changes).narrative

    def test_cost_bounds_every_setting(self):
        assert MODEL.cost(Parameters()).evaluate_ms <= 50.0
