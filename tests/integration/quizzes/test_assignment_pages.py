"""A learner's pages and API of assignments: what they show to whom, and what they keep back."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quizzes import services
from quizzes.models import Assignment, Sitting, Variant
from quizzes.services import AllowanceTerms, SetQuestion
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.integration.quizzes.week import Classroom, address, browser, classroom, set_now, text

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def room() -> Classroom:
    return classroom()


@pytest.fixture
def week(room: Classroom) -> Assignment:
    """An assignment that runs now, due tomorrow."""
    return set_now(room)


class TestLearnersPages:
    def test_state_the_rules_before_the_start(self, room, week):
        services.set_extra_time(
            offering=room.offering, person_id=room.learner.pk, percent=50, actor=room.instructor, now=timezone.now()
        )
        Assignment.objects.update(time_limit_minutes=30)

        page = text(browser(room.learner), address("assignment", week))

        assert "45 minutes from your start: 30, and 50% extra time of yours" in page
        assert "loses 10% of its mark for every day begun" in page
        assert "held until your instructor posts them" in page
        assert "Start" in page

    def test_show_no_question_before_the_start(self, room, week):
        client = browser(room.learner)
        assert "answer-line" not in text(client, address("assignment", week))
        assert client.get(address("work", week)).status_code == 404

    def test_start_from_two_tabs_leads_to_the_same_work(self, room, week):
        client = browser(room.learner)
        for _ in range(2):
            answer = client.post(address("start-assignment", week))
            assert answer.headers["Location"] == address("work", week)
        assert Sitting.objects.count() == 1

    def test_say_why_it_cannot_be_started(self, room):
        late = set_now(room, due=-2 * DAY)
        client = browser(room.learner)

        answer = client.post(address("start-assignment", late), follow=True)

        assert "Ask your instructor for an extension" in answer.content.decode()
        assert "You did not start it before work was cut off" in answer.content.decode()

    def test_ask_before_handing_in_with_answers_missing(self, room, week):
        sitting = room.start(week, now=timezone.now())
        room.answer(sitting, 0, now=timezone.now())
        client = browser(room.learner)

        asked = client.post(address("hand-in", week))
        assert "1 of 2 questions has no answer" in asked.content.decode()
        sitting.refresh_from_db()
        assert sitting.ended_at is None

        client.post(address("hand-in", week), {"confirmed": "yes"})
        sitting.refresh_from_db()
        assert sitting.ending == "handed_in"

    def test_hand_in_at_once_where_every_question_has_an_answer_or_a_draft(self, room, week):
        sitting = room.start(week, now=timezone.now())
        room.answer(sitting, 0, now=timezone.now(), is_right=False)
        room.draft(sitting, 1, now=timezone.now())

        browser(room.learner).post(address("hand-in", week))

        sitting.refresh_from_db()
        assert sitting.ending == "handed_in"

    def test_end_work_whose_time_is_over_as_soon_as_somebody_looks(self, room, week):
        sitting = room.start(week, now=timezone.now() - 2 * DAY)
        Sitting.objects.update(ends_at=timezone.now() - HOUR)

        page = text(browser(room.learner), address("work", week))

        sitting.refresh_from_db()
        assert sitting.ending == "deadline"
        assert "Hand in" not in page

    def test_hold_marks_back_until_they_are_posted(self, room, week):
        sitting = room.start(week, now=timezone.now())
        for place in (0, 1):
            room.answer(sitting, place, now=timezone.now())
        services.hand_in(assignment_id=week.pk, actor=room.learner, now=timezone.now())
        client = browser(room.learner)
        pages = [address("assignment", week), address("work", week), reverse("reading:home")]
        api = reverse("api-assignments", args=[room.offering.slug])

        for page in pages:
            assert "100%" not in text(client, page), page
        assert client.get(api).json()[0]["mark"] is None

        services.post_grades(assignment_id=week.pk, actor=room.instructor, now=timezone.now())
        assert "Your mark: 100%" in text(client, pages[0])
        assert "3 of 3" in text(client, pages[0])
        assert "Mark: 100%" in text(client, pages[1])
        assert "100%" in text(client, pages[2])
        assert client.get(api).json()[0]["mark"] == "1.0000"

    def test_say_why_somebody_is_excused(self, room, week):
        services.grant_allowance(
            assignment_id=week.pk,
            person_id=room.learner.pk,
            terms=AllowanceTerms("Took it last year.", is_excused=True),
            actor=room.instructor,
            now=timezone.now(),
            idempotency_key="a",
        )

        page = text(browser(room.learner), address("assignment", week))

        assert "You are excused from it: Took it last year." in page
        assert "Start" not in page

    def test_show_an_observer_the_rules_and_no_start(self, room, week):
        observer = LoginFactory().person
        MembershipFactory(person=observer, cohort=room.offering.cohort, observer=True)
        client = browser(observer)

        assert "Only learners of Autumn can start it" in text(client, address("assignment", week))
        assert client.post(address("start-assignment", week)).status_code == 403

    def test_are_not_there_for_another_cohort(self, room, week):
        for person in (classroom().learner, classroom().instructor):
            client = browser(person)
            for name in ("assignment", "work", "assignment-overview", "edit-assignment", "preview-assignment"):
                assert client.get(address(name, week)).status_code == 404, name

    def test_take_instructions_as_text(self, room):
        week = set_now(room, instructions="<script>alert(1)</script> & more")

        page = text(browser(room.learner), address("assignment", week))

        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


class TestNothingLeaks:
    """The whole of every page and answer of the API is searched for what the policy holds back."""

    @pytest.mark.parametrize(
        ("feedback", "is_finished", "tells_outcome", "tells_why"),
        [
            ("at_once", True, True, True),
            ("after_tries", False, True, False),
            ("after_tries", True, True, True),
            ("after_due", True, False, False),
        ],
    )
    def test_before_the_policy_tells_it(self, room, feedback, is_finished, tells_outcome, tells_why):
        week = set_now(room, feedback=feedback, questions=(SetQuestion(room.keys[0]),))
        sitting = room.start(week, now=timezone.now())
        room.answer(sitting, 0, now=timezone.now(), is_right=is_finished and feedback != "after_due")
        attempt = sitting.attempts.get()
        tried = Variant.objects.filter(attempt=attempt, step__isnull=False).get()
        secrets = {tried.key["solution_html"], tried.key["right_html"]} - {""}
        secrets |= {each["feedback_html"] for each in tried.key["misconceptions"]}
        said = everything_about(browser(room.learner), week, attempt)

        told = any(secret in said for secret in secrets)
        assert told is tells_why
        assert ("Not right" in said or "Right." in said) is tells_outcome
        if feedback == "after_due":
            assert '"fraction": "' not in said
            assert tried.step.misconception not in said

    def test_after_the_deadline_it_is_told(self, room):
        week = set_now(room, due=-DAY - HOUR, feedback="after_due", questions=(SetQuestion(room.keys[0]),))
        sitting = room.start(week, now=week.due_at - HOUR)
        room.answer(sitting, 0, now=week.due_at - HOUR, is_right=False)
        attempt = sitting.attempts.get()

        said = everything_about(browser(room.learner), week, attempt)

        assert attempt.variants.get().key["solution_html"] in said


def everything_about(client: Client, assignment: Assignment, attempt: Any) -> str:
    """Return all that a learner can read of an assignment and an attempt in it, as written and as read."""
    places = [
        address("assignment", assignment),
        address("work", assignment),
        reverse("quizzes:assignments", args=[assignment.offering.slug]),
        reverse("reading:home"),
        reverse("api-attempt", args=[attempt.pk]),
        reverse("api-assignments", args=[assignment.offering.slug]),
    ]
    pages = [client.get(place).content.decode() for place in places]
    return "\n".join(pages + [html.unescape(page) for page in pages] + [page.replace('\\"', '"') for page in pages])


class TestApi:
    def test_lists_ones_own_times_and_state(self, room, week):
        sitting = room.start(week, now=timezone.now())
        room.answer(sitting, 0, now=timezone.now())

        (found,) = browser(room.learner).get(reverse("api-assignments", args=[room.offering.slug])).json()

        assert (found["title"], found["state"], found["late"], found["extended"]) == ("Week 1", "running", False, False)
        assert (found["questions"], found["answered"], found["mark"]) == (2, 1, None)

    def test_is_not_there_for_strangers_and_the_open_offering(self, room, week):
        assert (
            browser(classroom().learner).get(reverse("api-assignments", args=[room.offering.slug])).status_code == 404
        )
