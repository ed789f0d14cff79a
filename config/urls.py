"""Every address of the site: pages of each app at its full path, the API under /api/v1/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/v1/", include("accounts.api_urls")),
    path("api/v1/", include("simulations.api_urls")),
    path("api/v1/", include("quizzes.api_urls")),
    path("api/v1/", include("lessons.reading.api_urls")),
    path("", include("accounts.urls")),
    path("", include("lessons.catalogue.urls")),
    path("", include("simulations.urls")),
    path("", include("quizzes.urls")),
    path("", include("lessons.review.urls")),
    path("", include("lessons.reading.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
