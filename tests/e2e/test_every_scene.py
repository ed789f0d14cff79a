"""Every scene: on a phone, by touch, under a shared address, and with nothing moving below what is dragged."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE
from tests.e2e.scene_play import STARTS

WIDTH_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PLAYED = {
    "request_trace",
    "cascade",
    "design_lab",
    "maintainability",
    "coordinated_omission",
    "stampede",
    "fan_out",
    "cap_pacelc",
}

PLAYS = {"fan_out": "Post as this author"}
# What the first control is set to: a number at which nothing else of the model stands, so an address names it once.
MOVED = {
    "request_trace": "0.45",
    "trade_off_mapper": "0.45",
    "cascade": "700",
    "design_lab": "700",
    "downtime_cost": "20000",
    "error_budget": "95",
    "estimator": "7000",
    "availability_calculator": "95",
}


@pytest.mark.parametrize("model", sorted(STARTS))
class TestEveryScene:
    def test_fits_a_phone_is_accessible_and_calm(self, play, model):
        played = play(model, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
        assert played.page.evaluate(WIDTH_OVERFLOW) == 0
        expect(played.button(PLAYS.get(model, "Play"))).to_be_hidden()
        if model in PLAYED - {"design_lab"}:
            expect(played.scene.locator(".events table")).to_be_visible()
        smallest = played.scene.locator("button:visible, [role=slider]:visible").evaluate_all(
            "all => Math.min(...all.map(one => Math.min(one.offsetWidth, one.offsetHeight)))"
        )
        assert smallest >= 24
        for scheme in ("light", "dark"):
            played.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            played.visitor.check_accessibility()

    def test_answers_to_a_tap(self, play, model):
        played = play(model, viewport=PHONE, has_touch=True, is_mobile=True)
        before = played.scene.locator(".told").text_content()
        presses = {
            "request_trace": "Search Up",
            "reliability": "1 single",
            "cascade": "Retry budget",
            "design_lab": "Flush a busy cache",
            "scaling_cost": "Realistic machines",
            "maintainability": "Sprint by sprint",
            "coordinated_omission": "One request a second",
            "error_budget": "A slow burn over days",
            "stampede": "Early, by chance",
            "fan_out": "Servers share a copy",
            "cap_pacelc": "Always answer",
            "trade_off_mapper": "Price one of them",
            "downtime_cost": "Mark where the next nine stops paying",
            "estimator": "Storage",
            "availability_calculator": "A store that needs two of three",
        }
        played.button(presses[model]).tap()
        expect(played.scene.locator(".told")).not_to_have_text(before or "")

    def test_a_shared_address_shows_the_same_state(self, play, model):
        played = play(model)
        field = played.page.locator(".controls input[type=text]").first
        name = field.get_attribute("aria-label") or ""
        moved = MOVED.get(model, "7")
        field.fill(moved)
        field.press("Enter")
        expect(played.page).to_have_url(re.compile(rf"={re.escape(moved)}\b"))
        told = played.scene.locator(".told").text_content() or ""
        friend = play(model, played.page.url.split("?")[1])
        expect(friend.page.get_by_label(name)).to_have_value(moved)
        expect(friend.scene.locator(".told")).to_have_text(re.sub(r" Pale:.*", "", told))


DRAGGED = {
    "reliability": ("Share of a replica's downtime", {"right": 200}),
    "cascade": ("Length of the trigger", {"right": 80}),
    "design_lab": ("Traffic", {"down": -40}),
    "fan_out": ("Push posts of authors", {"right": 60}),
    "downtime_cost": ("Outage begins at", {"right": -120}),
    "scaling_cost": ("Load at which both cost the same", {"right": 80}),
    "coordinated_omission": ("The server stalls for", {"right": 60}),
    "error_budget": ("Length of the incident", {"right": 60}),
    "stampede": ("Recompute time", {"right": 60}),
    "estimator": ("Peak factor", {"right": 20}),
    "availability_calculator": ("Replicas share a cause", {"right": 80}),
}


WATCH_SHIFTS = """() => {
  window.shifts = [];
  const named = (node) => (node ? `${node.nodeName} ${node.textContent}`.slice(0, 60) : "gone");
  const kept = (entry) => window.shifts.push(...entry.sources.map((source) => named(source.node)));
  new PerformanceObserver((list) => list.getEntries().forEach(kept)).observe({ type: "layout-shift" });
}"""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.shifts))))"


@pytest.mark.parametrize("model", sorted(DRAGGED))
class TestDrag:
    def test_nothing_below_moves(self, play, model):
        played = play(model)
        played.page.wait_for_timeout(1_200)  # so that an earlier run is left behind
        keep = played.scene.locator(".scene-keep")
        keep.scroll_into_view_if_needed()
        place = "node => node.getBoundingClientRect().top + scrollY"
        before = keep.evaluate(place)
        name, way = DRAGGED[model]
        handle = played.slider(name)
        handle.scroll_into_view_if_needed()
        played.page.evaluate(WATCH_SHIFTS)
        played.drag(handle, **way)
        expect(played.button("Earlier run")).to_be_visible()
        played.answered()
        assert played.page.evaluate(PAINTED) == []
        # Places come in quarters of a pixel, and a smooth scroll ends between them.
        assert keep.evaluate(place) == pytest.approx(before, abs=0.5)


class TestControl:
    def test_over_its_range_moves_nothing_else(self, visitor):
        somebody = visitor()
        for address, label in (("tail_latency/?calls=20", "Parallel calls"), ("cascade/?retries=2", "Arrivals")):
            page = somebody.open(f"/simulations/{address}")
            expect(page.locator(".scene-keep").last).to_be_visible()
            page.evaluate(WATCH_SHIFTS)
            for key in ("Home", "End", *("PageDown",) * 5):
                page.get_by_label(label, exact=True).press(key)
                page.wait_for_function("() => !document.querySelector('.stage.busy')")
            assert page.evaluate(PAINTED) == [], address
