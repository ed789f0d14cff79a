"""Where to begin: Bayes' rule by hand, and how near five answers come."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.review.policy.placement import (
    CREDIBLE,
    GUESSES,
    ITEMS,
    KNOWS,
    Sign,
    next_chapter,
    place_of,
    probabilities,
)

CHAPTERS = 11
SIGNS = st.lists(st.builds(Sign, st.integers(0, CHAPTERS - 1), st.booleans()), max_size=ITEMS)


def placed(truth: int, chance: Random) -> int:
    """Where somebody who knows so many chapters is placed."""
    signs: list[Sign] = []
    for _ in range(ITEMS):
        askable = set(range(CHAPTERS)) - {sign.chapter for sign in signs}
        chapter = next_chapter(CHAPTERS, signs, askable)
        signs.append(Sign(chapter, chance.random() < (KNOWS if chapter < truth else GUESSES)))
    return place_of(CHAPTERS, signs).begin


class TestProbabilities:
    def test_are_bayes_rule(self) -> None:
        # Two chapters, the first of which was answered right: places 0, 1 and 2 explain that as 1/4, 17/20, 17/20.
        total = GUESSES + 2 * KNOWS
        expected = (GUESSES / total, KNOWS / total, KNOWS / total)
        assert probabilities(2, [Sign(0, is_right=True)]) == pytest.approx(expected)

    @given(SIGNS)
    def test_sum_to_one_and_leave_nothing_out(self, signs: list[Sign]) -> None:
        likely = probabilities(CHAPTERS, signs)
        assert sum(likely) == pytest.approx(1)
        assert min(likely) > 0


class TestNextChapter:
    def test_begins_in_the_middle(self) -> None:
        assert next_chapter(CHAPTERS, [], range(CHAPTERS)) == 5

    def test_goes_on_where_the_answers_point(self) -> None:
        assert next_chapter(CHAPTERS, [Sign(5, is_right=True)], range(CHAPTERS)) > 5
        assert next_chapter(CHAPTERS, [Sign(5, is_right=False)], range(CHAPTERS)) < 5

    def test_asks_what_is_left(self) -> None:
        assert next_chapter(CHAPTERS, [], {9}) == 9


class TestPlaceOf:
    @given(SIGNS)
    def test_lies_in_its_credible_range(self, signs: list[Sign]) -> None:
        place = place_of(CHAPTERS, signs)
        assert 0 <= place.low <= place.begin <= place.high <= CHAPTERS
        assert place.probability >= CREDIBLE
        assert place.probability == pytest.approx(sum(probabilities(CHAPTERS, signs)[place.low : place.high + 1]))

    def test_is_the_end_for_who_knows_everything_and_the_start_for_who_knows_nothing(self) -> None:
        assert place_of(CHAPTERS, [Sign(chapter, is_right=True) for chapter in (5, 8, 9, 10)]).begin > 9
        assert place_of(CHAPTERS, [Sign(chapter, is_right=False) for chapter in (5, 2, 1, 0)]).begin == 0

    def test_comes_within_two_chapters_on_average(self) -> None:
        chance = Random(7)
        errors = [abs(placed(truth, chance) - truth) for truth in range(CHAPTERS + 1) for _ in range(100)]
        # Beginning in the middle, whoever asks, is 3 chapters off.
        assert sum(errors) / len(errors) < 1.6
