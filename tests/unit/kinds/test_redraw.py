"""A variant drawn again from a changed definition: what may differ and what may not."""

from __future__ import annotations

import pytest

from quizzes.kinds import differences, looks_alike, parse_question
from tests.unit.kinds import definitions

ANSWER = {"value": "union", "unit": "%", "significant": 3, "tolerance": {"relative": 0.02}, "accepts": ["fraction"]}


class TestLooksAlike:
    def test_whatever_becomes_of_the_key(self) -> None:
        shown = parse_question(definitions.numeric()).draw(7).rendered
        redrawn = parse_question(definitions.numeric(answer=ANSWER, misconceptions=[], right="Now.")).draw(7)

        assert looks_alike(shown, redrawn.rendered)

    @pytest.mark.parametrize(
        "changed",
        [
            {"stem": "Something else altogether?"},
            {"values": {"share": "100 * any_beyond(0.9, calls)", "union": "calls"}},
            {"answer": ANSWER | {"unit": "fraction"}, "misconceptions": []},
        ],
    )
    def test_not_where_the_learner_would_see_something_else(self, changed: dict[str, object]) -> None:
        definition = definitions.numeric(stem="{{ calls }} calls, {{ share | number(2) }}% of them?")
        shown = parse_question(definition).draw(7).rendered

        assert not looks_alike(shown, parse_question(definition | changed).draw(7).rendered)

    def test_options_keep_text_and_order(self) -> None:
        options = [dict(option) for option in definitions.OPTIONS]
        options[0]["correct"], options[1]["correct"] = False, True
        shown = parse_question(definitions.choice()).draw(3).rendered

        assert looks_alike(shown, parse_question(definitions.choice(options=options)).draw(3).rendered)
        assert not looks_alike(shown, parse_question(definitions.choice(options=options[::-1])).draw(3).rendered)


class TestDifferences:
    def test_names_the_part_with_both_texts_cut_short(self) -> None:
        (message,) = differences({"stem_html": "a" * 500, "unit": "ms"}, {"stem_html": "b", "unit": "ms"})

        assert message.startswith("stem: shown was “aaa")
        assert message.endswith("…”, now it would be “b”")
        assert len(message) < 200

    def test_passes_over_what_may_change(self) -> None:
        assert not list(differences({"precision_note": "One.", "accepts": []}, {"precision_note": "Two."}))

    def test_compares_as_it_is_stored(self) -> None:
        assert not list(differences({"parts": [1, 2]}, {"parts": (1, 2)}))
