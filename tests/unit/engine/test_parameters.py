"""Inputs of models: what is accepted, what is refused, and in which words."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulations.engine import parameters
from simulations.engine.parameters import Fault, InvalidParameters
from simulations.engine.registry import MODELS


@dataclass(frozen=True, slots=True)
class Inputs:
    calls: int = parameters.number(
        20, minimum=1, maximum=100, step=1, unit="", label="Calls", help="How many.", scale="log", integer=True
    )
    share: float = parameters.number(
        0.01, minimum=0.00001, maximum=0.5, step=0.01, unit="", label="Share", help="Slow ones.", scale="logit"
    )
    floor: float = parameters.number(-2.5, minimum=-1e6, maximum=1e6, step=1, unit="ms", label="Floor", help="Least.")
    shape: str = parameters.choice(
        "round", options=(("round", "Round"), ("square", "Square")), label="Shape", help="Which."
    )
    hedge: bool = parameters.flag(False, label="Hedge", help="Twice.")


@dataclass(frozen=True, slots=True)
class Ordered:
    low: int = parameters.number(1, minimum=0, maximum=9, step=1, unit="", label="Low", help="", integer=True)
    high: int = parameters.number(2, minimum=0, maximum=9, step=1, unit="", label="High", help="", integer=True)

    def faults(self) -> tuple[Fault, ...]:
        if self.low <= self.high:
            return ()
        return (Fault("low", str(self.low), f"low must not exceed high; you gave {self.low} and {self.high}."),)


def refusal(raw):
    with pytest.raises(InvalidParameters) as caught:
        parameters.parse(Inputs, raw)
    return caught.value.faults


class TestParse:
    def test_missing_names_take_their_defaults(self):
        assert parameters.parse(Inputs, {}) == Inputs()

    def test_reads_json_values(self):
        raw = {"calls": 7, "share": 0.25, "floor": 3, "shape": "square", "hedge": True}
        assert parameters.parse(Inputs, raw) == Inputs(7, 0.25, 3.0, "square", True)

    def test_reads_query_strings(self):
        raw = {"calls": "7", "share": "2.5e-1", "floor": "+3.", "shape": "square", "hedge": "on"}
        assert parameters.parse(Inputs, raw) == Inputs(7, 0.25, 3.0, "square", True)

    def test_keeps_the_declared_types(self):
        found = parameters.parse(Inputs, {"calls": 7.0, "floor": 3})
        assert type(found.calls) is int
        assert type(found.floor) is float

    def test_accepts_both_ends_of_a_range(self):
        assert parameters.parse(Inputs, {"calls": 1}).calls == 1
        assert parameters.parse(Inputs, {"calls": "100"}).calls == 100

    def test_minus_zero_becomes_zero(self):
        assert math.copysign(1.0, parameters.parse(Inputs, {"floor": "-0"}).floor) == 1.0

    @pytest.mark.parametrize(
        ("raw", "message"),
        [
            ({"calls": 101}, "calls must lie between 1 and 100; you gave 101."),
            ({"calls": "0"}, "calls must lie between 1 and 100; you gave 0."),
            ({"calls": 20.5}, "calls must be a whole number between 1 and 100; you gave 20.5."),
            ({"calls": True}, "calls must be a whole number between 1 and 100; you gave true."),
            ({"calls": None}, "calls must be a whole number between 1 and 100; you gave nothing."),
            ({"calls": [20]}, "calls must be a whole number between 1 and 100; you gave a list of 1."),
            ({"calls": {"a": 1}}, "calls must be a whole number between 1 and 100; you gave a dict."),
            ({"calls": "２０"}, "calls must be a whole number between 1 and 100; you gave '２０'."),
            ({"calls": "٢٠"}, "calls must be a whole number between 1 and 100; you gave '٢٠'."),
            ({"calls": "1_0"}, "calls must be a whole number between 1 and 100; you gave 1_0."),
            ({"calls": " 20"}, "calls must be a whole number between 1 and 100; you gave ' 20'."),
            ({"calls": ""}, "calls must be a whole number between 1 and 100; you gave ''."),
            ({"share": "nan"}, "share must be a number between 0.00001 and 0.5; you gave nan."),
            ({"share": math.nan}, "share must be a number between 0.00001 and 0.5; you gave nan."),
            ({"floor": "inf"}, "floor must be a number between -1000000 and 1000000 ms; you gave inf."),
            ({"floor": -math.inf}, "floor must lie between -1000000 and 1000000 ms; you gave -inf."),
            ({"floor": "1e400"}, "floor must lie between -1000000 and 1000000 ms; you gave 1e400."),
            ({"calls": math.inf}, "calls must lie between 1 and 100; you gave inf."),
            ({"shape": "oval"}, "shape must be one of round, square; you gave oval."),
            ({"shape": 3}, "shape must be one of round, square; you gave 3."),
            ({"hedge": "maybe"}, "hedge must be on or off; you gave maybe."),
            ({"hedge": 1}, "hedge must be on or off; you gave 1."),
            ({"callz": 1}, "callz is not an input of this model; its inputs are calls, share, floor, shape, hedge."),
        ],
    )
    def test_refuses_with_the_value_and_the_range(self, raw, message):
        assert [fault.message for fault in refusal(raw)] == [message]

    def test_reports_every_fault_at_once(self):
        faults = refusal({"calls": 0, "share": 9, "wrong": 1, "hedge": "x"})
        assert [fault.field for fault in faults] == ["wrong", "calls", "share", "hedge"]

    def test_says_all_messages_in_the_error(self):
        with pytest.raises(InvalidParameters, match=r"calls must lie.*share must lie"):
            parameters.parse(Inputs, {"calls": 0, "share": 9})

    @pytest.mark.parametrize(
        "value",
        ["9" * 10_000, 10**10_000, "x" * 10_000, "\ud800" * 100, -(10**70)],
        ids=["digits", "whole number", "letters", "surrogates", "negative"],
    )
    def test_cuts_what_it_shows_to_sixty_characters(self, value):
        (fault,) = refusal({"calls": value})
        assert len(fault.value) <= 60
        assert fault.message.isprintable()
        fault.message.encode()

    def test_names_the_size_of_a_huge_whole_number(self):
        assert "a whole number of about 10001 digits" in refusal({"calls": 10**10_000})[0].message

    def test_cuts_a_huge_unknown_name(self):
        (fault,) = refusal({"x" * 10_000: 1})
        assert len(fault.field) <= 60

    def test_asks_the_class_about_faults_between_fields(self):
        assert parameters.parse(Ordered, {"low": 2}) == Ordered(2, 2)
        with pytest.raises(InvalidParameters, match="low must not exceed high; you gave 5 and 2"):
            parameters.parse(Ordered, {"low": 5})

    def test_refuses_a_default_out_of_range(self):
        with pytest.raises(ValueError, match="must lie between 1 and 2"):
            parameters.number(3, minimum=1, maximum=2, step=1, unit="", label="", help="")


class TestCanonical:
    def test_writes_the_shortest_exact_decimal_in_declaration_order(self):
        written = parameters.canonical(Inputs(share=0.00001, floor=-20.0, hedge=True))
        assert list(written.items()) == [
            ("calls", "20"),
            ("share", "0.00001"),
            ("floor", "-20"),
            ("shape", "round"),
            ("hedge", "on"),
        ]

    def test_encodes_a_query(self):
        assert parameters.canonical_query(Inputs()) == "calls=20&share=0.01&floor=-2.5&shape=round&hedge=off"

    @given(
        st.builds(
            Inputs,
            calls=st.integers(1, 100),
            share=st.floats(0.00001, 0.5),
            floor=st.floats(-1e6, 1e6).map(lambda value: value + 0.0),
            shape=st.sampled_from(["round", "square"]),
            hedge=st.booleans(),
        )
    )
    def test_reads_back_what_it_wrote(self, inputs):
        assert parameters.parse(Inputs, parameters.canonical(inputs)) == inputs

    @pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
    def test_holds_for_the_defaults_and_presets_of_every_model(self, model):
        for preset in ({}, *(preset.parameters for preset in model.presets)):
            settings = parameters.parse(model.parameters, preset)
            assert parameters.parse(model.parameters, parameters.canonical(settings)) == settings


class TestDescribe:
    def test_tells_all_that_a_control_needs(self):
        calls, *_, shape, hedge = parameters.describe(Inputs)
        assert calls == {
            "name": "calls",
            "label": "Calls",
            "help": "How many.",
            "kind": "number",
            "unit": "",
            "minimum": 1,
            "maximum": 100,
            "step": 1,
            "scale": "log",
            "integer": True,
            "default": 20,
            "options": None,
        }
        assert shape["options"] == [{"value": "round", "label": "Round"}, {"value": "square", "label": "Square"}]
        assert (hedge["kind"], hedge["default"], hedge["minimum"]) == ("flag", False, None)

    def test_gives_every_row_the_same_keys(self):
        rows = parameters.describe(Inputs)
        assert all(set(row) == set(rows[0]) for row in rows)
