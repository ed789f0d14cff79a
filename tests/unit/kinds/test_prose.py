"""A text is read as Markdown once, and shows each variant's numbers as if it had been read with them."""

from __future__ import annotations

import pytest

from quizzes.kinds.errors import InvalidQuestion
from quizzes.kinds.prose import Prose, _html_kept

TEXTS = (
    "A page makes {{ calls }} calls.",
    "**{{ calls }}** calls, *each* of `{{ calls }} ms`, {{ latency | ms(1) }} and <b>{{ share | percent(1) }}</b>.",
    "- {{ calls }}\n- {{ calls + 1 - 1 }} of {{ calls }}\n\n| a | b |\n| --- | --- |\n| {{ calls }} | {{ share }} |",
    "Then $n = {{ calls }}$ of $$p^{ {{ calls }} }$$ are {{ calls }}.",
    "See [{{ calls }} calls](https://example.org/{{ calls }}).",
    "\ue0020\ue003 is no number, {{ calls }} is.",
)


def read_with_numbers(text: str, *, is_block: bool) -> str:
    """Return the HTML of a text into which the numbers were written beforehand."""
    written = text.translate({0xE002: None, 0xE003: None})
    for expression, number in {
        "{{ calls }}": "20",
        "{{ calls + 1 - 1 }}": "20",
        "{{ latency | ms(1) }}": "7.5\N{NO-BREAK SPACE}ms",
        "{{ share | percent(1) }}": "18.2%",
        "{{ share }}": "0.182",
    }.items():
        written = written.replace(expression, number)
    prose = Prose({})
    return prose.block("stem", written) if is_block else prose.inline("stem", written)


class TestNumbersInText:
    @pytest.mark.parametrize("text", TEXTS)
    @pytest.mark.parametrize("is_block", [True, False])
    def test_stand_where_they_would_have_been_read(self, text: str, is_block: bool) -> None:
        prose = Prose({"calls": 20.0, "latency": 7.5, "share": 0.182})

        html = prose.block("stem", text) if is_block else prose.inline("stem", text)

        prose.finish()
        assert html == read_with_numbers(text, is_block=is_block)
        assert "20" in html

    def test_change_with_the_variant_while_the_text_is_read_once(self) -> None:
        text = "Of {{ calls }} calls, which is read once, {{ calls }} are slow."
        Prose({"calls": 5.0}).block("stem", text)
        before = _html_kept.cache_info().misses

        html = Prose({"calls": 7.0}).block("stem", text)

        assert html == "<p>Of 7 calls, which is read once, 7 are slow.</p>"
        assert _html_kept.cache_info().misses == before

    def test_say_what_is_wrong_with_a_formula_every_time(self) -> None:
        for _ in range(2):
            prose = Prose({})
            prose.block("stem", r"This is $\write{1}$ of it.")
            with pytest.raises(InvalidQuestion, match="stem"):
                prose.finish()

    def test_say_once_what_is_wrong_with_an_expression(self) -> None:
        prose = Prose({"calls": 5.0})
        prose.block("stem", "Of {{ calls }} calls {{ nonsense }} are slow.")
        with pytest.raises(InvalidQuestion) as refusal:
            prose.finish()
        assert str(refusal.value).count("nonsense is not known here") == 1
