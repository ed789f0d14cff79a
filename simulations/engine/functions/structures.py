"""Compute the availability of a system that is written down as a structure of parts."""

from __future__ import annotations

from simulations.engine import structures, words
from simulations.engine.functions.definition import EngineFunction


def structure_availability(structure: str) -> float:
    """Return the availability of a structure such as "all(0.999, any(0.99, 0.99), 2 of (0.9, 0.9, 0.9))".

    `all` needs every part in its brackets, `any` one, `k of` so many; parts are independent.
    """
    if not isinstance(structure, str):
        raise ValueError(  # noqa: TRY004 - whoever writes an expression is told of a value, not of a type
            f"structure must be text such as all(0.999, any(0.99, 0.99)); you gave {words.shown(structure)}."
        )
    try:
        return structures.availability(structures.read(structure))
    except structures.InvalidStructure as refusal:
        raise ValueError(f"structure cannot be read; you gave {words.shown(structure)}. {refusal}") from refusal


FUNCTIONS = (
    EngineFunction(
        "structure_availability",
        structure_availability,
        "Availability of a system of series, parallel and k-of-n parts.",
        lambda structure, result: f"P({structure[:120]} works) = {result:.9g}",
    ),
)
"""The named functions of this module."""
