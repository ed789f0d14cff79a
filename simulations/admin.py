"""What learners did with simulations, in the Django admin: for looking, never for changing."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from simulations.models import Computation, Discovery, Prediction, Run


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no argument at run time
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        return False


@admin.register(Computation)
class ComputationAdmin(ReadOnlyAdmin):
    """What was computed, and how far it is."""

    list_display = ("digest", "model", "requests", "state", "shards", "created_at", "finished_at")
    list_filter = ("state", "model", "engine_version")
    exclude = ("result",)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Who asked for what."""

    list_display = ("id", "enrolment", "computation", "item", "created_at", "cancelled_at")
    list_select_related = ("enrolment__person", "enrolment__offering", "computation", "item")


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    """What was predicted, and how it went."""

    list_display = ("model", "prompt", "shape", "enrolment", "low", "high", "truth", "held", "score", "locked_at")
    list_filter = ("model", "prompt", "shape", "held")
    list_select_related = ("enrolment__person", "enrolment__offering")


@admin.register(Discovery)
class DiscoveryAdmin(ReadOnlyAdmin):
    """What was found."""

    list_display = ("model", "experiment", "enrolment", "at")
    list_filter = ("model", "experiment")
    list_select_related = ("enrolment__person", "enrolment__offering")
