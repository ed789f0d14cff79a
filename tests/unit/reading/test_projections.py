"""The fold from events to progress."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.catalogue.models import Event, Verb
from lessons.reading.models import Progress
from lessons.reading.projections import Standing, fold, fold_all

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def event(verb: Verb, minutes: int = 0, fraction: str | None = None) -> Event:
    """Return an unsaved event some minutes after the start."""
    data = {} if fraction is None else {"fraction": fraction}
    return Event(verb=verb, at=START + timedelta(minutes=minutes), data=data)


class TestFold:
    @pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.GRADED])
    def test_starts_an_item_at_any_event_but_a_grade(self, verb: Verb) -> None:
        assert fold(None, event(verb)) == Standing(Progress.State.STARTED, None, START, START)

    def test_finishes_an_item_with_its_grade(self) -> None:
        standing = fold(fold(None, event(Verb.ANSWERED)), event(Verb.GRADED, 5, "0.75"))
        assert standing == Standing(Progress.State.DONE, Decimal("0.75"), START, START + timedelta(minutes=5))

    def test_keeps_what_is_done_when_the_item_is_touched_again(self) -> None:
        standing = fold(fold(None, event(Verb.GRADED, 0, "1.0000")), event(Verb.OPENED, 60))
        assert standing.is_done
        assert standing.fraction == 1
        assert standing.last_at == START + timedelta(minutes=60)

    def test_lets_a_later_grade_replace_an_earlier_one(self) -> None:
        standing = fold_all([event(Verb.GRADED, 0, "0.2500"), event(Verb.GRADED, 9, "0.9000")])
        assert standing is not None
        assert standing.fraction == Decimal("0.9000")

    def test_keeps_no_more_digits_than_the_table_does(self) -> None:
        assert fold(None, event(Verb.GRADED, 0, "0.33333333")).fraction == Decimal("0.3333")

    def test_folds_nothing_to_nothing(self) -> None:
        assert fold_all([]) is None

    @given(st.lists(st.tuples(st.sampled_from(list(Verb)), st.integers(0, 10_000)), min_size=1, max_size=20))
    def test_spans_all_events_in_whatever_order_their_clocks_say(self, history: list[tuple[Verb, int]]) -> None:
        events = [event(verb, minutes, "0.5" if verb is Verb.GRADED else None) for verb, minutes in history]
        standing = fold_all(events)
        assert standing is not None
        assert standing.first_at == min(one.at for one in events)
        assert standing.last_at == max(one.at for one in events)
        assert standing.is_done == any(verb is Verb.GRADED for verb, _ in history)
