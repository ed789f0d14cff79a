"""The catalogue in Django's admin: to look at, since courses come from files and events are never changed."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from lessons.catalogue.models import Course, Enrolment, Event, Item, Offering, Revision


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the class takes no parameter when run
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    """Courses by owner."""

    list_display = ("slug", "organisation", "created_at")
    list_select_related = ("organisation",)


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    """Revisions, the newest first."""

    list_display = ("course", "number", "title", "engine_version", "renderer_version", "created_at")
    list_select_related = ("course",)
    ordering = ("-created_at",)


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    """Items by key."""

    list_display = ("key", "kind", "course", "retired_at")
    list_filter = ("kind", "course")
    list_select_related = ("course",)
    search_fields = ("key",)


@admin.register(Offering)
class OfferingAdmin(ReadOnlyAdmin):
    """Offerings and what each reads."""

    list_display = ("slug", "course", "cohort", "revision", "adopted_at")
    list_select_related = ("course", "cohort", "revision__course")


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    """Enrolments."""

    list_display = ("person", "offering", "time_zone", "extra_time_percent", "created_at")
    list_select_related = ("person", "offering")
    list_filter = ("offering",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened, the newest first."""

    list_display = ("at", "verb", "item", "enrolment")
    list_select_related = ("item", "enrolment__person", "enrolment__offering")
    list_filter = ("verb",)
    ordering = ("-id",)
