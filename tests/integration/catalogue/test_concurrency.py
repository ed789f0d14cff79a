"""Two of everything at the same moment, each in a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from lessons.catalogue.models import Course, Enrolment, Event, Item, ItemVersion, Offering, Revision, Verb
from lessons.catalogue.services import enrol, offer_course, publish_course, record_event
from tests.factories.accounts import PersonFactory
from tests.factories.catalogue import EnrolmentFactory, OfferingFactory, RevisionFactory

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4


def at_once(work: Callable[[], object]) -> list[object]:
    """Do the same work in several threads that start together, and return what each returned."""
    barrier = Barrier(WORKERS)

    def run(_: int) -> object:
        try:
            barrier.wait(timeout=20)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


class TestAtOnce:
    def test_loads_make_one_revision(self, loaded, now):
        revisions = at_once(lambda: publish_course(source=loaded, organisation=None, now=now))
        assert len(set(revisions)) == 1
        assert (Course.objects.count(), Revision.objects.count(), Offering.objects.count()) == (1, 1, 1)
        assert Item.objects.count() == ItemVersion.objects.count() == len(loaded.items)

    def test_loads_of_a_changed_course_make_one_revision_more(self, loaded, edit, now):
        publish_course(source=loaded, organisation=None, now=now)
        changed = edit(("The page hung.", "The page hung twice."))
        revisions = at_once(lambda: publish_course(source=changed, organisation=None, now=now))
        assert [revision.number for revision in revisions] == [2] * WORKERS
        assert Offering.objects.get().revision.number == 2

    def test_an_event_is_recorded_once(self, now):
        enrolment = EnrolmentFactory()
        recorded = at_once(
            lambda: record_event(enrolment=enrolment, verb=Verb.RAN, item=None, now=now, idempotency_key="run:1")
        )
        assert sorted(recorded) == [False, False, False, True]
        assert Event.objects.count() == 1

    def test_a_person_is_enrolled_once(self, now):
        person, offering = PersonFactory(), OfferingFactory()
        enrolments = at_once(lambda: enrol(person=person, offering=offering, now=now))
        assert len(set(enrolments)) == 1
        assert Enrolment.objects.count() == 1

    def test_a_course_is_offered_once(self, now):
        course = RevisionFactory().course
        offerings = at_once(lambda: offer_course(course=course, cohort=None, slug="open", now=now))
        assert len(set(offerings)) == 1
