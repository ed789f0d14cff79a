"""The addresses of the pages of this room."""

from __future__ import annotations

from django.urls import path

from lessons.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("bootcamps/<slug:school>/", views.bootcamp, name="bootcamp"),
    path("bootcamps/<slug:school>/cohorts/new/", views.new_cohort, name="new-cohort"),
    path("bootcamps/<slug:school>/upload/", views.upload, name="upload"),
    path("bootcamps/<slug:school>/uploads/<uuid:upload_id>/", views.sent, name="sent"),
    path("bootcamps/<slug:school>/courses/<slug:course>/", views.course, name="course"),
    path("bootcamps/<slug:school>/courses/<slug:course>/compare/", views.compare, name="compare"),
    path("accounts/cohorts/<uuid:cohort_id>/courses/", views.give, name="give"),
    path(
        "bootcamps/<slug:school>/courses/<slug:course>/revisions/<int:number>/revoke",
        views.revoke_previews,
        name="revoke-previews",
    ),
    path("learn/<slug:offering>/revision/", views.adopt, name="adopt"),
]
