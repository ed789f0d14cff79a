"""Describe the inputs of the model of debt and care, and a plan of repayment sprint by sprint."""

from __future__ import annotations

from dataclasses import dataclass

from simulations.engine import parameters
from simulations.engine.parameters import Fault

SPRINTS = 20
"""How many sprints a plan has."""

TOKENS = 5
"""How many tokens of effort there are in a sprint."""


def _tokens(sprint: int) -> int:
    field: int = parameters.number(
        0,
        minimum=0,
        maximum=TOKENS,
        step=1,
        unit="tokens",
        label=f"Sprint {sprint}",
        help=f"Of five tokens, those that repay in sprint {sprint}, if repaid sprint by sprint.",
        integer=True,
    )
    return field


@dataclass(frozen=True, slots=True)
class Parameters:
    """Debt and care, how many features, what repays and when, what repayment does, and copies of code."""

    debt: float = parameters.number(
        10.0,
        minimum=0,
        maximum=30,
        step=0.5,
        unit="%",
        label="Debt of a feature",
        help="By how much each feature built in haste makes the next one dearer.",
    )
    overhead: float = parameters.number(
        30.0,
        minimum=0,
        maximum=100,
        step=1,
        unit="%",
        label="Overhead of care",
        help="How much more a clean feature costs than a first hasty one.",
    )
    features: int = parameters.number(
        40,
        minimum=1,
        maximum=200,
        step=1,
        unit="features",
        label="Features built",
        help="How many features either team builds.",
        integer=True,
    )
    law: str = parameters.choice(
        "compounding",
        options=(("compounding", "Compounding"), ("linear", "Linear")),
        label="Debt grows",
        help="An assumption: by a share of the cost before, or by a fixed amount a feature.",
    )
    repaid: float = parameters.number(
        0.0,
        minimum=0,
        maximum=50,
        step=5,
        unit="%",
        label="Effort spent on repayment",
        help="Share of the indebted team's effort that pays debt back and builds nothing.",
    )
    effect: float = parameters.number(
        0.4,
        minimum=0,
        maximum=1,
        step=0.05,
        unit="",
        label="What repayment does",
        help="Percentage points of debt that each point of repayment takes off: an assumption.",
    )
    capacity: float = parameters.number(
        5.0,
        minimum=1,
        maximum=50,
        step=1,
        unit="first features",
        label="Effort a sprint",
        help="What a team can do in a sprint, measured in first hasty features.",
    )
    saved_hours: float = parameters.number(
        80.0,
        minimum=1,
        maximum=1_000,
        step=1,
        unit="h",
        label="A copy saves",
        help="Hours saved once by copying code and not sharing it.",
        scale="log",
    )
    extra_hours: float = parameters.number(
        16.0,
        minimum=0.5,
        maximum=200,
        step=0.5,
        unit="h",
        label="A change then costs",
        help="Extra hours that every later change costs because there are two places.",
        scale="log",
    )
    repayment: str = parameters.choice(
        "even",
        options=(("even", "Every sprint alike"), ("plan", "Sprint by sprint")),
        label="Repay",
        help="By the share of effort above, or by tokens in each of twenty sprints, a fifth of its effort each.",
    )
    sprint_1: int = _tokens(1)
    sprint_2: int = _tokens(2)
    sprint_3: int = _tokens(3)
    sprint_4: int = _tokens(4)
    sprint_5: int = _tokens(5)
    sprint_6: int = _tokens(6)
    sprint_7: int = _tokens(7)
    sprint_8: int = _tokens(8)
    sprint_9: int = _tokens(9)
    sprint_10: int = _tokens(10)
    sprint_11: int = _tokens(11)
    sprint_12: int = _tokens(12)
    sprint_13: int = _tokens(13)
    sprint_14: int = _tokens(14)
    sprint_15: int = _tokens(15)
    sprint_16: int = _tokens(16)
    sprint_17: int = _tokens(17)
    sprint_18: int = _tokens(18)
    sprint_19: int = _tokens(19)
    sprint_20: int = _tokens(20)

    @property
    def plan(self) -> tuple[int, ...] | None:
        """The tokens that repay, sprint by sprint, or None where every sprint is alike."""
        if self.repayment == "even":
            return None
        return tuple(getattr(self, f"sprint_{sprint}") for sprint in range(1, SPRINTS + 1))

    @property
    def share(self) -> float:
        """What share of the effort repays, over all sprints of a plan."""
        return self.repaid / 100.0 if self.plan is None else sum(self.plan) / (TOKENS * SPRINTS)

    def faults(self) -> tuple[Fault, ...]:
        """Refuse a plan under which nothing is ever built."""
        if self.share < 1.0:
            return ()
        rule = f"sprint_{SPRINTS} must be less than {TOKENS} where every sprint before it only repays"
        return (Fault(f"sprint_{SPRINTS}", f"{TOKENS}", f"{rule}, or nothing is ever built; you gave {TOKENS}."),)
