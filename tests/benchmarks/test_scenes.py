"""Frames of each scene while its handle is dragged and while it plays, in a real Chromium."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.benchmarks.table import quantile, show
from tests.benchmarks.test_interactive import browser
from tests.e2e.scene_play import STARTS
from tests.site import running_site

__all__ = ["browser"]

MEASURED = {**STARTS, "percentiles": "calls=20", "tail_latency": "calls=20"}
MARKS, CHECKS, LIFTS = "Mark where 50 calls land", "Check", "Draw a page"
"""Where there are dots, what is dragged stands there once it is asked for, and each press lets a dot fall."""

MOVES, PAUSE_MS, PLAY_MS, PRESSES = 60, 33, 2_000, 4
LATE_MS = 1_000 / 30
"""A frame that took longer than two of sixty a second."""

SAMPLE = """() => {
  window.frames_at = [];
  window.sampling = true;
  const tick = (now) => (window.frames_at.push(now), window.sampling && requestAnimationFrame(tick));
  requestAnimationFrame(tick);
}"""
SAMPLED = """() => {
  window.sampling = false;
  return window.frames_at.slice(1).map((at, index) => at - window.frames_at[index]);
}"""


def dragged(page: Page, handle: Locator) -> list[float]:
    """Return the milliseconds between frames while a handle is moved to and fro."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(SAMPLE)
    for move in range(MOVES):
        away = 40 - abs(move % 40 - 20) * 2
        page.mouse.move(x + away, y - away / 2)
        page.wait_for_timeout(PAUSE_MS)
    frames: list[float] = page.evaluate(SAMPLED)
    page.mouse.up()
    return frames


def played(page: Page, button: Locator) -> list[float]:
    """Return the milliseconds between frames while a scene plays."""
    page.wait_for_timeout(500)
    button.click()
    page.evaluate(SAMPLE)
    page.wait_for_timeout(PLAY_MS)
    frames: list[float] = page.evaluate(SAMPLED)
    return frames


def pressed(page: Page, button: Locator) -> list[float]:
    """Return the milliseconds between frames while a button that moves something is pressed again and again."""
    page.evaluate(SAMPLE)
    for _ in range(PRESSES):
        button.click()
        page.wait_for_timeout(PLAY_MS / PRESSES)
    frames: list[float] = page.evaluate(SAMPLED)
    return frames


def summary(frames: list[float]) -> str:
    late = sum(frame > LATE_MS for frame in frames)
    rate = 1_000 * len(frames) / sum(frames)
    return f"{rate:4.0f} a second, p95 {quantile(frames, 0.95):3.0f} ms, {late:2d} of {len(frames):3d} late"


class TestFrames:
    def test_of_every_scene(self, browser, tmp_path):
        rows = []
        with running_site(tmp_path, with_worker=False) as site:
            for model, query in MEASURED.items():
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.goto(f"{site.address}/simulations/{model}/?{query}")
                scene = page.locator(".scene")
                expect(scene.locator(".scene-keep").last).to_be_visible()
                found = []
                has_dots = scene.get_by_role("button", name=MARKS).count() > 0
                if has_dots:
                    scene.get_by_role("button", name=MARKS).click()
                    expect(scene.get_by_role("slider")).to_be_visible()
                handle = scene.locator("[role=slider]:visible")
                if handle.count():
                    found.append(f"dragged {summary(dragged(page, handle.first))}")
                if has_dots:
                    scene.get_by_role("button", name=CHECKS).click()
                    found.append(f"dots falling {summary(pressed(page, scene.get_by_role('button', name=LIFTS)))}")
                play = scene.locator(".clock button:visible")
                if play.count():
                    found.append(f"playing {summary(played(page, play.first))}")
                assert found, model
                rows.append((model, "; ".join(found)))
                page.close()
        show("Frames of scenes (goal: 60 a second)", rows)
