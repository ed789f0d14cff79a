"""The page of a cohort: where its learners are, and where they are stuck."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lessons.catalogue.models import ItemKind, ItemVersion
from lessons.review.models import Review
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.integration.reading.conftest import answer, grade, join

pytestmark = pytest.mark.django_db


class TestCohort:
    URL = "/learn/autumn/cohort/"

    def test_shows_learners_by_sections_to_their_instructor(self, browser, enrolment, instructor, now):
        grade(enrolment, "what-the-log-misses", now, "0.7500")
        page = browser(instructor).get(self.URL).content.decode()
        questions = ItemVersion.objects.filter(
            revision=enrolment.offering.revision, item__kind=ItemKind.QUESTION
        ).count()
        assert "Ada Learner" in page
        assert "75%" in page
        assert f">1/{questions}<" in page

    def test_shows_the_sections_of_the_chapter_with_most_answers_or_of_the_one_asked_for(
        self, browser, enrolment, instructor, now
    ):
        answer(enrolment, "slow-share", now, "correct")
        client = browser(instructor)
        by_answers = client.get(self.URL).content.decode()
        assert '<th scope="col">Hedging a bet</th>' in by_answers
        asked_for = client.get(f"{self.URL}?chapter=reliability").content.decode()
        assert '<th scope="col">Hedging a bet</th>' not in asked_for
        assert ">Hedging a bet</th>" in client.get(f"{self.URL}?chapter=nothing").content.decode()

    def test_shows_a_learner_who_has_not_begun(self, browser, cohort, cohort_offering, instructor):
        MembershipFactory(person=LoginFactory(name="Zoe Newcomer").person, cohort=cohort)
        page = browser(instructor).get(self.URL).content.decode()
        assert "Zoe Newcomer" in page
        assert "never" in page

    def test_says_where_the_cohort_is_stuck_and_what_it_forgets(
        self, browser, cohort, cohort_offering, instructor, now
    ):
        term = ItemVersion.objects.get(revision=cohort_offering.revision, item__kind=ItemKind.TERM, title="Straggler")
        for index in range(5):
            learner = join(cohort, cohort_offering, now, name=f"Learner {index}")
            answer(learner, "slow-inventory", now, "wrong" if index < 3 else "correct")
            answer(learner, "slow-inventory", now + timedelta(minutes=1), "wrong")
            answer(learner, "slow-share", now, "correct")
            for number, predicted in ((1, None), (2, 0.9)):
                is_recalled = number == 1 or index == 0
                Review.objects.create(
                    enrolment=learner,
                    item=term.item,
                    number=number,
                    rating=3 if is_recalled else 1,
                    is_recalled=is_recalled,
                    predicted=predicted,
                    day=now.date(),
                    at=now,
                )
        page = browser(instructor).get(self.URL).content.decode()
        stuck, forgotten = page[page.index('id="stuck"') : page.index('id="learners"')].split('id="recall"')
        assert "One heavy tail among light ones" in stuck
        assert "60%, 3 of 5" in stuck
        assert "The share of slow pages" not in stuck
        assert term.title in forgotten
        assert "4 of 5" in forgotten
        assert "predicted 90%, recalled 20%, from 4% to 62%" in forgotten

    def test_does_not_judge_a_question_by_a_few_tries(self, browser, enrolment, instructor, now):
        answer(enrolment, "slow-share", now, "wrong")
        page = browser(instructor).get(self.URL).content.decode()
        assert "Too few have tried a question to say" in page
        assert "0 learners have met a card of the daily review again" in page

    def test_does_not_exist_for_learners_other_schools_and_visitors(self, browser, enrolment, cohort_offering):
        elsewhere = MembershipFactory(person=LoginFactory().person, instructor=True)
        for client in (browser(enrolment.person.login), browser(elsewhere.person.login), browser()):
            assert client.get(self.URL).status_code == 404

    def test_of_the_open_course_does_not_exist(self, browser, cohort_offering, instructor):
        assert browser(instructor).get("/learn/tradeoffs/cohort/").status_code == 404

    def test_turns_pages_and_asks_the_database_as_often_for_many_learners(
        self, browser, cohort, cohort_offering, enrolment, instructor, now, django_assert_num_queries
    ):
        client = browser(instructor)
        grade(enrolment, "slow-share", now)
        client.get(self.URL)
        with django_assert_num_queries(9):
            client.get(self.URL)
        for index in range(22):
            grade(join(cohort, cohort_offering, now, name=f"Learner {index:02}"), "slow-share", now)
        with django_assert_num_queries(9):
            first = client.get(self.URL).content.decode()
        assert "Page 1 of 2" in first
        assert "Learner 21" not in first
        assert "Learner 21" in client.get(self.URL, {"page": "2"}).content.decode()

    @pytest.mark.parametrize("page", ["0", "-1", "99", "two", "９", "1" * 4000])
    def test_shows_a_page_that_exists_whatever_is_asked_for(self, browser, enrolment, instructor, page):
        assert "Ada Learner" in browser(instructor).get(self.URL, {"page": page}).content.decode()
