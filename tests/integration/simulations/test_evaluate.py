"""Single states over the web: the same bytes for everybody, computed once."""

from __future__ import annotations

import json
import math
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from django.test import Client

from simulations import engine, policy
from simulations.engine import parameters as inputs
from simulations.engine.model import Cost
from simulations.engine.registry import MODELS
from tests.integration.simulations.conftest import replace_model

FIELDS = [(model.name, field) for model in MODELS.values() for field in inputs.describe(model.parameters)]
NOT_NUMBERS = ["", "NaN", "nan", "inf", "-inf", "1e999", "９", "0x10", "1_000", "true", "'", "%00", "[]", "9" * 400]


def address(model: str, version: str = engine.VERSION, **parameters: object) -> str:
    """Return the canonical address of a state."""
    return f"/api/v1/evaluate/{version}/{model}?{policy.read_state(model, parameters).query}"


def raw_address(model: str, **parameters: object) -> str:
    return f"/api/v1/evaluate/{engine.VERSION}/{model}?{urlencode(parameters)}"


def numbers_in(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner)
    elif isinstance(value, (int, float)):
        yield value


def contradicts_defaults(model, name, value):
    """Return whether a value in range does not go with the defaults of the other fields."""
    return bool(getattr(MODELS[model].parameters(**{name: value}), "faults", tuple)())


class TestEvaluate:
    def test_gives_the_figures_of_the_state(self, client):
        document = client.get(address("tail_latency", calls=20)).json()
        figures = {figure["name"]: figure["value"] for figure in document["result"]["figures"]}
        assert document["parameters"]["calls"] == "20"
        assert document["engine_version"] == engine.VERSION
        assert figures["median"] == pytest.approx(28.5, abs=0.05)
        assert figures["p99"] == pytest.approx(1_505, abs=0.5)

    def test_names_the_experiments_that_the_state_shows(self, client):
        plain = client.get(address("tail_latency", calls=20)).json()
        hedged = client.get(address("tail_latency", calls=20, hedge=True, hedge_percentile=99)).json()
        assert plain["shown"] == []
        assert hedged["shown"] == ["cheap_hedge"]

    def test_may_be_kept_for_ever_by_anybody(self, client):
        response = client.get(address("tail_latency"))
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["ETag"].startswith('"')
        assert "Cookie" not in response.get("Vary", "")
        assert not response.cookies

    def test_asks_the_database_nothing_whoever_asks(self, client, django_assert_num_queries):
        client.cookies["sessionid"] = "x" * 32
        with django_assert_num_queries(0):
            response = client.get(address("tail_latency"))
        assert not response.cookies

    def test_never_reaches_the_engine_for_a_state_asked_for_before(self, client, monkeypatch):
        first = client.get(address("tail_latency", calls=7))
        replace_model(monkeypatch, evaluate=lambda _: pytest.fail("computed again"))
        again = client.get(address("tail_latency", calls=7))
        assert again.content == first.content

    def test_computes_nothing_for_a_client_that_has_the_result(self, client, monkeypatch):
        replace_model(monkeypatch, evaluate=lambda _: pytest.fail("computed for nothing"))
        etag = f'"{policy.read_state("tail_latency", {"calls": 7}).digest}"'
        response = client.get(address("tail_latency", calls=7), headers={"If-None-Match": etag})
        assert response.status_code == HTTPStatus.NOT_MODIFIED
        assert response["ETag"] == etag
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert not response.content

    def test_computes_for_a_client_that_has_another_result(self, client):
        response = client.get(address("tail_latency", calls=7), headers={"If-None-Match": '"something else"'})
        assert response.status_code == HTTPStatus.OK

    @pytest.mark.parametrize("query", ["", "calls=20", "calls=20.0", "slow_share=0.01&calls=20"])
    def test_redirects_to_the_canonical_address(self, client, query):
        response = client.get(f"/api/v1/evaluate/{engine.VERSION}/tail_latency?{query}")
        assert response.status_code == HTTPStatus.PERMANENT_REDIRECT
        assert response["Location"] == address("tail_latency", calls=20)
        assert client.get(response["Location"]).status_code == HTTPStatus.OK

    def test_redirects_an_old_engine_version_for_a_while(self, client):
        response = client.get(address("tail_latency", version="0.3"))
        assert response.status_code == HTTPStatus.FOUND
        assert response["Location"] == address("tail_latency")
        assert "immutable" not in response["Cache-Control"]

    def test_does_not_know_every_model(self, client):
        response = client.get(f"/api/v1/evaluate/{engine.VERSION}/tea_leaves")
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert "tail_latency" in response.json()["detail"]

    def test_refuses_a_state_that_takes_too_long_before_computing_it(self, client, monkeypatch):
        replace_model(
            monkeypatch,
            cost=lambda _: Cost(evaluate_ms=5_000.0, run_seconds=1.0, memory_mb=1.0),
            evaluate=lambda _: pytest.fail("computed although it is too costly"),
        )
        response = client.get(address("tail_latency"))
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "5,000 ms" in response.json()["detail"]
        assert "run" in response.json()["detail"]

    def test_refuses_a_parameter_given_twice(self, client):
        response = client.get(f"/api/v1/evaluate/{engine.VERSION}/tail_latency?calls=1&calls=2")
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert response.json()["faults"][0]["field"] == "calls"

    def test_refuses_a_parameter_that_the_model_does_not_have(self, client):
        response = client.get(raw_address("tail_latency", colour="red"))
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["faults"][0]["field"] == "colour"

    def test_may_only_be_read(self, client):
        assert client.post(address("tail_latency")).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=[f"{model}-{field['name']}" for model, field in FIELDS])
class TestEveryParameter:
    def tried(self, client: Client, model: str, field, value: str) -> bool:
        """Return whether a value was taken, having checked that the answer is finite or names the field."""
        response = client.get(raw_address(model, **{field["name"]: value}))
        if response.status_code == HTTPStatus.PERMANENT_REDIRECT:
            response = client.get(response["Location"])
        if response.status_code == HTTPStatus.OK:
            numbers = list(numbers_in(json.loads(response.content)["result"]))
            assert numbers
            assert all(math.isfinite(number) for number in numbers)
            return True
        assert response.status_code == HTTPStatus.BAD_REQUEST, response.content
        assert {fault["field"] for fault in response.json()["faults"]} == {field["name"]}
        return False

    def test_refuses_what_is_no_value_of_it(self, client, model, field):
        taken = [value for value in NOT_NUMBERS if self.tried(client, model, field, value)]
        assert taken == (["true"] if field["kind"] == "flag" else [])

    def test_takes_every_value_that_it_promises(self, client, model, field):
        if field["kind"] == "number":
            low, high = field["minimum"], field["maximum"]
            middle = round((low + high) / 2) if field["integer"] else (low + high) / 2
            values = [low, middle, high]
        elif field["kind"] == "choice":
            values = [option["value"] for option in field["options"]]
        else:
            values = ["on", "off"]
        consistent = [value for value in values if not contradicts_defaults(model, field["name"], value)]
        assert consistent
        assert all(self.tried(client, model, field, str(value)) for value in consistent)

    def test_refuses_what_lies_beyond(self, client, model, field):
        if field["kind"] == "number":
            beyond = [field["minimum"] - 1, field["maximum"] + 1, field["maximum"] * 1e6, -1e9]
        else:
            options = [option["value"] for option in field["options"] or ()]
            beyond = [value for value in ("maybe", "2", "no such option") if value not in options]
        assert not any(self.tried(client, model, field, str(value)) for value in beyond)
