"""Load tools, budgets, an expiring key and estimates, played: what a scene shows is what the API returned."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.scene_play import curve, figure, plain, shown


class TestCoordinatedOmission:
    def test_is_played_by_mouse(self, play):
        played = play("coordinated_omission")
        played.drag(played.slider("The server stalls for"), right=-80)
        stall = played.control("Then it stalls for")
        assert 0 < stall < 100
        truth = played.truth(stall=int(stall))
        expect(played.scene).to_contain_text(f"a p99 of {shown(figure(truth, 'open_p99'))} ms")
        expect(played.scene).to_contain_text(f"never sent {plain(figure(truth, 'omitted'))} of")
        played.button("Fill in what is missing").click()
        expect(played.scene).to_contain_text(f"its record says {shown(figure(truth, 'corrected_p99'))} ms")
        played.answered()
        marks = played.scene.locator("path.due").evaluate_all(
            "all => all.map(path => path.getAttribute('d').split('M').length - 1)"
        )
        assert sum(marks) == len(truth["frames"]["open"]) + len(truth["frames"]["closed"])
        played.button("Play").click()
        expect(played.scene.get_by_text(re.compile(r"^[\d,]+ waiting$")).first).to_be_visible()

    def test_what_everybody_felt_is_drawn_from_what_one_tool_reports(self, play):
        played = play("coordinated_omission")
        played.press(played.button("Draw what everybody felt"), "Enter")
        knots = played.scene.get_by_role("slider", name=re.compile("you expect to be slower at"))
        expect(knots).to_have_count(7)
        expect(knots.first).to_be_focused()
        expect(played.page.locator(".figures dd").first).to_be_hidden()
        expect(played.scene.locator("path.line")).to_have_count(2)  # what the tool that waits reports, and the guess
        expect(played.scene.get_by_text("all requests due", exact=True)).to_have_count(0)
        expect(played.scene.locator("path.due").first).to_be_hidden()
        played.press(knots.nth(3), "Shift+ArrowUp", "Shift+ArrowUp")
        played.press(played.button("Lock it in"), "Enter")
        expect(played.scene.get_by_text("all requests due", exact=True)).to_be_visible()
        expect(played.scene).to_contain_text("Your curve is the dotted line.")
        played.press(played.slider("The server works for"), "Home")
        truth = played.truth(normal=1, stall=60)
        expect(played.scene).to_contain_text(f"of {plain(figure(truth, 'due'))} requests")


class TestErrorBudget:
    def test_the_incident_is_dragged_both_ways(self, play):
        played = play("error_budget")
        played.drag(played.slider("Length of the incident"), right=60)
        minutes = played.control("Length of the incident")
        assert minutes > 10
        longer = played.truth(minutes=minutes)
        expect(played.scene).to_contain_text(f"spend {shown(figure(longer, 'share'))}% of the budget")
        played.press(played.slider("Errors in the incident"), *["Shift+ArrowDown"] * 7)
        errors = played.control("Errors in the incident")
        assert errors < 1
        quiet = played.truth(minutes=minutes, errors=errors)
        assert all(row["name"] != "alert_after" for row in quiet["figures"])
        expect(played.scene).to_contain_text("no alert ever fires")
        expect(played.scene.locator("rect.heard")).to_have_attribute("width", "0")

    def test_the_budget_is_drawn_before_it_comes_back(self, play):
        played = play("error_budget", "minutes=30")
        played.press(played.button("Draw how the budget comes back"), "Enter")
        knots = played.scene.get_by_role("slider", name=re.compile("Budget left as you expect it at"))
        expect(knots).to_have_count(7)
        for hidden in ("rect.rest", "rect.unheard"):
            expect(played.scene.locator(hidden).first).to_be_hidden()
        expect(played.page.locator(".figures dd").first).to_be_hidden()
        played.press(played.button("Lock it in"), "Enter")
        expect(played.scene.locator(".verdict-line")).to_contain_text("off on average")
        played.press(played.button("Calendar period"), "Space")
        played.answered()
        line = curve(played.truth(minutes=20, accounting="calendar"), "budget", "left")
        drawn = played.scene.locator(".wiped path").get_attribute("d") or ""
        assert len(re.findall("[ML]", drawn)) == len(line["x"])


class TestStampede:
    @pytest.mark.parametrize("protection", ["stale", "early"])
    def test_lines_are_the_requests_of_the_expiry(self, play, protection):
        played = play("stampede", f"protection={protection}")
        truth = played.truth(protection=protection)
        frames = truth["frames"]
        others = played.scene.locator("path.due:not(.first)").get_attribute("d") or ""
        assert others.count("M") == len(frames["acts"])
        total = {
            "early": f"{plain(1 + frames['others'])} recomputed",
            "stale": f"1 recomputed, {plain(frames['others'])} got the old value",
        }[protection]
        expect(played.scene.get_by_text(total, exact=True)).to_be_visible()
        expect(played.scene).to_contain_text(f"costs {shown(figure(truth, 'recomputes'))} recomputes on average")

    def test_is_played_with_the_keyboard_alone(self, play):
        played = play("stampede")
        played.press(played.slider("Recompute time"), "Shift+ArrowRight")
        recompute = played.control("Recompute time")
        truth = played.truth(recompute=recompute)
        expect(played.scene).to_contain_text(f"costs {shown(figure(truth, 'recomputes'))} recomputes")
        played.press(played.button("Step"), "Enter", "Enter")
        expect(played.scene.get_by_text(re.compile("^1 recomputing"))).to_be_visible()
        played.press(played.button("Traffic", exact=True), "Enter")
        played.press(played.button("Draw what early draws make of it"), "Enter")
        expect(played.scene.locator("path.line")).to_have_count(3)
        expect(played.scene.get_by_text("early, by chance", exact=True)).to_have_count(0)
        played.press(played.button("Lock it in"), "Enter")
        expect(played.scene.get_by_text("early, by chance", exact=True)).to_be_visible()
        played.press(played.button("Many keys"), "Enter")
        played.press(played.slider("Jitter"), "End")
        jitter = played.control("Jitter")
        spread = played.truth(recompute=2, jitter=int(jitter))
        expect(played.scene).to_contain_text(f"{shown(figure(spread, 'peak'))} recomputes at once")


class TestEstimator:
    @pytest.mark.parametrize("by", ["mouse", "keyboard"])
    def test_a_factor_moves_by_its_end(self, play, by):
        played = play("estimator")
        if by == "mouse":
            played.drag(played.slider("Peak factor"), right=25)
        else:
            played.press(played.slider("Peak factor"), "Shift+ArrowRight")
        expect(played.page.get_by_label("Peak factor, exact value")).not_to_have_value("3")
        played.answered()
        peak = played.control("Peak factor")
        assert peak > 3
        walk = played.truth(peak=peak)["frames"]["walks"][0]
        end = walk["stops"][-1]["value"]
        expect(played.scene).to_contain_text(f"Servers: {plain(float(f'{end:.3g}'))}; say {plain(walk['at_hand'])}")
        played.button("Memory").click()
        expect(played.slider("Peak factor")).to_be_hidden()
        expect(played.slider("Bytes an item")).to_be_visible()

    def test_the_end_is_marked_before_the_walk(self, play):
        played = play("estimator")
        played.press(played.button("Mark where it ends"), "Enter")
        expect(played.scene.locator(".stride")).to_have_count(0)
        expect(played.page.locator(".figures dd").first).to_be_hidden()
        mark = played.slider("Where you expect it to end")
        expect(mark).to_be_focused()
        played.press(mark, *["Shift+ArrowLeft"] * 4)
        value = mark.get_attribute("aria-valuetext")
        expect(played.button("Storage")).to_be_disabled()
        played.press(played.button("Lock it in"), "Enter")
        expect(played.scene).to_contain_text(f"You marked {value}.")
        expect(played.scene).to_contain_text(re.compile("Your mark is a factor of .* off"))
        expect(played.scene.locator(".stride")).to_have_count(6)
        # What is locked belongs to the walk that was asked about.
        played.button("Storage").click()
        expect(played.scene.locator("g.guessed-mark")).to_have_count(0)


class TestAvailabilityCalculator:
    def test_is_played_by_mouse_and_by_keyboard(self, play):
        played = play("availability_calculator")
        played.button("store: one replica more").click()
        played.press(played.button("entry: one replica more"), "Enter")
        played.drag(played.slider("Replicas share a cause"), right=120)
        shared = played.control("Replicas share a cause")
        assert shared > 0
        truth = played.truth(store_replicas=2, entry_replicas=2, shared_cause=shared)
        expect(played.scene).to_contain_text(f"down {shown(figure(truth, 'downtime') / 60)} h in a year")
        played.press(played.button("Tick where one more is worth an hour"), "Enter")
        expect(played.scene.get_by_text("replicas share a tenth of their downtime")).to_be_visible()
        expect(played.scene.locator("rect.tier-down").first).to_be_hidden()
        expect(played.page.locator(".figures dd").first).to_be_hidden()
        played.press(played.button("servers", exact=True), "Space")
        played.press(played.button("Lock it in"), "Enter")
        expect(played.scene).to_contain_text("1 of 3 are as you ticked.")
        asked = played.truth(entry=99.5, entry_replicas=2, store_replicas=2, store_needed=2, shared_cause=0.1)
        best = max(asked["frames"]["tiers"], key=lambda tier: tier["saves"] or 0)
        expect(played.scene).to_contain_text(f"saves most in the {best['label']}")
        expect(played.scene).to_contain_text("You ticked servers.")
