"""How long a state of an instrument takes over HTTP: computed, from the cache, and not changed."""

from __future__ import annotations

import http.client
import time
from contextlib import closing
from urllib.parse import urlsplit

from simulations.engine import VERSION, parameters
from simulations.engine.models import tail_latency
from tests.benchmarks.table import quantile, show
from tests.site import Site, running_site

STATES = 300


class TestEvaluate:
    def test_latency(self, tmp_path):
        with running_site(tmp_path, with_worker=False) as site, self._connection(site) as connection:
            addresses = [self._address(index) for index in range(STATES)]
            rows = []
            computed, tags = self._timed(connection, [(address, {}) for address in addresses], status=200)
            rows.append(("computed by the engine", self._summary(computed)))
            cached, _ = self._timed(connection, [(address, {}) for address in addresses], status=200)
            rows.append(("the same states again", self._summary(cached)))
            conditional = [(address, {"If-None-Match": tag}) for address, tag in zip(addresses, tags, strict=True)]
            unchanged, _ = self._timed(connection, conditional, status=304)
            rows.append(("asked with their ETag", self._summary(unchanged)))
        show(f"Evaluate tail_latency, {STATES} states, one client over loopback", rows)

    @staticmethod
    def _connection(site: Site) -> closing[http.client.HTTPConnection]:
        return closing(http.client.HTTPConnection(urlsplit(site.address).netloc))

    @staticmethod
    def _address(index: int) -> str:
        state = parameters.parse(
            tail_latency.Parameters, {"calls": 1 + index % 100, "slow_mean": 100 + index, "slow_share": "0.01"}
        )
        return f"/api/v1/evaluate/{VERSION}/tail_latency?{parameters.canonical_query(state)}"

    @staticmethod
    def _timed(
        connection: http.client.HTTPConnection, asked: list[tuple[str, dict[str, str]]], *, status: int
    ) -> tuple[list[float], list[str]]:
        times, tags = [], []
        for address, headers in asked:
            started = time.perf_counter()
            connection.request("GET", address, headers=headers)
            response = connection.getresponse()
            response.read()
            times.append((time.perf_counter() - started) * 1000)
            assert response.status == status
            tags.append(response.headers["ETag"])
        return times, tags

    @staticmethod
    def _summary(times: list[float]) -> str:
        return f"p50 {quantile(times, 0.5):.1f} ms, p99 {quantile(times, 0.99):.1f} ms"
