"""A scene in a visitor's browser, and the figures that the API gives beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, Page, expect

from simulations.engine import VERSION
from tests.e2e.held import Held

if TYPE_CHECKING:
    from tests.e2e.conftest import Visitor

# An address with a parameter shows its state without asking for a prediction first.
STARTS = {
    "request_trace": "hit_rate=0.8",
    "reliability": "components=5",
    "cascade": "retries=2",
    "design_lab": "traffic=1000",
    "scaling_cost": "load=4",
    "maintainability": "debt=10",
    "coordinated_omission": "rate=100",
    "error_budget": "objective=99.9",
    "stampede": "requests=1000",
    "fan_out": "threshold=10000",
    "cap_pacelc": "cut_off=1",
    "trade_off_mapper": "margin=40",
    "downtime_cost": "swing=0.8",
    "estimator": "users=100000000",
    "availability_calculator": "entry=99.95",
}

FINGER_STEPS = 12


class Played:
    """One model's scene in a visitor's browser, and the API beside it."""

    def __init__(self, visitor: Visitor, model: str, query: str | None = None) -> None:
        self.visitor = visitor
        self.model = model
        self.page: Page = visitor.open(f"/simulations/{model}/?{query or STARTS[model]}")
        self.scene: Locator = self.page.locator(".scene")
        # A scene is there before its first drawing, which waits for its width, and so do the words under it.
        expect(self.scene.locator(".told").first).not_to_be_empty()
        self.page.evaluate("document.fonts.ready.then(() => null)")

    def truth(self, **parameters: object) -> dict[str, Any]:
        """Return what the API answers for these parameters, the others at their defaults."""
        address = f"{self.visitor.address}/api/v1/evaluate/{VERSION}/{self.model}"
        response = self.page.context.request.get(
            address, params={name: str(value) for name, value in parameters.items()}
        )
        assert response.ok, response.text()
        result: dict[str, Any] = response.json()["result"]
        return result

    def button(self, name: str | re.Pattern[str], *, exact: bool = False) -> Locator:
        return self.scene.get_by_role("button", name=name, exact=exact)

    def slider(self, name: str) -> Locator:
        return self.scene.get_by_role("slider", name=name)

    def press(self, target: Locator, *keys: str) -> None:
        """Use the keyboard alone: focus, then press."""
        target.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def hold_answers(self) -> Held:
        """Keep the engine's answers back from now on."""
        return Held(self.page, "**/api/v1/evaluate/**")

    def answered(self) -> None:
        """Wait until the engine has answered for what was set last, and the scene shows it."""
        expect(self.page.locator(".stage")).not_to_have_class(re.compile(r"\bbusy\b"))

    def drag(
        self, held: Locator, *, at: tuple[float, float] = (0.5, 0.5), right: float = 0, down: float = 0, steps: int = 8
    ) -> None:
        """Drag by so many pixels, in steps as a hand would, from a place given as shares of what is held."""
        # Hovering waits until it stands still and the pointer is on it; only then is its place to be relied on.
        held.scroll_into_view_if_needed()
        box = held.bounding_box()
        assert box is not None
        held.hover(position={"x": at[0] * box["width"], "y": at[1] * box["height"]})
        box = held.bounding_box()
        assert box is not None
        x, y = box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]
        self.page.mouse.down()
        self.page.mouse.move(x + right, y + down, steps=steps)
        self.page.mouse.up()

    def stroke(self, x: float, y: float, *, down: float) -> None:
        """Draw a finger over the screen from a point, in steps, as the browser's own gestures see it."""
        session = self.page.context.new_cdp_session(self.page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            places = [{"x": across, "y": along} for across, along in points]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        touch("touchStart", (x, y))
        for step in range(1, FINGER_STEPS + 1):
            touch("touchMove", (x, y + down * step / FINGER_STEPS))
        touch("touchEnd")
        session.detach()

    def control(self, label: str) -> float:
        """Return what a derived control stands at, once the scene has set it."""
        return float(self.page.get_by_label(f"{label}, exact value").input_value())


def figure(result: dict[str, Any], name: str) -> float:
    """Return a figure's value."""
    return next(row["value"] for row in result["figures"] if row["name"] == name)


def curve(result: dict[str, Any], chart: str, name: str) -> dict[str, Any]:
    """Return a curve's points."""
    series = next(each for each in result["charts"] if each["name"] == chart)["series"]
    return next(each for each in series if each["name"] == name)


def plain(value: float) -> str:
    """Write a number as the pages write a chosen value or an exact time."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def rounded(value: float) -> str:
    """Write a rate or a load to three figures."""
    return plain(float(f"{value:.3g}"))


def shown(value: float) -> str:
    """Write a measured figure below a hundred as the pages do."""
    if value == int(value) and value < 10:
        return f"{value:.0f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
