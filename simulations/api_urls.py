"""Addresses of the API, below /api/v1/."""

from django.urls import path

from simulations import api

urlpatterns = [
    path("evaluate/<str:version>/<str:model>", api.evaluate, name="api-evaluate"),
    path("models/", api.ModelsView.as_view(), name="api-models"),
    path("models/<str:name>/", api.ModelView.as_view(), name="api-model"),
    path("predictions/", api.PredictionsView.as_view(), name="api-predictions"),
    path("predictions/<uuid:prediction_id>/", api.PredictionView.as_view(), name="api-prediction"),
    path("guesses/<slug:offering>/<str:model>/", api.GuessesView.as_view(), name="api-guesses"),
    path("runs/", api.RunsView.as_view(), name="api-runs"),
    path("runs/<uuid:run_id>/", api.RunView.as_view(), name="api-run"),
    path("runs/<uuid:run_id>/cancel/", api.CancelRunView.as_view(), name="api-run-cancel"),
    path("runs/<uuid:run_id>/restart/", api.RestartRunView.as_view(), name="api-run-restart"),
    path("discoveries/", api.DiscoveriesView.as_view(), name="api-discoveries"),
]
