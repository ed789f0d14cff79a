"""Times as clocks show them: what the changes of clocks in spring and autumn make of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from quizzes.policy import NoSuchTime, happens_twice, instant_of, local_of, span_in_words, spoken

BERLIN = "Europe/Berlin"
SPRING, AUTUMN = datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - local times


class TestInstantOf:
    def test_reads_a_time_by_the_offset_of_its_day(self) -> None:
        winter, summer = datetime(2026, 1, 5, 9), datetime(2026, 7, 6, 9)  # noqa: DTZ001 - local times

        assert instant_of(winter, BERLIN, is_end=False) == datetime(2026, 1, 5, 8, tzinfo=UTC)
        assert instant_of(summer, BERLIN, is_end=True) == datetime(2026, 7, 6, 7, tzinfo=UTC)

    @pytest.mark.parametrize("is_end", [False, True])
    def test_refuses_a_time_that_the_clocks_skip(self, is_end: bool) -> None:
        with pytest.raises(NoSuchTime) as refused:
            instant_of(SPRING, BERLIN, is_end=is_end)

        assert str(refused.value) == (
            "There is no 02:30 on 29 March 2026: the clocks go forward over it. Give 01:30 or 03:30."
        )

    def test_refuses_a_gap_of_half_an_hour(self) -> None:
        with pytest.raises(NoSuchTime, match="Give 01:45 or 02:45|Give 01:45 or 02:15"):
            instant_of(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe", is_end=False)  # noqa: DTZ001

    def test_takes_the_earlier_of_two_for_a_beginning_and_the_later_for_an_end(self) -> None:
        assert instant_of(AUTUMN, BERLIN, is_end=False) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert instant_of(AUTUMN, BERLIN, is_end=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    @pytest.mark.parametrize("local", [AUTUMN, datetime(2026, 7, 6, 9)])  # noqa: DTZ001 - local times
    @pytest.mark.parametrize("is_end", [False, True])
    def test_is_what_the_clocks_show_then(self, local: datetime, is_end: bool) -> None:
        assert local_of(instant_of(local, BERLIN, is_end=is_end), BERLIN) == local

    def test_says_which_times_happen_twice(self) -> None:
        assert happens_twice(AUTUMN, BERLIN)
        assert not happens_twice(AUTUMN + timedelta(hours=1), BERLIN)
        assert not happens_twice(SPRING, BERLIN)


class TestWords:
    def test_name_day_time_and_zone(self) -> None:
        assert spoken(datetime(2026, 9, 7, 16, tzinfo=UTC), BERLIN) == "Monday 7 September 2026, 18:00 CEST"

    @pytest.mark.parametrize(
        ("span", "words"),
        [
            (timedelta(days=3, hours=5), "3 days"),
            (timedelta(hours=47), "47 hours"),
            (timedelta(minutes=119), "119 minutes"),
            (timedelta(minutes=1), "1 minute"),
            (timedelta(seconds=59), "less than a minute"),
        ],
    )
    def test_say_how_long_in_one_unit(self, span: timedelta, words: str) -> None:
        assert span_in_words(span) == words
