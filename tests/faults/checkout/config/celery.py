"""A task queue with one task that takes its time."""

import os
import time

from celery import Celery

application = Celery("checkout", broker=os.environ["REDIS_URL"].replace("unix://", "redis+socket://").split("?")[0])
application.conf.task_queues = None
application.conf.task_create_missing_queues = True


@application.task(name="sleep")
def sleep(seconds: float) -> None:
    """Keep a child of the worker busy."""
    time.sleep(seconds)
