"""Whether the process lives, and whether each thing that it depends on answers."""

from __future__ import annotations

import time
from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

logger = structlog.get_logger(__name__)


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """Answer that the process serves requests; touches nothing else."""
    return JsonResponse({"status": "alive"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer whether each dependency works, by name: 200 when all do, 503 otherwise.

    The queue counts as degraded, not as failed: pages, reading and answering work without it.
    """
    checks = {"database": _check(_database), "migrations": _check(_migrations), "queue": _check(_queue)}
    is_ready = all(checks[name]["ok"] for name in ("database", "migrations"))
    status = "ready" if all(check["ok"] for check in checks.values()) else "degraded" if is_ready else "unavailable"
    response = JsonResponse({"status": status, "checks": checks}, status=200 if is_ready else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def _check(probe: Callable[[], None]) -> dict[str, object]:
    started = time.perf_counter()
    try:
        probe()
    except Exception as error:  # noqa: BLE001 - a health check reports whatever goes wrong
        logger.warning("dependency unavailable", probe=probe.__name__, error=str(error)[:200])
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "milliseconds": round((time.perf_counter() - started) * 1000, 1)}


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("migrations are pending")


def _queue() -> None:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)
    with client:
        client.ping()
