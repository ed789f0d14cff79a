"""What marks come to: cases worked by hand, and what holds for whatever marks there are."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizzes.policy.totals import (
    CategoryWork,
    QuestionMark,
    Standing,
    Total,
    Work,
    total_of,
    with_nothing_ungraded,
    work_of,
)


def work(number: int = 1, *, share: str | None = None, weight: str = "1", **changes: object) -> Work:
    """Return an assignment of 10 points, all of them marked with one share unless it is None."""
    earned = {} if share is None else {"earned": 10 * Decimal(share), "marked": Decimal(10)}
    return Work(UUID(int=number), Decimal(weight), Decimal(10), **earned | changes)


def category(*works: Work, weight: str = "1", drop_lowest: int = 0) -> CategoryWork:
    return CategoryWork("Quizzes", Decimal(weight), drop_lowest, works)


def standings(total: Total) -> list[Standing]:
    return [score.standing for part in total.categories for score in part.scores]


class TestWork:
    def test_weighs_questions_by_points(self):
        questions = (QuestionMark(Decimal(3), Decimal("0.5")), QuestionMark(Decimal(1), Decimal(1)))
        made = work_of(questions, assignment_id=UUID(int=1), weight=Decimal(1), is_over=False)
        assert made.share == Fraction(5, 8)

    def test_counts_a_missing_question_as_nothing_once_the_cut_off_is_past_and_leaves_it_out_before(self):
        questions = (QuestionMark(Decimal(3), Decimal("0.5")), QuestionMark(Decimal(1)))
        before = work_of(questions, assignment_id=UUID(int=1), weight=Decimal(1), is_over=False)
        assert (before.share, before.ungraded, before.missing) == (Fraction(1, 2), 1, 0)
        after = replace(before, is_over=True)
        assert (after.share, after.ungraded, after.missing) == (Fraction(3, 8), 0, 1)

    def test_leaves_an_excused_question_out(self):
        questions = (QuestionMark(Decimal(3), Decimal("0.5")), QuestionMark(Decimal(1), None, is_excused=True))
        made = work_of(questions, assignment_id=UUID(int=1), weight=Decimal(1), is_over=True)
        assert (made.share, made.missing, made.is_left_out) == (Fraction(1, 2), 0, False)

    def test_is_left_out_where_every_question_is_excused(self):
        made = work_of(
            [QuestionMark(Decimal(1), None, is_excused=True)],
            assignment_id=UUID(int=1),
            weight=Decimal(1),
            is_over=True,
        )
        assert (made.share, made.is_left_out) == (None, True)


class TestTotal:
    def test_of_a_term_worked_by_hand(self):
        # Quizzes (weight 40, lowest of 60, 100 and 80% dropped): 90%. Exam (weight 60): 75%. 0.4 x 90 + 0.6 x 75 = 81%.
        quizzes = category(work(1, share="0.6"), work(2, share="1"), work(3, share="0.8"), weight="40", drop_lowest=1)
        total = total_of([quizzes, category(work(4, share="0.75"), weight="60")])
        assert total.share == Fraction(81, 100)
        assert standings(total) == [Standing.DROPPED, Standing.COUNTED, Standing.COUNTED, Standing.COUNTED]

    def test_weighs_assignments_within_their_category(self):
        total = total_of([category(work(1, share="0.5", weight="3"), work(2, share="1"))])
        assert total.share == Fraction(5, 8)

    def test_leaves_out_a_category_that_has_nothing_yet(self):
        total = total_of([category(work(1, share="0.5")), category(work(2), weight="99")])
        assert total.share == Fraction(1, 2)
        assert standings(total) == [Standing.COUNTED, Standing.UNGRADED]

    def test_drops_a_missing_assignment_first_and_an_ungraded_one_never(self):
        total = total_of([category(work(1, is_over=True), work(2), work(3, share="0.7"), drop_lowest=1)])
        assert total.share == Fraction(7, 10)
        assert standings(total) == [Standing.DROPPED, Standing.UNGRADED, Standing.COUNTED]

    def test_never_drops_the_only_mark(self):
        assert total_of([category(work(1, share="0.2"), drop_lowest=3)]).share == Fraction(1, 5)

    def test_neither_counts_nor_drops_what_has_no_weight(self):
        total = total_of(
            [category(work(1, share="0", weight="0"), work(2, share="0.4"), work(3, share="0.6"), drop_lowest=1)]
        )
        assert total.share == Fraction(3, 5)
        assert standings(total) == [Standing.WEIGHTLESS, Standing.DROPPED, Standing.COUNTED]

    def test_drops_the_heavier_of_two_equal_ones(self):
        total = total_of(
            [category(work(1, share="0.5"), work(2, share="0.5", weight="5"), work(3, share="1"), drop_lowest=1)]
        )
        assert total.share == Fraction(3, 4)

    @pytest.mark.parametrize("parts", [(), (category(),), (category(work(1, share="1"), weight="0"),)])
    def test_is_none_where_nothing_counts(self, parts):
        assert total_of(parts).share is None

    def test_as_if_all_were_over_counts_the_ungraded_as_nothing(self):
        categories = [category(work(1, share="1"), work(2))]
        assert total_of(categories).share == 1
        assert total_of(with_nothing_ungraded(categories)).share == Fraction(1, 2)


shares = st.decimals(0, 1, places=4)
points = st.decimals("0.01", 100, places=2)
weights = st.decimals(0, 100, places=2)
question_marks = st.builds(QuestionMark, points, st.none() | shares, st.booleans())


@st.composite
def categories_of_works(draw: st.DrawFn) -> list[CategoryWork]:
    number = iter(range(1, 100))
    return [
        CategoryWork(
            "Category",
            draw(weights),
            draw(st.integers(0, 4)),
            tuple(
                work_of(
                    draw(st.lists(question_marks, max_size=4)),
                    assignment_id=UUID(int=next(number)),
                    weight=draw(weights),
                    is_over=draw(st.booleans()),
                    is_excused=draw(st.booleans()),
                )
                for _ in range(draw(st.integers(0, 5)))
            ),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]


class TestTotalsHold:
    @given(categories_of_works())
    def test_within_nothing_and_all(self, categories):
        share = total_of(categories).share
        assert share is None or 0 <= share <= 1

    @given(categories_of_works(), st.decimals("0.01", 50, places=2), st.decimals("0.01", 50, places=2))
    def test_on_any_scale_of_weights(self, categories, of_categories, of_works):
        scaled = [
            replace(
                part,
                weight=part.weight * of_categories,
                works=tuple(replace(each, weight=each.weight * of_works) for each in part.works),
            )
            for part in categories
        ]
        assert total_of(scaled).share == total_of(categories).share

    @given(categories_of_works(), st.data())
    def test_in_any_order(self, categories, data):
        mixed = [replace(part, works=tuple(data.draw(st.permutations(part.works)))) for part in categories]
        assert total_of(data.draw(st.permutations(mixed))).share == total_of(categories).share

    @given(categories_of_works(), st.integers(0, 3))
    def test_dropping_one_more_never_lowers_it(self, categories, which):
        assume(which < len(categories))
        more = list(categories)
        more[which] = replace(more[which], drop_lowest=more[which].drop_lowest + 1)
        before, after = total_of(categories).share, total_of(more).share
        assert (before is None) == (after is None)
        assert before is None or after >= before

    @given(categories_of_works(), st.data())
    def test_excusing_is_not_a_zero(self, categories, data):
        """An excuse leaves the total as it would be without the assignment; a zero is never better than that."""
        places = [(i, j) for i, part in enumerate(categories) for j, _ in enumerate(part.works)]
        assume(places)
        i, j = data.draw(st.sampled_from(places))
        part = categories[i]

        def with_work(*instead: Work) -> Fraction | None:
            works = (*part.works[:j], *instead, *part.works[j + 1 :])
            return total_of([*categories[:i], replace(part, works=works), *categories[i + 1 :]]).share

        excused = with_work(replace(part.works[j], is_excused=True))
        assert excused == with_work()
        zero = with_work(replace(part.works[j], earned=Decimal(0), is_over=True, is_excused=False))
        assert excused is None or zero is None or zero <= excused
