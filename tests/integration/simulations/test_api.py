"""Runs, predictions and discoveries over the API, as a visitor, a guest, a learner and somebody else."""

from __future__ import annotations

import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from lessons.catalogue.models import Enrolment
from simulations.models import Computation, Discovery, Prediction, Run
from tests.factories.accounts import LoginFactory, MembershipFactory
from tests.factories.catalogue import OfferingFactory
from tests.factories.simulations import RunFactory

RUN = {"model": "tail_latency", "parameters": {"calls": 3}, "requests": 6_000}


@pytest.fixture
def offering():
    """The open course."""
    return OfferingFactory(slug="open")


@pytest.fixture
def ask(offering, django_capture_on_commit_callbacks):
    """Ask for a run over the API, and let what it left for the commit happen."""

    def ask(client: Client, key: str | None = "one", **changes):
        headers = {} if key is None else {"Idempotency-Key": key}
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(
                "/api/v1/runs/",
                {"offering": offering.slug, **RUN, **changes},
                content_type="application/json",
                headers=headers,
            )

    return ask


def logged_in(login) -> Client:
    client = Client()
    client.force_login(login)
    return client


@pytest.mark.usefixtures("small_shards", "queue")
class TestRuns:
    def test_are_taken_from_a_visitor_who_becomes_a_guest(self, client, ask):
        response = ask(client)
        assert response.status_code == HTTPStatus.ACCEPTED, response.content
        run = response.json()
        assert (run["state"], run["done"], run["total"], run["requests"]) == ("queued", 0, 6_000, 6_000)
        assert run["result"] is run["digest"] is run["remaining_seconds"] is None
        assert response["Location"] == f"/api/v1/runs/{run['id']}/"
        assert client.get(response["Location"]).json()["id"] == run["id"]

    def test_come_back_for_the_same_key(self, client, ask):
        assert ask(client).json()["id"] == ask(client).json()["id"]
        assert Run.objects.count() == Enrolment.objects.count() == 1

    def test_need_a_key(self, client, ask):
        response = ask(client, key=None)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert response.json()["faults"][0]["field"] == "Idempotency-Key"

    @pytest.mark.django_db(transaction=True)
    def test_say_that_the_queue_is_not_reachable(self, client, ask, queue):
        queue.reachable = False
        response = ask(client)
        assert response.status_code == HTTPStatus.ACCEPTED
        message = "The queue is not reachable. Your run is kept and starts by itself when it is."
        assert response.json()["message"] == message
        assert Run.objects.count() == 1

    def test_show_their_result_when_it_is_there(self, client, ask, queue):
        where = ask(client)["Location"]
        queue.work()
        run = client.get(where).json()
        assert (run["state"], run["done"], run["remaining_seconds"]) == ("succeeded", 6_000, 0.0)
        assert run["digest"] == Computation.objects.get().result_digest
        assert {figure["name"] for figure in run["result"]["figures"]} >= {"median", "p99", "largest_gap"}

    def test_answer_304_until_something_changes(self, client, ask, queue):
        where = ask(client)["Location"]
        first = client.get(where)
        unchanged = client.get(where, headers={"If-None-Match": first["ETag"]})
        assert unchanged.status_code == HTTPStatus.NOT_MODIFIED
        assert unchanged["Cache-Control"] == "private, no-cache"
        queue.deliver(queue.tasks.popleft())
        changed = client.get(where, headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == HTTPStatus.OK
        assert changed.json()["done"] == 1_000

    def test_are_cancelled_and_restarted(self, client, ask, queue):
        where = ask(client)["Location"]
        assert client.post(f"{where}cancel/").json()["state"] == "cancelled"
        assert client.post(f"{where}restart/").json()["state"] == "queued"

    @pytest.mark.parametrize("action", ["", "cancel/", "restart/"])
    def test_of_somebody_else_are_not_found(self, ask, action):
        where = ask(Client())["Location"]
        other = logged_in(LoginFactory())
        response = other.post(where + action) if action else other.get(where)
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("action", ["cancel/", "restart/"])
    def test_of_a_learner_are_seen_and_left_alone_by_their_instructor(self, action):
        login = LoginFactory()
        membership = MembershipFactory(instructor=True, person=login.person)
        run = RunFactory(enrolment__offering=OfferingFactory(cohort=membership.cohort))
        instructor = logged_in(login)
        assert instructor.get(f"/api/v1/runs/{run.pk}/").status_code == HTTPStatus.OK
        assert instructor.post(f"/api/v1/runs/{run.pk}/{action}").status_code == HTTPStatus.FORBIDDEN

    def test_that_do_not_exist_are_not_found(self, client, ask):
        ask(client)
        assert client.get(f"/api/v1/runs/{uuid.uuid4()}/").status_code == HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"requests": 0}, "requests"),
            ({"requests": 10**12}, "requests"),
            ({"requests": "many"}, "requests"),
            ({"requests": None}, "requests"),
            ({"seed": -1}, "seed"),
            ({"parameters": {"calls": 0}}, "calls"),
            ({"parameters": {"calls": float("1e300")}}, "calls"),
            ({"parameters": {"calls": [1]}}, "calls"),
            ({"parameters": {"colour": "red"}}, "colour"),
            ({"parameters": "calls=3"}, "parameters"),
            ({"item": "nowhere"}, "item"),
        ],
    )
    def test_with_a_bad_value_are_refused_by_its_name(self, client, ask, changes, field):
        response = ask(client, **changes)
        assert response.status_code == HTTPStatus.BAD_REQUEST, response.content
        assert [fault["field"] for fault in response.json()["faults"]] == [field]
        assert not Run.objects.exists()

    @pytest.mark.parametrize("changes", [{"model": "tea_leaves"}, {"offering": "nowhere"}])
    def test_of_what_does_not_exist_are_not_found(self, client, ask, changes):
        assert ask(client, **changes).status_code == HTTPStatus.NOT_FOUND

    def test_in_a_cohort_of_others_are_not_found(self, ask):
        theirs = OfferingFactory(in_cohort=True)
        assert ask(logged_in(LoginFactory()), offering=theirs.slug).status_code == HTTPStatus.NOT_FOUND


