"""Price a wrong answer against a refused one, and compare places on a line."""

from __future__ import annotations

import math

from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_list,
    as_number,
    as_positive,
    as_share,
)


def conflict_cost(probability: float, cost: float) -> float:
    """Return what answering regardless costs an operation on average: probability of a conflict x its cost."""
    return as_share("probability", probability) * as_number("cost", cost, 0.0, LONGEST)


def refusal_cost(probability: float, margin: float, impact: float = 1) -> float:
    """Return what refusing costs an operation on average.

    That is the probability of being refused x the margin lost x the share of refused customers who leave.
    """
    return as_share("probability", probability) * as_number("margin", margin, 0.0, LONGEST) * as_share("impact", impact)


def conflict_break_even(cost: float, probability: float, margin: float, impact: float = 1) -> float:
    """Return the probability of a conflict at which answering and refusing cost the same; above 1 it cannot be."""
    return refusal_cost(probability, margin, impact) / as_positive("cost", cost)


def placement_error(placed: list[float], reference: list[float]) -> float:
    """Return the mean distance of places from their references, both on a line from 0 to 1."""
    places = as_list("placed", placed, as_share)
    references = as_list("reference", reference, as_share)
    if len(places) != len(references):
        raise ValueError(f"placed and reference must be equally long; you gave {len(places)} and {len(references)}.")
    return math.fsum(abs(place - other) for place, other in zip(places, references, strict=True)) / len(places)


def failed_hold_share(bookings: float, seats: float, staleness: float) -> float:
    """Return the share of holds that fail because a view `staleness` seconds old still shows the seat.

    `bookings` a second spread evenly over `seats`: 1 - exp(-bookings / seats x staleness).
    """
    rate = as_number("bookings", bookings, 0.0, LONGEST) / as_positive("seats", seats)
    return -math.expm1(-rate * as_number("staleness", staleness, 0.0, LONGEST))


FUNCTIONS = (
    EngineFunction(
        "conflict_cost", conflict_cost, "Average cost of answering regardless.", "{probability} * {cost} = {result}"
    ),
    EngineFunction(
        "refusal_cost", refusal_cost, "Average cost of refusing.", "{probability} * {margin} * {impact} = {result}"
    ),
    EngineFunction(
        "conflict_break_even",
        conflict_break_even,
        "Probability of a conflict at which answering and refusing cost the same.",
        "{probability} * {margin} * {impact} / {cost} = {result}",
    ),
    EngineFunction(
        "placement_error",
        placement_error,
        "Mean distance of places from their references.",
        "mean of |placed - reference| over {placed} and {reference} = {result}",
    ),
    EngineFunction(
        "failed_hold_share",
        failed_hold_share,
        "Share of holds that a stale view makes fail.",
        "1 - exp(-{bookings} / {seats} * {staleness}) = {result}",
    ),
)
"""The named functions of this module."""
