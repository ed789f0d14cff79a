"""The Celery application: reads its settings from Django, carries the request id into tasks."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.conf import settings

from config import logs
from config.celery_settings import CELERY, broker_address

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

application = Celery("headroom")
application.conf.update(CELERY)
application.conf.broker_url = broker_address(settings.REDIS_URL)
application.conf.beat_schedule_filename = getattr(settings, "BEAT_SCHEDULE_FILE", "celerybeat-schedule")
application.autodiscover_tasks()

REQUEST_ID_HEADER = "request_id"


@setup_logging.connect
def _configure_logging(**_: object) -> None:
    logs.configure(settings.LOGGING)


@before_task_publish.connect
def _send_request_id(headers: dict[str, object] | None = None, **_: object) -> None:
    request_id = logs.current_request_id()
    if headers is not None and request_id:
        headers[REQUEST_ID_HEADER] = request_id


@task_prerun.connect
def _bind_request_id(task: object = None, task_id: str = "", **_: object) -> None:
    request = getattr(task, "request", None)
    request_id = getattr(request, REQUEST_ID_HEADER, None) or task_id
    logs.bind(request_id=str(request_id), task=str(getattr(task, "name", "")))


@task_postrun.connect
def _clear_request_id(**_: object) -> None:
    logs.clear()
