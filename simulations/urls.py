"""Addresses of the pages, and of the forms that work without script."""

from django.urls import path

from simulations import views

app_name = "simulations"

urlpatterns = [
    path("simulations/", views.catalogue, name="catalogue"),
    path("simulations/predictions/<uuid:prediction_id>/explain/", views.explain, name="explain"),
    path("simulations/<str:model>/", views.model_page, name="model"),
    path("simulations/<str:model>/predict/", views.predict, name="predict"),
    path("simulations/<str:model>/run/", views.request_run, name="request-run"),
    path("runs/<uuid:run_id>/", views.run_page, name="run"),
    path("runs/<uuid:run_id>/cancel/", views.cancel_run, name="cancel-run"),
    path("runs/<uuid:run_id>/restart/", views.restart_run, name="restart-run"),
]
