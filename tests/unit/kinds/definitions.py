"""Small questions of each kind, as a course's file would define them."""

from __future__ import annotations

from typing import Any


def numeric(**changes: Any) -> dict[str, Any]:
    """The share of slow pages among several backends, in percent."""
    return {
        "id": "slow-share",
        "kind": "numeric",
        "dimension": "debugging",
        "title": "Share of slow pages",
        "section": "one-slow-call",
        "tries": 3,
        "penalty": 0.25,
        "variables": {"calls": {"choose": [6, 8, 10]}},
        "values": {"share": "100 * any_beyond(0.99, calls)", "union": "100 * calls * 0.01"},
        "stem": "A page makes **{{ calls }}** calls. What share of pages is slow?",
        "right": "All {{ calls }} calls must be fast: {{ share | number(2) }}% of pages are not.",
        "answer": {"value": "share", "unit": "%", "significant": 3, "tolerance": {"relative": 0.01}},
        "misconceptions": [
            {"id": "union-bound", "value": "union", "feedback": "Adding shares counts {{ union }}% twice over."}
        ],
        "solution": "`1 - 0.99 ** {{ calls }}`, which is {{ share | number(2) }}%.",
    } | changes


def fixed(value: str = "50", **answer: Any) -> dict[str, Any]:
    """A number without variables, for looking at how answers are read."""
    asked = {"value": value, "tolerance": {"relative": 0.01}} | answer
    return numeric(
        tries=1,
        variables={},
        values={},
        stem="How much?",
        right="So much.",
        answer=asked,
        misconceptions=[],
        solution="So.",
    )


OPTIONS = [
    {
        "id": "exact",
        "text": "{{ share | number(1) }}%",
        "correct": True,
        "feedback": "Each of {{ calls }} may stumble.",
    },
    {"id": "union-bound", "text": "{{ union | number(1) }}%", "feedback": "Adding the shares counts some pages twice."},
    {"id": "ignores-fan-out", "text": "1.0%", "feedback": "That is one call's share, not a page's."},
    {"id": "complement", "text": "{{ 100 - share | number(1) }}%", "feedback": "That is the share of fast pages."},
]


def choice(**changes: Any) -> dict[str, Any]:
    """The same share to be picked from four."""
    common = {name: value for name, value in numeric().items() if name not in {"answer", "misconceptions"}}
    return common | {"kind": "choice", "options": [dict(option) for option in OPTIONS]} | changes


def multiple(**changes: Any) -> dict[str, Any]:
    """Two statements that hold and two that do not."""
    options = [
        {"id": "tail-grows", "text": "The page's p99 rises with each call", "correct": True, "feedback": "More draws."},
        {
            "id": "hedging-helps",
            "text": "A second copy cuts the tail",
            "correct": True,
            "feedback": "The faster counts.",
        },
        {
            "id": "mean-shows-it",
            "text": "The mean shows the stragglers",
            "feedback": "One in a hundred hardly moves it.",
        },
        {"id": "retry-is-free", "text": "A retry costs no load", "feedback": "It is another request."},
    ]
    return choice(kind="multiple", stem="Which hold for {{ calls }} calls?", options=options) | changes


def ordering(**changes: Any) -> dict[str, Any]:
    """Five steps of a write, in the order in which they happen."""
    steps = ("receive", "log", "replicate", "acknowledge", "index")
    return (
        _without_answer()
        | {
            "kind": "ordering",
            "stem": "A store takes {{ calls }} writes. In which order?",
            "ends": ["first", "last"],
            "cards": [{"id": step, "text": f"**{step}** it", "why": f"It is time to {step}."} for step in steps],
            "misconceptions": [
                {
                    "id": "acknowledges-early",
                    "puts": "acknowledge",
                    "before": "log",
                    "feedback": "A crash would lose it.",
                },
                {
                    "id": "index-is-synchronous",
                    "puts": "index",
                    "before": "acknowledge",
                    "feedback": "Nobody waits for it.",
                },
            ],
        }
        | changes
    )


def ordering_by_value(**changes: Any) -> dict[str, Any]:
    """Three levels from the least downtime to the most, as the engine computes it."""
    levels = {"three-nines": "0.999", "two-nines": "0.99", "chain": "chain_availability(0.999, calls)"}
    cards = [
        {"id": name, "text": name, "why": "So much.", "value": f"downtime_hours({level})"}
        for name, level in levels.items()
    ]
    misconceptions = [{"id": "chain-is-best", "puts": "chain", "before": "three-nines", "feedback": "It multiplies."}]
    return ordering(cards=cards, misconceptions=misconceptions, ends=["least", "most"]) | changes


