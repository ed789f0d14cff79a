"""The trade-off mapper: worked decisions, what may not change them, places and their score."""

import json

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.functions import FUNCTIONS, trade_offs
from simulations.engine.models import trade_off_mapper
from simulations.engine.models.trade_off_cards import CARDS
from simulations.engine.models.trade_offs import Parameters
from tests.unit.engine.fields import settings_of

SETTINGS = settings_of(Parameters)
OURS = {f"place_{card.name}": card.place for card in CARDS}

# name, arguments, value, digits after the point to which it is stated
FIGURES = [
    ("conflict_cost", (1e-4, 0.5), 0.00005, 9),
    ("conflict_cost", (1e-3, 600), 0.6, 9),
    ("refusal_cost", (5e-4, 40), 0.02, 9),
    ("refusal_cost", (5e-4, 80, 0.5), 0.02, 9),
    ("conflict_break_even", (600, 5e-4, 80, 0.5), 3.333e-5, 8),
    ("placement_error", ([0.05, 0.9], [0.15, 0.7]), 0.15, 9),
    ("failed_hold_share", (100, 10_000, 5), 0.0488, 4),
]

REFUSED = [
    ("placement_error", ([0.5], [0.5, 0.5]), "must be equally long; you gave 1 and 2."),
    ("conflict_break_even", (0, 0.1, 1), "cost must be more than 0; you gave 0."),
    ("refusal_cost", (0.1, 1, 2), "impact must lie between 0 and 1; you gave 2."),
]


def evaluate(**changes):
    return trade_off_mapper.evaluate(parameters.parse(Parameters, changes))


def figures(**changes):
    return {figure.name: figure.value for figure in evaluate(**changes).figures}


def preset(name):
    return figures(**next(each for each in trade_off_mapper.PRESETS if each.name == name).parameters)


class TestFunctions:
    @pytest.mark.parametrize(("name", "arguments", "value", "digits"), FIGURES)
    def test_is_what_the_chapter_says(self, name, arguments, value, digits):
        assert FUNCTIONS[name].call(*arguments) == pytest.approx(value, abs=0.5 * 10.0**-digits)
        assert "{" not in FUNCTIONS[name].explain(*arguments)

    @pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
    def test_says_which_argument_and_what_it_was(self, name, arguments, message):
        with pytest.raises(ValueError, match=message):
            FUNCTIONS[name].call(*arguments)

    def test_every_function_is_held_to_a_figure(self):
        assert {name for name, *_ in FIGURES} == {function.name for function in trade_offs.FUNCTIONS}

    def test_failed_holds_agree_with_draws(self):
        trials = 100_000
        sold = np.random.default_rng(2).poisson(100 / 10_000 * 5, trials)
        expected = FUNCTIONS["failed_hold_share"].call(100, 10_000, 5)
        assert abs(float((sold > 0).mean()) - expected) < 4 * (expected * (1 - expected) / trials) ** 0.5


class TestAnchors:
    def test_answer_for_a_cart(self):
        found = preset("cart")
        assert (found["answering"], found["refusing"]) == (pytest.approx(50.0), pytest.approx(20_000.0))
        assert (found["answer"], found["advantage"], found["decided"]) == (1.0, pytest.approx(400.0), 1.0)

    def test_refuse_for_a_seat(self):
        found = preset("seat")
        assert (found["answering"], found["refusing"]) == (pytest.approx(600_000.0), pytest.approx(20_000.0))
        assert (found["answer"], found["advantage"]) == (0.0, pytest.approx(30.0))

    def test_thirteen_places_of_which_twelve_are_drawn(self):
        places = {card.name: card.place for card in CARDS}
        assert len(places) == 13
        assert [places[name] for name in ("seat", "message", "cart", "dns")] == [0.05, 0.35, 0.9, 0.95]
        for seed in range(20):
            assert len({card.name for card in trade_off_mapper.drawn(seed)}) == 12
        assert {card.name for seed in range(20) for card in trade_off_mapper.drawn(seed)} == set(places)


