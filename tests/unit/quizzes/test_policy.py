"""What tries are worth together, and the first seeds."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.policy import FIRST_SEEDS, VISITOR_SEED, first_seed, mark_of, to_share

SHARES = st.decimals(min_value=0, max_value=1, places=4)


class TestMarkOf:
    @pytest.mark.parametrize(
        ("fractions", "penalty", "mark"),
        [
            ([], "0.25", "0"),
            (["1"], "0.25", "1"),
            (["0", "1"], "0.25", "0.75"),
            (["0", "0", "1"], "0.25", "0.5"),
            (["0", "0", "1"], "0.5", "0"),
            (["0", "0", "0", "1"], "0.5", "0"),
            (["0.5", "0.6"], "0.25", "0.5"),
            (["0.5", "1"], "0", "1"),
            (["0.3333", "0"], "0.1", "0.3333"),
        ],
    )
    def test_is_the_best_try_less_the_penalty_for_those_before(
        self, fractions: list[str], penalty: str, mark: str
    ) -> None:
        assert mark_of([Decimal(fraction) for fraction in fractions], penalty=Decimal(penalty)) == Decimal(mark)

    @given(st.lists(SHARES, max_size=10), SHARES)
    def test_is_a_share_and_never_above_the_best_try(self, fractions: list[Decimal], penalty: Decimal) -> None:
        mark = mark_of(fractions, penalty=penalty)

        assert 0 <= mark <= max(fractions, default=Decimal(0))

    @given(st.lists(SHARES, min_size=1, max_size=10), SHARES, SHARES)
    def test_another_try_never_lowers_it(self, fractions: list[Decimal], penalty: Decimal, another: Decimal) -> None:
        assert mark_of([*fractions, another], penalty=penalty) >= mark_of(fractions, penalty=penalty)


class TestToShare:
    @pytest.mark.parametrize(
        ("fraction", "share"),
        [
            (Fraction(1, 3), "0.3333"),
            (Fraction(2, 3), "0.6667"),
            (Decimal("0.00005"), "0"),
            (Decimal("0.00015"), "0.0002"),
        ],
    )
    def test_keeps_four_decimals_with_halves_to_even(self, fraction: Fraction | Decimal, share: str) -> None:
        assert to_share(fraction) == Decimal(share)


class TestFirstSeed:
    @given(st.uuids(), st.uuids())
    def test_is_the_same_for_the_same_learner_and_question_and_never_a_visitors(
        self, learner: UUID, item: UUID
    ) -> None:
        assert first_seed(learner, item) == first_seed(learner, item)
        assert VISITOR_SEED < first_seed(learner, item) <= FIRST_SEEDS

    def test_is_spread_over_learners_and_over_questions(self) -> None:
        one = UUID(int=7)

        assert {first_seed(UUID(int=n), one) for n in range(1000)} == set(range(1, FIRST_SEEDS + 1))
        assert {first_seed(one, UUID(int=n)) for n in range(1000)} == set(range(1, FIRST_SEEDS + 1))
