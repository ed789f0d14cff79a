"""Fixtures of the reading tests: the course as it is shipped, offered openly and to a cohort."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.core.cache import cache
from django.test import Client

from accounts.models import Cohort, Login
from accounts.sessions import GUEST_KEY
from lessons.catalogue.models import Enrolment, Item, Offering, Verb
from lessons.catalogue.services import enrol, offer_course, publish_course, record_event
from lessons.content import LoadedCourse, check_course
from tests.factories.accounts import CohortFactory, LoginFactory, MembershipFactory
from tests.factories.catalogue import ItemFactory, ItemVersionFactory

TRADEOFFS = Path(__file__).parents[3] / "lessons" / "courses" / "tradeoffs"
CHAPTER = "describing-performance"
QUESTIONS = yaml.safe_load((TRADEOFFS / "03-describing-performance" / "questions.yaml").read_text("utf-8"))
"""What the chapter asks, by its file."""


@pytest.fixture(scope="session")
def source() -> LoadedCourse:
    """The shipped course, checked."""
    report = check_course(TRADEOFFS)
    assert report.course is not None, report.faults
    return report.course


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def open_offering(db, source, now) -> Offering:
    """The course as everybody can read it."""
    revision = publish_course(source=source, organisation=None, now=now)
    return Offering.objects.get(revision=revision)


@pytest.fixture
def cohort(db) -> Cohort:
    """A class without members."""
    return CohortFactory(name="Autumn")


@pytest.fixture
def cohort_offering(open_offering, cohort, now) -> Offering:
    """The course as a cohort takes it."""
    return offer_course(course=open_offering.course, cohort=cohort, slug="autumn", now=now)


def join(cohort: Cohort, offering: Offering, now, name: str = "Ada Learner") -> Enrolment:
    """Return the enrolment of a new learner of the cohort, who has a login."""
    login = LoginFactory(name=name)
    MembershipFactory(person=login.person, cohort=cohort)
    return enrol(person=login.person, offering=offering, now=now)


@pytest.fixture
def enrolment(cohort, cohort_offering, now) -> Enrolment:
    """A learner of the cohort."""
    return join(cohort, cohort_offering, now)


@pytest.fixture
def instructor(cohort) -> Login:
    """Somebody who teaches the cohort."""
    login = LoginFactory(name="Ines Instructor")
    MembershipFactory(person=login.person, cohort=cohort, instructor=True)
    return login


def item(offering: Offering, key: str) -> Item:
    """Return an item of the offering's course by its key."""
    return Item.objects.get(course=offering.course_id, key=key)


def write(revision, kind, key, title, parent=None, **payload):
    """Add an item to a revision."""
    item = ItemFactory(course=revision.course, kind=kind, key=key)
    position = revision.versions.count()
    return ItemVersionFactory(
        revision=revision, item=item, title=title, parent=parent, position=position, payload=payload
    )


@pytest.fixture
def browser():
    """Return a browser logged in as somebody, or as a visitor."""

    def open_as(login=None, *, guest=None):
        client = Client()
        if login is not None:
            client.force_login(login)
        if guest is not None:
            session = client.session
            session[GUEST_KEY] = str(guest.pk)
            session.save()
        return client

    return open_as


def grade(enrolment, key, now, fraction="1.0000"):
    """Record that a question was graded."""
    question = item(enrolment.offering, f"{CHAPTER}/{key}")
    record_event(
        enrolment=enrolment,
        verb=Verb.GRADED,
        item=question,
        now=now,
        idempotency_key=f"grade:{key}",
        data={"fraction": fraction},
    )


def answer(enrolment, key, now, outcome):
    """Record a try at a question."""
    question = item(enrolment.offering, f"{CHAPTER}/{key}")
    record_event(
        enrolment=enrolment,
        verb=Verb.ANSWERED,
        item=question,
        now=now,
        idempotency_key=f"step:{key}:{now.isoformat()}",
        data={"outcome": outcome},
    )
