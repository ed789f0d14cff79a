"""Chains of figures, and mistakes that are carried forward."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.kinds import (
    InvalidQuestion,
    MalformedAnswer,
    Outcome,
    credit_of,
    faded,
    grade,
    keep_draft,
    parse_question,
    read_answer,
    verify_question,
)
from quizzes.kinds.quantities import PREFIX_SLIP
from tests.unit.kinds import definitions

VARIABLES = {"users": {"choose": [5_000_000]}, "actions": {"choose": [4]}, "peak_factor": {"choose": [5]}}
# 5,000,000 x 4 / 86,400 = 231.48 writes/s; times 5 = 1,157.4; times 500 bytes = 0.5787 MB/s
DRAWN = parse_question(definitions.estimate(variables=VARIABLES)).draw(0)
HALF_WORKED = parse_question(definitions.estimate(given=2, steps=definitions.half_worked(), variables=VARIABLES)).draw(
    0
)


def _read(*figures: str, drawn: Any = DRAWN) -> Any:
    letters = [part["id"] for part in drawn.rendered["parts"] if "given" not in part]
    return read_answer("estimate", drawn.rendered, {"parts": dict(zip(letters, figures, strict=False))})


def _graded(*figures: str, drawn: Any = DRAWN) -> Any:
    return grade("estimate", drawn.rendered, drawn.key, _read(*figures, drawn=drawn))


def _outcomes(graded: Any) -> str:
    return " ".join(part.outcome for part in graded.parts.values())


class TestEstimate:
    @pytest.mark.parametrize(
        "figures",
        [
            ("231.48148", "1157.4074", "0.5787037"),
            ("231", "1,160", "0.579"),
            ("231 writes/s", "1.16k", "579 kB/s"),
            ("0.231 k writes/s", "69,400 writes per minute", "4.63 Mbit/s"),
        ],
    )
    def test_takes_the_chain_in_any_unit(self, figures: tuple[str, ...]) -> None:
        graded = _graded(*figures)

        assert (graded.outcome, graded.fraction, graded.misconception) == (Outcome.CORRECT, 1, "")
        assert graded.feedback_html == "About 0.58 MB/s."
        assert _outcomes(graded) == "correct correct correct"

    def test_punishes_an_error_that_is_carried_forward_once(self) -> None:
        graded = _graded("5,556", "27,780", "13.89")

        assert _outcomes(graded) == "wrong correct correct"
        assert (graded.outcome, graded.fraction) == (Outcome.PARTIAL, Fraction(2, 3))
        assert graded.misconception == "hour-for-a-day"
        assert graded.parts["a"].feedback_html == "That is an hour's seconds."
        assert graded.parts["b"].feedback_html == (
            "27,780\xa0writes/s follows from your own earlier figure, so nothing is taken off here."
        )
        assert graded.feedback_html == (
            "2 of 3 steps are right. A step that follows from your own earlier figure counts as right."
        )

    def test_judges_a_step_that_returns_to_the_exact_chain_as_right(self) -> None:
        assert _outcomes(_graded("5,556", "1,157", "0.579")) == "wrong correct correct"

    def test_punishes_a_second_error_of_its_own(self) -> None:
        graded = _graded("5,556", "27,780", "1389")

        assert _outcomes(graded) == "wrong correct wrong"
        assert graded.fraction == Fraction(1, 3)

    def test_carries_an_answer_in_another_unit_as_what_it_means(self) -> None:
        assert _outcomes(_graded("20,000,000 writes per hour", "27.78k", "13.89")) == "wrong correct correct"

    def test_recognises_a_misconception_by_the_learners_own_figures(self) -> None:
        graded = _graded("5,000", "5,000", "2.5")

        assert _outcomes(graded) == "wrong wrong correct"
        assert graded.misconception == "forgets-the-peak"
        assert graded.parts["b"].feedback_html == "That is the average."

    def test_gives_half_a_step_for_the_right_size(self) -> None:
        graded = _graded("231", "1157", "1.5")

        assert _outcomes(graded) == "correct correct partial"
        assert graded.fraction == Fraction(5, 6)
        assert graded.parts["c"].feedback_html == "1.5\xa0MB/s is of the right size and earns half of this step."

    @pytest.mark.parametrize(
        ("figure", "outcome"),
        [
            ("1.829", "partial"),
            ("1.831", "wrong"),
            ("0.1831", "partial"),
            ("0.1829", "wrong"),
            ("-0.579", "wrong"),
            ("0", "wrong"),
        ],
    )
    def test_draws_the_line_at_half_an_order_of_magnitude(self, figure: str, outcome: str) -> None:
        assert _graded("231", "1157", figure).parts["c"].outcome == outcome

    def test_measures_the_size_by_the_learners_own_figures_too(self) -> None:
        assert _outcomes(_graded("100,000", "800,000", "400")) == "wrong partial correct"

    def test_gives_half_to_a_misconception_of_the_right_size_and_names_it(self) -> None:
        steps = [dict(step) for step in definitions.estimate()["steps"]]
        steps[2]["misconceptions"] = [{"id": "doubles", "value": "peak * 1000 / 10**6", "feedback": "Twice."}]
        drawn = parse_question(definitions.estimate(variables=VARIABLES, steps=steps)).draw(0)

        graded = _graded("231", "1157", "1.157", drawn=drawn)
        assert (_outcomes(graded), graded.misconception) == ("correct correct partial", "doubles")
        assert graded.parts["c"].feedback_html == "Twice."

    def test_recognises_a_slip_of_the_prefix(self) -> None:
        graded = _graded("231", "1157", "579")

        assert graded.misconception == PREFIX_SLIP
        assert "Check the prefix" in graded.parts["c"].feedback_html

    def test_says_nothing_of_the_key(self) -> None:
        graded = _graded("7", "777777", "0.000001")

        assert (graded.outcome, graded.fraction) == (Outcome.WRONG, 0)
        assert graded.feedback_html == "0 of 3 steps are right."
        assert all(figure not in str(graded) for figure in ("231", "1157", "1,157", "0.57"))

    def test_counts_one_step_in_the_singular(self) -> None:
        assert _graded("231", "9e9", "9e-9").feedback_html == "1 of 3 steps is right."

    @pytest.mark.parametrize("figure", ["0", "-5", "1e300", "1e-300", "1.7976931348623157e308"])
    def test_survives_figures_that_lead_nowhere(self, figure: str) -> None:
        steps = [dict(step) for step in definitions.estimate()["steps"]]
        steps[1] |= {"value": "peak_factor * average ** 1.5 / average ** 0.5"}
        steps[2] |= {"value": "machines_needed(peak, 10)", "unit": "machines", "significant": None}
        drawn = parse_question(definitions.estimate(variables=VARIABLES, steps=steps)).draw(0)

        assert _graded(figure, "1157", "116", drawn=drawn).fraction == Fraction(2, 3)

    def test_reads_a_bare_number_in_a_unit_that_is_accepted(self) -> None:
        steps = [dict(step) for step in definitions.estimate()["steps"]]
        steps[0] |= {"accepts": ["writes per minute"]}
        drawn = parse_question(definitions.estimate(variables=VARIABLES, steps=steps)).draw(0)

        assert _graded("13,889", "1157", "0.579", drawn=drawn).fraction == 1

    @given(st.floats(min_value=1e-3, max_value=1e9), st.floats(min_value=-0.019, max_value=0.019))
    def test_takes_whatever_follows_from_the_first_figure(self, first: float, off: float) -> None:
        graded = _graded(repr(first), repr(5 * first * (1 + off)), repr(5 * first * (1 + off) * 500 / 10**6))

        assert _outcomes(graded).endswith("correct correct")

    @pytest.mark.parametrize(
        ("parts", "message"),
        [
            (None, "must say for each part"),
            ({"a": "231"}, "Steps without a figure: 2 of 3. Fill in each."),
            ({"a": "231", "b": "1,5", "c": "1"}, "Step 2: “1,5” has a comma"),
            (
                {"a": "231", "b": "5 MB", "c": "1"},
                "Step 2: “MB” is not a unit of what is asked here. Write it in writes/s.",
            ),
            ({"a": "1e400", "b": "1", "c": "1"}, "Step 1: “1e400” is larger"),
            ({"a": "1", "b": "1", "c": "٣"}, "Step 3: “٣” is written in digits other"),
            ({"a": "9" * 1_000_000}, "1,000,000 characters"),
            ({"a": 231}, "is not text"),
            ({"z": "1"}, "“z” is none of this question's parts, a to c"),
        ],
    )
    def test_refuses_what_is_no_chain(self, parts: Any, message: str) -> None:
        with pytest.raises(MalformedAnswer) as refusal:
            read_answer("estimate", DRAWN.rendered, {"parts": parts})

        assert message in str(refusal.value)
        assert len(str(refusal.value)) < 300

    def test_keeps_unfinished_figures_as_draft(self) -> None:
        assert keep_draft("estimate", DRAWN.rendered, {"parts": {"a": "23", "b": "", "c": "9" * 999}}) == {
            "parts": {"a": "23", "c": "9" * 80}
        }

    def test_states_how_it_is_marked(self) -> None:
        stated = credit_of("estimate", DRAWN.rendered)

        assert "a mistake costs once" in stated
        assert "√10, about 3.2" in stated


class TestFading:
    def test_shows_the_given_steps_worked_and_asks_for_the_rest(self) -> None:
        first, second, third = HALF_WORKED.rendered["parts"]

        assert first["given"] == "231\xa0writes/s"
        assert first["worked_html"].endswith("over 86,400 seconds: 231.")
        assert second["given"] == "1,160\xa0writes/s"
        assert "given" not in third
        assert "worked_html" not in third

    def test_grades_what_is_left(self) -> None:
        graded = _graded("0.579", drawn=HALF_WORKED)

        assert (graded.fraction, list(graded.parts)) == (1, ["c"])
        assert _graded("9", drawn=HALF_WORKED).outcome == Outcome.WRONG

    def test_takes_what_follows_from_a_given_figure_as_it_is_shown(self) -> None:
        assert _graded("0.580", drawn=HALF_WORKED).fraction == 1

    def test_refuses_a_figure_for_a_given_step(self) -> None:
        with pytest.raises(MalformedAnswer, match="“a” is none of this question's parts"):
            read_answer("estimate", HALF_WORKED.rendered, {"parts": {"a": "1", "c": "1"}})

    def test_blank_half_worked_and_worked_are_one_chain(self) -> None:
        values = [
            [kept["value"] for kept in parse_question(definition).draw(7).key["parts"].values()]
            for definition in (
                definitions.estimate(steps=definitions.half_worked()),
                definitions.estimate(given=1, steps=definitions.half_worked()),
                definitions.estimate(given=2, steps=definitions.half_worked()),
            )
        ]

        assert values[0] == values[1] == values[2]

    @pytest.mark.parametrize(("fewer", "left"), [(0, 2), (1, 1), (2, 0), (10, 0)])
    def test_fades_from_the_last_worked_step_backwards(self, fewer: int, left: int) -> None:
        drawn = faded(HALF_WORKED, fewer)

        assert ["given" in part for part in drawn.rendered["parts"]] == [place < left for place in range(3)]
        assert ["worked_html" in part for part in drawn.rendered["parts"]] == [place < left for place in range(3)]
        assert _graded(*["231.48", "1157.4", "0.5787"][left:], drawn=drawn).outcome == Outcome.CORRECT
        assert "fewer" in credit_of("estimate", drawn.rendered) or not left
        assert ["given" in part for part in HALF_WORKED.rendered["parts"]] == [True, True, False]

    def test_a_faded_chain_is_the_blank_one(self) -> None:
        steps = definitions.half_worked()
        blank = parse_question(definitions.estimate(steps=steps, variables=VARIABLES)).draw(0)

        assert faded(HALF_WORKED, 2) == blank

    def test_a_faded_variant_is_drawn_again_as_it_was(self) -> None:
        question = parse_question(definitions.estimate(given=2, steps=definitions.half_worked()))
        shown = faded(question.draw(7), 1)

        assert question.redraw(shown) == shown

    def test_leaves_other_kinds_as_they_are(self) -> None:
        for definition in definitions.one_of_each_kind():
            drawn = parse_question(definition).draw(1)
            assert faded(drawn, 3) == drawn


class TestKey:
    def test_holds_each_expression_and_the_names_that_it_needs(self) -> None:
        assert DRAWN.key["names"] == {"users": 5_000_000, "actions": 4, "peak_factor": 5}
        assert [kept["expression"] for kept in DRAWN.key["parts"].values()] == [
            "per_second(users * actions, 1)",
            "peak_factor * average",
            "peak * 500 / 10**6",
        ]


def _with_step(place: int, **changes: Any) -> dict[str, Any]:
    steps = [dict(step) for step in definitions.estimate()["steps"]]
    steps[place] |= changes
    return definitions.estimate(steps=steps)


class TestEstimateDefinition:
    @pytest.mark.parametrize(
        ("definition", "message"),
        [
            (definitions.estimate(steps=definitions.estimate()["steps"][:1]), "at least 2"),
            (_with_step(1, name="average"), "two steps are named average"),
            (_with_step(0, name="users"), "users cannot be both a step and a variable or value"),
            (definitions.estimate(given=3), "of 3 steps 3 are given, which leaves none to answer"),
            (definitions.estimate(given=2), "at least one step that is asked needs a misconception"),
            (
                _with_step(1, misconceptions=definitions.estimate()["steps"][0]["misconceptions"]),
                "the misconception id hour-for-a-day is used twice",
            ),
            (definitions.estimate(values={"twice": "2 * average"}), "the value twice uses the step average"),
            (_with_step(0, value="peak / 5"), "the step average uses peak, which does not come before it"),
            (_with_step(1, value="peak * 2"), "the step peak uses peak, which does not come before it"),
            (_with_step(1, value="peak_factor *"), "steps.1.value"),
            (_with_step(1, value="peak_factor * avrage"), "avrage is not known here"),
            (_with_step(1, value="average - average"), "the step peak comes to 0"),
            (_with_step(1, unit="<b>"), "is not a unit that can be read"),
            (
                _with_step(1, misconceptions=[{"id": "x", "value": "peak_factor * average * 1.01", "feedback": "No."}]),
                "the step peak: the value of x",
            ),
            (
                _with_step(1, misconceptions=[{"id": "x", "value": "5 *", "feedback": "No."}]),
                "steps.1.misconceptions.0.value",
            ),
        ],
    )
    def test_refuses_what_is_no_chain(self, definition: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidQuestion) as refusal:
            parse_question(definition)

        assert message in str(refusal.value)

    def test_finds_a_tolerance_too_narrow_for_rounding_on_the_way(self) -> None:
        steps = [dict(step) for step in definitions.half_worked()]
        steps[1] |= {"significant": 1, "tolerance": {"relative": 0.2}}
        steps[2] |= {"significant": None, "tolerance": {"relative": 0.001}}

        faults = verify_question(parse_question(definitions.estimate(given=2, steps=steps)), range(20))
        assert any("should be right, but is partial" in fault for fault in faults)
