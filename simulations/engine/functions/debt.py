"""Compute what shortcuts cost later: dearer features, copies that all want mending, parts that all know each other."""

from __future__ import annotations

import math

import numpy as np

from simulations.engine.debt import Debt, growth_after_repayment
from simulations.engine.functions.definition import (
    LONGEST,
    EngineFunction,
    as_count,
    as_number,
    as_positive,
    as_share,
    rounded,
    write,
)
from simulations.engine.repayment import follow

_MOST_FEATURES = 1_000
_MOST_SPRINTS = 200
_MOST_MEMBERS = 1_000_000


def indebted_cost(debt: float, features: float) -> float:
    """Return what features cost together when each makes the next dearer by a share, in first features."""
    count = as_number("features", features, 0.0, _MOST_FEATURES)
    return float(_compounding(debt).cumulative(np.array(count)))


def indebted_cost_linear(debt: float, features: float) -> float:
    """Return the same when each adds a fixed share of the first feature's cost."""
    count = as_number("features", features, 0.0, _MOST_FEATURES)
    return float(Debt(as_share("debt", debt), 0.0, compounding=False).cumulative(np.array(count)))


def indebted_feature(debt: float, number: float) -> float:
    """Return what the feature of that number costs, each a share dearer than the one before."""
    return float(_compounding(debt).feature(np.array(as_count("number", number, _MOST_FEATURES))))


def clean_cost(overhead: float, features: float) -> float:
    """Return what features cost together at a constant overhead of care, in first features."""
    return (1.0 + as_number("overhead", overhead, 0.0, 100.0)) * as_number("features", features, 0.0, LONGEST)


def debt_break_even(debt: float, overhead: float) -> float:
    """Return the features after which care has paid for itself; raises ValueError where that never happens."""
    extra = as_number("overhead", overhead, 0.0, 100.0)
    found = _compounding(debt).break_even(1.0 + extra)
    if found is None:
        raise ValueError(f"debt must be large enough to cost more than care within a million; you gave {write(debt)}.")
    return found


def debt_doubling(debt: float) -> float:
    """Return the features after which one costs twice the first, each a share dearer than the one before."""
    return math.log(2.0) / math.log1p(as_number("debt", debt, 1e-5, 1.0))


def features_for_effort(debt: float, effort: float) -> float:
    """Return how many features an effort in first features buys, each a share dearer than the one before."""
    units = as_number("effort", effort, 0.0, LONGEST)
    return float(_compounding(debt).features_for(np.array(units)))


def clean_features_for_effort(overhead: float, effort: float) -> float:
    """Return how many features the effort buys at a constant overhead of care."""
    return as_number("effort", effort, 0.0, LONGEST) / (1.0 + as_number("overhead", overhead, 0.0, 100.0))


def debt_left(debt: float, repaid: float, effect: float = 0.4) -> float:
    """Return the growth left when a share of the effort repays debt."""
    return growth_after_repayment(as_share("debt", debt), as_share("repaid", repaid), as_share("effect", effect))


def features_with_clean_up(debt: float, capacity: float, sprints: float, sprint: float, effect: float = 0.4) -> float:
    """Return the features built in so many sprints when one of them builds nothing and only repays debt.

    `capacity` is a sprint's effort in first features, `effect` what a share of all effort so far takes off the debt.
    """
    count = as_count("sprints", sprints, _MOST_SPRINTS, minimum=2)
    cleaned = as_count("sprint", sprint, count)
    effort = as_positive("capacity", capacity)
    tokens = [int(number == cleaned) for number in range(1, count + 1)]
    plan = follow(as_share("debt", debt), as_share("effect", effect), tokens, of=1, capacity=effort, compounding=True)
    return float(plan.features_for(np.array(effort * count)))


def copy_break_even(saved_hours: float, extra_hours: float) -> float:
    """Return the changes after which copying has cost as many hours as it saved."""
    return as_positive("saved_hours", saved_hours) / as_positive("extra_hours", extra_hours)


