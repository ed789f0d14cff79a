"""What a day deals: order, limits, the day after, and the days to come."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from lessons.review.policy.deck import DAYS_PLANNED, MOST_A_DAY, NEW_A_DAY, Kind, Waiting, deal, plan
from lessons.review.policy.scheduling import Memory

TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)


def new(number: int, kind: Kind = Kind.TERM, due_on: date = TODAY) -> Waiting:
    return Waiting(UUID(int=number), kind, 1, due_on, place=number)


def known(number: int, *, stability: float = 5.0, due_on: date = TODAY) -> Waiting:
    memory = Memory(stability, 5.0, TODAY - 5 * DAY, due_on)
    return Waiting(UUID(int=number), Kind.TERM, 2, due_on, place=number, memory=memory)


def dealt(*cards: Waiting, met_today: int = 0, new_today: int = 0) -> list[int]:
    found = deal(cards, on=TODAY, met_today=met_today, new_today=new_today).cards
    return [card.item_id.int for card in found]


class TestDeal:
    def test_begins_with_what_is_recalled_worst(self) -> None:
        assert dealt(new(1), known(2, stability=9), known(3, stability=2), known(4, stability=5)) == [3, 4, 2, 1]

    def test_puts_what_came_back_before_all(self) -> None:
        back = Waiting(UUID(int=9), Kind.QUESTION, 1, TODAY, place=1, comeback_id=7)
        assert dealt(known(1, stability=1), back) == [9, 1]

    def test_deals_new_questions_before_ideas_and_terms(self) -> None:
        assert dealt(new(1), new(2, Kind.CONCEPT), new(3, Kind.QUESTION)) == [3, 2, 1]

    def test_leaves_what_is_not_due(self) -> None:
        found = deal([known(1, due_on=TODAY + 3 * DAY), new(2, due_on=TODAY + DAY)], on=TODAY, met_today=0, new_today=0)
        assert (found.cards, found.held_back, found.next_on) == ((), 0, TODAY + DAY)

    def test_deals_few_new_cards_a_day(self) -> None:
        cards = [new(number) for number in range(NEW_A_DAY + 5)]
        assert len(dealt(*cards)) == NEW_A_DAY
        assert len(dealt(*cards, met_today=8, new_today=8)) == NEW_A_DAY - 8
        assert dealt(*cards, met_today=30, new_today=NEW_A_DAY + 2) == []

    def test_ends_a_day_at_its_limit_and_deals_the_rest_tomorrow(self) -> None:
        cards = [known(number) for number in range(MOST_A_DAY + 3)]
        found = deal(cards, on=TODAY, met_today=MOST_A_DAY - 1, new_today=0)
        assert (len(found.cards), found.held_back, found.next_on) == (1, MOST_A_DAY + 2, TODAY + DAY)

    def test_counts_what_came_back_as_nothing_new(self) -> None:
        back = Waiting(UUID(int=9), Kind.QUESTION, 1, TODAY, place=1, comeback_id=7)
        assert dealt(back, met_today=NEW_A_DAY, new_today=NEW_A_DAY) == [9]

    def test_has_no_next_day_without_cards(self) -> None:
        assert deal([], on=TODAY, met_today=0, new_today=0).next_on is None


class TestPlan:
    def test_moves_what_a_limit_holds_back_to_the_next_day(self) -> None:
        cards = [new(number) for number in range(2 * NEW_A_DAY + 3)]
        planned = plan(cards, on=TODAY, met_today=4, new_today=4)
        days = [(day - TODAY).days for day, _ in planned]
        assert [days.count(ahead) for ahead in range(4)] == [NEW_A_DAY - 4, NEW_A_DAY, 7, 0]

    def test_names_every_card_once_and_the_later_ones_by_their_day(self) -> None:
        far = TODAY + 30 * DAY
        cards = [known(1, due_on=far), known(2), known(3, due_on=TODAY + 2 * DAY), known(4, due_on=far - DAY)]
        planned = plan(cards, on=TODAY, met_today=0, new_today=0)
        assert [(day, card.item_id.int) for day, card in planned] == [
            (TODAY, 2),
            (TODAY + 2 * DAY, 3),
            (far - DAY, 4),
            (far, 1),
        ]

    def test_puts_nothing_that_waits_too_long_into_the_days_planned(self) -> None:
        cards = [new(number) for number in range((DAYS_PLANNED + 2) * NEW_A_DAY)]
        planned = plan(cards, on=TODAY, met_today=0, new_today=0)
        assert {day for day, _ in planned[DAYS_PLANNED * NEW_A_DAY :]} == {TODAY + DAYS_PLANNED * DAY}
