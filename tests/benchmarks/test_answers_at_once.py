"""How long keeping and submitting an answer takes over HTTP, for 1, 8 and 64 people at once."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from threading import Barrier
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.benchmarks.table import quantile, show
from tests.benchmarks.test_pages import BASELINE
from tests.site import Site, running_site

LONGEST_WAIT_SECONDS = 120
"""For the slowest client, so that one that fails fails them all."""

CLIENTS = (1, 8, 64)
REQUESTS = {1: 64, 8: 16, 64: 6}
"""How many of each request one client sends: a few hundred in all, however many clients there are."""

VARIANT = re.compile(r'name="variant"\s+value="([^"]+)"')
QUESTION = "describing-performance/slow-share"


@dataclass
class Browser:
    """A visitor who becomes a guest with their first answer, over one kept connection."""

    site: Site
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.site.address).netloc, timeout=120)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[float, str]:
        """Send one request and return its milliseconds and body."""
        headers = {"Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())}
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "HX-Request": "true",
                "X-CSRFToken": self.cookies["csrftoken"].value,
            }
        started = time.perf_counter()
        self.connection.request(method, path, body=urlencode(form) if form else None, headers=headers)
        response = self.connection.getresponse()
        body = response.read().decode()
        milliseconds = (time.perf_counter() - started) * 1000
        for value in response.headers.get_all("Set-Cookie") or ():
            self.cookies.load(value)
        assert response.status == 200, (response.status, path, body[:200])
        return milliseconds, body

    def answer(self, what: str, variant: str, *, sequence: int) -> tuple[float, str]:
        """Post the form of the question as the page's script does."""
        form = {
            "variant": variant,
            "sequence": str(sequence),
            "idempotency_key": uuid4().hex,
            "text": "-987654",
            "confidence": "fairly",
        }
        return self.ask("POST", f"/learn/tradeoffs/questions/{QUESTION}/{what}", form)


def begun(browser: Browser) -> tuple[SimpleCookie, str]:
    """Return the cookies of a new guest who has begun the question, and the variant that they are asked."""
    browser.cookies = SimpleCookie()
    page = f"/learn/tradeoffs/questions/{QUESTION}/"
    _, body = browser.ask("GET", page)
    browser.answer("draft", variant_in(body), sequence=1)
    _, body = browser.ask("GET", page)
    return browser.cookies, variant_in(body)


def variant_in(body: str) -> str:
    """Return the variant that a card's form shows."""
    found = VARIANT.search(body)
    assert found is not None
    return found[1]


def timed(site: Site, clients: int, requests: int) -> dict[str, list[float]]:
    """Return the milliseconds of each sort of request, all clients beginning each sort together."""
    barrier = Barrier(clients, timeout=LONGEST_WAIT_SECONDS)

    def together(browser: Browser) -> None:
        # The server closes a connection that waits for long.
        browser.connection.close()
        barrier.wait()

    def work(_: int) -> dict[str, list[float]]:
        browser = Browser(site)
        # One guest for each submit, so that every one of them is a first try; made before anything is timed.
        guests = [begun(browser) for _ in range(requests)]
        times: dict[str, list[float]] = {}
        together(browser)
        times["session and person alone"] = [browser.ask("GET", BASELINE)[0] for _ in guests]
        together(browser)
        _, variant = guests[-1]
        times["autosave"] = [browser.answer("draft", variant, sequence=2 + at)[0] for at in range(requests)]
        together(browser)
        times["submit"] = []
        for browser.cookies, variant in guests:
            times["submit"].append(browser.answer("submit", variant, sequence=0)[0])
        browser.connection.close()
        return times

    with ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(work, range(clients)))
    return {name: [each for part in parts for each in part[name]] for name in parts[0]}


def said(times: Sequence[float], baseline: Sequence[float]) -> str:
    """Return the quantiles of a sort of request, and each as a ratio to the view that does nothing else."""
    p50, p99 = quantile(times, 0.5), quantile(times, 0.99)
    ratios = f"{p50 / quantile(baseline, 0.5):.1f} × and {p99 / quantile(baseline, 0.99):.1f} ×"
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; {ratios}"


class TestAnswersAtOnce:
    def test_latency(self, tmp_path):
        with running_site(tmp_path, with_worker=False, settings="tests.benchmarks.site_settings") as site:
            for clients in CLIENTS:
                times = timed(site, clients, REQUESTS[clients])
                baseline = times["session and person alone"]
                rows = [(name, said(values, baseline)) for name, values in times.items()]
                show(f"Answers from {clients} at once, {len(baseline)} requests of each sort", rows)
