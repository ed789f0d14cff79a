"""Any query to any model through the API: a finite result, or a 400 that names what was wrong with which input."""

from __future__ import annotations

import json
import math
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings

from simulations import engine
from simulations.engine import parameters as inputs
from simulations.engine.registry import MODELS
from tests.integration.simulations.test_evaluate import numbers_in
from tests.unit.engine.states import queries_of

LISTED = {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


@pytest.mark.parametrize("name", MODELS)
def test_any_query_is_answered_or_refused_by_name(name):
    model = MODELS[name]
    names = {field["name"] for field in inputs.describe(model.parameters)} | {"no_such_input"}
    client = Client()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(queries_of(model))
    def ask(query):
        response = client.get(f"/api/v1/evaluate/{engine.VERSION}/{name}?{urlencode(query)}")
        if response.status_code == HTTPStatus.PERMANENT_REDIRECT:
            response = client.get(response["Location"])
        assert response.status_code in LISTED, response.content
        if response.status_code == HTTPStatus.OK:
            assert all(math.isfinite(number) for number in numbers_in(json.loads(response.content)["result"]))
        elif response.status_code == HTTPStatus.BAD_REQUEST:
            faults = response.json()["faults"]
            unstorable = [name for name, value in query.items() if "\x00" in value]
            if unstorable:  # refused before any model is asked
                assert any(name in response.json()["detail"] for name in unstorable)
                return
            assert faults
            assert {fault["field"] for fault in faults} <= names
            assert all(fault["message"] for fault in faults)

    cache.clear()
    ask()
