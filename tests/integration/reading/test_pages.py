"""Landing, home, outline and courses: what they show to whom, and in how many queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.sessions import GUEST_KEY
from lessons.catalogue.models import Enrolment, ItemKind, ItemVersion
from lessons.catalogue.services import enrol
from lessons.reading.selectors import landing_page
from lessons.reading.selectors.landing import STRAGGLER
from tests.factories.accounts import LoginFactory
from tests.integration.reading.conftest import CHAPTER, QUESTIONS, grade

pytestmark = pytest.mark.django_db


class TestLanding:
    def test_asks_a_visitor_to_predict_and_keeps_the_figure_back(self, browser, open_offering):
        page = browser().get("/").content.decode()
        assert "headroom-instrument" in page
        assert "1,505" not in page
        assert reverse("reading:chapter", args=["tradeoffs", CHAPTER]) in page
        assert reverse("account_signup") in page

    def test_makes_nobody_of_a_visitor(self, browser, open_offering):
        client = browser()
        client.get("/")
        assert GUEST_KEY not in client.session
        assert not Enrolment.objects.exists()

    def test_works_before_any_course_is_loaded(self, browser, db):
        assert "The course is being loaded." in browser().get("/").content.decode()

    def test_embeds_the_very_instrument_of_the_chapter(self, open_offering):
        section = ItemVersion.objects.get(
            revision=open_offering.revision, item__key=f"{CHAPTER}/one-slow-call", item__kind=ItemKind.SECTION
        )
        (block,) = [block for block in section.payload["blocks"] if block["type"] == "simulation"]
        assert block["key"] == STRAGGLER.key
        shown = landing_page(person=None).instrument
        assert (shown.card.name, shown.parameters) == (block["model"], block["parameters"])
        assert block["predict"] == STRAGGLER.predict


class TestHome:
    def test_sends_a_visitor_to_the_landing_page(self, browser, open_offering):
        assert browser().get("/home/").headers["Location"] == "/"

    def test_starts_a_learner_at_the_first_chapter_of_their_cohorts_course(self, browser, enrolment):
        page = browser(enrolment.person.login).get("/home/").content.decode()
        assert "Autumn" in page
        assert "Start" in page
        assert reverse("reading:chapter", args=["autumn", CHAPTER]) in page
        assert "Came back" not in page

    def test_continues_at_the_first_section_that_is_not_done(self, browser, enrolment, now):
        grade(enrolment, "what-the-log-misses", datetime.now(UTC) - timedelta(days=1), "0.7500")
        page = browser(enrolment.person.login).get("/home/").content.decode()
        assert "Continue" in page
        assert "#what-a-mean-hides" in page
        assert f"1 of {len(QUESTIONS)} questions answered" in page
        assert "Came back" in page
        assert "75%" in page

    def test_tells_times_in_the_learners_own_time_zone(self, browser, enrolment):
        Enrolment.objects.update(time_zone="Asia/Tokyo")
        grade(enrolment, "slow-share", datetime.now(UTC).replace(hour=0, minute=30) - timedelta(days=1))
        assert "09:30 JST" in browser(enrolment.person.login).get("/home/").content.decode()

    def test_does_not_bring_back_what_came_weeks_ago(self, browser, enrolment):
        grade(enrolment, "what-the-log-misses", datetime.now(UTC) - timedelta(days=15))
        assert "Came back" not in browser(enrolment.person.login).get("/home/").content.decode()

    def test_offers_a_newcomer_without_a_cohort_the_open_course(self, browser, open_offering):
        page = browser(LoginFactory()).get("/home/").content.decode()
        assert "Open course, at your own pace" in page
        assert reverse("reading:chapter", args=["tradeoffs", CHAPTER]) in page

    def test_leads_staff_to_their_cohort(self, browser, cohort_offering, instructor):
        assert reverse("reading:cohort", args=["autumn"]) in browser(instructor).get("/home/").content.decode()

    def test_says_so_where_nothing_is_offered(self, browser, db):
        assert "No course is offered to you yet" in browser(LoginFactory()).get("/home/").content.decode()

    def test_asks_the_database_as_often_for_much_as_for_little(
        self, browser, enrolment, now, open_offering, django_assert_num_queries
    ):
        client = browser(enrolment.person.login)
        client.get("/home/")
        with django_assert_num_queries(10):
            client.get("/home/")
        for key in ("what-the-log-misses", "mean-of-a-batch", "slow-share"):
            grade(enrolment, key, datetime.now(UTC))
        enrol(person=enrolment.person, offering=open_offering, now=now)
        with django_assert_num_queries(10):
            client.get("/home/")


class TestOutline:
    def test_lists_chapters_to_read_and_chapters_to_come(self, browser, open_offering):
        page = browser().get("/learn/tradeoffs/").content.decode()
        assert "3. Describing performance" in page
        assert "0. The problem" in page
        assert page.count("Not written yet.") == len(open_offering.revision.coming)

    def test_says_how_far_a_learner_is(self, browser, enrolment, now):
        grade(enrolment, "slow-share", now, "0.5000")
        page = browser(enrolment.person.login).get("/learn/autumn/").content.decode()
        assert "In progress" in page
        assert f"1 of {len(QUESTIONS)} questions graded, 50% on average" in page

    def test_of_a_cohort_does_not_exist_for_others(self, browser, cohort_offering):
        assert browser().get("/learn/autumn/").status_code == 404
        assert browser(LoginFactory()).get("/learn/autumn/").status_code == 404


class TestCourses:
    def test_lists_what_the_reader_can_see(self, browser, cohort_offering, enrolment):
        assert "/learn/autumn/" not in browser().get("/learn/").content.decode()
        page = browser(enrolment.person.login).get("/learn/").content.decode()
        assert page.index("/learn/autumn/") < page.index("/learn/tradeoffs/", page.index("cards"))
        assert "You are enrolled" in page