class TestDecision:
    def test_flips_exactly_at_equality(self):
        even = {"conflict_probability": 0.25, "conflict_cost": 2, "refusal_probability": 0.5, "margin": 1}
        assert figures(**even)["answer"] == 0.0
        assert figures(**{**even, "conflict_cost": 1.99})["answer"] == 1.0
        assert figures(**even)["break_even"] == pytest.approx(25.0)

    @given(SETTINGS, st.sampled_from([0.25, 0.5, 2.0, 4.0]))
    def test_does_not_change_when_both_costs_are_scaled(self, chosen, factor):
        scaled = {"conflict_cost": chosen.conflict_cost * factor, "margin": chosen.margin * factor}
        assume(all(0.01 <= each <= 1e6 for each in scaled.values()))
        other = parameters.parse(Parameters, {**parameters.canonical(chosen), **scaled})
        assert other.prefers_answering is chosen.prefers_answering

    @given(SETTINGS)
    def test_is_the_side_of_the_break_even_on_which_conflicts_lie(self, chosen):
        assume(abs(chosen.conflict_probability / chosen.break_even - 1.0) > 1e-9)
        assert chosen.prefers_answering is (chosen.conflict_probability < chosen.break_even)

    @given(SETTINGS)
    def test_is_decided_if_no_bar_crosses_the_diagonal(self, chosen):
        found = trade_off_mapper.evaluate(chosen)
        plane = {series.name: series for series in found.charts[0].series}
        bars = [plane["refusing_error"], plane["answering_error"]]
        sides = {x > y for bar in bars for x, y in zip(bar.x, bar.y, strict=True)}
        ratio = chosen.refusing / chosen.answering
        assume(min(abs(max(ratio, 1 / ratio) / chosen.within - 1.0), abs(ratio - 1.0)) > 1e-9)
        assert (len(sides) == 1) is bool(found.figure("decided").value)


class TestPlaces:
    def test_score_is_the_mean_distance(self):
        found = figures(compare=True, **{**OURS, "place_likes": 0.35})
        assert found["mean_miss"] in (pytest.approx(0.6 / 12), 0.0)
        assert found["ours"] in (11.0, 12.0)

    def test_the_tolerance_itself_counts(self):
        near = {name: place + (0.15 if place < 0.5 else -0.15) for name, place in OURS.items()}
        assert figures(compare=True, **near)["ours"] == 12.0
        far = {name: place + (0.16 if place < 0.5 else -0.16) for name, place in OURS.items()}
        assert figures(compare=True, **far)["ours"] == 0.0

    def test_ours_stay_hidden_until_compared(self):
        hidden, shown = evaluate(), evaluate(compare=True)
        assert "mean_miss" not in {figure.name for figure in hidden.figures}
        assert hidden.tables[0].columns == ("operation", "yours")
        assert all("place" not in card for card in hidden.frames["cards"])
        assert "ours" not in {series.name for chart in hidden.charts for series in chart.series}
        assert all("place" in card and card["worst"] for card in shown.frames["cards"])
        assert sum(card["alike"] for card in shown.frames["cards"]) == shown.figure("ours").value
        assert "would place them" in shown.narrative

    def test_reaches_from_the_fewest_conflicts_and_refusals_to_all(self):
        reach = evaluate(conflict_cost=0.5, margin=40, impact=0.5).frames["reach"]
        assert reach["answering"] == pytest.approx([0.05, 500_000.0])
        assert reach["refusing"] == pytest.approx([2.0, 20_000_000.0])

    def test_no_preset_gives_ours_away(self):
        assert not any(key.startswith("place_") for each in trade_off_mapper.PRESETS for key in each.parameters)

    def test_another_draw_leaves_out_another_card(self):
        assert len({frozenset(card.name for card in trade_off_mapper.drawn(seed)) for seed in range(30)}) > 5


class TestResult:
    @settings(max_examples=100, deadline=None)
    @given(SETTINGS)
    def test_every_input_in_range_gives_finite_json(self, chosen):
        found = trade_off_mapper.evaluate(chosen)
        json.dumps(found.to_json(), allow_nan=False)
        assert all(each > 0.0 for series in found.charts[0].series for each in (*series.x, *series.y))

    def test_words_say_whether_it_stands(self):
        assert "That stands if one of them is 10 times off." in evaluate().narrative
        assert "does not stand" in evaluate(within=100, conflict_cost=50).narrative

    def test_cost_is_small(self):
        assert trade_off_mapper.cost(Parameters()).evaluate_ms <= 5.0
