"""A person's own runs, page by page."""

from __future__ import annotations

import datetime
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from simulations.selectors.runs import RUNS_A_PAGE
from tests.factories.accounts import LoginFactory
from tests.factories.catalogue import EnrolmentFactory
from tests.factories.simulations import CREATED_AT, RunFactory


@pytest.fixture
def login(db):
    return LoginFactory()


@pytest.fixture
def browser(login):
    client = Client()
    client.force_login(login)
    return client


def runs_of(login, count: int, **traits):
    enrolment = EnrolmentFactory(person=login.person)
    moments = [CREATED_AT + datetime.timedelta(minutes=number) for number in range(count)]
    return [RunFactory(enrolment=enrolment, created_at=moment, **traits) for moment in moments]


class TestOwnRuns:
    def test_are_listed_the_latest_first_without_results(self, browser, login):
        first, second = runs_of(login, 2, computation__succeeded=True)
        document = browser.get("/api/v1/runs/").json()
        assert [run["id"] for run in document["runs"]] == [str(second.pk), str(first.pk)]
        assert (document["page"], document["pages"], document["total"]) == (1, 1, 2)
        assert "result" not in document["runs"][0]
        assert document["runs"][0]["state"] == "succeeded"
        assert browser.get(f"/api/v1{document['runs'][0]['url']}").status_code == HTTPStatus.OK

    def test_of_all_enrolments_and_of_nobody_else(self, browser, login):
        runs_of(login, 1)
        runs_of(login, 1)
        RunFactory()
        assert browser.get("/api/v1/runs/").json()["total"] == 2

    def test_come_in_pages_and_beyond_the_last_is_the_last(self, browser, login):
        runs_of(login, RUNS_A_PAGE + 3)
        assert len(browser.get("/api/v1/runs/").json()["runs"]) == RUNS_A_PAGE
        for page in ("2", "9", "999999"):
            document = browser.get(f"/api/v1/runs/?page={page}").json()
            assert (document["page"], document["pages"], len(document["runs"])) == (2, 2, 3)

    @pytest.mark.parametrize("page", ["", "0", "-1", "two", "²", "1e3", "9" * 30])
    def test_nonsense_is_the_first_page(self, browser, login, page):
        runs_of(login, 1)
        document = browser.get("/api/v1/runs/", {"page": page}).json()
        assert (document["page"], document["pages"], document["total"]) == (1, 1, 1)

    def test_cost_as_many_queries_however_many(self, browser, login):
        counts = []
        for more in (1, 10):
            runs_of(login, more, computation__succeeded=True)
            browser.get("/api/v1/runs/")
            with CaptureQueriesContext(connection) as queries:
                browser.get("/api/v1/runs/")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_there_may_be_none(self, browser):
        assert browser.get("/api/v1/runs/").json() == {"page": 1, "pages": 1, "total": 0, "runs": []}

    def test_a_visitor_has_none_to_list(self, client, db):
        assert client.get("/api/v1/runs/").status_code == HTTPStatus.UNAUTHORIZED
