"""The ledger and what it rests on, to look at: nothing here can be added, changed or taken away."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from quizzes.models import Attempt, GradeEntry, Step, Variant


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no argument at run time
    """Shows rows and refuses to write them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse."""
        return False


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """Attempts."""

    list_display = ("id", "item", "enrolment", "state", "tries_allowed", "started_at", "finished_at")
    list_filter = ("state",)
    list_select_related = ("item", "enrolment__person", "enrolment__offering")


@admin.register(Variant)
class VariantAdmin(ReadOnlyAdmin):
    """Variants, without their keys."""

    exclude = ("key",)

    list_display = ("id", "attempt", "number", "seed", "created_at")
    list_select_related = ("attempt",)


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    """Submitted tries."""

    list_display = ("id", "attempt", "number", "outcome", "fraction", "confidence", "misconception", "submitted_at")
    list_filter = ("outcome", "confidence")
    list_select_related = ("attempt",)


@admin.register(GradeEntry)
class GradeEntryAdmin(ReadOnlyAdmin):
    """The ledger of grades."""

    list_display = ("id", "enrolment", "item", "kind", "fraction", "reason", "actor", "at")
    list_filter = ("kind",)
    list_select_related = ("item", "actor", "enrolment__person", "enrolment__offering")
