"""Progress while several things happen to one item at the same moment, each in a connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from lessons.catalogue.models import Verb
from lessons.catalogue.services import record_event
from lessons.reading.models import Progress
from lessons.reading.projections import check, rebuild
from tests.factories.catalogue import EnrolmentFactory, ItemFactory

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 6


@pytest.mark.parametrize("rebuilder", [None, 2], ids=["writers alone", "a rebuild among them"])
def test_progress_is_what_the_events_say_whoever_comes_first(now, rebuilder):
    enrolment = EnrolmentFactory()
    item = ItemFactory(course=enrolment.offering.course, question=True)
    barrier = Barrier(WORKERS)

    def work(number: int) -> None:
        try:
            barrier.wait(timeout=20)
            if number == rebuilder:
                rebuild()
                return
            record_event(
                enrolment=enrolment,
                verb=Verb.GRADED if number == 1 else Verb.ANSWERED,
                item=item,
                now=now + timedelta(minutes=number),
                idempotency_key=f"event:{number}",
                data={"fraction": "0.5000"},
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    progress = Progress.objects.get()
    assert progress.state == Progress.State.DONE
    assert (progress.first_at, progress.last_at) == (now, now + timedelta(minutes=WORKERS - 1))
    assert check() == []
