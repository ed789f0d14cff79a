"""What pages and the API show: results of states, runs, instruments and panels, each in a fixed number of queries."""

from simulations.selectors.catalogue import ModelCard, model_card, model_cards
from simulations.selectors.evaluation import evaluated, result_of
from simulations.selectors.instruments import Embed, Instrument, instruments_on_page
from simulations.selectors.predictions import Calibration, PredictionView, calibration_of, prediction_view
from simulations.selectors.runs import Panel, RunEmbed, RunView, panel_of, panels_on_page, progress_of, run_view

__all__ = [
    "Calibration",
    "Embed",
    "Instrument",
    "ModelCard",
    "Panel",
    "PredictionView",
    "RunEmbed",
    "RunView",
    "calibration_of",
    "evaluated",
    "instruments_on_page",
    "model_card",
    "model_cards",
    "panel_of",
    "panels_on_page",
    "prediction_view",
    "progress_of",
    "result_of",
    "run_view",
]
