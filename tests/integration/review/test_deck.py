"""The daily deck: what is in it when, and that each meeting is noted once."""

from __future__ import annotations

import datetime
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from lessons.review.errors import InvalidRating, NotDue, NotFound, StaleCard
from lessons.review.models import Asked, Card, Review
from lessons.review.selectors import recall_of, schedule_of, syllabus_of
from lessons.review.services import check_cards, rebuild_cards
from quizzes.models import Attempt, Comeback, GradeEntry
from tests.factories.accounts import LoginFactory, PersonFactory
from tests.factories.catalogue import EnrolmentFactory
from tests.integration.review.learner import DAY, Chapter, Learner

pytestmark = pytest.mark.django_db

Now = datetime.datetime


class TestSyllabus:
    def test_teaches_a_term_in_the_first_chapter_that_links_to_it(self, learner: Learner, chapter: Chapter) -> None:
        later = learner.chapter(2, ("concepts",), terms=1)
        later.version.payload["terms"].insert(0, {"key": chapter.terms[0].item.key})
        later.version.save()
        subjects = syllabus_of(learner.offering.revision).subjects
        assert subjects[chapter.terms[0].item_id].chapter_key == "chapter-1"
        assert subjects[later.terms[0].item_id].chapter_key == "chapter-2"

    def test_takes_a_section_that_asks_something_for_an_idea(self, learner: Learner) -> None:
        chapter = learner.chapter(1, ("concepts",), ())
        concepts = syllabus_of(learner.offering.revision).concepts
        assert [concept.item_id for concept in concepts] == [chapter.sections[0].item_id]


