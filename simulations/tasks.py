"""Background work: one shard of a computation, and the sweep of what went quiet."""

from __future__ import annotations

import uuid

from celery import shared_task
from django.utils import timezone

from simulations import runner, services


@shared_task(name=runner.SHARD_TASK)  # type: ignore[untyped-decorator]
def run_shard(computation_id: str, generation: int, index: int) -> None:
    """Draw one shard."""
    runner.execute_shard(uuid.UUID(computation_id), generation, index)


@shared_task(name="simulations.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Hand out again what went quiet."""
    services.sweep(now=timezone.now())
