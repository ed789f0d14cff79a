"""Structured logs: one event a line, with the request id that a request and the tasks it caused have in common."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Mapping
from typing import Any

import structlog

_SHARED_PROCESSORS: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def configure(options: Mapping[str, Any]) -> None:
    """Send every log record, ours and the libraries', through one formatter: JSON, or text in development.

    A traceback stays without the values of locals: writing out a page's context takes most of a minute.
    """
    renderer: tuple[structlog.typing.Processor, ...] = (
        (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
        if options.get("json", True)
        else (structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),)
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": _SHARED_PROCESSORS,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": options.get("level", "INFO")},
            "loggers": {
                # Requests are logged once, by RequestIdMiddleware.
                "django.server": {"level": "WARNING"},
                "django.request": {"level": "ERROR"},
                "kombu": {"level": "WARNING"},
                "amqp": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def bind(**values: str) -> None:
    """Add values to every event logged from here on in this request or task."""
    structlog.contextvars.bind_contextvars(**values)


def clear() -> None:
    """Forget what was bound."""
    structlog.contextvars.clear_contextvars()


def current_request_id() -> str:
    """Return the id of the request or task being served, or an empty string."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
