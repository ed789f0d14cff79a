"""Guesses of every shape: how far they are off, and what is no guess."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine.guesses import GuessPrompt, InvalidGuess, curves, mark, quartiles
from simulations.engine.result import Axis, Chart, Figure, Result, Series

KNOTS = (1.0, 10.0, 100.0)


def prompt(shape="curve", **changes) -> GuessPrompt:
    usual = {
        "name": "asked",
        "question": "How does it go on?",
        "shape": shape,
        "parameters": {},
        "names": ("up", "out"),
        "minimum": 1.0,
        "maximum": 1e6,
        "scale": "log",
        "unit": "$",
        "truth": lambda _, result: {},
        "knots": KNOTS if shape == "curve" else (),
    }
    return GuessPrompt(**{**usual, **changes})


PROMPTS = {
    "curve": prompt(),
    "linear curve": prompt(minimum=-5.0, maximum=95.0, scale="linear"),
    "placement": prompt("placement", minimum=0.0, maximum=1.0, scale="linear", unit="", near=0.15),
    "ticks": prompt("ticks", minimum=0.0, maximum=1.0, scale="linear"),
    "mark": prompt("mark", names=("mark",)),
    "share": prompt("mark", names=("mark",), minimum=0.9, maximum=0.999999, scale="logit", unit=""),
}
EVERY = pytest.mark.parametrize("asked", PROMPTS.values(), ids=PROMPTS)


@st.composite
def values(draw, asked: GuessPrompt):
    number = st.sampled_from((0.0, 1.0)) if asked.shape == "ticks" else st.floats(asked.minimum, asked.maximum)
    return {name: tuple(draw(number) for _ in range(asked.size)) for name in asked.names}


class TestScore:
    @EVERY
    @given(data=st.data())
    def test_is_nothing_for_a_perfect_guess_and_finite_for_any(self, asked, data):
        truth, guess = data.draw(values(asked)), data.draw(values(asked))
        assert asked.score(truth, truth) == 0.0
        assert asked.right(truth, truth) == len(asked.names) * asked.size
        assert math.isfinite(asked.score(guess, truth))
        assert asked.score(guess, truth) == asked.score(truth, guess) >= 0.0

    @EVERY
    @given(data=st.data())
    def test_never_falls_as_one_value_moves_away_from_its_truth(self, asked, data):
        truth, guess = data.draw(values(asked)), data.draw(values(asked))
        name = data.draw(st.sampled_from(asked.names))
        index = data.draw(st.integers(0, asked.size - 1))
        here, actual = guess[name][index], truth[name][index]
        further = data.draw(st.floats(here, asked.maximum) if here >= actual else st.floats(asked.minimum, here))
        row = guess[name]
        moved = {**guess, name: (*row[:index], further, *row[index + 1 :])}
        assert asked.score(moved, truth) >= asked.score(guess, truth) - 1e-12
        assert asked.right(moved, truth) <= asked.right(guess, truth)

    @given(factor=st.floats(1.0, 100.0), truth=st.floats(100.0, 1e4))
    def test_is_the_factor_in_decades_on_a_logarithmic_axis(self, factor, truth):
        asked = PROMPTS["curve"]
        right = dict.fromkeys(asked.names, (truth,) * 3)
        off = {"up": (truth * factor,) * 3, "out": (truth / factor,) * 3}
        assert 10.0 ** asked.score(off, right) == pytest.approx(factor)

    def test_is_the_share_of_the_axis_on_a_linear_one(self):
        asked = PROMPTS["linear curve"]
        truth = {"up": (0.0, 0.0, 0.0), "out": (50.0, 50.0, 50.0)}
        guess = {"up": (30.0, 0.0, 0.0), "out": (50.0, 50.0, 20.0)}
        assert asked.score(guess, truth) == pytest.approx(60.0 / 100.0 / 6.0)

    def test_is_a_decade_for_another_nine_on_a_logit_axis(self):
        assert PROMPTS["share"].score({"mark": (0.999,)}, {"mark": (0.9999,)}) == pytest.approx(1.0, abs=1e-3)

    def test_is_the_share_of_ticks_that_are_wrong(self):
        asked = PROMPTS["ticks"]
        assert asked.score({"up": (1.0,), "out": (0.0,)}, {"up": (1.0,), "out": (1.0,)}) == 0.5

    def test_takes_a_truth_off_the_axis_to_its_end(self):
        assert PROMPTS["mark"].score({"mark": (1e6,)}, {"mark": (1e9,)}) == 0.0
        assert PROMPTS["mark"].score({"mark": (1.0,)}, {"mark": (0.0,)}) == 0.0

    def test_counts_what_is_near_as_right(self):
        truth = {"up": (0.5,), "out": (0.5,)}
        assert PROMPTS["placement"].right({"up": (0.65,), "out": (0.66,)}, truth) == 1


class TestRead:
    @EVERY
    @given(data=st.data())
    def test_takes_every_guess_as_json_writes_it(self, asked, data):
        guess = data.draw(values(asked))
        raw = {name: list(row) if asked.knots else row[0] for name, row in guess.items()}
        assert asked.read(raw) == guess

    def test_takes_true_and_false_for_ticks_alone(self):
        assert PROMPTS["ticks"].read({"up": True, "out": False}) == {"up": (1.0,), "out": (0.0,)}
        with pytest.raises(InvalidGuess, match="you gave True"):
            PROMPTS["mark"].read({"mark": True})

    @pytest.mark.parametrize(
        ("shape", "raw", "field", "said"),
        [
            ("curve", None, "guess", "you gave nothing"),
            ("curve", [1, 2], "guess", "an object with up, out; you gave a list of 2"),
            ("curve", {"up": [1, 2, 3]}, "guess.out", "a list of 3 numbers, one a knot; you gave nothing"),
            ("curve", {"up": [1, 2, 3], "out": [1, 2]}, "guess.out", "you gave a list of 2"),
            ("curve", {"up": [1, 2, 3], "out": 7}, "guess.out", "you gave 7"),
            ("curve", {"up": [1, 2, 3], "out": [1, math.nan, 3]}, "guess.out", "between 1 and 1e+06 $; you gave nan"),
            ("curve", {"up": [1, 2, 3], "out": [1, math.inf, 3]}, "guess.out", "you gave inf"),
            ("curve", {"up": [1, 2, 3], "out": [1, 10**400, 3]}, "guess.out", "you gave 1000"),
            ("curve", {"up": [1, 2, 3], "out": [1, 0, 3]}, "guess.out", "you gave 0"),
            ("curve", {"up": [1, 2, 3], "out": [1, "2", 3]}, "guess.out", "you gave 2"),
            ("curve", {"up": [1, 2, 3], "out": [1, [2], 3]}, "guess.out", "you gave a list of 1"),
            ("placement", {"up": 0.5, "out": 0.5, "tea": 1}, "guess.tea", "knows up, out; you gave tea. Leave it out"),
            ("placement", {"up": 0.5, "out": [0.5]}, "guess.out", "a number between 0 and 1; you gave a list of 1"),
            ("placement", {"up": 0.5, "out": {"at": 1}}, "guess.out", "you gave an object"),
            ("ticks", {"up": 1, "out": 2}, "guess.out", "you gave 2"),
            ("mark", {"mark": "x" * 10_000}, "guess.mark", "you gave " + "x" * 60 + "."),
        ],
    )
    def test_refuses_what_is_none_and_names_it(self, shape, raw, field, said):
        with pytest.raises(InvalidGuess) as caught:
            PROMPTS[shape].read(raw)
        (fault,) = caught.value.faults
        assert fault.field == field
        assert said in fault.message
        assert len(fault.message) < 300

    def test_names_every_fault_at_once(self):
        with pytest.raises(InvalidGuess) as caught:
            PROMPTS["curve"].read({"up": [1], "tea": 1})
        assert [fault.field for fault in caught.value.faults] == ["guess.tea", "guess.up", "guess.out"]


class TestTruth:
    def result(self, scale):
        chart = Chart(
            name="cost",
            title="",
            x=Axis("", "", scale),
            y=Axis("", "", scale),
            series=(Series("up", "", (1.0, 100.0), (1.0, 10_000.0)),),
            caption="",
        )
        return Result((Figure("best", "", 7.0, "", ""),), (chart,), (), "")

    def test_is_interpolated_on_the_scales_of_the_chart(self):
        read = curves("cost", ("up",), (1.0, 10.0, 100.0))
        assert read(None, self.result("log"))["up"] == pytest.approx((1.0, 100.0, 10_000.0))
        assert read(None, self.result("linear"))["up"] == pytest.approx((1.0, 910.0, 10_000.0))

    def test_is_not_made_up_beyond_the_end_of_a_curve(self):
        with pytest.raises(ValueError, match="leave a curve from 1 to 100"):
            curves("cost", ("up",), (1.0, 200.0))(None, self.result("log"))

    def test_of_a_mark_is_a_figure(self):
        assert mark("best")(None, self.result("log")) == {"mark": (7.0,)}


class TestQuartiles:
    def test_are_taken_of_each_number_under_each_name(self):
        guesses = [{"up": (float(n), 10.0 * n), "mark": (1.0,)} for n in range(5)]
        assert quartiles(("up", "mark"), guesses) == {
            "up": [(1.0, 2.0, 3.0), (10.0, 20.0, 30.0)],
            "mark": [(1.0, 1.0, 1.0)],
        }

    def test_of_nobodys_guesses_are_refused(self):
        with pytest.raises(ValueError, match="at least one guess"):
            quartiles(("up",), [])
