"""Scenes played by mouse and by keyboard alone: what they show is what the API returned for that state."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.scene_play import curve, figure, plain, rounded, shown


class TestRequestTrace:
    def test_bars_are_the_hops_of_the_trace(self, play):
        played = play("request_trace")
        trace = played.truth(hit_rate=0.8)["trace"]
        bars = played.scene.locator("rect.hop")
        expect(bars).to_have_count(len(trace))
        widths = [float(bar.get_attribute("width") or 0) for bar in bars.all()]
        longest = max(trace, key=lambda hop: hop["end_ms"] - hop["start_ms"])
        pixels_a_ms = max(widths) / (longest["end_ms"] - longest["start_ms"])
        expected = [(hop["end_ms"] - hop["start_ms"]) * pixels_a_ms for hop in trace]
        assert widths == pytest.approx(expected, abs=0.6)

    def test_is_played_by_mouse(self, play):
        played = play("request_trace")
        played.button("Search Up").click()
        slow = played.truth(hit_rate=0.8, search_state="slow")
        expect(played.scene).to_contain_text(f"page after {plain(slow['frames']['total_ms'])} ms")
        played.button("At once").click()
        played.button("In turn").click()
        apart = played.truth(hit_rate=0.8, search_state="slow", search_edge="apart")
        expect(played.scene).to_contain_text(f"page after {plain(apart['frames']['total_ms'])} ms")
        assert apart["frames"]["total_ms"] < slow["frames"]["total_ms"]
        played.button("Play").click()
        expect(played.scene.locator(".node.busy").first).to_be_visible()

    def test_is_played_with_the_keyboard_alone(self, play):
        played = play("request_trace")
        played.press(played.button("Cache Up"), "Enter", "Space")
        down = played.truth(hit_rate=0.8, cache_state="down")
        expect(played.scene).to_contain_text(f"page after {plain(down['frames']['total_ms'])} ms")
        first = min(hop["end_ms"] for hop in down["trace"])
        played.press(played.button("Step"), "Enter")
        expect(played.scene.locator(".reading")).to_have_text(f"{plain(first)} ms")
        played.press(played.slider("Time"), "End")
        expect(played.scene.get_by_text("has its page")).to_be_visible()

    def test_leaves_the_earlier_run_behind(self, play):
        played = play("request_trace")
        expect(played.scene.locator(".pale .earlier")).to_have_count(0)
        played.page.wait_for_timeout(1_000)  # a setting that has stood for a moment is left behind
        played.button("Database Up").click()
        expect(played.scene).to_contain_text("Pale: Database Up.")
        expect(played.scene.locator(".pale .earlier").first).to_be_attached()
        played.button("Earlier run").click()
        expect(played.scene.locator(".pale .earlier")).to_have_count(0)


class TestReliability:
    def test_is_played_by_mouse(self, play):
        played = play("reliability")
        for number in range(1, 6):
            played.button(f"{number} single").click()
            expect(played.button(f"{number} of 2 replicas")).to_have_attribute("aria-pressed", "true")
        pairs = played.truth(redundant=5)
        expect(played.scene).to_contain_text(f"exactly {shown(figure(pairs, 'downtime_minutes'))} min")
        played.drag(played.slider("Share of a replica's downtime"), right=180)
        expect(played.button("Plugged into the rail")).to_have_attribute("aria-pressed", "true")
        shared = played.truth(redundant=5, shared_cause=played.control("Replicas share a cause"))
        expect(played.scene).to_contain_text(f"exactly {shown(figure(shared, 'downtime_hours'))} h")

    def test_is_played_with_the_keyboard_alone(self, play):
        played = play("reliability")
        played.press(played.button("2 single"), "Enter")
        expect(played.button("2 of 2 replicas")).to_be_visible()
        played.press(played.slider("Share of a replica's downtime"), "Shift+ArrowRight")
        share = played.control("Replicas share a cause")
        truth = played.truth(redundant=1, shared_cause=share)
        expect(played.scene).to_contain_text(f"exactly {shown(figure(truth, 'downtime_hours'))} h")
        played.press(played.button("Off: power of 2"), "Space")
        expect(played.scene).to_contain_text(f"left so: {shown(truth['frames']['unpowered_hours']['redundant'])} h")
        played.press(played.button("Off: power of 1"), "Space")
        expect(played.scene).to_contain_text("Component 1 has no power: the chain is down until it comes back.")

    def test_a_thousand_years_are_a_thousand_squares(self, play):
        played = play("reliability", "repair_hours=8")
        hours = played.truth(repair_hours=8)["frames"]["down_hours_by_year"]
        assert len(hours) == 1_000
        drawn = played.scene.locator(".years path").evaluate_all(
            "all => all.map(path => path.getAttribute('d').split('M').length - 1)"
        )
        assert sum(drawn) == 1_000
        assert drawn[0] == sum(1 for value in hours if value == 0)


class TestCascade:
    def test_is_played_by_mouse(self, play):
        played = play("cascade")
        stuck = played.truth(retries=2)
        assert all(row["name"] != "resumes" for row in stuck["figures"])
        expect(played.scene).to_contain_text("goodput has not come back a minute later")
        answered = played.scene.locator(".flow text", has_text="answered")
        expect(answered).to_have_text(f"{plain(curve(stuck, 'rates', 'goodput')['y'][-1])}/s answered")
        played.drag(played.slider("Length of the trigger"), right=60)
        seconds = played.control("Length of the trigger")
        assert seconds > 20
        longer = played.truth(retries=2, trigger_seconds=seconds)
        expect(answered).to_have_text(f"{plain(curve(longer, 'rates', 'goodput')['y'][-1])}/s answered")
        played.button("Retry budget").click()
        budget = played.truth(retries=2, trigger_seconds=seconds, budget="on")
        expect(played.scene).to_contain_text(f"goodput is back after {shown(figure(budget, 'resumes'))} s")

    def test_is_played_with_the_keyboard_alone(self, play):
        played = play("cascade")
        played.press(played.button("0", exact=True), "Enter")
        plain_queue = played.truth(retries=0)
        expect(played.scene).to_contain_text(f"goodput is back after {shown(figure(plain_queue, 'resumes'))} s")
        played.press(played.button("Cut the load"), "Space")
        played.press(played.slider("Load cut"), "End")
        played.press(played.slider("Length of the cut"), "ArrowLeft")
        cut = played.truth(retries=0, cut_share=100, cut_seconds=29)
        expect(played.scene).to_contain_text(f"goodput is back after {shown(figure(cut, 'resumes'))} s")
        played.press(played.button("Step"), "Enter")
        first = cut["trace"][0]["at"]
        expect(played.scene.locator(".reading")).to_have_text(f"{plain(first)} s")

    def test_a_guess_is_drawn_before_the_truth_and_the_first_alone_is_sent(self, play):
        played = play("cascade")
        scored = []
        played.page.on(
            "request", lambda request: scored.append(request.url) if "/predictions/" in request.url else None
        )
        played.press(played.button("Draw the goodput you expect"), "Enter")
        expect(played.page.get_by_text("The figures show once you have said what you expect.")).to_be_visible()
        expect(played.page.locator(".figures dd").first).to_be_hidden()
        expect(played.scene.locator(".plane path.line")).to_have_count(2)  # the arrivals and the guess
        expect(played.scene.get_by_text("It is locked once and scored")).to_be_visible()
        knots = played.scene.get_by_role("slider", name=re.compile("Goodput you expect at"))
        expect(knots).to_have_count(7)
        expect(knots.first).to_be_focused()
        before = knots.nth(2).get_attribute("aria-valuetext")
        played.press(knots.nth(2), "Shift+ArrowDown")
        assert knots.nth(2).get_attribute("aria-valuetext") != before
        played.scene.get_by_text("Enter as numbers").click()
        played.scene.get_by_label(re.compile("^at 6 s")).fill("1000")
        played.scene.get_by_label(re.compile("^at 6 s")).press("Enter")
        expect(knots.first).to_have_attribute("aria-valuetext", "1,000 req/s")
        area = played.scene.locator(".drawing")
        played.drag(area, at=(0.9, 0.98), right=-0.4 * area.evaluate("node => node.clientWidth"), steps=10)
        assert float(knots.nth(4).get_attribute("aria-valuenow") or 0) < 400
        assert scored == []
        played.button("Lock it in").click()
        expect(played.page.locator(".figures dd").first).to_be_visible()
        expect(played.scene.locator("path.guessed")).to_have_count(1)
        played.button("Remove my curve").click()
        expect(played.scene.locator("path.guessed")).to_have_count(0)
        played.button("Draw the goodput you expect").click()
        played.button("Show the truth").click()
        expect(played.scene.locator("path.guessed")).to_have_count(1)
        assert len(scored) == 1


class TestDesignLab:
    def test_is_played_by_mouse(self, play):
        played = play("design_lab")
        played.button("Flush a busy cache").click()
        flushed = played.truth(traffic=10_000, hit_rate=95, event="cache", event_seconds=0)
        expect(played.scene).to_contain_text(f"overloaded for {shown(figure(flushed, 'overloaded'))} s")
        expect(played.scene).to_contain_text(f"{plain(round(figure(flushed, 'event_errors')))} requests fail")
        played.button("Nothing breaks").click()
        expect(played.scene).to_contain_text("Press a part to break it")
        played.drag(played.slider("Traffic"), down=-20)
        traffic = played.control("Traffic")
        assert traffic > 10_000
        busy = played.truth(traffic=traffic, hit_rate=95, event="none", event_seconds=0)
        expect(played.scene).to_contain_text(f"the database {shown(figure(busy, 'utilisation'))}% loaded")

    def test_is_played_with_the_keyboard_alone(self, play):
        played = play("design_lab")
        played.press(played.button(re.compile("^Traffic")), "Enter")
        played.press(played.slider("Size of the spike"), "End")
        spike = played.truth(traffic=1_000, event="spike", event_factor=100)
        expect(played.scene).to_contain_text(f"overloaded for {shown(figure(spike, 'overloaded'))} s")
        played.press(played.button("Step"), "Enter")
        load, capacity = (curve(spike, "load", name) for name in ("load", "capacity"))
        at = next(index for index, time in enumerate(load["x"]) if time >= spike["trace"][0]["at"] - 1e-9)
        expect(played.button(re.compile("^Database"))).to_contain_text(
            f"{rounded(load['y'][at])} of {rounded(capacity['y'][at])}/s"
        )
        played.press(played.slider("Length of the event"), "Home")
        flash = played.truth(traffic=1_000, event="spike", event_factor=100, event_seconds=0)
        expect(played.scene).to_contain_text(
            f"{plain(round(figure(flash, 'event_errors')))} requests fail"
            if figure(flash, "event_errors") >= 0.5
            else "no request fails"
        )

    def test_a_press_breaks_a_part_and_another_mends_it(self, play):
        played = play("design_lab")
        database = played.button(re.compile("^Database"))
        for event in ("replica", "slow"):
            database.click()
            truth = played.truth(traffic=1_000, event=event)
            over = figure(truth, "overloaded")
            expect(played.scene).to_contain_text(f"overloaded for {shown(over)} s" if over else "never overloaded")
            expect(database).to_have_attribute("aria-pressed", "true")
        database.click()
        expect(database).to_have_attribute("aria-pressed", "false")


class TestScalingCost:
    @pytest.mark.parametrize("by", ["mouse", "keyboard"])
    def test_a_dragged_crossing_takes_the_overhead_that_the_engine_says(self, play, by):
        played = play("scaling_cost")
        crossing = played.slider("Load at which both cost the same")
        if by == "mouse":
            played.drag(crossing, right=90)
        else:
            played.press(crossing, "Shift+ArrowRight", "ArrowRight")
        expect(played.page.get_by_label("Coordination overhead, exact value")).not_to_have_value("1")
        played.answered()
        overhead = played.control("Coordination overhead")
        truth = played.truth(load=4, overhead=overhead)
        expect(played.scene).to_contain_text(f"cheaper beyond {rounded(figure(truth, 'crossing'))} times the load")
        assert float(crossing.get_attribute("aria-valuenow") or 0) == pytest.approx(figure(truth, "crossing"), rel=1e-6)
        assert figure(truth, "crossing") > 5

    def test_curves_cross_where_the_handle_is_let_go(self, play):
        played = play("scaling_cost")
        crossing = played.slider("Load at which both cost the same")
        press = "new KeyboardEvent('keydown', {key: 'ArrowRight', shiftKey: true, bubbles: true, cancelable: true})"
        overhead = played.page.get_by_label("Coordination overhead, exact value")
        for _ in range(3):
            before = overhead.input_value()
            wanted = crossing.evaluate(f"node => (node.dispatchEvent({press}), node.getAttribute('aria-valuenow'))")
            expect(overhead).not_to_have_value(before)
            truth = played.truth(load=4, overhead=overhead.input_value())
            assert figure(truth, "crossing") == pytest.approx(float(wanted), rel=0.003)
            expect(played.scene).to_contain_text(f"beyond {rounded(figure(truth, 'crossing'))} times the load")

    def test_a_late_answer_to_an_earlier_place_takes_no_step_back(self, play):
        played = play("scaling_cost")
        crossing = played.slider("Load at which both cost the same")
        held = played.hold_answers()
        played.press(crossing, "Shift+ArrowRight")
        held.wait_for_one()
        played.press(crossing, "Shift+ArrowRight")
        wanted = float(crossing.get_attribute("aria-valuenow") or 0)
        held.let_one_go()
        held.wait_for_one()  # asked next once the first answer is drawn
        assert float(crossing.get_attribute("aria-valuenow") or 0) == wanted
        held.let_one_go()
        played.answered()
        assert float(crossing.get_attribute("aria-valuenow") or 0) == pytest.approx(wanted, rel=0.003)
        # Nor does it take back what is said about a number that was never sent.
        played.press(crossing, "ArrowLeft")
        held.wait_for_one()
        overhead = played.page.get_by_label("Coordination overhead, exact value")
        overhead.fill("99")
        overhead.press("Enter")
        held.let_one_go()
        played.answered()
        expect(played.page.get_by_text("Coordination overhead must lie between")).to_be_visible()
        expect(overhead).to_have_value("99")

    def test_realistic_machines_show_what_nodes_carry(self, play):
        played = play("scaling_cost")
        played.press(played.button("Realistic machines"), "Space")
        truth = played.truth(load=4, realistic="on")
        expect(played.scene).to_contain_text(f"{plain(curve(truth, 'nodes', 'here')['x'][0])} nodes carry the most")

    def test_both_curves_are_locked_before_they_are_shown_and_stay_so(self, play):
        played = play("scaling_cost")
        played.press(played.button("Draw how both curves go on"), "Enter")
        expect(played.scene).to_contain_text("Draw what one machine and many cost")
        expect(played.scene.get_by_role("slider", name=re.compile("Cost of one machine"))).to_have_count(7)
        expect(played.page.locator(".controls")).to_have_attribute("inert", "")
        expect(played.scene.locator(".chip", has_text="Realistic machines")).to_have_attribute("inert", "")
        played.press(played.button("many machines"), "Enter")
        knots = played.scene.get_by_role("slider", name=re.compile("Cost of many machines"))
        expect(knots).to_have_count(7)
        played.press(knots.last, "Shift+ArrowUp", "Shift+ArrowUp")
        height = knots.last.get_attribute("aria-valuenow")
        played.page.wait_for_timeout(1_200)  # by now a setting at rest is read aloud and stands in the address
        expect(played.page.locator(".sim > [aria-live]").last).not_to_contain_text("cheaper beyond")
        assert "exponent=1.4" not in played.page.url
        played.visitor.check_accessibility()
        with played.page.expect_response("**/api/v1/predictions/") as taken:
            played.press(played.button("Lock it in"), "Enter")
        locked = taken.value.json()
        truth = played.truth(exponent=1.4, overhead=0.8)
        assert locked["guess"]["out"][-1] == float(height or 0)
        assert locked["guess_truth"]["out"][-1] == pytest.approx(curve(truth, "cost", "out")["y"][-1])
        for _ in range(2):
            expect(played.scene.locator("path.guessed")).to_have_count(2)
            expect(played.scene).to_contain_text("Your curves are the dotted lines.")
            expect(played.scene).to_contain_text(locked["verdict"])
            expect(played.scene.get_by_text("Why is it so?")).to_be_visible()
            expect(played.button("Lock it in")).to_be_hidden()
            played.visitor.check_accessibility()
            played.visitor.open("/simulations/scaling_cost/?load=4")
            played.button("See it beside the truth").click()


class TestMaintainability:
    def test_is_played_by_mouse(self, play):
        played = play("maintainability")
        alike = played.slider("Every sprint")
        alike.locator("i").last.click()
        repaid = played.truth(debt=10, repaid=20)
        expect(played.scene).to_contain_text(f"paid for itself after {shown(figure(repaid, 'break_even'))} features")
        played.button("Linear").click()
        linear = played.truth(debt=10, repaid=20, law="linear")
        expect(played.scene).to_contain_text(f"gets {shown(figure(linear, 'done'))} features done")
        assert alike.get_attribute("aria-valuemax") == "2"

    def test_tokens_are_placed_sprint_by_sprint(self, play):
        played = play("maintainability")
        stood = played.slider("Every sprint").bounding_box()
        played.button("Sprint by sprint").click()
        # The answer brings a third team; the board keeps its place under the hand.
        expect(played.scene.locator("text.label.s4").first).to_be_visible()
        first = played.scene.get_by_role("slider", name="Sprint 1", exact=True)
        assert first.bounding_box() == stood
        expect(first).to_have_attribute("aria-valuetext", "0 of 5 tokens repay")
        # A stroke at the height of the fourth token, from the third sprint to the fifth.
        begun, ended = (played.slider(f"Sprint {sprint}").locator("i").nth(1).bounding_box() for sprint in (3, 5))
        assert begun is not None
        assert ended is not None
        played.page.mouse.move(begun["x"] + 8, begun["y"] + 8)
        played.page.mouse.down()
        played.page.mouse.move(ended["x"] + 8, ended["y"] + 8, steps=3)
        played.page.mouse.up()
        # A press puts tokens in up to where it falls, and takes the topmost out again.
        tenth = played.slider("Sprint 10")
        tenth.locator("i").nth(1).click()
        tenth.locator("i").nth(1).click()
        played.press(tenth, "ArrowRight", "ArrowUp", "Shift+ArrowUp", "ArrowDown")
        expect(played.slider("Sprint 11")).to_be_focused()
        tokens = {"sprint_3": 4, "sprint_4": 4, "sprint_5": 4, "sprint_10": 3, "sprint_11": 4}
        plan = played.truth(debt=10, repayment="plan", **tokens)
        for name in ("done", "even_done", "unpaid_done"):
            expect(played.scene.locator(".told")).to_contain_text(shown(figure(plan, name)))
        lost = plain(plan["frames"]["plan"][3]["lost"])
        expect(played.slider("Sprint 4")).to_have_attribute("aria-valuetext", f"4 of 5 tokens repay, {lost} lost")
        for name, placed in tokens.items():
            expect(played.page).to_have_url(re.compile(rf"\b{name}={placed}\b"))
        played.scene.get_by_text("Enter as numbers").click()
        typed = played.scene.get_by_label("Tokens that repay, sprint by sprint", exact=True)
        typed.fill("1 2 6")
        typed.press("Enter")
        expect(played.scene.get_by_role("alert").filter(has_text="20 whole numbers")).to_contain_text("you gave 6.")
        typed.fill(" ".join(["5"] * 20))
        typed.press("Enter")
        expect(played.slider("Sprint 20")).to_have_attribute("aria-valuetext", re.compile("^4 of 5 tokens repay"))

    def test_is_played_with_the_keyboard_alone(self, play):
        played = play("maintainability")
        sprints = played.truth(debt=10)["frames"]["sprints"]
        played.press(played.button("Step"), "Enter", "Enter", "Enter")
        expect(played.scene.locator(".reading")).to_have_text("3 sprints")
        counts = played.scene.locator(".beats text.label")
        expect(counts.nth(1)).to_have_text(str(int(sprints[2]["indebted"])))
        expect(counts.nth(3)).to_have_text(str(int(sprints[2]["clean"])))

    @pytest.mark.parametrize("by", ["mouse", "keyboard"])
    def test_a_mark_is_set_before_the_truth(self, play, by):
        played = play("maintainability")
        played.press(played.button("Mark where care has paid"), "Enter")
        expect(played.scene.get_by_text("care has paid:")).to_have_count(0)
        mark = played.slider("Where you expect care to have paid for itself")
        if by == "mouse":
            played.drag(mark, right=-120)
        else:
            played.press(mark, "Shift+ArrowLeft", "ArrowLeft")
        value = float(mark.get_attribute("aria-valuenow") or 0)
        assert value < 20
        played.press(played.button("Lock it in"), "Enter")
        even = figure(played.truth(debt=5), "break_even")
        expect(played.scene).to_contain_text(f"after {shown(even)} features; you marked {plain(value)}.")
