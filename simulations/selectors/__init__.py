"""What pages and the API show: results of states, runs, instruments and panels, each in a fixed number of queries."""

from simulations.selectors.catalogue import (
    HAVING,
    CatalogueEntry,
    ModelCard,
    catalogue_entries,
    model_card,
    model_cards,
)
from simulations.selectors.challenges import Challenge, challenge_of, challenge_url
from simulations.selectors.clouds import CohortCloud, cohort_cloud
from simulations.selectors.evaluation import evaluated, result_of
from simulations.selectors.export import predictions_of, requested_runs_of
from simulations.selectors.guesses import ScoredGuess, scored_guesses_of
from simulations.selectors.instruments import Embed, Instrument, instrument_without_work, instruments_on_page
from simulations.selectors.outcomes import Outcome, outcome_of
from simulations.selectors.pictures import PICTURE_VERSION, picture_of, picture_tag, question_picture_of
from simulations.selectors.predictions import Calibration, PredictionView, calibration_of, prediction_view
from simulations.selectors.runs import (
    Panel,
    RunEmbed,
    RunsPage,
    RunView,
    panel_of,
    panels_on_page,
    progress_of,
    run_view,
    runs_of,
)

__all__ = [
    "HAVING",
    "PICTURE_VERSION",
    "Calibration",
    "CatalogueEntry",
    "Challenge",
    "CohortCloud",
    "Embed",
    "Instrument",
    "ModelCard",
    "Outcome",
    "Panel",
    "PredictionView",
    "RunEmbed",
    "RunView",
    "RunsPage",
    "ScoredGuess",
    "calibration_of",
    "catalogue_entries",
    "challenge_of",
    "challenge_url",
    "cohort_cloud",
    "evaluated",
    "instrument_without_work",
    "instruments_on_page",
    "model_card",
    "model_cards",
    "outcome_of",
    "panel_of",
    "panels_on_page",
    "picture_of",
    "picture_tag",
    "prediction_view",
    "predictions_of",
    "progress_of",
    "question_picture_of",
    "requested_runs_of",
    "result_of",
    "run_view",
    "runs_of",
    "scored_guesses_of",
]
