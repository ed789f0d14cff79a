"""The demo: made through the services, once, and believable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.models import Login, Membership, Organisation
from lessons.catalogue.models import Enrolment, Event, Offering
from lessons.catalogue.services import publish_course
from lessons.reading.demo import BEGAN, PASSWORD, SCHOOLS, make_demo
from lessons.reading.projections import check
from lessons.reading.selectors import cohort_page, home_of
from quizzes.models import Assignment, Sitting, Step
from quizzes.selectors import differing_grades
from quizzes.selectors.set_work import assignment_overview, staffed_assignment
from simulations.models import Prediction
from simulations.selectors import cohort_cloud

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, source) -> Iterator[int]:
    """The demo, made once for all tests of this module, and how many people it made."""
    with django_db_blocker.unblock(), transaction.atomic():
        publish_course(source=source, organisation=None, now=NOW)
        yield make_demo(now=NOW)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def demo(made, db) -> int:
    """The demo, with what a test does to it taken back."""
    return made


class TestMakeDemo:
    def test_makes_two_bootcamps_whose_histories_lie_in_the_last_weeks(self, demo):
        assert demo == 38
        assert set(Organisation.objects.values_list("name", flat=True)) == {"Harbour Bootcamp", "Ridgeway School"}
        moments = Event.objects.order_by("at").values_list("at", flat=True)
        assert moments[0] >= NOW - BEGAN
        assert moments[len(moments) - 1] <= NOW + timedelta(hours=1)

    def test_leaves_histories_of_several_skills_to_look_at(self, demo):
        instructor = Login.objects.get(email="instructor@demo.example").person
        page = cohort_page(person=instructor, slug="harbour-autumn-2026")
        assert page.learners == 31
        assert page.stuck
        grades = [row.grade_percent for row in page.rows if row.grade_percent is not None]
        assert max(grades) - min(grades) > 25
        assert Prediction.objects.filter(held=True).exists()
        assert Prediction.objects.filter(held=False).exists()
        assert set(Step.objects.values_list("outcome", flat=True)) >= {"correct", "wrong"}

    def test_places_the_larger_cohorts_cards_and_leaves_those_of_whoever_logs_in(self, demo):
        shown = {
            school.slug: cohort_cloud(
                person=Login.objects.get(email=f"{instructor}@demo.example").person,
                offering=Offering.objects.get(slug=school.offering_slug),
                model="trade_off_mapper",
            ).people
            for school, instructor in zip(SCHOOLS, ("instructor", "ridgeway-instructor"), strict=True)
        }
        assert shown == {"harbour": 20, "ridgeway": 0}
        learner = Login.objects.get(email="learner@demo.example").person
        assert not Prediction.objects.filter(enrolment__person=learner).exists()

    def test_leaves_the_learners_prediction_to_whoever_logs_in(self, demo):
        enrolment = Enrolment.objects.get(person__login__email="learner@demo.example")
        assert enrolment.attempts.filter(purpose="practice").count() == 3
        assert not enrolment.predictions.exists()
        home = home_of(enrolment.person, now=NOW)
        assert home is not None
        assert (home.week, home.weeks, len(home.came_back)) == (4, 10, 3)

    def test_sets_a_posted_assignment_and_one_that_runs(self, demo):
        over, running = Assignment.objects.order_by("due_at")
        assert (over.cut_off_at < NOW, running.opens_at < NOW < running.due_at) == (True, True)
        assert (over.posted_at is not None, running.posted_at) == (True, None)
        instructor = Login.objects.get(email="instructor@demo.example").person
        assignment = staffed_assignment(instructor, "harbour-autumn-2026", over.pk)
        counts = dict(assignment_overview(assignment, page=1, now=NOW).counts)
        assert (counts["Late"], counts["Missing"], counts["Excused"]) == (3, 1, 1)
        assert over.allowances.filter(due_at__isnull=False).count() == 1
        assert running.sittings.filter(ended_at__isnull=True).count() == 12
        assert not Sitting.objects.filter(ended_at__gt=NOW).exists()

    def test_leaves_the_running_assignment_to_whoever_logs_in(self, demo):
        learner = Login.objects.get(email="learner@demo.example").person
        home = home_of(learner, now=NOW)
        assert home is not None
        assert [(work.title, work.state) for work in home.due] == [("Watching the right percentile", "due")]
        assert [work.title for work in home.posted] == ["What a page waits for"]

    def test_leaves_a_ledger_that_its_steps_explain(self, demo):
        assert [difference.message for difference in differing_grades()] == []

    def test_leaves_progress_that_its_events_explain(self, demo):
        assert check() == []

    def test_makes_nothing_twice(self, demo):
        counted = [model.objects.count() for model in (Login, Membership, Enrolment, Event, Step)]
        assert make_demo(now=NOW + timedelta(days=1)) == 0
        assert [model.objects.count() for model in (Login, Membership, Enrolment, Event, Step)] == counted

    def test_takes_over_a_newer_revision(self, demo, source):
        newer = type(source)(**{name: getattr(source, name) for name in source.__slots__} | {"digest": "1" * 64})
        revision = publish_course(source=newer, organisation=None, now=NOW)
        make_demo(now=NOW)
        assert {offering.revision for offering in Offering.objects.filter(cohort__isnull=False)} == {revision}

    def test_walls_the_bootcamps_off_from_each_other(self, demo):
        client = Client()
        assert client.login(email="ridgeway-instructor@demo.example", password=PASSWORD) is False
        client.force_login(Login.objects.get(email="ridgeway-instructor@demo.example"))
        assert client.get("/learn/harbour-autumn-2026/cohort/").status_code == 404
        assert client.get("/learn/ridgeway-evening-2026/cohort/").status_code == 200


class TestDemoLogins:
    def test_are_shown_with_their_password(self):
        said = StringIO()
        call_command("demo_logins", stdout=said)
        lines = said.getvalue().splitlines()
        assert len(lines) == sum(len(school.logins) for school in SCHOOLS) + 1
        assert any("learner@demo.example" in line for line in lines)
        assert PASSWORD in lines[-1]

    def test_are_the_only_ones_that_have_a_password(self):
        usable = [login.email for login in Login.objects.all() if login.has_usable_password()]
        assert sorted(usable) == sorted(login.email for school in SCHOOLS for login in school.logins)
