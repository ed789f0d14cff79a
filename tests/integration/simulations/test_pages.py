"""Pages without script: predict, see, say why, run, cancel, restart."""

from __future__ import annotations

import re
from html import unescape
from http import HTTPStatus

import pytest

from simulations.models import Prediction, Run
from tests.factories.accounts import LoginFactory
from tests.factories.catalogue import OfferingFactory
from tests.factories.simulations import PredictionFactory, RunFactory


@pytest.fixture(autouse=True)
def offering():
    """The open course, where work on a model's own page is kept."""
    return OfferingFactory(slug="tradeoffs")


def hidden(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form with that action."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form, f"no form for {action}"
    fields = re.findall(r'<input\s+type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def text_of(response) -> str:
    """Return what stands on a page outside of the data for scripts."""
    plain = re.sub(r"<script.*?</script>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", plain)))


class TestCatalogue:
    def test_links_to_every_model(self, client):
        page = client.get("/simulations/").content.decode()
        assert 'href="/simulations/tail_latency/"' in page
        assert 'href="/simulations/percentiles/"' in page


class TestModelPage:
    def test_asks_before_it_shows(self, client):
        response = client.get("/simulations/tail_latency/")
        assert response.status_code == HTTPStatus.OK
        assert "Between which times does its p99 lie?" in text_of(response)
        assert "1,505" not in text_of(response)
        assert '"result": null' in response.content.decode()

    def test_shows_a_shared_state_straight_away(self, client):
        response = client.get("/simulations/tail_latency/?calls=20")
        assert "1,505" in text_of(response)

    def test_takes_a_prediction_and_then_shows_truth_and_verdict(self, client):
        page = client.get("/simulations/tail_latency/").content.decode()
        fields = hidden(page, "/simulations/tail_latency/predict/")
        response = client.post(
            "/simulations/tail_latency/predict/", {**fields, "low": "300", "high": "900"}, follow=True
        )
        assert response.redirect_chain[-1][0].startswith("/simulations/tail_latency/#")
        assert "You said 300 to 900 ms; it is 1,505 ms." in text_of(response)
        assert "0 of your 1 interval held" in text_of(response)

    def test_shows_the_truth_unscored(self, client):
        page = client.get("/simulations/tail_latency/").content.decode()
        fields = hidden(page, "/simulations/tail_latency/predict/")
        response = client.post("/simulations/tail_latency/predict/", {**fields, "show": "1"}, follow=True)
        assert "It was not scored." in text_of(response)
        assert Prediction.objects.get().score is None

    def test_keeps_the_reason_and_shows_it_again(self, client):
        page = client.get("/simulations/tail_latency/").content.decode()
        fields = hidden(page, "/simulations/tail_latency/predict/")
        client.post("/simulations/tail_latency/predict/", {**fields, "low": "300", "high": "900"})
        action = f"/simulations/predictions/{Prediction.objects.get().pk}/explain/"
        page = client.get("/simulations/tail_latency/").content.decode()
        answer = {"cause": "slowest-call", "explanation": "It waits for the slowest."}
        response = client.post(action, {**hidden(page, action), **answer}, follow=True)
        assert "“It waits for the slowest.”" in text_of(response)

    def test_takes_a_run_and_leads_to_its_page(self, client, queue, small_shards):
        page = client.get("/simulations/tail_latency/?calls=3&requests=6000").content.decode()
        action = "/simulations/tail_latency/run/"
        response = client.post(action, hidden(page, action), follow=True)
        run = Run.objects.get()
        assert response.redirect_chain[-1][0] == f"/runs/{run.pk}/"
        assert run.computation.requests == 6_000
        assert run.computation.parameters["calls"] == "3"

    def test_refuses_a_state_out_of_range_by_its_name(self, client):
        response = client.get("/simulations/tail_latency/?calls=0")
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert "calls must lie between 1 and 100; you gave 0." in text_of(response)

    def test_refuses_a_word_for_a_number(self, client):
        form = {"prompt": "p99_at_20_calls", "low": "fast", "high": "900"}
        response = client.post("/simulations/tail_latency/predict/", form)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert "you gave fast" in text_of(response)

    def test_does_not_send_anybody_to_another_site(self, client):
        form = {"prompt": "p99_at_20_calls", "low": "300", "high": "900", "next": "https://elsewhere.example/"}
        response = client.post("/simulations/tail_latency/predict/", form)
        assert response["Location"] == "/simulations/tail_latency/"

    def test_does_not_know_every_model(self, client):
        assert client.get("/simulations/tea_leaves/").status_code == HTTPStatus.NOT_FOUND


class TestExplain:
    @pytest.mark.parametrize("logged_in", [True, False])
    def test_of_somebody_else_is_not_found(self, client, logged_in):
        if logged_in:
            client.force_login(LoginFactory())
        action = f"/simulations/predictions/{PredictionFactory().pk}/explain/"
        response = client.post(action, {"cause": "other", "explanation": "Mine."})
        assert response.status_code == HTTPStatus.NOT_FOUND


class TestRunPage:
    @pytest.fixture
    def login(self, client):
        login = LoginFactory()
        client.force_login(login)
        return login

    def test_shows_a_run_that_waits_and_lets_it_be_cancelled_and_restarted(self, client, login, queue):
        run = RunFactory(enrolment__person=login.person)
        address = f"/runs/{run.pk}/"
        shown = text_of(client.get(address))
        assert "Waiting for a worker" in shown
        assert "Parallel calls" in shown
        response = client.post(f"{address}cancel/", {"next": address}, follow=True)
        assert "restarting goes on from there" in text_of(response)
        response = client.post(f"{address}restart/", {"next": address}, follow=True)
        assert "Cancel" in text_of(response)

    def test_shows_the_result(self, client, login):
        run = RunFactory(enrolment__person=login.person, computation__succeeded=True)
        assert "Seed 1, result aaaaaaaaaaaaaaaa" in text_of(client.get(f"/runs/{run.pk}/"))

    @pytest.mark.parametrize("action", ["", "cancel/", "restart/"])
    def test_of_somebody_else_is_not_found(self, client, login, action):
        address = f"/runs/{RunFactory().pk}/{action}"
        response = client.post(address) if action else client.get(address)
        assert response.status_code == HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize("action", ["", "cancel/", "restart/"])
    def test_is_not_found_by_a_visitor(self, client, action):
        address = f"/runs/{RunFactory().pk}/{action}"
        response = client.post(address) if action else client.get(address)
        assert response.status_code == HTTPStatus.NOT_FOUND
