"""Hold thirteen operations and where we place them between consistency and availability; the places are our judgement.

An operation stands here, never a product: one product holds several of them, each with its own answer.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """An operation, our place for it (0 consistency first, 1 availability first), and why.

    `completeness` is our place on the second axis: 0 an answer in time, 1 a complete answer.
    """

    name: str
    operation: str
    place: float
    completeness: float
    worst: str
    pays: str
    recovery: str
    basis: str


CARDS = (
    Card(
        "seat",
        "Seat assignment",
        0.05,
        0.7,
        "two people hold one seat",
        "both, at the gate",
        "none in time",
        "judgement",
    ),
    Card("transfer", "Ledger transfer", 0.1, 0.95, "money made or lost", "the bank", "reconcile", "Brewer, 2012"),
    Card("payout", "Creator payout", 0.1, 0.95, "paid twice", "the platform", "claw back", "judgement"),
    Card(
        "deletion", "Account deletion", 0.15, 0.95, "a copy lives on", "the person", "find and delete", "GDPR, art. 17"
    ),
    Card("inventory", "Inventory decrement", 0.2, 0.7, "sold twice", "a buyer", "refund", "judgement"),
    Card("message", "Direct message", 0.35, 0.8, "lost or out of order", "both readers", "send again", "judgement"),
    Card(
        "seat_map",
        "Browse a seat map",
        0.7,
        0.3,
        "a seat already gone",
        "the reader",
        "check when holding",
        "judgement",
    ),
    Card("feed", "Feed ranking", 0.8, 0.15, "a worse order", "nobody notices", "next refresh", "judgement"),
    Card("search", "Search results", 0.85, 0.1, "a page missing", "the searcher", "search again", "Brutlag, 2009"),
    Card(
        "cart",
        "Add to cart",
        0.9,
        0.3,
        "a removed item is back",
        "the buyer, a click",
        "review at checkout",
        "Dynamo, 2007",
    ),
    Card("likes", "Like count", 0.95, 0.1, "off by one for seconds", "nobody", "converges", "judgement"),
    Card("recommendations", "Recommendations", 0.95, 0.05, "a default row", "the viewer", "next visit", "judgement"),
    Card("dns", "DNS lookup", 0.95, 0.1, "an old address", "the visitor", "expires", "RFC 1034"),
)
"""The deck, in the order of our places."""
