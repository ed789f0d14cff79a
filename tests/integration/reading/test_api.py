"""Courses and progress over the API."""

from __future__ import annotations

import pytest
from django.test import Client

from lessons.catalogue.models import Verb
from lessons.catalogue.services import record_event
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.integration.reading.conftest import CHAPTER, QUESTIONS, item

pytestmark = pytest.mark.django_db


def get(path, login=None):
    """Return the answer to a request, logged in or not."""
    client = Client()
    if login is not None:
        client.force_login(login)
    return client.get(f"/api/v1/{path}")


class TestOfferings:
    def test_lists_the_open_course_to_a_visitor(self, cohort_offering):
        (offering,) = get("offerings/").json()
        assert (offering["slug"], offering["cohort"], offering["enrolled"]) == ("tradeoffs", "", False)

    def test_lists_a_learners_cohort_first(self, enrolment):
        offerings = get("offerings/", enrolment.person.login).json()
        assert [(row["slug"], row["enrolled"]) for row in offerings] == [("autumn", True), ("tradeoffs", False)]


class TestProgress:
    def test_tells_a_learner_how_far_they_are(self, enrolment, cohort_offering, source, now):
        record_event(
            enrolment=enrolment,
            verb=Verb.GRADED,
            item=item(cohort_offering, f"{CHAPTER}/slow-share"),
            now=now,
            idempotency_key="grade",
            data={"fraction": "0.7500"},
        )
        answer = get("offerings/autumn/progress/", enrolment.person.login).json()
        assert (answer["offering"], answer["cohort"], answer["enrolled"]) == ("autumn", "Autumn", True)
        states = {chapter["number"]: chapter["state"] for chapter in answer["chapters"]}
        assert states[3] == "started"
        assert {number for number, state in states.items() if state == "coming"} == {
            chapter.number for chapter in source.coming
        }
        (chapter,) = [chapter for chapter in answer["chapters"] if chapter["number"] == 3]
        assert (chapter["questions"], chapter["graded"], chapter["fraction"]) == (len(QUESTIONS), 1, "0.7500")
        (section,) = [section for section in chapter["sections"] if section["anchor"] == "one-slow-call"]
        of_section = sum(question["section"] == "one-slow-call" for question in QUESTIONS)
        assert (section["state"], section["graded"], section["questions"]) == ("started", 1, of_section)

    def test_does_not_exist_for_somebody_outside_the_cohort(self, cohort_offering):
        answer = get("offerings/autumn/progress/", LoginFactory())
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_asks_a_visitor_who_they_are(self, open_offering):
        assert get("offerings/tradeoffs/progress/").status_code in {401, 403}


class TestCohort:
    def test_tells_an_instructor_how_far_each_learner_is(self, enrolment, instructor):
        answer = get("offerings/autumn/cohort/?chapter=describing-performance", instructor).json()
        assert (answer["cohort"], answer["learners"], answer["chapter"]) == ("Autumn", 1, "describing-performance")
        assert answer["questions"] >= len(QUESTIONS)
        (row,) = answer["rows"]
        assert (row["name"], row["graded"], row["fraction"], len(row["sections"])) == ("Ada Learner", 0, None, 9)

    def test_does_not_exist_for_a_learner_or_another_schools_instructor(self, enrolment):
        elsewhere = MembershipFactory(person=LoginFactory().person, instructor=True)
        for login in (enrolment.person.login, elsewhere.person.login):
            assert get("offerings/autumn/cohort/", login).status_code == 404
