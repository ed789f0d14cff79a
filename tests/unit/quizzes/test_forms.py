"""What a question's form sends."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.http import QueryDict

from quizzes.errors import StaleVariant
from quizzes.forms import LARGEST_SEQUENCE, sent_form
from quizzes.services import ShownVariant


class TestSentForm:
    @pytest.mark.parametrize(
        ("sequence", "read"),
        [("7", 7), ("", 0), ("-1", 0), ("x", 0), ("٣", 0), ("9" * 400, 0), ("9999999999", LARGEST_SEQUENCE)],
    )
    def test_reads_a_sequence_number_within_bounds(self, sequence: str, read: int) -> None:
        assert sent_form(QueryDict(f"sequence={sequence}")).sequence == read

    def test_keeps_every_ticked_option(self) -> None:
        assert sent_form(QueryDict("choices=a&choices=c")).answer["choices"] == ["a", "c"]

    def test_is_empty_where_nothing_came(self) -> None:
        sent = sent_form(QueryDict(""))

        assert (sent.idempotency_key, sent.confidence, sent.return_to, sent.sequence) == ("", "", "", 0)

    def test_knows_a_stored_variant_from_a_preview(self) -> None:
        pk = uuid4()

        assert sent_form(QueryDict(f"variant={pk}")).shown == ShownVariant(variant_id=pk)
        assert sent_form(QueryDict(f"variant=own:{pk}")).shown == ShownVariant(version_id=pk)
        assert sent_form(QueryDict(f"variant=visitor:{pk}")).shown == ShownVariant(version_id=pk, for_visitor=True)

    @pytest.mark.parametrize("variant", ["", "own:", "visitor:7", "7", "own:x:y"])
    def test_takes_an_unreadable_variant_for_an_old_one(self, variant: str) -> None:
        with pytest.raises(StaleVariant):
            _ = sent_form(QueryDict(f"variant={variant}")).shown
