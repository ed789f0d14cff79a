"""List the models of the engine by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from simulations.engine.model import Cost, Experiment, Model, PredictionPrompt, Preset, Sampler
from simulations.engine.models import (
    availability_calculator,
    backfill,
    cache_size,
    cap_pacelc,
    cascade,
    coordinated_omission,
    design_lab,
    disk_loss,
    downtime_cost,
    elastic_boot,
    error_budget,
    estimator,
    fan_out,
    history_checker,
    maintainability,
    percentiles,
    rate_limiter,
    reliability,
    request_trace,
    saga,
    scaling_cost,
    schema_change,
    sharding_ring,
    stampede,
    tail_latency,
    trade_off_mapper,
)

__all__ = [
    "MODELS",
    "Cost",
    "Experiment",
    "Model",
    "PredictionPrompt",
    "Preset",
    "Sampler",
    "UnknownModel",
    "get_model",
]

_MODULES = (
    percentiles,
    tail_latency,
    coordinated_omission,
    stampede,
    error_budget,
    estimator,
    cascade,
    reliability,
    availability_calculator,
    cap_pacelc,
    fan_out,
    design_lab,
    trade_off_mapper,
    downtime_cost,
    scaling_cost,
    maintainability,
    request_trace,
    sharding_ring,
    cache_size,
    disk_loss,
    backfill,
    rate_limiter,
    elastic_boot,
    schema_change,
    saga,
    history_checker,
)

MODELS: Mapping[str, Model] = MappingProxyType({module.MODEL.name: module.MODEL for module in _MODULES})


class UnknownModel(LookupError):
    """Raised for a name under which there is no model."""


def get_model(name: str) -> Model:
    """Return the model of that name; raises UnknownModel listing the names there are."""
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownModel(f"There is no model named {name[:60]!r}; the models are {', '.join(MODELS)}.") from None