def copied_fix_hours(copies: float, find: float, each: float, missed: float = 0, incident: float = 0) -> float:
    """Return the hours to expect for mending one mistake that stands in so many copies.

    It is found once, in `find` hours, and mended, tested and released in every copy, `each` hours apiece. Every copy
    but the first is overlooked with probability `missed`, independently; if any is, the mistake comes back once as
    an `incident` of so many hours, and the overlooked copies still have to be mended.
    """
    count = as_count("copies", copies, _MOST_FEATURES)
    work = as_number("find", find, 0.0, LONGEST) + count * as_number("each", each, 0.0, LONGEST)
    back = -math.expm1((count - 1) * math.log1p(-as_number("missed", missed, 0.0, 0.999999)))
    return work + back * as_number("incident", incident, 0.0, LONGEST)


def channels(members: float) -> float:
    """Return how many pairs there are among so many members, parts or people: n x (n - 1) / 2."""
    count = as_count("members", members, _MOST_MEMBERS)
    return count * (count - 1) / 2.0


def _compounding(debt: float) -> Debt:
    return Debt(as_share("debt", debt), 0.0, compounding=True)


FUNCTIONS = (
    EngineFunction(
        "indebted_cost",
        indebted_cost,
        "Cost of features that each make the next dearer.",
        "((1 + {debt}) ** {features} - 1) / {debt} = {result}",
    ),
    EngineFunction(
        "indebted_cost_linear",
        indebted_cost_linear,
        "Cost of features that each add a fixed amount to the next.",
        "{features} + {debt} * {features} * ({features} - 1) / 2 = {result}",
    ),
    EngineFunction(
        "indebted_feature",
        indebted_feature,
        "Cost of the feature of a number.",
        "(1 + {debt}) ** ({number} - 1) = {result}",
    ),
    EngineFunction(
        "clean_cost", clean_cost, "Cost of features made with care.", "(1 + {overhead}) * {features} = {result}"
    ),
    EngineFunction(
        "debt_break_even",
        debt_break_even,
        "Features after which care has paid for itself.",
        lambda debt, overhead, result: (
            f"((1 + {write(debt)}) ** n - 1) / {write(debt)} = (1 + {write(overhead)}) * n at n = {rounded(result)}"
        ),
    ),
    EngineFunction(
        "debt_doubling", debt_doubling, "Features until one costs double.", "ln(2) / ln(1 + {debt}) = {result}"
    ),
    EngineFunction(
        "features_for_effort",
        features_for_effort,
        "Features that an effort buys.",
        "ln(1 + {debt} * {effort}) / ln(1 + {debt}) = {result}",
    ),
    EngineFunction(
        "clean_features_for_effort",
        clean_features_for_effort,
        "Features that an effort buys with care.",
        "{effort} / (1 + {overhead}) = {result}",
    ),
    EngineFunction(
        "debt_left", debt_left, "Growth left after repayment.", "max(0, {debt} - {effect} * {repaid}) = {result}"
    ),
    EngineFunction(
        "features_with_clean_up",
        features_with_clean_up,
        "Features built when one sprint only repays.",
        lambda debt, capacity, sprints, sprint, effect, result: (
            f"sprint {write(sprint)} of {write(sprints)} repays, the others build {write(capacity)} at a debt of "
            f"{write(debt)} less {write(effect)} times the share repaid so far: {rounded(result)}"
        ),
    ),
    EngineFunction(
        "copy_break_even",
        copy_break_even,
        "Changes after which a copy has cost what it saved.",
        "{saved_hours} / {extra_hours} = {result}",
    ),
    EngineFunction(
        "copied_fix_hours",
        copied_fix_hours,
        "Hours to mend a mistake that stands in several copies.",
        "{find} + {copies} * {each} + (1 - (1 - {missed}) ** ({copies} - 1)) * {incident} = {result}",
    ),
    EngineFunction("channels", channels, "Pairs among parts or people.", "{members} * ({members} - 1) / 2 = {result}"),
)
"""The named functions of this module."""