class TestPredictions:
    def post(self, client, offering, low, high):
        return client.post(
            "/api/v1/predictions/",
            {"offering": offering.slug, "model": "tail_latency", "prompt": "p99_at_20_calls", "low": low, "high": high},
            content_type="application/json",
        )

    def test_of_a_visitor_are_locked_and_answered_with_the_truth(self, client, offering):
        response = self.post(client, offering, 300, 900)
        assert response.status_code == HTTPStatus.CREATED
        prediction = response.json()
        assert prediction["truth"] == pytest.approx(1_505, abs=0.5)
        assert prediction["held"] is False
        assert prediction["calibration"] == {"held": 0, "total": 1, "aimed": 0.9}

    def test_are_explained(self, client, offering):
        prediction = self.post(client, offering, 300, 900).json()
        response = client.patch(
            f"/api/v1/predictions/{prediction['id']}/",
            {"cause": "slowest-call", "explanation": "It waits for the slowest."},
            content_type="application/json",
        )
        assert response.json()["explanation"] == "It waits for the slowest."

    def test_of_somebody_else_are_not_found(self, client, offering):
        prediction = self.post(Client(), offering, 300, 900).json()
        self.post(client, offering, 300, 900)
        where = f"/api/v1/predictions/{prediction['id']}/"
        body = {"cause": "other", "explanation": "Mine now."}
        assert client.get(where).status_code == HTTPStatus.NOT_FOUND
        assert client.patch(where, body, content_type="application/json").status_code == HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize(("low", "high", "field"), [(900, 300, "high"), (1, 300, "low"), ("NaN", 300, "low")])
    def test_that_are_no_interval_are_refused_by_the_end(self, client, offering, low, high, field):
        response = self.post(client, offering, low, high)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert [fault["field"] for fault in response.json()["faults"]] == [field]
        assert not Prediction.objects.exists()


class TestDiscoveries:
    def post(self, client, offering, **parameters):
        return client.post(
            "/api/v1/discoveries/",
            {
                "offering": offering.slug,
                "model": "tail_latency",
                "experiment": "slow_median",
                "parameters": parameters,
            },
            content_type="application/json",
        )

    def test_are_kept_when_the_engine_confirms_them(self, client, offering):
        response = self.post(client, offering, calls=100)
        assert response.status_code == HTTPStatus.CREATED, response.content
        assert response.json()["experiment"] == "slow_median"

    def test_are_refused_when_it_does_not(self, client, offering):
        assert self.post(client, offering, calls=1).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Discovery.objects.exists()


class TestModels:
    def test_are_listed_with_their_inputs(self, client):
        models = {model["name"]: model for model in client.get("/api/v1/models/").json()}
        assert models.keys() >= {"tail_latency", "percentiles"}
        assert models["tail_latency"]["fields"][0]["name"] == "calls"

    def test_are_described_one_by_one(self, client):
        assert client.get("/api/v1/models/tail_latency/").json()["runnable"] is True

    def test_that_do_not_exist_are_not_found(self, client):
        assert client.get("/api/v1/models/tea_leaves/").status_code == HTTPStatus.NOT_FOUND
