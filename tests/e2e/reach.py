"""What hand and eye reach on a page: targets wide enough, every stop of the keyboard seen, nothing moving unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

LEAST_PIXELS = 24
MOST_STOPS = 400

NAME = """((node) => `${node.localName} "${(node.ariaLabel ?? node.textContent).trim().slice(0, 40)}"`)"""

# What stands in a sentence is as high as its line (WCAG 2.2, 2.5.8); a field is hit by the label around it as well.
SMALL = f"""(least) => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role]")]
  .filter((node) => !node.role || ["slider", "button", "tab"].includes(node.role))
  .filter((node) => node.type !== "hidden" && node.checkVisibility({{visibilityProperty: true}}))
  .filter((node) => !node.matches(".skip, .calc") && getComputedStyle(node).display !== "inline")
  .filter((node) => {{
    const {{width, height}} = (node.closest("label") ?? node).getBoundingClientRect();
    return Math.min(width, height) < least;
  }}).map({NAME})"""

RESTLESS = f"""() => document.getAnimations()
  .filter(({{playState}}) => playState === "running").map(({{effect}}) => {NAME}(effect.target))"""

# The ring is the focused node's own, its label's where that draws the field, or that of a slider's thumb.
STOP = f"""() => {{
  const node = document.activeElement;
  if (node === document.body) return null;
  window.stops ??= new Set();
  if (node === stops.values().next().value) return null; // round again
  const isNew = !stops.has(node);
  stops.add(node);
  const isRinged = (one) => {{
    const {{outlineStyle, outlineWidth, outlineOffset, outlineColor, backgroundColor, opacity}} = getComputedStyle(one);
    const isSeen = parseFloat(outlineOffset) >= 0 || outlineColor !== backgroundColor;
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && opacity !== "0" && isSeen;
  }};
  const holders = [node, node.closest("label")].filter(Boolean);
  const {{top, bottom, left, right}} = holders.at(-1).getBoundingClientRect();
  return {{
    name: {NAME}(node),
    isNew,
    isInView: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    isRinged: node.matches("[type=range]") || holders.some(isRinged),
  }};
}}"""


def faults_of(page: Page) -> list[str]:
    """Return what a page with reduced motion has that is too small to hit, or moves all the same."""
    small = [f"{name} is under {LEAST_PIXELS} px" for name in page.evaluate(SMALL, LEAST_PIXELS)]
    return small + [f"{name} moves" for name in page.evaluate(RESTLESS)]


def faults_by_keyboard(page: Page) -> list[str]:
    """Return the stops of a walk by Tab that are out of view or have no ring, and where the walk is caught."""
    faults: list[str] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop: dict[str, Any] | None = page.evaluate(STOP)
        if stop is None:
            return faults
        if not stop["isNew"]:
            return [*faults, f"{stop['name']} is come back to before the end"]
        faults += [f"{stop['name']} has no ring"] * (not stop["isRinged"])
        faults += [f"{stop['name']} is out of view"] * (not stop["isInView"])
    return [*faults, f"more than {MOST_STOPS} stops"]
