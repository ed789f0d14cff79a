"""What every answer of the site has in common: health, request ids, policies, errors."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError
from django.test import Client

from config import health

pytestmark = pytest.mark.django_db


class TestHealth:
    def test_alive_touches_no_database(self, client: Client, django_assert_num_queries):
        with django_assert_num_queries(0):
            response = client.get("/healthz")
        assert response.json() == {"status": "alive"}

    def test_ready_names_each_dependency(self, client: Client):
        response = client.get("/readyz")
        assert response.status_code == 200
        assert set(response.json()["checks"]) == {"database", "migrations", "queue"}

    def test_a_lost_queue_degrades_and_does_not_fail(self, client: Client, settings):
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        response = client.get("/readyz")
        assert response.status_code == 200
        assert response.json()["status"] == "degraded"
        assert response.json()["checks"]["queue"]["ok"] is False

    def test_a_lost_database_is_unavailable(self, client: Client, monkeypatch):
        def fail() -> None:
            raise DatabaseError("the server closed the connection")

        monkeypatch.setattr(health, "_database", fail)
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["checks"]["database"] == {"ok": False, "error": "DatabaseError"}


class TestRequestId:
    def test_is_given_to_every_answer(self, client: Client):
        assert len(client.get("/healthz").headers["X-Request-ID"]) == 32

    def test_of_a_proxy_is_kept(self, client: Client):
        response = client.get("/healthz", headers={"X-Request-ID": "edge-0123456789"})
        assert response.headers["X-Request-ID"] == "edge-0123456789"

    @pytest.mark.parametrize("hostile", ["short", "a" * 65, "with space in it", 'quote"quote"'])
    def test_that_is_not_plain_is_replaced(self, client: Client, hostile):
        assert client.get("/healthz", headers={"X-Request-ID": hostile}).headers["X-Request-ID"] != hostile


class TestPolicies:
    def test_allow_no_inline_script_or_style_and_no_frame(self, client: Client):
        policy = client.get("/").headers["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy
        assert "'unsafe-eval'" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self'" in policy

    def test_pages_hold_no_inline_script_or_style(self, client: Client):
        for address in ("/", "/simulations/", "/learn/", "/accounts/login/"):
            page = client.get(address, follow=True).content.decode()
            assert "<style" not in page, address
            assert " style=" not in page, address
            assert " onclick=" not in page, address


class TestErrors:
    def test_an_unknown_page_says_so(self, client: Client):
        response = client.get("/nowhere/")
        assert response.status_code == 404
        assert "nothing at this address" in response.content.decode()

    def test_an_unknown_address_of_the_api_is_a_problem_document(self, client: Client):
        response = client.get("/api/v1/nowhere/")
        assert response.status_code == 404
        assert response.headers["Content-Type"] == "application/problem+json"
        document = response.json()
        assert document["code"] == "not-found"
        assert document["request_id"] == response.headers["X-Request-ID"]

    def test_a_body_that_is_no_json_is_refused_with_the_reason(self, client: Client):
        response = client.post("/api/v1/predictions/", data="{", content_type="application/json")
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"
        assert json.loads(response.content)["detail"]

    def test_a_form_without_its_token_says_what_to_do(self):
        response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example"})
        assert response.status_code == 403
        assert "reload" in response.content.decode()

    def test_a_fault_of_our_own_hides_its_cause(self, client: Client, monkeypatch):
        def fail() -> None:
            raise RuntimeError("the secret cause")

        monkeypatch.setattr(health, "alive", fail)
        monkeypatch.setattr("config.health.JsonResponse", fail)
        client.raise_request_exception = False
        response = client.get("/healthz")
        assert response.status_code == 500
        assert "secret cause" not in response.content.decode()
        assert "request id" in response.content.decode().lower()
