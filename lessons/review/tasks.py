"""Work that a worker does for this room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from lessons.review import services


@shared_task(name="review.end_interviews")  # type: ignore[untyped-decorator]  # celery has no annotations
def end_interviews() -> None:
    """End the interviews whose time is over."""
    services.end_interviews(now=timezone.now())
