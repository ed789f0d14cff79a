"""Definitions as forms: every kind can be edited, and a form sent back unchanged changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from quizzes.kinds import KINDS, parse_question
from quizzes.kinds.editing import FieldGroup, Input, editable_fields, edited
from tests.unit.kinds import definitions

SAMPLES = {
    name: getattr(definitions, name.replace("-", "_")) for name in KINDS if hasattr(definitions, name.replace("-", "_"))
}


def groups(payload: dict[str, Any]) -> tuple[FieldGroup, ...]:
    """The form of a definition."""
    return editable_fields(parse_question(payload).definition)


def as_sent(payload: dict[str, Any]) -> dict[str, str]:
    """What a browser sends of a form that nobody touched."""
    sent = {}
    for group in groups(payload):
        for field in group.fields:
            if field.input is not Input.TICK:
                sent[field.path] = field.value.replace("\n", "\r\n")
            elif field.is_ticked:
                sent[field.path] = "on"
    return sent


def sent_back(payload: dict[str, Any], **changes: str | None) -> dict[str, Any]:
    """The definition that comes of a form with some fields filled in otherwise, by path with _ for dots."""
    sent: dict[str, str | None] = as_sent(payload) | {name.replace("__", "."): value for name, value in changes.items()}
    filled = {path: value for path, value in sent.items() if value is not None}
    return edited(parse_question(payload).definition, payload, filled)


class TestEveryKind:
    def test_has_a_sample(self) -> None:
        assert set(SAMPLES) == set(KINDS)

    @pytest.mark.parametrize("kind", sorted(SAMPLES))
    def test_comes_back_as_it_was(self, kind: str) -> None:
        payload = SAMPLES[kind]()

        assert edited(parse_question(payload).definition, payload, as_sent(payload)) == payload

    @pytest.mark.parametrize("kind", sorted(SAMPLES))
    def test_can_have_its_key_changed(self, kind: str) -> None:
        paths = [field.path for group in groups(SAMPLES[kind]()) for field in group.fields]

        assert (
            any(path.startswith(("answer", "options", "cards", "pairs", "steps", "values", "parts")) for path in paths)
            or len(paths) > 3
        )
        assert not any(path in {"stem", "variables", "id", "kind", "tries", "penalty"} for path in paths)

    @pytest.mark.parametrize("kind", sorted(SAMPLES))
    def test_what_comes_back_is_plain_json(self, kind: str) -> None:
        payload = SAMPLES[kind]()
        json.dumps(sent_back(payload, right="Another reason."), allow_nan=False)


class TestNumeric:
    def test_key_tolerance_and_precision(self) -> None:
        changed = sent_back(
            definitions.numeric(),
            answer__value="union",
            answer__tolerance__relative="",
            answer__tolerance__absolute="0.5",
            answer__significant="2",
            answer__accepts="fraction\r\n\r\npercent",
        )

        assert changed["answer"] == {
            "value": "union",
            "unit": "%",
            "significant": 2,
            "tolerance": {"absolute": 0.5},
            "accepts": ["fraction", "percent"],
        }

    def test_takes_a_misconception_out_and_adds_one(self) -> None:
        sent = {
            "removed.misconceptions.0": "on",
            "misconceptions.1.id": "one-call",
            "misconceptions.1.value": "1",
            "misconceptions.1.feedback": "That is one call's share.",
        }
        payload = definitions.numeric()

        changed = edited(parse_question(payload).definition, payload, as_sent(payload) | sent)

        assert changed["misconceptions"] == [{"id": "one-call", "value": "1", "feedback": "That is one call's share."}]

    def test_adds_the_first_misconception(self) -> None:
        payload = definitions.fixed()
        del payload["misconceptions"]

        changed = sent_back(payload, misconceptions__0__id="half", misconceptions__0__value="25")

        assert changed["misconceptions"] == [{"id": "half", "value": "25"}]

    def test_leaves_what_is_no_number_to_be_refused(self) -> None:
        changed = sent_back(definitions.numeric(), answer__significant="three", answer__tolerance__relative="NaN")

        assert changed["answer"]["significant"] == "three"
        assert str(changed["answer"]["tolerance"]["relative"]) == "nan"

    def test_ignores_paths_that_the_form_does_not_have(self) -> None:
        payload = definitions.numeric()
        assert sent_back(payload, stem="Mine now.", answer__unit="ms", __class__="x", surprise="1") == payload

    def test_a_value_can_be_corrected_by_its_name(self) -> None:
        changed = sent_back(definitions.numeric(), values__share="100 * any_beyond(0.9, calls)")

        assert changed["values"]["share"] == "100 * any_beyond(0.9, calls)"


class TestChoice:
    def test_another_option_is_right(self) -> None:
        changed = sent_back(definitions.choice(), options__0__correct=None, options__1__correct="on")

        assert [option.get("correct", False) for option in changed["options"]] == [False, True, False, False]

    def test_shows_an_options_text_and_does_not_ask_for_it(self) -> None:
        group = next(group for group in groups(definitions.choice()) if "union-bound" in group.title)

        assert group.shown == "{{ union | number(1) }}%"
        assert [field.path for field in group.fields] == ["options.1.correct", "options.1.feedback"]
        assert not group.path