class TestDeckOf:
    def test_is_empty_until_a_question_is_answered(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        deck = learner.deck(now)
        assert (deck.due, deck.is_begun) == ((), False)

    def test_holds_terms_at_once_and_the_idea_a_day_later(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.chapter(2, ("concepts",))
        learner.answer(chapter.questions[0])
        assert learner.titles(now) == ["Term 1.0", "Term 1.1"]
        assert learner.titles(now + DAY) == ["Section 1.0", "Term 1.0", "Term 1.1"]

    def test_brings_a_missed_question_back(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[2], is_right=False)
        assert "Question 1.1.0" not in learner.titles(now)
        assert learner.titles(now + DAY)[0] == "Question 1.1.0"

    def test_leaves_a_question_whose_tries_are_not_used(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[2], is_right=False, to_the_end=False)
        assert "Question 1.1.0" not in learner.titles(now + DAY)

    def test_goes_by_the_learners_day(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.enrolment.time_zone = "Pacific/Auckland"
        learner.enrolment.save()
        learner.answer(chapter.questions[2], at=now, is_right=False)
        # 9:30 UTC on the 2nd is late in the evening there, and an hour and a half after it the 3rd has not begun.
        assert learner.deck(now + timedelta(hours=2)).day == (now + DAY).date()

    def test_deals_what_was_met_on_its_day(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        learner.rate(chapter.terms[0].item_id, now)
        assert learner.titles(now) == ["Term 1.1"]
        card = Card.objects.get()
        on = datetime.datetime.combine(card.due_on, datetime.time(1), datetime.UTC)
        assert "Term 1.0" not in learner.titles(on - DAY)
        assert "Term 1.0" in learner.titles(on)

    def test_takes_as_many_queries_for_many_cards(
        self, learner: Learner, chapter: Chapter, now: Now, django_assert_num_queries
    ) -> None:
        learner.answer(chapter.questions[0])
        learner.deck(now)
        with django_assert_num_queries(3):
            learner.deck(now)
        for question in chapter.questions[1:]:
            learner.answer(question, is_right=False, confidence="sure")
        for term in chapter.terms:
            learner.rate(term.item_id, now)
        with django_assert_num_queries(3):
            assert len(learner.deck(now + 3 * DAY).due) > 3


class TestScheduleOf:
    def test_says_what_comes_when_and_why(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        learner.answer(chapter.questions[1], is_right=False)
        learner.answer(chapter.questions[2], is_right=False, confidence="sure")
        learner.rate(chapter.terms[0].item_id, now)
        learner.rate(chapter.terms[1].item_id, now, rating="4")

        schedule = schedule_of(learner.enrolment, now=now)

        found = {
            stretch.name: [(reason, [subject.title for subject in subjects]) for reason, subjects in stretch.reasons]
            for stretch in schedule.stretches
        }
        assert found == {
            "Tomorrow": [
                ("sure-and-wrong", ["Question 1.1.0"]),
                ("missed", ["Question 1.0.1"]),
                ("new", ["Section 1.0", "Section 1.1"]),
            ],
            "Within a week": [("fading", ["Term 1.0"])],
            "Later": [("fading", ["Term 1.1"])],
        }
        assert schedule.stretches[1].first == schedule.stretches[1].last == now.date() + 2 * DAY

    def test_agrees_with_the_deck_of_the_day(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        schedule = schedule_of(learner.enrolment, now=now + DAY)
        (today,) = schedule.stretches
        assert (today.name, today.cards) == ("Today", len(schedule.deck.due))
        assert (schedule.deck.terms, schedule.deck.concepts, schedule.deck.questions) == (2, 1, 0)


class TestRate:
    def test_notes_one_review_however_often_it_is_sent(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        first = learner.rate(chapter.terms[0].item_id, now)
        again = learner.rate(chapter.terms[0].item_id, now, rating="1")
        assert again == first
        assert (first.number, first.predicted, first.rating) == (1, None, 3)
        assert Card.objects.get().reviews == Review.objects.count() == 1

    def test_notes_what_was_predicted(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        learner.rate(chapter.terms[0].item_id, now)
        later = learner.rate(chapter.terms[0].item_id, now + 2 * DAY, rating="1", number=2)
        # (1 + f t / S) ** -d after two days at the stability of 2.3065 days that a first "good" gives.
        factor = 0.9 ** (-1 / 0.1542) - 1
        assert later.predicted == pytest.approx((1 + factor * 2 / 2.3065) ** -0.1542)
        assert (later.is_recalled, Card.objects.get().reviews) == (False, 2)

    @pytest.mark.parametrize("rating", ["", "0", "5", "three", "²"])
    def test_refuses_what_is_no_rating(self, learner: Learner, chapter: Chapter, now: Now, rating: str) -> None:
        learner.answer(chapter.questions[0])
        with pytest.raises(InvalidRating):
            learner.rate(chapter.terms[0].item_id, now, rating=rating)

    def test_refuses_a_card_before_its_day_or_from_an_old_page(
        self, learner: Learner, chapter: Chapter, now: Now
    ) -> None:
        learner.answer(chapter.questions[0])
        item_id = chapter.terms[0].item_id
        learner.rate(item_id, now)
        with pytest.raises(NotDue, match="before 4 November"):
            learner.rate(item_id, now, number=2)
        with pytest.raises(StaleCard):
            learner.rate(item_id, now + 9 * DAY, number=3)
        assert Review.objects.count() == 1

    def test_refuses_what_is_not_taught_yet_and_what_is_anothers(
        self, learner: Learner, chapter: Chapter, now: Now
    ) -> None:
        with pytest.raises(NotFound):
            learner.rate(chapter.terms[0].item_id, now)
        learner.answer(chapter.questions[0])
        learner.login = LoginFactory()
        with pytest.raises(NotFound):
            learner.rate(chapter.terms[0].item_id, now)
        EnrolmentFactory(offering=learner.offering, person=learner.person)
        with pytest.raises(NotFound):
            learner.rate(chapter.terms[0].item_id, now)
        assert not Review.objects.exists()

    def test_takes_no_rating_of_a_question(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        with pytest.raises(NotFound):
            learner.rate(chapter.sections[0].item_id, now + DAY)


class TestAsk:
    def test_opens_one_ungraded_attempt(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        first = learner.ask(chapter.sections[0].item_id, now + DAY)
        assert learner.ask(chapter.sections[0].item_id, now + DAY) == first
        assert (first.attempt.purpose, first.attempt.tries_allowed) == ("review", 1)

    def test_asks_of_an_idea_what_was_not_asked_yet(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        assert learner.ask(chapter.sections[0].item_id, now + DAY).attempt.item_id == chapter.questions[1].item_id

    @pytest.mark.parametrize(
        ("is_right", "confidence", "rating"),
        [(True, "sure", 3), (True, "fairly", 3), (True, "guess", 2), (False, "guess", 1)],
    )
    def test_takes_the_answer_as_the_review(
        self, learner: Learner, chapter: Chapter, now: Now, is_right: bool, confidence: str, rating: int
    ) -> None:
        learner.answer(chapter.questions[0])
        grades = GradeEntry.objects.count()
        asked = learner.ask(chapter.sections[0].item_id, now + DAY)
        step = learner.finish(asked.attempt, at=now + DAY, is_right=is_right, confidence=confidence)
        review = Review.objects.get()
        assert (review.item_id, review.rating, review.step, review.number) == (
            chapter.sections[0].item_id,
            rating,
            step,
            1,
        )
        assert GradeEntry.objects.count() == grades

    def test_meets_what_came_back_within_the_deck(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        question = chapter.questions[2]
        learner.answer(question, is_right=False, confidence="sure")
        asked = learner.ask(question.item_id, now + DAY)
        learner.finish(asked.attempt, at=now + DAY)
        assert [back.done_at for back in Comeback.objects.order_by("stage")] == [now + DAY, None]
        # The second time comes seven days after the miss, whatever the card's own day would be.
        assert "Question 1.1.0" not in learner.titles(now + 6 * DAY)
        assert "Question 1.1.0" in learner.titles(now + 7 * DAY)

    def test_practice_is_no_review(self, learner: Learner, chapter: Chapter) -> None:
        learner.answer(chapter.questions[0])
        assert not Review.objects.exists()


class TestLog:
    def test_is_append_only(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        learner.rate(chapter.terms[0].item_id, now)
        for change in (
            lambda: Review.objects.update(rating=1, is_recalled=False),
            lambda: Review.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()

    def test_makes_the_cards_anew(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        for term in chapter.terms:
            learner.rate(term.item_id, now)
        learner.rate(chapter.terms[0].item_id, now + 5 * DAY, rating="4", number=2)
        assert check_cards() == []
        kept = list(Card.objects.order_by("item").values_list("item", "reviews", "stability", "due_on"))
        Card.objects.filter(item=chapter.terms[0].item_id).update(stability=99)
        Card.objects.filter(item=chapter.terms[1].item_id).delete()
        assert len(check_cards()) == rebuild_cards() == 2
        assert list(Card.objects.order_by("item").values_list("item", "reviews", "stability", "due_on")) == kept

    def test_is_compared_with_what_was_predicted(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        for term, rating in zip(chapter.terms, ("3", "1"), strict=True):
            learner.rate(term.item_id, now)
            learner.rate(term.item_id, now + 4 * DAY, rating=rating, number=2)
        (row,) = recall_of(learner.enrolment).rows
        predicted = Review.objects.filter(number=2).values_list("predicted", flat=True)
        assert (row.recalled.held, row.recalled.total) == (1, 2)
        assert row.low <= min(predicted) <= max(predicted) < row.high
        assert row.predicted == pytest.approx(sum(predicted) / 2)


class TestPages:
    def test_lead_through_a_day(self, learner: Learner, chapter: Chapter, now: Now, monkeypatch) -> None:
        monkeypatch.setattr("lessons.review.views.deck.timezone.now", lambda: now)
        review, card_page = f"{learner.address}review/", f"{learner.address}review/card/"
        assert "Nothing to review yet" in learner.client.get(review).content.decode()
        assert learner.client.get(card_page).headers["Location"] == review
        learner.answer(chapter.questions[0])
        page = learner.client.get(review).content.decode()
        assert "2 terms" in page
        assert "2 new from what you have read" in page
        for left in (2, 1):
            assert f"{left} card" in learner.client.get(card_page).content.decode()
            card = learner.deck(now).due[0]
            sent = {"item": card.subject.item_id, "number": 1, "rating": 3}
            answer = learner.post("review/rate", sent)
            assert (answer.status_code, answer.headers["Location"]) == (303, card_page)
            assert learner.post("review/rate", sent).status_code == 303
        assert learner.client.get(card_page).headers["Location"] == review
        page = learner.client.get(review).content.decode()
        assert "Done for today" in page
        assert "Nothing to compare yet" in page
        assert Review.objects.count() == 2

    def test_take_as_many_queries_for_many_cards(
        self, learner: Learner, chapter: Chapter, django_assert_num_queries
    ) -> None:
        learner.answer(chapter.questions[0])
        review = f"{learner.address}review/"
        learner.client.get(review)
        # Session, login, offering with enrolment, the three of the deck, recall.
        with django_assert_num_queries(7):
            learner.client.get(review)
        for question in chapter.questions[1:]:
            learner.answer(question, is_right=False, confidence="sure")
        with django_assert_num_queries(7):
            assert "you were sure of and got wrong" in learner.client.get(review).content.decode()

    @pytest.mark.parametrize("path", ["reviews/", "reviews/7/"])
    def test_are_found_from_where_missed_questions_were_listed(self, learner: Learner, path: str) -> None:
        answer = learner.client.get(f"{learner.address}{path}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{learner.address}review/")

    def test_show_a_question_to_nobody_else(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        asked = learner.ask(chapter.sections[0].item_id, now + DAY)
        place = f"{learner.address}review/questions/{asked.attempt_id}/"
        assert learner.client.get(place).status_code == 200
        other = Client()
        other.force_login(LoginFactory())
        assert {client.get(place).status_code for client in (other, Client())} == {404}

    @pytest.mark.parametrize("fields", [{}, {"item": "x", "number": "1"}, {"item": "0" * 32, "number": "-1"}])
    def test_refuse_a_form_that_names_no_card(self, learner: Learner, fields: dict[str, str]) -> None:
        assert learner.post("review/rate", {"rating": 3} | fields).status_code == 404

    def test_are_counted_at_home(self, learner: Learner, chapter: Chapter) -> None:
        assert "today's review" not in learner.client.get("/home/").content.decode()
        learner.answer(chapter.questions[0])
        # Two terms and, since that was long ago, the idea.
        assert "3 cards in today's review" in learner.client.get("/home/").content.decode()

    def test_are_part_of_what_one_takes_away(self, learner: Learner, chapter: Chapter, now: Now) -> None:
        learner.answer(chapter.questions[0])
        learner.rate(chapter.terms[0].item_id, now)
        exported = b"".join(learner.client.get("/export/").streaming_content).decode()
        assert f'"of": "{chapter.terms[0].item.key}"' in exported


def test_asked_belongs_to_its_own_enrolment(learner: Learner, chapter: Chapter, now: Now) -> None:
    learner.answer(chapter.questions[0])
    asked = learner.ask(chapter.sections[0].item_id, now + DAY)
    other = EnrolmentFactory(offering=learner.offering, person=PersonFactory())
    connection = transaction.get_connection()
    with transaction.atomic():
        Asked.objects.filter(pk=asked.pk).update(enrolment=other)
        with pytest.raises(IntegrityError, match="asked_attempt_of_enrolment"):
            connection.check_constraints()
        transaction.set_rollback(True)
    assert Attempt.objects.filter(purpose="review").count() == 1
