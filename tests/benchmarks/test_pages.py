"""What a chapter page costs, as a ratio to a logged-in view that reads session and person and nothing else."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from accounts.models import Login, Role
from tests.benchmarks.table import show

COURSE = Path(__file__).resolve().parents[2] / "lessons" / "courses" / "tradeoffs"
ROUNDS, REQUESTS = 5, 20
BASELINE = "/benchmark/"
ADDRESSES = {
    "chapter": "/learn/harbour-autumn-2026/describing-performance/",
    "home": "/home/",
    "outline": "/learn/harbour-autumn-2026/",
}
COHORT = "/learn/harbour-autumn-2026/cohort/"
COHORT_SLUG = "autumn-2026"


def who(request: HttpRequest) -> HttpResponse:
    """Read session and person, behind the same middleware as every page."""
    return HttpResponse(f"{request.user.pk} {request.person.pk}")


urlpatterns = [path(BASELINE.strip("/") + "/", who), path("", include("config.urls"))]


def seconds_a_request(client: Client, address: str) -> float:
    """Return the CPU seconds of one request."""
    started = time.process_time()
    for _ in range(REQUESTS):
        assert client.get(address).status_code == 200
    return (time.process_time() - started) / REQUESTS


def first_looks() -> str:
    """Return what a chapter costs learner by learner, whose questions are drawn for each of them the first time."""
    learners = Login.objects.filter(
        person__memberships__cohort__slug=COHORT_SLUG, person__memberships__role=Role.LEARNER
    )
    clients = []
    for login in learners[:REQUESTS]:
        client = Client()
        client.force_login(login)
        assert client.get(BASELINE).status_code == 200
        clients.append(client)
    costs = []
    for address in (BASELINE, ADDRESSES["chapter"].replace("describing-performance", "composing-data-systems")):
        started = time.process_time()
        for client in clients:
            assert client.get(address).status_code == 200
        costs.append((time.process_time() - started) / len(clients))
    baseline, cost = costs
    return f"{len(clients)} learners, {cost * 1000:.1f} ms CPU, {cost / baseline:.1f} × session and person alone"


@pytest.mark.django_db
@pytest.mark.urls("tests.benchmarks.test_pages")
class TestPages:
    def test_cost(self):
        call_command("course", "load", str(COURSE), verbosity=0)
        call_command("seed_demo", verbosity=0)
        rows = []
        clients = {}
        for name in ("learner", "instructor"):
            clients[name] = Client()
            clients[name].force_login(Login.objects.get(email=f"{name}@demo.example"))
        pages = {(name, address, "learner") for name, address in ADDRESSES.items()} | {("cohort", COHORT, "instructor")}
        for name, address, person in sorted(pages):
            client = clients[person]
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            count = len(queries)
            ratios, costs = [], []
            for _ in range(ROUNDS):
                baseline = seconds_a_request(client, BASELINE)
                cost = seconds_a_request(client, address)
                ratios.append(cost / baseline)
                costs.append(cost)
            cpu_ms, ratio = statistics.median(costs) * 1000, statistics.median(ratios)
            rows.append((name, f"{count} queries, {cpu_ms:.1f} ms CPU, {ratio:.1f} × session and person alone"))
        rows.append(("chapter, each learner's first look", first_looks()))
        show(f"Pages, median of {ROUNDS} rounds of {REQUESTS} requests", rows)