def matching(**changes: Any) -> dict[str, Any]:
    """Four mechanisms and what each bounds, with one choice too many."""
    bounds = {"timeout": "waiting", "bulkhead": "reach", "breaker": "repetition", "jitter": "coincidence"}
    parts: list[dict[str, Any]] = [
        {"id": name, "text": f"A *{name}*", "choice": bound, "why": f"A {name} bounds {bound}."}
        for name, bound in bounds.items()
    ]
    parts[1]["misconceptions"] = [
        {"id": "bulkhead-is-a-breaker", "choice": "repetition", "feedback": "That would be a breaker."}
    ]
    parts[3]["misconceptions"] = [{"id": "jitter-limits", "choice": "load", "feedback": "The number stays the same."}]
    choices = [{"id": bound, "text": f"the {bound} of {{{{ calls }}}} calls"} for bound in [*bounds.values(), "load"]]
    return (
        _without_answer()
        | {"kind": "matching", "stem": "What bounds what?", "choices": choices, "parts": parts}
        | changes
    )


def categorise(bins: int = 3, **changes: Any) -> dict[str, Any]:
    """Six faults by their class; with two bins, whether people were involved."""
    classes = ["hardware", "software", "people"][-bins:]
    faults = {
        "disk": "hardware",
        "leap-second": "software",
        "typed-command": "people",
        "power": "hardware",
        "cascade": "software",
        "configuration": "people",
    }
    parts: list[dict[str, Any]] = [
        {"id": fault, "text": f"A {fault} on {{{{ calls }}}} machines", "choice": kind, "why": f"It is {kind}."}
        for fault, kind in faults.items()
        if kind in classes
    ]
    parts[0]["misconceptions"] = [{"id": "blames-people", "choice": "people", "feedback": "Nobody touched it."}]
    choices = [{"id": kind, "text": kind.capitalize()} for kind in classes]
    return _without_answer() | {"kind": "categorise", "stem": "Sort.", "choices": choices, "parts": parts} | changes


def short_text(**changes: Any) -> dict[str, Any]:
    """A property of an operation, by its name."""
    own = {
        "kind": "short-text",
        "stem": "A charge is sent {{ calls }} times and made once. What is the request called?",
        "answer": {"text": "idempotent", "accepts": ["idempotence", "an idempotent operation"]},
        "misconceptions": [
            {"id": "atomic", "texts": ["atomic", "atomicity"], "feedback": "All or nothing, but each time."},
            {"id": "negated", "texts": ["Non-idempotent"], "feedback": "That one would charge each time."},
        ],
    }
    return _without_answer() | own | changes


def estimate(given: int = 0, **changes: Any) -> dict[str, Any]:
    """Writes a second, at their peak, and the machines for them, from users and what each does a day."""
    tolerance = {"relative": 0.02}
    steps = [
        {
            "name": "average",
            "text": "Writes a second on average",
            "value": "per_second(users * actions, 1)",
            "unit": "writes/s",
            "significant": 3,
            "tolerance": tolerance,
            "worked": "{{ users }} times {{ actions }} over 86,400 seconds: {{ average | significant(3) }}.",
            "misconceptions": [
                {"id": "hour-for-a-day", "value": "users * actions / 3600", "feedback": "That is an hour's seconds."}
            ],
        },
        {
            "name": "peak",
            "text": "Writes a second at the peak",
            "value": "peak_factor * average",
            "unit": "writes/s",
            "significant": 3,
            "tolerance": tolerance,
            "worked": "{{ peak_factor }} times that.",
            "misconceptions": [{"id": "forgets-the-peak", "value": "average", "feedback": "That is the average."}],
        },
        {
            "name": "machines",
            "text": "Megabytes a second at the peak",
            "value": "peak * 500 / 10**6",
            "unit": "MB/s",
            "significant": 3,
            "tolerance": tolerance,
            "worked": "500 bytes each.",
        },
    ]
    own = {
        "kind": "estimate",
        "stem": "{{ users }} users, {{ actions }} writes each a day, at the peak {{ peak_factor }} times as many.",
        "variables": {
            "users": {"choose": [2_000_000, 5_000_000]},
            "actions": {"choose": [3, 4]},
            "peak_factor": {"choose": [4, 5]},
        },
        "values": {},
        "right": "About {{ machines | significant(2) }} MB/s.",
        "solution": "{{ average | integer }} writes a second.",
        "given": given,
        "steps": steps,
    }
    return _without_answer() | own | changes


def half_worked() -> list[dict[str, Any]]:
    """The estimate's steps with a misconception in the last, so that the others can be given."""
    *first, last = estimate()["steps"]
    wrong = {"id": "bits-for-bytes", "value": "peak * 500 * 8 / 10**6", "feedback": "Those are megabits."}
    return [*first, {**last, "misconceptions": [wrong]}]


def _without_answer() -> dict[str, Any]:
    return {name: value for name, value in numeric().items() if name not in {"answer", "misconceptions"}}


def one_of_each_kind() -> list[dict[str, Any]]:
    """A sound question of each kind."""
    return [numeric(), choice(), multiple(), ordering(), matching(), categorise(), short_text(), estimate()]
