"""Scenes of a choice with two prices, by mouse and by keyboard: push or pull, a cut, wrong or refused, downtime."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE
from tests.e2e.scene_play import figure, plain, rounded

PLACE_ON_CABLE = """path => {
  const { x, y } = path.getPointAtLength(0.7 * path.getTotalLength()).matrixTransform(path.getScreenCTM());
  return { x, y };
}"""
TO_THE_MIDDLE = "node => node.scrollIntoView({ block: 'center', behavior: 'instant' })"
VEIL = "The figures show once you have said what you expect."


class TestFanOut:
    def test_the_threshold_is_dragged_and_a_shared_copy_draws_a_line(self, play):
        played = play("fan_out")
        expect(played.scene).to_contain_text("the end where all are pushed")
        played.drag(played.slider("Push posts of authors"), right=60)
        threshold = played.control("Push up to")
        assert threshold > 10_000
        moved = played.truth(threshold=threshold)
        expect(played.scene).to_contain_text(f"cost as much as {rounded(figure(moved, 'cost'))} writes")
        played.button("Servers share a copy").click()
        shared = played.truth(threshold=threshold, pull="servers")
        assert rounded(figure(shared, "best_threshold")) == "864,000"
        expect(played.scene).to_contain_text("The least cost is at 864,000 followers.")
        pulled = sum(follows > threshold for follows in shared["frames"]["dots"]["follows"])
        expect(played.scene.locator(".dot.pulled")).to_have_count(pulled)

    def test_a_post_reaches_thirty_million_by_the_clock_and_by_keys(self, play):
        played = play("fan_out")
        played.press(played.button("Give this author 30 million"), "Enter")
        expect(played.scene).to_contain_text("Pushed, it would take 100 s")
        first = played.truth(followers=30_000_000)["trace"][1]
        played.press(played.button("Step"), "Enter")
        expect(played.scene.locator(".reading")).to_have_text(f"{plain(first['at_s'])} s")
        expect(played.scene.locator(".timelines")).to_contain_text(f"{first['timelines']:,} of 30,000,000 timelines")
        expect(played.scene.locator(".timeline.has")).to_have_count(20)

    def test_the_total_is_drawn_before_it_is_shown(self, play):
        played = play("fan_out")
        played.press(played.button("Draw the total cost"), "Enter")
        expect(played.page.get_by_text(VEIL)).to_be_visible()
        expect(played.scene.locator(".told")).not_to_contain_text("least cost")
        expect(played.scene.locator(".plane path.line")).to_have_count(1)
        knots = played.scene.get_by_role("slider", name=re.compile("Total cost as you expect it"))
        expect(knots).to_have_count(7)
        played.press(knots.nth(1), "Shift+ArrowUp")
        played.press(played.button("Lock it in"), "Enter")
        expect(played.scene.locator("path.guessed")).to_have_count(1)
        expect(played.scene.locator(".told")).to_contain_text("Your curve is the dotted line.")


class TestCapPacelc:
    def test_a_stroke_cuts_and_another_heals(self, play):
        played = play("cap_pacelc", "replicas=3")
        expect(played.scene).to_contain_text("Whole: all are answered.")
        for expected in ("true", "false"):
            played.drag(played.scene.locator(".cutting"), at=(0.3, 0.07), right=14, down=145, steps=5)
            expect(played.button("Cut between 1 and 2")).to_have_attribute("aria-pressed", expected)
        played.press(played.button("Cut between 1 and 2"), "Enter")
        truth = played.truth(cut_off=2)
        near, far = (plain(figure(truth, f"{side}_answered")) for side in ("near", "far"))
        expect(played.scene).to_contain_text(f"{near} of 3 are answered near and {far} of 3 far.")
        expect(played.scene.locator(".operation.refused")).to_have_count(
            sum(event.get("answer") == "refused" for event in truth["trace"])
        )
        played.button("Always answer").click()
        wrong = figure(played.truth(cut_off=2, mode="always"), "violations")
        assert wrong > 0
        expect(played.scene.locator(".operation.wrong")).to_have_count(int(wrong))
        played.scene.get_by_text("What healing makes of two carts").click()
        expect(played.scene.get_by_role("row", name="keep both, by union")).to_contain_text("bread, milk, rice, tea")

    def test_a_finger_cuts_from_near_a_cable_and_scrolls_from_empty_ground(self, play):
        played = play("cap_pacelc", "replicas=3", viewport=PHONE, has_touch=True, is_mobile=True)
        surface = played.scene.locator(".cutting")
        surface.evaluate(TO_THE_MIDDLE)
        box = surface.bounding_box()
        assert box is not None
        stood = played.page.evaluate("scrollY")
        cable = played.scene.locator(".near-cable").nth(1).evaluate(PLACE_ON_CABLE)
        played.stroke(cable["x"], cable["y"], down=150)
        expect(played.button("Cut between 2 and 3")).to_have_attribute("aria-pressed", "true")
        assert played.page.evaluate("scrollY") == stood
        played.stroke(box["x"] + 4, box["y"] + 4, down=-150)
        played.page.wait_for_function("stood => scrollY > stood + 100", arg=stood)
        expect(played.button("Cut between 2 and 3")).to_have_attribute("aria-pressed", "true")
        expect(played.button("Cut between 1 and 2")).to_have_attribute("aria-pressed", "false")

    def test_requests_are_ticked_before_the_truth(self, play):
        played = play("cap_pacelc")
        played.press(played.button("Tick who gets an answer"), "Enter")
        expect(played.page.get_by_text(VEIL)).to_be_visible()
        expect(played.scene.locator(".operation.unknown")).to_have_count(7)
        expect(played.scene.locator(".told")).not_to_contain_text("answered near")
        ticks = played.scene.get_by_role("group", name="Requests that get an answer").get_by_role("button")
        expect(ticks).to_have_count(6)
        played.press(ticks.nth(0), "Space")
        played.press(ticks.nth(2), "Enter")
        played.press(played.button("Lock it in"), "Enter")
        truth = played.truth(replicas=5, cut_off=2, write_quorum=3, read_quorum=2)
        requests = [event for event in truth["trace"] if "client" in event][2:-1]
        alike = sum((each["answer"] != "refused") == (place in (0, 2)) for place, each in enumerate(requests))
        expect(played.scene.locator(".told")).to_contain_text(f"{alike} of six as you ticked.")


class TestTradeOffMapper:
    def test_ours_come_after_twelve_places(self, play):
        played = play("trade_off_mapper")
        sliders = played.scene.get_by_role("slider")
        expect(sliders).to_have_count(12)
        expect(played.scene.locator(".ours")).to_have_count(0)
        for slider in sliders.all():
            played.press(slider, "Shift+ArrowRight")
        played.press(played.button("Compare with ours"), "Enter")
        expect(played.scene.locator(".ours")).to_have_count(12)
        names = [card["name"] for card in played.truth()["frames"]["cards"]]
        truth = played.truth(compare="on", **{f"place_{name}": 0.6 for name in names})
        expect(played.scene.locator(".told")).to_contain_text(f"{plain(figure(truth, 'ours'))} of 12 lie where we put")
        played.visitor.open("/simulations/trade_off_mapper/?margin=40")
        expect(played.scene.locator(".verdict-line")).to_contain_text(
            f"{plain(figure(truth, 'ours'))} of 12 lie within"
        )
        played.button("See the places that you locked").click()
        expect(sliders.first).to_have_attribute("aria-valuenow", "0.6")
        expect(played.scene.locator(".ours")).to_have_count(12)

    def test_prices_are_dragged_across_the_diagonal(self, play):
        played = play("trade_off_mapper")
        played.button("Price one of them").click()
        expect(played.scene).to_contain_text("answering is 400 times cheaper. That stands")
        conflicts = played.slider("Operations that conflict if all are answered")
        played.drag(conflicts, down=-100)
        share = played.control("Conflict")
        assert share > 1e-4
        truth = played.truth(conflict_probability=share)
        expect(played.scene).to_contain_text(f"${rounded(figure(truth, 'answering'))} in wrong answers")
        expect(played.scene.locator(".doubt.crossing")).to_have_count(0 if figure(truth, "decided") else 2)


class TestDowntimeCost:
    def test_an_outage_is_moved_through_its_day(self, play):
        played = play("downtime_cost")
        evening = figure(played.truth(swing=0.8), "outage")
        played.drag(played.slider("Outage begins at"), right=-200)
        hour = played.control("Begins at")
        cheaper = figure(played.truth(swing=0.8, hour=hour), "outage")
        assert cheaper < evening
        expect(played.scene).to_contain_text(f"cost ${plain(float(f'{cheaper:.4g}'))},")
        played.press(played.slider("Outage takes"), "Shift+ArrowRight")
        assert played.control("Outage") > 60

    def test_a_mark_is_set_before_the_truth(self, play):
        played = play("downtime_cost")
        played.press(played.button("Mark where the next nine stops paying"), "Enter")
        expect(played.page.get_by_text(VEIL)).to_be_visible()
        expect(played.scene.get_by_text("a nine too many")).to_have_count(0)
        played.press(played.slider("Where the next nine stops paying"), "Shift+ArrowRight")
        played.press(played.button("Lock it in"), "Enter")
        limit = figure(played.truth(impact=0.3), "worth_up_to")
        expect(played.scene.locator(".told")).to_contain_text(f"pays up to {limit:.4f}%; you marked")
