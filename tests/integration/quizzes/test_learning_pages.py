"""The pages on oneself: calibration, giving up, and what one takes away."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from lessons.catalogue.models import Enrolment
from quizzes import services
from quizzes.models import Attempt, Step, Variant
from quizzes.selectors import calibration_of, cohort_calibration
from simulations.services import commit_prediction
from tests.factories.accounts import LoginFactory
from tests.factories.catalogue import EnrolmentFactory
from tests.factories.quizzes import QuestionFactory
from tests.integration.quizzes.conftest import Questions, current, right, wrong
from tests.integration.quizzes.test_graded_answers import sit

pytestmark = pytest.mark.django_db


def browser_of(person: Person) -> Client:
    """Return a client in which the person is logged in."""
    client = Client()
    client.force_login(LoginFactory(person=person))
    return client


Submit = Callable[..., Step]
Open = Callable[..., Attempt]


class TestCalibration:
    def test_counts_each_question_by_its_first_answer(
        self, enrolment: Enrolment, questions: Questions, open_attempt: Open, submit: Submit
    ) -> None:
        attempt = open_attempt()
        submit(attempt, wrong, confidence="sure")
        submit(attempt, right, confidence="sure")
        submit(open_attempt(questions.choice), right, confidence="guess")

        sure, fairly, guess = calibration_of(enrolment).rows

        assert (sure.right.held, sure.right.total) == (0, 1)
        assert fairly.right.total == 0
        assert (guess.right.held, guess.right.total) == (1, 1)
        assert calibration_of(enrolment) == cohort_calibration(enrolment.offering)

    def test_concludes_nothing_from_few_and_something_from_many(
        self, enrolment: Enrolment, questions: Questions, open_attempt: Open, submit: Submit
    ) -> None:
        for count in range(1, 9):
            version = QuestionFactory(revision=questions.offering.revision)
            submit(open_attempt(version), wrong, confidence="sure")
            said = calibration_of(enrolment).rows[0].conclusion
            assert said.startswith("Not enough" if count < 6 else "Right less often")

    def test_leaves_out_graded_work_until_it_is_posted(self, now: datetime.datetime) -> None:
        sat = sit()
        sat.submit(right(current(sat.attempt)), sat.assignment.opens_at)
        assert calibration_of(sat.sitting.enrolment).answers == 0

        sat.assignment.posted_at = now
        sat.assignment.save()

        assert calibration_of(sat.sitting.enrolment).answers == 1

    def test_page_shows_shares_with_their_intervals(
        self, enrolment: Enrolment, open_attempt: Open, submit: Submit
    ) -> None:
        submit(open_attempt(), wrong, confidence="sure")

        page = browser_of(enrolment.person).get(f"/learn/{enrolment.offering.slug}/calibration/").content.decode()

        assert "0 of 1" in page
        assert "0%, from 0% to 79%" in page

    def test_page_lists_guesses_beside_intervals_and_never_among_them(
        self, enrolment: Enrolment, now: datetime.datetime
    ) -> None:
        commit_prediction(
            enrolment=enrolment, model="maintainability", prompt="care_has_paid", guess={"mark": 20}, now=now
        )

        page = browser_of(enrolment.person).get(f"/learn/{enrolment.offering.slug}/calibration/").content.decode()

        assert "Your mark is a factor of 1.78 off." in page
        assert "You have not committed to an interval yet" in page

    def test_page_is_empty_for_a_visitor(self, questions: Questions) -> None:
        page = Client().get(f"/learn/{questions.offering.slug}/calibration/")

        assert "Nothing to compare yet" in page.content.decode()


class TestGivingUp:
    def test_shows_the_solution_and_keeps_the_mark(
        self, enrolment: Enrolment, questions: Questions, open_attempt: Open, submit: Submit
    ) -> None:
        attempt = open_attempt()
        submit(attempt, wrong)
        browser = browser_of(enrolment.person)
        address = f"/learn/{questions.offering.slug}/questions/{questions.key}/"
        assert "Stop and see the solution" in browser.get(address).content.decode()

        page = browser.post(f"{address}give-up", {"variant": current(attempt).pk}, follow=True).content.decode()

        assert "Worked solution" in page
        assert "Mark: 0%" in page

    def test_of_an_older_tab_changes_nothing(
        self, enrolment: Enrolment, questions: Questions, open_attempt: Open, submit: Submit
    ) -> None:
        attempt = open_attempt()
        older = current(attempt)
        submit(attempt, wrong)

        services.give_up(
            offering=enrolment.offering.slug,
            item_key=questions.key,
            actor=enrolment.person,
            shown=services.ShownVariant(variant_id=older.pk),
            now=timezone.now(),
        )
        attempt.refresh_from_db()
        assert attempt.state == Attempt.State.FINISHED


class TestExport:
    def test_holds_what_somebody_wrote_and_nobody_elses(
        self, enrolment: Enrolment, questions: Questions, open_attempt: Open, submit: Submit, now: datetime.datetime
    ) -> None:
        submit(open_attempt(), wrong, confidence="sure")
        other = EnrolmentFactory(offering=questions.offering)
        services.open_attempt(enrolment=other, item_key=questions.key, actor=other.person, now=now)

        response = browser_of(enrolment.person).get("/export/")
        text = b"".join(response).decode()  # type: ignore[arg-type]

        taken = json.loads(text)
        (answer,) = taken["answers"]
        assert (answer["question"], answer["confidence"], answer["result"]) == (questions.key, "sure", "wrong")
        assert answer["answer"] == wrong(Variant.objects.get(number=1, attempt__enrolment=enrolment))
        assert '"key"' not in text
        assert "attachment" in response.headers["Content-Disposition"]

    def test_tells_no_outcome_before_grades_are_posted(self) -> None:
        sat = sit()
        sat.submit(right(current(sat.attempt)), sat.assignment.opens_at)

        response = browser_of(sat.sitting.enrolment.person).get("/export/")

        (answer,) = json.loads(b"".join(response))["answers"]  # type: ignore[arg-type]
        assert answer["result"] == "recorded"

    def test_leads_a_visitor_to_the_start(self, questions: Questions) -> None:
        assert Client().get("/export/").headers["Location"] == "/"
