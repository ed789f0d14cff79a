"""Which questions an interview asks, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from lessons.review.policy.interview import DIMENSIONS, chosen_questions, end_of

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EVERY = {UUID(int=number): DIMENSIONS[number % 5] for number in range(20)}


def chosen(each: int, *, known: list[int] = (), met: dict[int, int] | None = None) -> list[int]:
    found = chosen_questions(
        dimensions=EVERY,
        each=each,
        known=[UUID(int=number) for number in known],
        met_at={UUID(int=number): MONDAY + timedelta(days=day) for number, day in (met or {}).items()},
        shuffled=list(EVERY),
    )
    return [question.int for question in found]


class TestChosenQuestions:
    def test_asks_each_dimension_as_often_in_its_order(self) -> None:
        assert [DIMENSIONS[number % 5] for number in chosen(2)] == [name for name in DIMENSIONS for _ in range(2)]

    def test_takes_what_there_is(self) -> None:
        assert len(chosen(9)) == len(EVERY)

    def test_prefers_chapters_that_were_read(self) -> None:
        assert 15 in chosen(1, known=[15])

    def test_prefers_what_was_met_longest_ago_and_first_of_all_what_never_was(self) -> None:
        met = {0: 3, 5: 1, 10: 2}
        assert 15 in chosen(1, met=met)
        assert 5 in chosen(1, met=met | {15: 4})


class TestEndOf:
    def test_counts_extra_time(self) -> None:
        assert end_of(started_at=MONDAY, minutes=20, extra_time_percent=50) == MONDAY + timedelta(minutes=30)
