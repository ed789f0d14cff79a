"""The operator's view of people and bootcamps. Roles change through the services, so here they are only read."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import ApiToken, Cohort, Login, Membership, Organisation, Person

# The admin is entered by the site's own log-in page, which counts attempts and keeps demo logins on this machine.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: rows are made by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: rows are changed by services."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: work hangs on these rows."""
        return False


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """People, without what identifies them."""

    list_display = ("alias", "time_zone", "created_at", "erased_at")
    search_fields = ("alias",)


@admin.register(Login)
class LoginAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # as above
    """Logins can be closed and given rights; they are made by signing up and erased by their people."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "person", "is_active", "is_staff", "is_superuser", "last_login", "created_at")
    readonly_fields = ("email", "person", "last_login", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Leave the giving of rights to those who have them all."""
        rights = () if request.user.is_superuser else ("is_staff", "is_superuser")
        return (*self.readonly_fields, *rights)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a login comes with its person, by signing up or by `manage.py create_login`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: erasing ends sessions and tokens too, by `manage.py erase_login`."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Bootcamps."""

    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")


@admin.register(Cohort)
class CohortAdmin(ReadOnlyAdmin):
    """Classes of bootcamps."""

    list_display = ("name", "organisation", "starts_on", "ends_on")
    list_select_related = ("organisation",)
    search_fields = ("name", "organisation__name")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who has which role where."""

    list_display = ("person", "organisation", "cohort", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("person", "organisation", "cohort")
    search_fields = ("person__alias", "person__login__email", "organisation__name", "cohort__name")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """API tokens, without the hash of their secret."""

    list_display = ("name", "person", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("person",)
    exclude = ("digest",)
