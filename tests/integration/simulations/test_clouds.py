"""How a cohort guessed: a spread for its own people, once they have answered, that tells of nobody."""

from __future__ import annotations

import datetime
import itertools
from http import HTTPStatus

import pytest
from django.test import Client

from accounts.models import Role
from simulations import selectors, services
from simulations.engine.models.trade_off_mapper import GUESS
from simulations.selectors import CohortCloud
from tests.factories.accounts import CohortFactory, LoginFactory, MembershipFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory

MODEL = "trade_off_mapper"
ADDRESS = "/api/v1/guesses/{}/trade_off_mapper/"


@pytest.fixture
def offering():
    return OfferingFactory(cohort=CohortFactory(name="Autumn"))


@pytest.fixture
def join(offering, now):
    """Make somebody of the cohort who places every card at `place`, a minute after whoever came before them."""
    times = (now + datetime.timedelta(minutes=minute) for minute in itertools.count())

    def join(place=None, *, role=Role.LEARNER, offering=offering, person=None, answers=True):
        person = person or LoginFactory().person
        MembershipFactory(cohort=offering.cohort, person=person, role=role)
        enrolment = EnrolmentFactory(offering=offering, person=person)
        if answers:
            guess = None if place is None else dict.fromkeys(GUESS.names, place)
            services.commit_prediction(
                enrolment=enrolment, model=MODEL, prompt=GUESS.name, guess=guess, now=next(times)
            )
        return person

    return join


def cloud(person, offering):
    return selectors.cohort_cloud(person=person, offering=offering, model=MODEL)


class TestCohortCloud:
    def test_is_the_quartiles_of_the_others_counted_in_fives(self, join, offering):
        me = join(1.0)
        for place in (0.0, 0.2, 0.3, 0.4, 1.0):
            join(place)
        expected = CohortCloud("Autumn", 5, {name: [(0.2, 0.3, 0.4)] for name in GUESS.names})
        assert cloud(me, offering) == expected
        for _ in range(4):
            join(0.9)
        assert cloud(me, offering) == expected, "four more would tell of each of them"
        join(0.9)
        assert cloud(me, offering).people == 10

    def test_of_fewer_than_five_others_is_none(self, join, offering):
        people = [join(0.1) for _ in range(5)]
        assert cloud(people[0], offering) == CohortCloud("Autumn")

    def test_shows_to_learners_after_their_own_answer_alone(self, join, offering, now):
        for _ in range(5):
            join(0.1)
        waiting = join(answers=False)
        assert cloud(waiting, offering) == CohortCloud("Autumn")
        enrolment = waiting.enrolments.get()
        services.commit_prediction(enrolment=enrolment, model=MODEL, prompt=GUESS.name, guess=None, now=now)
        assert cloud(waiting, offering).people == 5, "who was shown ours can guess no more"

    def test_counts_neither_staff_nor_who_was_shown_nor_another_cohort(self, join, offering):
        for _ in range(4):
            join(0.1)
        teacher = join(0.9, role=Role.INSTRUCTOR)
        join(None)
        elsewhere = OfferingFactory(cohort=CohortFactory(), revision=offering.revision)
        me = join(0.5, offering=elsewhere)
        join(0.9, offering=elsewhere)
        assert cloud(teacher, offering).people == 0
        join(0.1)
        assert cloud(teacher, offering).spread["cart"] == [pytest.approx((0.1, 0.1, 0.1))]
        # In two cohorts one sees each with what one answered in it.
        join(person=me, answers=False)
        assert cloud(me, offering) == CohortCloud("Autumn")

    def test_is_none_in_an_open_course_and_for_a_model_that_asks_nothing(self, join, offering, enrolment):
        assert cloud(enrolment.person, enrolment.offering) == CohortCloud()
        assert cloud(None, enrolment.offering) == CohortCloud()
        assert selectors.cohort_cloud(person=join(0.5), offering=offering, model="saga") == CohortCloud()

    @pytest.mark.parametrize("others", [5, 15])
    def test_takes_one_query_for_learners_at_every_size_and_two_for_staff(
        self, join, offering, others, django_assert_num_queries
    ):
        teacher, me = join(role=Role.INSTRUCTOR, answers=False), join(0.5)
        for _ in range(others - 1):
            join(0.2)
        with django_assert_num_queries(1):
            cloud(me, offering)
        with django_assert_num_queries(2):
            assert cloud(teacher, offering).people == others


class TestOverTheApi:
    def test_names_nobody_and_is_not_found_from_another_bootcamp(self, join, offering):
        me, browser = join(0.5), Client()
        others = [join(0.2) for _ in range(5)]
        browser.force_login(me.login)
        answer = browser.get(ADDRESS.format(offering.slug))
        assert answer.json() == {
            "cohort": "Autumn",
            "people": 5,
            "spread": {name: [[0.2, 0.2, 0.2]] for name in GUESS.names},
        }
        assert not any(str(person.pk) in answer.content.decode() for person in others)
        stranger = Client()
        stranger.force_login(join(0.5, offering=OfferingFactory(in_cohort=True)).login)
        assert stranger.get(ADDRESS.format(offering.slug)).status_code == HTTPStatus.NOT_FOUND
        assert Client().get(ADDRESS.format(offering.slug)).status_code == HTTPStatus.NOT_FOUND

    def test_is_empty_and_no_error_for_a_visitor_of_an_open_course(self):
        answer = Client().get(ADDRESS.format(OfferingFactory().slug))
        assert answer.json() == {"cohort": "", "people": 0, "spread": None}
