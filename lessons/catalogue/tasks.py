"""Work that a worker does for this room."""

from __future__ import annotations

import uuid

from celery import shared_task
from django.utils import timezone

from lessons.catalogue import uploads


@shared_task(name=uploads.CHECK_TASK)  # type: ignore[untyped-decorator]  # celery has no annotations
def check_upload(upload_id: str) -> None:
    """Check a course that was sent, and keep it where it has no fault."""
    uploads.check_upload(upload_id=uuid.UUID(upload_id), now=timezone.now())


@shared_task(name="catalogue.sweep_uploads")  # type: ignore[untyped-decorator]  # celery has no annotations
def sweep_uploads() -> None:
    """Hand out again the uploads that went quiet."""
    uploads.sweep_uploads(now=timezone.now())
