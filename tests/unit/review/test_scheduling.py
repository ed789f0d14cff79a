"""FSRS against values computed apart from the package, from the published equations, and what must hold of any log."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.review.policy.scheduling import (
    LONGEST_INTERVAL,
    RETENTION,
    Memory,
    Rating,
    after_review,
    fold,
    predicted_recall,
)

MONDAY = date(2026, 11, 2)
W = (
    *(0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796),
    *(1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542),
)
"""FSRS-6's default weights as its authors publish them."""

REVIEWS = st.lists(st.tuples(st.sampled_from(Rating), st.integers(min_value=0, max_value=400)), min_size=1, max_size=12)


def recall(days: float, stability: float) -> float:
    """FSRS-6's forgetting curve, written out here."""
    factor = 0.9 ** (-1 / W[20]) - 1
    return (1 + factor * days / stability) ** -W[20]


def clamped(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)


def first(rating: int) -> tuple[float, float]:
    return W[rating - 1], clamped(W[4] - math.exp(W[5] * (rating - 1)) + 1)


def following(stability: float, difficulty: float, rating: int, days: int) -> tuple[float, float]:
    """Stability and difficulty after one more review on a later day, by FSRS-6's equations."""
    recalled = recall(days, stability)
    if rating == 1:
        forgotten = W[11] * difficulty ** -W[12] * ((stability + 1) ** W[13] - 1) * math.exp(W[14] * (1 - recalled))
        after = min(forgotten, stability / math.exp(W[17] * W[18]))
    else:
        effort = {2: W[15], 4: W[16]}.get(rating, 1.0)
        gain = math.exp(W[8]) * (11 - difficulty) * stability ** -W[9] * (math.exp(W[10] * (1 - recalled)) - 1) * effort
        after = stability * (1 + gain)
    damped = difficulty - W[6] * (rating - 3) * (10 - difficulty) / 9
    easy = W[4] - math.exp(W[5] * 3) + 1
    return max(after, 0.001), clamped(W[7] * easy + (1 - W[7]) * damped)


def memory_after(log: list[tuple[Rating, int]]) -> Memory:
    """What a log folds to whose entries are ratings and days since the one before."""
    on, dated = MONDAY, []
    for rating, days in log:
        on += timedelta(days=days)
        dated.append((rating, on))
    memory = fold(dated)
    assert memory is not None
    return memory


class TestAfterReview:
    @pytest.mark.parametrize("rating", Rating)
    def test_begins_as_published(self, rating: Rating) -> None:
        memory = after_review(None, rating, MONDAY)
        assert (memory.stability, memory.difficulty) == pytest.approx(first(rating))

    @pytest.mark.parametrize("ratings", [(3, 3, 3, 3), (3, 1, 3, 4), (1, 2, 3, 2), (4, 4, 1, 1)])
    def test_goes_on_as_published(self, ratings: tuple[int, ...]) -> None:
        memory = after_review(None, Rating(ratings[0]), MONDAY)
        expected = first(ratings[0])
        for rating in ratings[1:]:
            days = (memory.due_on - memory.reviewed_on).days
            memory = after_review(memory, Rating(rating), memory.due_on)
            expected = following(*expected, rating, days)
            assert (memory.stability, memory.difficulty) == pytest.approx(expected)

    def test_is_due_when_recall_has_fallen_to_what_is_wanted(self) -> None:
        memory = memory_after([(Rating.GOOD, 0), (Rating.GOOD, 3), (Rating.GOOD, 12)])
        days = (memory.due_on - memory.reviewed_on).days
        assert recall(days - 1, memory.stability) > RETENTION
        assert recall(days + 1, memory.stability) < RETENTION

    def test_meets_a_card_that_always_comes_five_times_in_its_first_year(self) -> None:
        memory, met = after_review(None, Rating.GOOD, MONDAY), 1
        while memory.due_on < MONDAY + timedelta(days=365):
            memory, met = after_review(memory, Rating.GOOD, memory.due_on), met + 1
        assert met == 5

    @given(REVIEWS)
    def test_keeps_every_log_on_its_scales(self, log: list[tuple[Rating, int]]) -> None:
        memory = memory_after(log)
        assert memory.stability > 0
        assert 1 <= memory.difficulty <= 10
        assert 1 <= (memory.due_on - memory.reviewed_on).days <= LONGEST_INTERVAL

    @given(REVIEWS, st.integers(min_value=1, max_value=400))
    def test_lets_a_better_rating_never_hold_for_less(self, log: list[tuple[Rating, int]], days: int) -> None:
        memory = memory_after(log)
        stabilities = [
            after_review(memory, rating, memory.reviewed_on + timedelta(days=days)).stability for rating in Rating
        ]
        assert stabilities == sorted(stabilities)

    def test_counts_a_day_before_the_last_review_as_that_day(self) -> None:
        memory = after_review(None, Rating.GOOD, MONDAY)
        assert after_review(memory, Rating.GOOD, MONDAY - timedelta(days=1)).reviewed_on == MONDAY


class TestPredictedRecall:
    @given(REVIEWS, st.integers(min_value=0, max_value=2_000))
    def test_falls_with_the_days_from_one(self, log: list[tuple[Rating, int]], days: int) -> None:
        memory = memory_after(log)
        now = predicted_recall(memory, memory.reviewed_on + timedelta(days=days))
        later = predicted_recall(memory, memory.reviewed_on + timedelta(days=days + 1))
        assert 0 < later < now <= 1

    @pytest.mark.parametrize(("days", "stability"), [(1, 2.3065), (10, 10.0), (30, 4.5)])
    def test_is_the_published_curve(self, days: int, stability: float) -> None:
        memory = Memory(stability, 5.0, MONDAY, MONDAY + timedelta(days=1))
        assert predicted_recall(memory, MONDAY + timedelta(days=days)) == pytest.approx(recall(days, stability))

    def test_is_nine_in_ten_after_as_many_days_as_the_stability(self) -> None:
        memory = Memory(10.0, 5.0, MONDAY, MONDAY + timedelta(days=10))
        assert predicted_recall(memory, MONDAY + timedelta(days=10)) == pytest.approx(0.9)
