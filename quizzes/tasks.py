"""Work that a worker does for this room."""

from __future__ import annotations

import time
import uuid
from typing import Final

from celery import shared_task
from django.utils import timezone

from lessons.catalogue.queue import publish
from quizzes import services
from quizzes.services import analysis, regrading

LONGEST_SECONDS: Final = 20
"""How long one task goes on before it hands the rest to another, so that what came meanwhile has its turn."""


@shared_task(name=regrading.ADVANCE_TASK)  # type: ignore[untyped-decorator]  # celery has no annotations
def advance_correction(correction_id: str) -> None:
    """Forecast a draft, or regrade by what was applied, batch after batch."""
    began = time.monotonic()
    while regrading.advance_correction(correction_id=uuid.UUID(correction_id), now=timezone.now()):
        if time.monotonic() - began > LONGEST_SECONDS:
            publish(regrading.ADVANCE_TASK, correction_id)
            return


@shared_task(name="quizzes.sweep_corrections")  # type: ignore[untyped-decorator]  # celery has no annotations
def sweep_corrections() -> None:
    """Hand out again the corrections that went quiet."""
    regrading.sweep_corrections(now=timezone.now())


@shared_task(name="quizzes.end_sittings")  # type: ignore[untyped-decorator]  # celery has no annotations
def end_sittings() -> None:
    """End the sittings whose time is over."""
    services.end_sittings(now=timezone.now())


@shared_task(name=analysis.ANALYSE_TASK)  # type: ignore[untyped-decorator]  # celery has no annotations
def analyse_questions(offering_id: str) -> None:
    """Compute how the questions of an offering measure."""
    analysis.analyse_questions(offering_id=uuid.UUID(offering_id), now=timezone.now())


@shared_task(name="quizzes.sweep_analyses")  # type: ignore[untyped-decorator]  # celery has no annotations
def sweep_analyses() -> None:
    """Hand out again the analyses that went quiet, and order anew where answers grew."""
    analysis.sweep_analyses(now=timezone.now())
