"""The addresses of the pages of this room."""

from __future__ import annotations

from django.urls import path

from lessons.reading import note_views, preview_views, search_views, views

app_name = "reading"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("home/", views.home, name="home"),
    path("export/", views.export, name="export"),
    path("preview/<str:preview>/", preview_views.outline, name="preview"),
    path("preview/<str:preview>/glossary/", preview_views.glossary, name="preview-glossary"),
    path("preview/<str:preview>/<slug:key>/", preview_views.chapter, name="preview-chapter"),
    path("learn/", views.courses, name="courses"),
    path("learn/<slug:slug>/", views.outline, name="outline"),
    path("learn/<slug:slug>/cohort/", views.cohort, name="cohort"),
    path("learn/<slug:slug>/search/", search_views.search, name="search"),
    path("learn/<slug:slug>/glossary/", search_views.glossary, name="glossary"),
    path("learn/<slug:slug>/my-notes/", note_views.notes, name="notes"),
    path("learn/<slug:slug>/my-notes/export/", note_views.notes_file, name="notes-file"),
    path("learn/<slug:slug>/my-notes/<uuid:note_id>/", note_views.note, name="note"),
    path("learn/<slug:slug>/my-notes/<uuid:note_id>/delete/", note_views.delete_note, name="delete-note"),
    path("learn/<slug:slug>/<slug:key>/", views.chapter, name="chapter"),
    path("learn/<slug:slug>/<slug:key>/opened/", views.opened, name="opened"),
    path("learn/<slug:slug>/<slug:key>/my-notes/", note_views.chapter_notes, name="chapter-notes"),
]
