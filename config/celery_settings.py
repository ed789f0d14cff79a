"""Celery's queues and limits, read through Django's settings under the name CELERY.

Delivery is at least once: a task is acknowledged when it has ended, so a worker that dies gives its task back.
Every task is therefore idempotent. Four queues keep long work from delaying short work.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from kombu.entity import Queue

QUEUES = ("interactive", "grading", "bulk", "mail")


def broker_address(redis_url: str) -> str:
    """Return Redis's address as Celery's transport writes it: `unix://` becomes `redis+socket://`."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        query = parts.query.replace("db=", "virtual_host=")
        return f"redis+socket://{parts.path}" + (f"?{query}" if query else "")
    return redis_url


CELERY: dict[str, Any] = {
    "task_queues": tuple(Queue(name) for name in QUEUES),
    "task_default_queue": "interactive",
    "task_routes": {
        "catalogue.check_upload": {"queue": "bulk"},
        "simulations.run_shard": {"queue": "bulk"},
        "simulations.*": {"queue": "interactive"},
        "quizzes.end_sittings": {"queue": "interactive"},
        "quizzes.analyse_questions": {"queue": "bulk"},
        "quizzes.*": {"queue": "grading"},
        "accounts.*": {"queue": "mail"},
    },
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_ignore_result": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_time_limit": 120,
    "task_soft_time_limit": 90,
    "task_publish_retry": False,
    "worker_prefetch_multiplier": 1,
    "worker_max_memory_per_child": 400_000,
    "worker_hijack_root_logger": False,
    "worker_send_task_events": False,
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_timeout": 0.8,
    "broker_transport_options": {
        "visibility_timeout": 300,
        "socket_timeout": 5,
        "socket_connect_timeout": 0.8,
        "queue_order_strategy": "priority",
        "max_retries": 0,
    },
    "beat_schedule": {
        "end-sittings": {"task": "quizzes.end_sittings", "schedule": 10.0, "options": {"expires": 10}},
        "end-interviews": {"task": "review.end_interviews", "schedule": 30.0, "options": {"expires": 30}},
        "sweep-computations": {"task": "simulations.sweep", "schedule": 10.0, "options": {"expires": 10}},
        "sweep-analyses": {"task": "quizzes.sweep_analyses", "schedule": 60.0, "options": {"expires": 60}},
        "sweep-uploads": {"task": "catalogue.sweep_uploads", "schedule": 30.0, "options": {"expires": 30}},
        "sweep-corrections": {"task": "quizzes.sweep_corrections", "schedule": 30.0, "options": {"expires": 30}},
    },
    "timezone": "UTC",
}
