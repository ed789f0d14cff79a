"""The heavy run of chapter 3 on one worker process and on two: how long, and whether the bytes are the same."""

from __future__ import annotations

import http.cookiejar
import json
import time
import urllib.request
import uuid
from typing import Any

import psycopg

from tests.benchmarks.table import show
from tests.site import Site, running_site

REQUESTS = 40_000_000
PARAMETERS = {"calls": 20, "call_correlation": 0.3}
LONGEST_SECONDS = 300


class Visitor:
    """A guest who speaks to the API with the cookies of a browser."""

    def __init__(self, site: Site) -> None:
        self.address = site.address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.open(f"{self.address}/accounts/login/").read()

    def send(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Post a body, or get without one."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        headers = {"Content-Type": "application/json", "X-CSRFToken": str(token), "Idempotency-Key": uuid.uuid4().hex}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/api/v1/{path}", data=data, headers=headers)
        with self.opener.open(request) as response:
            answer: dict[str, Any] = json.load(response)
        return answer


def timed_run(site: Site) -> float:
    """Ask for the run, wait for its result, and return the seconds between its first shard and its end."""
    visitor = Visitor(site)
    run = visitor.send(
        "runs/", {"offering": "tradeoffs", "model": "tail_latency", "parameters": PARAMETERS, "requests": REQUESTS}
    )
    deadline = time.monotonic() + LONGEST_SECONDS
    while run["state"] != "succeeded":
        assert time.monotonic() < deadline, run
        time.sleep(0.25)
        run = visitor.send(f"runs/{run['id']}/")
    with psycopg.connect(site.environment["DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT extract(epoch FROM finished_at - started_at) FROM simulations_computation"
        ).fetchone()
    assert row is not None
    return float(row[0])


def forget(site: Site) -> str:
    """Remove the computation, so that the next one starts anew, and return the digest of its bytes."""
    with psycopg.connect(site.environment["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT result_digest FROM simulations_computation").fetchone()
        connection.execute("DELETE FROM simulations_run")
        connection.execute("DELETE FROM simulations_computationshard")
        connection.execute("DELETE FROM simulations_computation")
    assert row is not None
    return str(row[0])


class TestHeavyRun:
    def test_on_one_and_two_processes(self, tmp_path):
        seconds: dict[int, float] = {}
        digests = set()
        with running_site(tmp_path, with_worker=False) as site:
            for processes in (1, 2):
                with site.worker(processes=processes):
                    seconds[processes] = timed_run(site)
                digests.add(forget(site))
        assert len(digests) == 1, "the bytes depend on the number of workers"
        show(
            f"Correlated fan-out, {REQUESTS:,} pages of 20 calls drawn call by call",
            (
                ("one worker process", f"{seconds[1]:.1f} s, {seconds[1] / REQUESTS * 1e9:.0f} ns a page"),
                ("two worker processes", f"{seconds[2]:.1f} s"),
                ("speed-up", f"{seconds[1] / seconds[2]:.2f} ×, the same bytes"),
            ),
        )
