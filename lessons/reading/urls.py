"""The addresses of the pages of this room."""

from __future__ import annotations

from django.urls import path

from lessons.reading import preview_views, search_views, views

app_name = "reading"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("home/", views.home, name="home"),
    path("export/", views.export, name="export"),
    path("preview/<str:preview>/", preview_views.outline, name="preview"),
    path("preview/<str:preview>/<slug:key>/", preview_views.chapter, name="preview-chapter"),
    path("learn/", views.courses, name="courses"),
    path("learn/<slug:slug>/", views.outline, name="outline"),
    path("learn/<slug:slug>/cohort/", views.cohort, name="cohort"),
    path("learn/<slug:slug>/search/", search_views.search, name="search"),
    path("learn/<slug:slug>/glossary/", search_views.glossary, name="glossary"),
    path("learn/<slug:slug>/<slug:key>/", views.chapter, name="chapter"),
    path("learn/<slug:slug>/<slug:key>/opened/", views.opened, name="opened"),
]
