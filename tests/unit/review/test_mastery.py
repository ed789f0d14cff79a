"""When an idea is mastered and a dimension ready: each condition by itself, and that thin evidence says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.review.policy.mastery import (
    FEWEST_ANSWERS,
    MOST_COUNTED,
    Answer,
    Level,
    Readiness,
    latest_answers,
    mastery_of,
    standing_of,
)

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OWN = (UUID(int=1), UUID(int=2))


def answer(day: float, question: int = 1, *, right: bool = True) -> Answer:
    return Answer(
        UUID(int=question), UUID(int=int(1000 * day) + question), "review", right, MONDAY + timedelta(days=day)
    )


MASTERED = [answer(0, right=False), answer(1), answer(2), answer(3), answer(4), answer(9, 2)]


class TestMasteryOf:
    def test_needs_a_pair_and_a_transfer(self) -> None:
        mastery = mastery_of(MASTERED, OWN)
        assert (mastery.level, mastery.right.held, mastery.right.total) == (Level.MASTERED, 5, 6)

    def test_says_when_nothing_was_answered(self) -> None:
        assert mastery_of([], OWN).level is Level.UNTRIED

    def test_concludes_nothing_under_six(self) -> None:
        mastery = mastery_of(MASTERED[1:], OWN)
        assert mastery.level is Level.THIN
        assert mastery.has_pair
        assert mastery.has_transfer
        assert f"5 of {FEWEST_ANSWERS}" in mastery.conclusion

    def test_needs_right_answers_a_day_apart(self) -> None:
        close = [answer(hour / 24, right=hour > 0) for hour in range(7)]
        mastery = mastery_of(close, OWN)
        assert (mastery.level, mastery.has_pair) == (Level.LEARNING, False)
        assert "a day or more apart" in mastery.conclusion

    @pytest.mark.parametrize("late", [answer(7.9, 2), answer(30, 1)])
    def test_needs_another_question_a_week_later(self, late: Answer) -> None:
        mastery = mastery_of([*MASTERED[:-1], late], OWN)
        assert (mastery.level, mastery.has_transfer) == (Level.LEARNING, False)
        assert "a week or more" in mastery.conclusion

    def test_begins_anew_after_a_miss(self) -> None:
        mastery = mastery_of([*MASTERED, answer(10, right=False), answer(10.5)], OWN)
        assert (mastery.level, mastery.has_pair, mastery.has_transfer) == (Level.LEARNING, False, False)

    def test_takes_another_questions_answer_for_the_transfer_alone(self) -> None:
        own = [answer(day) for day in range(6)]
        mastery = mastery_of([*own, answer(20, 9), answer(20, 8, right=False)], OWN[:1])
        assert (mastery.level, mastery.right.total) == (Level.MASTERED, 6)

    @given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 2), st.booleans()), max_size=12))
    def test_is_never_mastered_on_thin_or_wrong_evidence(self, log: list[tuple[int, int, bool]]) -> None:
        answers = [answer(day + place / 100, question, right=right) for place, (day, question, right) in enumerate(log)]
        mastery = mastery_of(answers, OWN)
        if mastery.level is Level.MASTERED:
            assert len(answers) >= FEWEST_ANSWERS
            assert max(answers, key=lambda each: each.at).is_right
            assert sum(each.is_right for each in answers) >= 2


class TestStandingOf:
    @pytest.mark.parametrize(
        ("right", "total", "says"),
        [
            (5, 5, Readiness.THIN),
            (8, 8, Readiness.OPEN),
            (9, 9, Readiness.READY),
            (2, 8, Readiness.NOT_YET),
            (6, 9, Readiness.OPEN),
        ],
    )
    def test_concludes_what_the_interval_allows(self, right: int, total: int, says: Readiness) -> None:
        last = [answer(0, number, right=number < right) for number in range(total)]
        assert standing_of(last, 20).readiness is says

    def test_counts_the_latest_answers_whatever_they_were(self) -> None:
        answers = [answer(day, right=day % 2 == 0) for day in range(MOST_COUNTED + 5)]
        latest = latest_answers(answers)
        assert latest == tuple(reversed(answers[5:]))
        assert standing_of(latest, 20).met == 1
