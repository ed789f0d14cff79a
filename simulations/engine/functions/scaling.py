"""Compute costs of scaling up and out, growth, and how far adding nodes gets."""

from __future__ import annotations

import math

import numpy as np

from simulations.engine import scaling as laws
from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_number,
    as_positive,
    as_share,
    rounded,
    write,
)


def scale_up_cost(load: float, exponent: float, base: float = 1) -> float:
    """Return the cost of one machine for a multiple of the base machine's load: base * load ** exponent."""
    return as_positive("base", base) * math.pow(_load(load), as_number("exponent", exponent, 0.0, 10.0))


def scale_out_cost(load: float, overhead: float, base: float = 1) -> float:
    """Return the cost of many machines: base * load * (1 + overhead * ln(load))."""
    times = _load(load)
    return as_positive("base", base) * times * (1.0 + as_number("overhead", overhead, 0.0, 1e6) * math.log(times))


def scaling_crossover(exponent: float, overhead: float) -> float:
    """Return the load beyond which many machines are cheaper; raises ValueError where they always are."""
    found = laws.CostLaws(_exponent(exponent), as_number("overhead", overhead, 0.0, 1e6)).crossing
    if found is None:
        raise ValueError(
            f"overhead must exceed the exponent less 1, {write(round(exponent - 1.0, 12))}, for a crossover below 1e9; "
            f"you gave {write(overhead)}."
        )
    return found


def overhead_for_crossover(exponent: float, load: float) -> float:
    """Return the overhead at which the crossover lies at that load."""
    return laws.overhead_for(_exponent(exponent), as_number("load", load, 1.000001, 1e9))


def scaled_throughput(nodes: float, contention: float, coherency: float) -> float:
    """Return what n nodes carry, in loads of one: the universal scalability law."""
    law = laws.Scalability(as_share("contention", contention), as_share("coherency", coherency))
    return float(law.throughput(np.array(as_number("nodes", nodes, 1.0, LONGEST))))


def peak_nodes(contention: float, coherency: float) -> float:
    """Return the number of nodes, not rounded, beyond which more carry less."""
    law = laws.Scalability(as_share("contention", contention), as_share("coherency", coherency))
    if law.peak_nodes is None:
        raise ValueError(f"coherency must be larger for a peak within a million nodes; you gave {write(coherency)}.")
    return law.peak_nodes


def grown_load(growth: float, years: float, load: float = 1) -> float:
    """Return a load that grows by the factor `growth` a year."""
    times, span = as_number("growth", growth, 0.01, 1_000.0), as_number("years", years, 0.0, 50.0)
    return as_positive("load", load) * math.pow(times, span)


def years_until(load: float, ceiling: float, growth: float) -> float:
    """Return the years until a load that grows by the factor `growth` a year meets the ceiling."""
    times = math.log(as_number("growth", growth, 1.000001, 1_000.0))
    return math.log(as_positive("ceiling", ceiling) / as_positive("load", load)) / times


def backlog_after_boot(arrivals: float, capacity: float, boot_s: float) -> float:
    """Return the requests queued while new machines boot for `boot_s` seconds."""
    excess = as_number("arrivals", arrivals, 0.0, LONGEST) - as_number("capacity", capacity, 0.0, LONGEST)
    return max(excess, 0.0) * as_positive("boot_s", boot_s)


def drain_s(backlog: float, arrivals: float, capacity: float) -> float:
    """Return the seconds until a backlog is worked off; raises ValueError where the capacity does not suffice."""
    spare = as_positive("capacity", capacity) - as_number("arrivals", arrivals, 0.0, LONGEST)
    if spare <= 0.0:
        raise ValueError(f"capacity must exceed the arrivals, {write(arrivals)}; you gave {write(capacity)}.")
    return as_number("backlog", backlog, 0.0, LONGEST) / spare


def _load(load: float) -> float:
    return as_number("load", load, 1.0, 1e9)


def _exponent(exponent: float) -> float:
    return as_number("exponent", exponent, 1.0, 10.0)


FUNCTIONS = (
    EngineFunction(
        "scale_up_cost", scale_up_cost, "Cost of a bigger machine.", "{base} * {load} ** {exponent} = {result}"
    ),
    EngineFunction(
        "scale_out_cost",
        scale_out_cost,
        "Cost of more machines.",
        "{base} * {load} * (1 + {overhead} * ln({load})) = {result}",
    ),
    EngineFunction(
        "scaling_crossover",
        scaling_crossover,
        "Load beyond which more machines are cheaper.",
        lambda exponent, overhead, result: (
            f"load ** ({write(exponent)} - 1) = 1 + {write(overhead)} * ln(load) at load = {rounded(result)}"
        ),
    ),
    EngineFunction(
        "overhead_for_crossover",
        overhead_for_crossover,
        "Overhead that puts the crossover at a load.",
        "({load} ** ({exponent} - 1) - 1) / ln({load}) = {result}",
    ),
    EngineFunction(
        "scaled_throughput",
        scaled_throughput,
        "Load that n nodes carry.",
        "{nodes} / (1 + {contention} * ({nodes} - 1) + {coherency} * {nodes} * ({nodes} - 1)) = {result}",
    ),
    EngineFunction(
        "peak_nodes",
        peak_nodes,
        "Nodes beyond which more carry less.",
        "sqrt((1 - {contention}) / {coherency}) = {result}",
    ),
    EngineFunction("grown_load", grown_load, "Load after years of growth.", "{load} * {growth} ** {years} = {result}"),
    EngineFunction(
        "years_until", years_until, "Years until a ceiling.", "ln({ceiling} / {load}) / ln({growth}) = {result}"
    ),
    EngineFunction(
        "backlog_after_boot",
        backlog_after_boot,
        "Requests queued while machines boot.",
        "({arrivals} - {capacity}) * {boot_s} = {result}",
    ),
    EngineFunction(
        "drain_s", drain_s, "Seconds to drain a backlog.", "{backlog} / ({capacity} - {arrivals}) = {result}"
    ),
)
"""The named functions of this module."""
