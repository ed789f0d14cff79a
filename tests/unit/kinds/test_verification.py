"""Questions that test themselves, and what such a test must find."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from quizzes.kinds import Examples, Outcome, Question, parse_question, verify_question
from quizzes.kinds import question as question_module
from tests.unit.kinds import definitions

COURSES = Path(__file__).resolve().parents[3] / "lessons" / "courses"
SEEDS = range(200)


def _questions_of_the_courses() -> list[Any]:
    return [
        pytest.param(
            {name: value for name, value in entry.items() if name != "was"}, id=f"{file.parent.name}/{entry['id']}"
        )
        for file in sorted(COURSES.rglob("questions.yaml"))
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


class TestQuestionsOfTheCourses:
    @pytest.mark.parametrize("definition", _questions_of_the_courses())
    def test_hold_in_two_hundred_variants(self, definition: dict[str, Any]) -> None:
        assert verify_question(parse_question(definition), SEEDS) == []


class TestVerifyQuestion:
    @pytest.mark.parametrize(
        "definition",
        [
            *definitions.one_of_each_kind(),
            definitions.categorise(bins=2),
            definitions.estimate(given=1),
            definitions.estimate(given=2, steps=definitions.half_worked()),
            definitions.ordering_by_value(),
        ],
    )
    def test_finds_nothing_wrong_with_a_sound_question(self, definition: dict[str, Any]) -> None:
        assert verify_question(parse_question(definition), SEEDS) == []

    def test_finds_that_another_try_brings_the_same_again(self) -> None:
        same = parse_question({**definitions.fixed(), "tries": 2})

        assert verify_question(same, range(5)) == [
            "another try brings the same variant again: give it variables, or one try (seed 0)"
        ]

    def test_finds_a_seed_of_which_no_variant_is_usable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        question = parse_question(definitions.numeric(variables={"calls": {"choose": [8, 6, 1]}}))
        monkeypatch.setattr(question_module, "MOST_REDRAWS", 1)

        faults = verify_question(question, range(10))

        assert len(faults) == 1
        assert "counts as the exact value" in faults[0]

    @pytest.mark.parametrize(
        ("field", "planted", "message"),
        [
            ("correct", ({"text": "1"},), "{'text': '1'} should be right, but is wrong"),
            ("correct", ({"text": "x"},), "{'text': 'x'} should be right, but is refused: “x” does not begin"),
            ("wrong", (("other", {"text": "8"}),), "{'text': '8'} should show other, but is wrong union-bound"),
            ("wrong", (("other", {"text": "7.73"}),), "{'text': '7.73'} should show other, but is correct"),
            (
                "borderline",
                ((Outcome.PARTIAL, {"text": "1"}),),
                "{'text': '1'} at the edge should be partial, but is wrong",
            ),
            ("invalid", ({"text": "5"},), "{'text': '5'} should be refused, but is wrong"),
        ],
    )
    def test_finds_an_answer_that_is_judged_otherwise_than_expected(
        self, field: str, planted: Any, message: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        question = parse_question(definitions.numeric(variables={"calls": {"choose": [8]}}, tries=1))
        sound = question.examples(question.draw(0))
        broken: Examples = dataclasses.replace(sound, **{field: planted})
        monkeypatch.setattr(Question, "examples", lambda self, drawn: broken)

        faults = verify_question(question, range(3))

        assert len(faults) == 1
        assert message in faults[0]
        assert faults[0].endswith("(seed 0)")
