"""Progress kept up to date with events, rebuilt from them, and checked against them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from lessons.catalogue.models import Verb
from lessons.catalogue.services import record_event
from lessons.reading.models import Progress
from lessons.reading.projections import check, rebuild
from tests.integration.reading.conftest import CHAPTER, item

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(cohort_offering):
    return item(cohort_offering, f"{CHAPTER}/slow-share")


@pytest.fixture
def happen(enrolment, question, now):
    """Record an event of the question some minutes later."""

    def record(verb, minutes=0, key=None, **data):
        return record_event(
            enrolment=enrolment,
            verb=verb,
            item=question,
            now=now + timedelta(minutes=minutes),
            idempotency_key=key or f"{verb}:{minutes}",
            data=data,
        )

    return record


class TestProject:
    def test_follows_an_item_from_its_first_answer_to_its_grade(self, happen, now):
        happen(Verb.ANSWERED, 1)
        assert Progress.objects.get().state == Progress.State.STARTED
        happen(Verb.GRADED, 2, fraction="0.7500")
        progress = Progress.objects.get()
        assert (progress.state, progress.fraction) == (Progress.State.DONE, Decimal("0.7500"))
        assert (progress.first_at, progress.last_at) == (now + timedelta(minutes=1), now + timedelta(minutes=2))

    def test_ignores_an_event_that_was_known(self, happen):
        happen(Verb.GRADED, 1, key="grade:1", fraction="0.5000")
        assert happen(Verb.GRADED, 2, key="grade:1", fraction="1.0000") is False
        assert Progress.objects.get().fraction == Decimal("0.5000")

    def test_forgets_what_its_transaction_took_back(self, happen):
        with transaction.atomic():
            happen(Verb.ANSWERED)
            assert Progress.objects.exists()
            transaction.set_rollback(True)
        assert not Progress.objects.exists()

    def test_says_nothing_of_an_event_without_an_item(self, enrolment, now):
        record_event(enrolment=enrolment, verb=Verb.RAN, item=None, now=now, idempotency_key="run:1")
        assert not Progress.objects.exists()


class TestCheck:
    def test_finds_nothing_where_progress_was_kept_up(self, happen):
        happen(Verb.ANSWERED)
        happen(Verb.GRADED, 3, fraction="0.3333")
        assert check() == []

    def test_finds_a_row_that_was_changed_by_hand(self, happen):
        happen(Verb.GRADED, fraction="0.2500")
        Progress.objects.update(fraction=1)
        (difference,) = check()
        assert difference.stored.fraction == 1
        assert difference.expected.fraction == Decimal("0.25")

    def test_finds_a_row_that_is_missing_and_one_that_no_event_explains(self, happen, enrolment, cohort_offering, now):
        happen(Verb.ANSWERED)
        Progress.objects.all().delete()
        Progress.objects.create(
            enrolment=enrolment, item=item(cohort_offering, CHAPTER), state="done", first_at=now, last_at=now
        )
        assert sorted((found.stored is None, found.expected is None) for found in check()) == [
            (False, True),
            (True, False),
        ]


class TestRebuild:
    def test_makes_progress_what_the_events_say(self, happen, enrolment, cohort_offering, now):
        happen(Verb.GRADED, fraction="0.2500")
        happen(Verb.OPENED, 9)
        kept = Progress.objects.values_list("state", "fraction", "first_at", "last_at").get()
        Progress.objects.update(state="started", fraction=None)
        Progress.objects.create(
            enrolment=enrolment, item=item(cohort_offering, CHAPTER), state="done", first_at=now, last_at=now
        )
        assert rebuild() == 2
        assert Progress.objects.values_list("state", "fraction", "first_at", "last_at").get() == kept
        assert check() == []

    def test_makes_what_is_missing(self, happen):
        happen(Verb.ANSWERED)
        Progress.objects.all().delete()
        assert rebuild() == 1
        assert Progress.objects.get().state == Progress.State.STARTED


class TestCommands:
    def test_check_fails_and_names_the_row_that_differs(self, happen, enrolment):
        happen(Verb.ANSWERED)
        Progress.objects.update(state="done")
        said = StringIO()
        with pytest.raises(CommandError, match="differ from their events: 1"):
            call_command("check_progress", stdout=said)
        assert f"enrolment {enrolment.pk}" in said.getvalue()
        assert "stored done" in said.getvalue()

    def test_check_is_content_after_a_rebuild(self, happen):
        happen(Verb.ANSWERED)
        Progress.objects.all().delete()
        said = StringIO()
        call_command("rebuild_progress", stdout=said)
        call_command("check_progress", stdout=said)
        assert said.getvalue().splitlines() == ["Rows corrected: 1.", "Progress agrees with its events."]
