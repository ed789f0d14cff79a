"""From a control moved to the curve redrawn, through HTTP, in a real Chromium; and what a drag asks for."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from simulations.engine.parameters import canonical_query
from simulations.engine.registry import MODELS
from tests.benchmarks.table import quantile, show
from tests.site import running_site

CHROMIUM = Path(os.environ.get("HEADROOM_CHROMIUM", "/usr/bin/chromium"))
MODELS_MOVED = ("tail_latency", "reliability", "scaling_cost")

MOVES, DRAG_EVENTS, DRAG_MS = 60, 60, 2_000
GOAL_MEDIAN_MS, GOAL_P95_MS = 50.0, 120.0

TURN_TO_CHART = """() => {
  const chart = [...document.querySelectorAll('.views button')].find((button) => button.dataset.view !== 'scene');
  if (chart) chart.click();
}"""

# What the turn to another view moves is painted first: it is not the control's doing.
WATCH = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  window.shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value)))
    .observe({ type: 'layout-shift', buffered: false });
}"""

MOVE = """async (moves) => {
  const range = document.querySelectorAll('.controls input[type=range]')[1];
  const picture = document.querySelector('.figure .picture');
  const isWaiting = () => document.querySelector('.stage.busy') !== null;
  const times = [];
  for (let move = 0; times.length < moves; move += 1) {
    if (move > 20 * moves) throw new Error('the control has too few states');
    const before = picture.innerHTML;
    const started = performance.now();
    range.value = 40 + ((move * 613) % 919);
    range.dispatchEvent(new Event('input', { bubbles: true }));
    if (!isWaiting()) continue;  // a state that was seen before is drawn without asking
    // Drawn is what stands in a frame once the answer is in and nothing is waited for.
    do {
      if (performance.now() - started > 5000) throw new Error('the curve was not redrawn');
      await new Promise((resolve) => requestAnimationFrame(resolve));
    } while (isWaiting());
    if (picture.innerHTML === before) throw new Error('the answer left the curve as it was');
    times.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return times;
}"""

DRAG = """async ([events, milliseconds]) => {
  const range = document.querySelectorAll('.controls input[type=range]')[1];
  performance.clearResourceTimings();
  const times = [];
  for (let event = 0; event < events; event += 1) {
    range.value = 100 + Math.round((800 * event) / events) + (event % 2);
    range.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, milliseconds / events));
  }
  const ended = performance.now();
  while (document.querySelector('.stage.busy')) await new Promise((resolve) => requestAnimationFrame(resolve));
  const asked = performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/evaluate/'));
  const ends = asked.flatMap((entry) => [[entry.startTime, 1], [entry.responseEnd, -1]]);
  ends.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  let now = 0, most = 0;
  ends.forEach(([, by]) => (most = Math.max(most, (now += by))));
  return { requests: asked.length, most, behind: performance.now() - ended };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; without one nothing is measured, and the run says so."""
    if not CHROMIUM.exists():
        reason = f"There is no browser at {CHROMIUM}: install Debian's package chromium, or set HEADROOM_CHROMIUM."
        if os.environ.get("HEADROOM_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


def ready(page: Page, address: str) -> None:
    """Open a simulation, wait until its chart is drawn, and sum up what moves from then on."""
    page.goto(address)
    page.wait_for_selector(".controls input[type=range]")
    page.evaluate(TURN_TO_CHART)
    page.wait_for_selector(".figure .picture svg path")
    page.evaluate(WATCH)


class TestInteractive:
    def test_from_move_to_curve(self, browser, tmp_path):
        goals = f"median (goal {GOAL_MEDIAN_MS:g})   p95 (goal {GOAL_P95_MS:g})   layout shift"
        rows = [("", f"{goals}   a drag of {DRAG_EVENTS} moves in {DRAG_MS / 1000:g} s")]
        with running_site(tmp_path, with_worker=False) as site:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            for model in MODELS_MOVED:
                # With a state in the address, so that no question comes first.
                query = canonical_query(MODELS[model].parameters())
                ready(page, f"{site.address}/simulations/{model}/?{query}")
                times = page.evaluate(MOVE, MOVES)
                drag = page.evaluate(DRAG, [DRAG_EVENTS, DRAG_MS])
                shift = page.evaluate("() => window.shift")
                assert len(times) == MOVES
                assert drag["most"] == 1, f"requests queue behind a drag: {json.dumps(drag)}"
                assert drag["requests"] < DRAG_EVENTS
                measured = f"{quantile(times, 0.5):8.0f} ms {quantile(times, 0.95):14.0f} ms {shift:14.4f}"
                asked = f"{drag['requests']} requests, one at a time; the last drawn {drag['behind']:.0f} ms after"
                rows.append((model, f"{measured}   {asked}"))
        show(f"From a control moved to the curve redrawn, {MOVES} moves each", rows)
