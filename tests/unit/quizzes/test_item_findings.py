"""What figures say in words, for cases in which the answer is known."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace

import pytest

from quizzes.policy.item_findings import Counted, Times, figures_of, with_slow_ones

PLAIN = Counted(
    answers=100,
    earned=60.0,
    correlation=0.4,
    pairs=100,
    choices=[("", 60, 0.1), ("union-bound", 30, -0.1), ("other", 10, -0.2)],
    variants=[('{"calls": 6}', 50, 30.0), ('{"calls": 8}', 50, 30.0)],
    confidences=[("sure", 40, 35), ("fairly", 40, 20), ("guess", 20, 5)],
    times=Times(20.0, 40.0, 90.0, 100),
    expected=["union-bound"],
)


def names(counted: Counted) -> set[str]:
    """The names of what stands out."""
    return {finding.name for finding in figures_of(counted).findings}


class TestFiguresOf:
    def test_finds_nothing_in_a_question_that_measures_well(self) -> None:
        figures = figures_of(PLAIN)

        assert figures.findings == ()
        assert figures.facility is not None
        assert figures.facility.value == 0.6
        assert figures.variants_differ == 1
        assert [choice.name for choice in figures.choices] == ["", "union-bound", "other"]

    def test_says_nothing_of_too_few(self) -> None:
        few = Counted(
            answers=9,
            earned=0.0,
            correlation=-0.9,
            pairs=9,
            choices=[("union-bound", 9, 0.3)],
            variants=[("{}", 9, 0.0)],
            confidences=[("sure", 9, 0)],
            times=Times(1.0, 2.0, 3.0, 9),
            expected=["union-bound"],
        )

        figures = figures_of(few)

        assert figures.facility is figures.discrimination is figures.times is None
        assert figures.choices == figures.variants == figures.confidences == figures.findings == ()

    def test_can_be_kept_as_json(self) -> None:
        json.dumps(asdict(figures_of(replace(PLAIN, correlation=math.nan))), allow_nan=False)

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"correlation": -0.4}, {"check-key"}),
            ({"correlation": 0.02}, {"says-little"}),
            ({"correlation": math.nan}, set()),
            ({"earned": 10.0}, {"hard"}),
            ({"earned": 100.0}, {"easy"}),
            ({"choices": [("", 20, 0.3), ("union-bound", 70, -0.1), ("other", 10, -0.2)]}, {"wrong-beats-right"}),
            ({"choices": [("", 60, -0.1), ("union-bound", 40, 0.2)]}, {"draws-the-stronger"}),
            ({"choices": [("", 60, 0.1), ("other", 40, -0.2)]}, {"unrecognised", "unused"}),
            ({"expected": ["union-bound", "one-call"]}, {"unused"}),
            ({"variants": [("{}", 50, 45.0), ('{"calls": 8}', 50, 15.0)]}, {"variants-differ"}),
            ({"confidences": [("sure", 40, 10), ("guess", 20, 19)]}, {"sure-and-wrong"}),
        ],
    )
    def test_names_what_stands_out(self, changes: dict[str, object], expected: set[str]) -> None:
        assert names(replace(PLAIN, **changes)) == expected

    def test_advice_names_the_figures(self) -> None:
        (finding,) = figures_of(replace(PLAIN, confidences=[("sure", 40, 10)])).findings

        assert finding.is_urgent
        assert finding.advice.startswith("30 of 40 who were sure were wrong.")

    def test_many_variants_raise_no_false_alarm(self) -> None:
        # One of 40 with p = 0.02 by itself is what chance brings.
        variants = [(f'{{"calls": {n}}}', 20, 12.0) for n in range(39)] + [('{"calls": 99}', 20, 6.0)]

        assert names(replace(PLAIN, variants=variants)) == set()

    def test_the_hardest_variant_stands_first(self) -> None:
        variants = [("{}", 50, 45.0), ('{"calls": 8}', 50, 15.0), ('{"calls": 9}', 3, 0.0)]

        found = figures_of(replace(PLAIN, variants=variants)).variants

        assert [variant.numbers for variant in found] == ['{"calls": 8}', "{}"]


class TestWithSlowOnes:
    def test_notes_one_that_takes_far_longer_than_the_rest(self) -> None:
        usual = figures_of(PLAIN)
        slow = figures_of(replace(PLAIN, times=Times(100.0, 200.0, 300.0, 50)))

        marked = with_slow_ones({"a": usual, "b": usual, "c": slow, "d": usual})

        assert [len(marked[name].findings) for name in "abcd"] == [0, 0, 1, 0]
        assert "more than 200 s, where the usual question takes 40 s" in marked["c"].findings[0].advice

    def test_needs_others_to_compare_with(self) -> None:
        slow = figures_of(replace(PLAIN, times=Times(100.0, 200.0, 300.0, 50)))

        assert with_slow_ones({"a": slow, "b": figures_of(PLAIN)})["a"].findings == ()
