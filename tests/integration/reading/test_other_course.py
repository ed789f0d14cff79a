"""A site with another course than the first: nothing is wired to that one."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from lessons.catalogue.models import Enrolment
from lessons.catalogue.services import publish_course
from lessons.content import check_course
from quizzes.models import Attempt, GradeEntry
from quizzes.selectors import question_of
from quizzes.selectors.questions import as_stored
from tests.unit.content.conftest import MINIMAL

pytestmark = pytest.mark.django_db

SUBMIT = "/learn/minimal/questions/waiting/slow-share/submit"


@pytest.fixture
def guest(now, settings):
    """Somebody's browser on a site whose only course is the tiny one."""
    settings.OPEN_COURSE = "minimal"
    publish_course(source=check_course(MINIMAL).course, organisation=None, now=now)
    return Client()


def answer_from(page, text):
    """Return what the question's form on a page sends with an answer."""
    names = ("variant", "next", "idempotency_key", "sequence")
    fields = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page) for name in names}
    return {name: found.group(1) for name, found in fields.items() if found} | {"text": text, "confidence": "sure"}


class TestOtherCourse:
    @pytest.mark.parametrize(
        "address",
        [
            "/",
            "/learn/",
            "/learn/minimal/",
            "/learn/minimal/waiting/",
            "/learn/minimal/glossary/",
            "/learn/minimal/search/?q=straggler",
            "/simulations/",
            "/simulations/tail_latency/",
            "/api/v1/offerings/",
        ],
    )
    def test_is_read_where_the_first_is_not_loaded(self, guest, address):
        assert guest.get(address).status_code == 200

    def test_is_answered_and_counted_to_the_end(self, guest):
        page = guest.get("/learn/minimal/waiting/").content.decode()
        assert guest.post(SUBMIT, answer_from(page, "-987654321")).status_code == 303
        attempt = Attempt.objects.get()
        variant = attempt.variants.latest("number")
        right = question_of(variant.version).examples(as_stored(variant)).correct[0]["text"]
        page = guest.get("/learn/minimal/waiting/").content.decode()
        assert guest.post(SUBMIT, answer_from(page, right)).status_code == 303
        assert GradeEntry.objects.get().fraction > 0
        assert "1 of 1 questions graded" in " ".join(guest.get("/learn/minimal/").content.decode().split())
        assert "A course small enough to test with" in guest.get("/home/").content.decode()

    def test_keeps_what_is_predicted_on_the_simulations_own_pages(self, guest):
        assert 'href="/learn/minimal/"' in guest.get("/").content.decode()
        page = guest.get("/simulations/tail_latency/").content.decode()
        offering = re.search(r'name="offering"[^>]*value="([^"]*)"', page).group(1)
        sent = {"offering": offering, "model": "tail_latency", "prompt": "p99_at_20_calls", "low": 100, "high": 900}
        assert guest.post("/simulations/tail_latency/predict/", sent).status_code == 302
        assert Enrolment.objects.get().offering.slug == "minimal"
