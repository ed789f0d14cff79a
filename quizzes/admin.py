"""The ledger and what it rests on, to look at: nothing here can be added, changed or taken away."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from quizzes.models import Allowance, Assignment, Attempt, GradeEntry, Sitting, Step, Variant


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


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Assignments."""

    list_display = ("title", "offering", "category", "opens_at", "due_at", "cut_off_at", "posted_at")
    list_filter = ("feedback",)
    list_select_related = ("offering", "category")


@admin.register(Sitting)
class SittingAdmin(ReadOnlyAdmin):
    """Who has sat which assignment, and when."""

    list_display = ("id", "assignment", "enrolment", "started_at", "ends_at", "ended_at", "ending")
    list_filter = ("ending",)
    list_select_related = ("assignment", "enrolment__person", "enrolment__offering")


@admin.register(Allowance)
class AllowanceAdmin(ReadOnlyAdmin):
    """Extensions and excuses."""

    list_display = ("id", "assignment", "enrolment", "due_at", "cut_off_at", "is_excused", "reason", "actor", "at")
    list_filter = ("is_excused",)
    list_select_related = ("assignment", "enrolment__person", "enrolment__offering", "actor")
