"""Name the functions that a course's prose and question keys may call.

Every function takes and returns plain numbers, checks its arguments, is bounded in what it
computes, and can say in a line how it came to its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from simulations.engine.functions import (
    availability,
    catching_up,
    debt,
    downtime,
    durability,
    estimation,
    fan_out,
    limits,
    measuring,
    overload,
    placing,
    queues,
    replication,
    requests,
    scaling,
    services,
    structures,
    timelines,
    trade_offs,
)
from simulations.engine.functions.definition import EngineFunction

__all__ = ["FUNCTIONS", "EngineFunction"]

_MODULES = (
    fan_out,
    services,
    measuring,
    queues,
    overload,
    estimation,
    availability,
    replication,
    timelines,
    trade_offs,
    downtime,
    structures,
    scaling,
    debt,
    requests,
    placing,
    durability,
    catching_up,
    limits,
)

FUNCTIONS: Mapping[str, EngineFunction] = MappingProxyType(
    {function.name: function for module in _MODULES for function in module.FUNCTIONS}
)
"""Every named function by its name."""
