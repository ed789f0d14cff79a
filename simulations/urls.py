"""Addresses of the pages, and of the forms that work without script."""

from django.urls import path

from simulations import sharing_views, views

app_name = "simulations"

urlpatterns = [
    path("simulations/", views.catalogue, name="catalogue"),
    path("simulations/predictions/<uuid:prediction_id>/explain/", views.explain, name="explain"),
    path("simulations/<str:model>/", views.model_page, name="model"),
    path("simulations/<str:model>/predict/", views.predict, name="predict"),
    path("simulations/<str:model>/run/", views.request_run, name="request-run"),
    path("challenges/<str:challenge>/", sharing_views.challenge_page, name="challenge"),
    path("embed/<str:model>/", sharing_views.embed, name="embed"),
    path("oembed/", sharing_views.oembed, name="oembed"),
    path("pictures/<str:version>/<str:model>/state.png", sharing_views.state_picture, name="state-picture"),
    path("pictures/<str:version>/<str:model>/question.png", sharing_views.question_picture, name="question-picture"),
    path("runs/<uuid:run_id>/", views.run_page, name="run"),
    path("runs/<uuid:run_id>/cancel/", views.cancel_run, name="cancel-run"),
    path("runs/<uuid:run_id>/restart/", views.restart_run, name="restart-run"),
]
