"""Say where an operation is placed, and what answering regardless costs beside refusing, both an operation."""

from __future__ import annotations

from dataclasses import dataclass

from simulations.engine import parameters
from simulations.engine.functions.trade_offs import conflict_break_even, conflict_cost, refusal_cost

PROBABILITIES = (1e-7, 1.0)
"""The least and the greatest share that conflicts, or is refused."""


def _card(label: str) -> float:
    field: float = parameters.number(
        0.5,
        minimum=0,
        maximum=1,
        step=0.05,
        unit="",
        label=label,
        help="Your place for it: 0 consistency first, 1 availability first.",
    )
    return field


def _probability(default: float, label: str, text: str) -> float:
    field: float = parameters.number(
        default,
        minimum=PROBABILITIES[0],
        maximum=PROBABILITIES[1],
        step=PROBABILITIES[0],
        unit="",
        label=label,
        help=text,
        scale="log",
    )
    return field


def _money(default: float, label: str, text: str) -> float:
    field: float = parameters.number(
        default, minimum=0.01, maximum=1e6, step=0.01, unit="$", label=label, help=text, scale="log"
    )
    return field


@dataclass(frozen=True, slots=True)
class Parameters:
    """The price of a conflict and of a refusal, and a place for every operation."""

    conflict_probability: float = _probability(
        1e-4, "Conflict", "Share of operations that conflict if all are answered."
    )
    conflict_cost: float = _money(0.5, "A conflict costs", "What putting one right costs, goodwill included.")
    refusal_probability: float = _probability(5e-4, "Refused", "Share of operations refused if none may conflict.")
    margin: float = _money(40.0, "An operation earns", "Margin that is lost if a refused customer leaves.")
    impact: float = parameters.number(
        1.0,
        minimum=0.001,
        maximum=1,
        step=0.001,
        unit="",
        label="Who leave",
        help="Share of refused customers who do not come back for it.",
        scale="log",
    )
    within: float = parameters.number(
        10.0,
        minimum=1,
        maximum=100,
        step=1,
        unit="",
        label="Known within",
        help="Either side's cost may be so many times more or less.",
        scale="log",
    )
    compare: bool = parameters.flag(
        False, label="Compare", help="Show our places beside yours. Place your cards first."
    )
    seed: int = parameters.number(
        1,
        minimum=0,
        maximum=999_999,
        step=1,
        unit="",
        label="Draw",
        help="Twelve of the thirteen cards are drawn; another draw leaves out another.",
        integer=True,
    )
    place_seat: float = _card("Seat assignment")
    place_transfer: float = _card("Ledger transfer")
    place_payout: float = _card("Creator payout")
    place_deletion: float = _card("Account deletion")
    place_inventory: float = _card("Inventory decrement")
    place_message: float = _card("Direct message")
    place_seat_map: float = _card("Browse a seat map")
    place_feed: float = _card("Feed ranking")
    place_search: float = _card("Search results")
    place_cart: float = _card("Add to cart")
    place_likes: float = _card("Like count")
    place_recommendations: float = _card("Recommendations")
    place_dns: float = _card("DNS lookup")

    @property
    def answering(self) -> float:
        """What answering regardless costs an operation, in dollars."""
        return conflict_cost(self.conflict_probability, self.conflict_cost)

    @property
    def refusing(self) -> float:
        """What refusing costs an operation, in dollars."""
        return refusal_cost(self.refusal_probability, self.margin, self.impact)

    @property
    def break_even(self) -> float:
        """The probability of a conflict at which both cost the same; above 1 it cannot be."""
        return conflict_break_even(self.conflict_cost, self.refusal_probability, self.margin, self.impact)

    @property
    def prefers_answering(self) -> bool:
        """Whether answering is cheaper; at equality it is not."""
        return self.answering < self.refusing
