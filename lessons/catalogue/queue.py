"""Hand work to the workers by the name of its task; a queue that is away is told of, and loses nothing.

What was to be done stands in the database, so that a sweep hands out again whatever went missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)

PUBLISH_SECONDS: Final = 0.4
"""How long each of connecting and sending may take: a page answers within a second whatever the queue does."""


def publish_on_commit(task: str, *arguments: str) -> None:
    """Send a task once the transaction is committed."""
    transaction.on_commit(lambda: publish(task, *arguments))


def publish(task: str, *arguments: str) -> bool:
    """Send a task; return False, within a second, if the queue can't be reached."""
    return publish_each(task, [arguments])


def publish_each(task: str, arguments: Iterable[Sequence[str | int]]) -> bool:
    """Send a task for each of the arguments; return False, within a second, if the queue can't be reached."""
    options = {"socket_timeout": PUBLISH_SECONDS, "socket_connect_timeout": PUBLISH_SECONDS, "max_retries": 0}
    try:
        with current_app.connection_for_write(transport_options=options, connect_timeout=PUBLISH_SECONDS) as connection:
            for each in arguments:
                current_app.send_task(task, args=list(each), connection=connection, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("queue unreachable", task=task, error=str(error))
        return False
    return True
